/** How the pages of an operation continue, as in the models of botocore. */
export interface Pages<Result extends string = string> {
	/** Parameters that continue after a page. */
	readonly input: readonly string[];
	/** Their values in the page, in the same order. */
	readonly output: readonly (string | ((page: Readonly<Record<string, unknown>>) => unknown))[];
	/** Members that the pages divide among them. `MaxItems` counts the first. */
	readonly results: readonly Result[];
	/** Parameter with the size of a page. */
	readonly limit?: string;
	/** Member that is true if there are more pages. */
	readonly more?: string;
	/** Members of the first page that the full result has too. */
	readonly once?: readonly string[];
}

/** The operations with pages of DynamoDB, SQS, S3, Lambda and SNS, with the results that their pages divide. */
export type PageResults = {
	query: "Items" | "Count" | "ScannedCount";
	scan: "Items" | "Count" | "ScannedCount";
	listTables: "TableNames";
	listBackups: "BackupSummaries";
	listTagsOfResource: "Tags";
	listQueues: "QueueUrls";
	listDeadLetterSourceQueues: "queueUrls";
	listBuckets: "Buckets";
	listObjects: "Contents" | "CommonPrefixes";
	listObjectsV2: "Contents" | "CommonPrefixes";
	listObjectVersions: "Versions" | "DeleteMarkers" | "CommonPrefixes";
	listMultipartUploads: "Uploads" | "CommonPrefixes";
	listParts: "Parts";
	listFunctions: "Functions";
	listAliases: "Aliases";
	listEventSourceMappings: "EventSourceMappings";
	listLayers: "Layers";
	listLayerVersions: "LayerVersions";
	listVersionsByFunction: "Versions";
	listTopics: "Topics";
	listSubscriptions: "Subscriptions";
	listSubscriptionsByTopic: "Subscriptions";
};

const marked = <Result extends string>(result: Result) => ({
	input: ["Marker"],
	output: ["NextMarker"],
	limit: "MaxItems",
	results: [result],
});
const tokened = <Result extends string>(result: Result) => ({
	input: ["NextToken"],
	output: ["NextToken"],
	results: [result],
});
const items: Pages<PageResults["query"]> = {
	input: ["ExclusiveStartKey"],
	output: ["LastEvaluatedKey"],
	limit: "Limit",
	results: ["Items", "Count", "ScannedCount"],
	once: ["ConsumedCapacity"],
};

/** How the pages of these operations continue. */
export const PAGES: { readonly [Operation in keyof PageResults]: Pages<PageResults[Operation]> } = {
	query: items,
	scan: items,
	listTables: {
		input: ["ExclusiveStartTableName"],
		output: ["LastEvaluatedTableName"],
		limit: "Limit",
		results: ["TableNames"],
	},
	listBackups: {
		input: ["ExclusiveStartBackupArn"],
		output: ["LastEvaluatedBackupArn"],
		limit: "Limit",
		results: ["BackupSummaries"],
	},
	listTagsOfResource: tokened("Tags"),
	listQueues: { ...tokened("QueueUrls"), limit: "MaxResults" },
	listDeadLetterSourceQueues: { ...tokened("queueUrls"), limit: "MaxResults" },
	listBuckets: {
		input: ["ContinuationToken"],
		output: ["ContinuationToken"],
		limit: "MaxBuckets",
		results: ["Buckets"],
	},
	listObjects: {
		input: ["Marker"],
		output: [(page) => page.NextMarker ?? (page.Contents as { readonly Key: string }[] | undefined)?.at(-1)?.Key],
		more: "IsTruncated",
		limit: "MaxKeys",
		results: ["Contents", "CommonPrefixes"],
	},
	listObjectsV2: {
		input: ["ContinuationToken"],
		output: ["NextContinuationToken"],
		more: "IsTruncated",
		limit: "MaxKeys",
		results: ["Contents", "CommonPrefixes"],
	},
	listObjectVersions: {
		input: ["KeyMarker", "VersionIdMarker"],
		output: ["NextKeyMarker", "NextVersionIdMarker"],
		more: "IsTruncated",
		limit: "MaxKeys",
		results: ["Versions", "DeleteMarkers", "CommonPrefixes"],
	},
	listMultipartUploads: {
		input: ["KeyMarker", "UploadIdMarker"],
		output: ["NextKeyMarker", "NextUploadIdMarker"],
		more: "IsTruncated",
		limit: "MaxUploads",
		results: ["Uploads", "CommonPrefixes"],
	},
	listParts: {
		input: ["PartNumberMarker"],
		output: ["NextPartNumberMarker"],
		more: "IsTruncated",
		limit: "MaxParts",
		results: ["Parts"],
	},
	listFunctions: marked("Functions"),
	listAliases: marked("Aliases"),
	listEventSourceMappings: marked("EventSourceMappings"),
	listLayers: marked("Layers"),
	listLayerVersions: marked("LayerVersions"),
	listVersionsByFunction: marked("Versions"),
	listTopics: tokened("Topics"),
	listSubscriptions: tokened("Subscriptions"),
	listSubscriptionsByTopic: tokened("Subscriptions"),
};
