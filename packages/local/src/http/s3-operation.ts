import type { TenantRequest } from "./exchange.ts";

/** The bucket and the key that a request to S3 names, both still encoded. Empty where it names none. */
export interface S3Target {
	readonly bucket: string;
	readonly key: string;
}

const COPY_SOURCE = "x-amz-copy-source";

type Level = "service" | "bucket" | "object";

/** Parts of a bucket (`?cors`), and the noun in the names of their operations. */
const BUCKET_PARTS = new Map([
	["abac", "BucketAbac"],
	["accelerate", "BucketAccelerateConfiguration"],
	["acl", "BucketAcl"],
	["analytics", "BucketAnalyticsConfiguration"],
	["cors", "BucketCors"],
	["encryption", "BucketEncryption"],
	["intelligent-tiering", "BucketIntelligentTieringConfiguration"],
	["inventory", "BucketInventoryConfiguration"],
	["lifecycle", "BucketLifecycleConfiguration"],
	["location", "BucketLocation"],
	["logging", "BucketLogging"],
	["metadataConfiguration", "BucketMetadataConfiguration"],
	["metadataInventoryTable", "BucketMetadataInventoryTableConfiguration"],
	["metadataJournalTable", "BucketMetadataJournalTableConfiguration"],
	["metadataTable", "BucketMetadataTableConfiguration"],
	["metrics", "BucketMetricsConfiguration"],
	["notification", "BucketNotificationConfiguration"],
	["object-lock", "ObjectLockConfiguration"],
	["ownershipControls", "BucketOwnershipControls"],
	["policy", "BucketPolicy"],
	["policyStatus", "BucketPolicyStatus"],
	["publicAccessBlock", "PublicAccessBlock"],
	["replication", "BucketReplication"],
	["requestPayment", "BucketRequestPayment"],
	["session", "Session"],
	["tagging", "BucketTagging"],
	["versioning", "BucketVersioning"],
	["website", "BucketWebsite"],
]);

/** Parts of an object. */
const OBJECT_PARTS = new Map([
	["acl", "ObjectAcl"],
	["attributes", "ObjectAttributes"],
	["encryption", "ObjectEncryption"],
	["legal-hold", "ObjectLegalHold"],
	["renameObject", "ObjectName"],
	["restore", "ObjectRestoration"],
	["retention", "ObjectRetention"],
	["select", "ObjectSelection"],
	["tagging", "ObjectTagging"],
	["torrent", "ObjectTorrent"],
]);

/** Operations whose names follow no rule. */
const IRREGULAR = new Map([
	["POST bucket delete", "DeleteObjects"],
	["GET bucket uploads", "ListMultipartUploads"],
	["GET bucket versions", "ListObjectVersions"],
	["GET bucket session", "CreateSession"],
	["POST object uploads", "CreateMultipartUpload"],
	["PUT object uploadId", "UploadPart"],
	["GET object uploadId", "ListParts"],
	["POST object uploadId", "CompleteMultipartUpload"],
	["DELETE object uploadId", "AbortMultipartUpload"],
	["POST object restore", "RestoreObject"],
	["POST object select", "SelectObjectContent"],
	["PUT object renameObject", "RenameObject"],
	["PUT object encryption", "UpdateObjectEncryption"],
]);

/** Operations of buckets and objects as a whole. */
const WHOLE = new Map([
	["GET service", "ListBuckets"],
	["GET bucket", "ListObjects"],
	["HEAD bucket", "HeadBucket"],
	["PUT bucket", "CreateBucket"],
	["DELETE bucket", "DeleteBucket"],
	["POST bucket", "PostObject"],
	["GET object", "GetObject"],
	["HEAD object", "HeadObject"],
	["PUT object", "PutObject"],
	["DELETE object", "DeleteObject"],
]);

const VERBS = new Map([
	["GET", "Get"],
	["HEAD", "Head"],
	["PUT", "Put"],
	["POST", "Post"],
	["DELETE", "Delete"],
]);

/** Parameters that name no part, and do not change which operation a request is for. `x-…` is ignored by S3, or belongs to the signature. */
const PARAMETERS =
	/^(x-.*|AWSAccessKeyId|Signature|Expires|bucket-region|continuation-token|delimiter|encoding-type|fetch-owner|key-marker|list-type|marker|max-buckets|max-keys|max-parts|max-uploads|part-number-marker|partNumber|prefix|response-(cache-control|content-(disposition|encoding|language|type)|expires)|start-after|upload-id-marker|version-id-marker|versionId)$/i;

/** The bucket and the key of a request, in its path, or with the bucket in the `Host` header: `bucket.localhost`. */
export function s3Target({ headers, path }: Pick<TenantRequest, "headers" | "path">): S3Target {
	const inHost = /^(?<name>[\w.-]+)\.localhost(?::\d*)?$/i.exec(headers.host ?? "")?.groups?.name;
	if (inHost !== undefined) return { bucket: inHost, key: path.slice(1) };
	const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
	return { bucket, key };
}

/**
 * The name of the S3 operation that a request is for. One for an unknown part, such as `?future`, has the name of an operation that
 * does not exist.
 */
export function s3OperationOf(request: TenantRequest): string {
	const { method, query } = request;
	const { bucket, key } = s3Target(request);
	const level: Level = key !== "" ? "object" : bucket !== "" ? "bucket" : "service";
	const whole = WHOLE.get(`${method} ${level}`) ?? `${method} ${level}`;
	for (const name of query.keys()) {
		const irregular = IRREGULAR.get(`${method} ${level} ${name}`);
		if (irregular !== undefined) return copied(irregular, request);
		const noun = (level === "bucket" ? BUCKET_PARTS : OBJECT_PARTS).get(name);
		if (noun !== undefined && level !== "service") return `${VERBS.get(method) ?? method}${noun}`;
	}
	const unknown = [...query.keys()].find((name) => !PARAMETERS.test(name));
	if (unknown !== undefined) return `${whole}?${unknown}`;
	return whole === "ListObjects" && query.get("list-type") === "2" ? "ListObjectsV2" : copied(whole, request);
}

/** What `UploadPart` and `PutObject` are called with a source in place of a body. A presigned URL has it in its query. */
function copied(operation: string, { headers, query }: TenantRequest): string {
	const inQuery = [...query.keys()].some((name) => name.toLowerCase() === COPY_SOURCE);
	if (headers[COPY_SOURCE] === undefined && !inQuery) return operation;
	if (operation === "UploadPart") return "UploadPartCopy";
	return operation === "PutObject" ? "CopyObject" : operation;
}
