import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { Session, TransferConfig } from "echostream-boto3";
import { Message } from "../src/sqs/message.ts";

const session = new Session({
	credentials: { accessKeyId: "AK", secretAccessKey: "SK" },
	regionName: "us-east-1",
	services: { dynamodb: DynamoDB, s3: S3, sqs: SQS },
});
const [dynamodb, s3, sqs] = [session.client("dynamodb"), session.client("s3"), session.client("sqs")];
const table = session.resource("dynamodb").Table("t");
const [bucket, object] = [session.resource("s3").Bucket("b"), session.resource("s3").Object("b", "k")];
const queue = session.resource("sqs").Queue("https://sqs.us-east-1.amazonaws.com/1/q");
const source = { Bucket: "b", Key: "k" };

/** A call of a port, by its name in the message, with what TypeScript would not let it pass. */
type Call = readonly [owner: string, call: (options: never) => unknown];
const transfers: readonly Call[] = [
	["uploadFile()", (options) => s3.uploadFile("a.txt", "b", "k", options)],
	["uploadFileobj()", (options) => s3.uploadFileobj("text", "b", "k", options)],
	["downloadFile()", (options) => s3.downloadFile("b", "k", "a.txt", options)],
	["downloadFileobj()", (options) => s3.downloadFileobj("b", "k", new WritableStream(), options)],
	["copy()", (options) => s3.copy(source, "b", "k", options)],
	["uploadFile()", (options) => bucket.uploadFile("a.txt", "k", options)],
	["uploadFileobj()", (options) => bucket.uploadFileobj("text", "k", options)],
	["downloadFile()", (options) => bucket.downloadFile("k", "a.txt", options)],
	["downloadFileobj()", (options) => bucket.downloadFileobj("k", new WritableStream(), options)],
	["copy()", (options) => bucket.copy(source, "k", options)],
	["uploadFile()", (options) => object.uploadFile("a.txt", options)],
	["uploadFileobj()", (options) => object.uploadFileobj("text", options)],
	["downloadFile()", (options) => object.downloadFile("a.txt", options)],
	["downloadFileobj()", (options) => object.downloadFileobj(new WritableStream(), options)],
	["copy()", (options) => object.copy(source, options)],
];
const client: readonly Call[] = [
	["A client", (options) => session.client("s3", options)],
	["A client", (options) => session.resource("s3", options)],
];
const waits: readonly Call[] = [
	["wait()", (options: object) => dynamodb.getWaiter("table_exists").wait({ TableName: "t", ...options })],
	["wait()", (options) => table.waitUntilExists(options)],
	["wait()", (options) => table.waitUntilNotExists(options)],
	["wait()", (options) => bucket.waitUntilExists(options)],
	["wait()", (options) => bucket.waitUntilNotExists(options)],
	["wait()", (options) => object.waitUntilExists(options)],
	["wait()", (options) => object.waitUntilNotExists(options)],
];
const paginate: Call = [
	"paginate()",
	(options: object) => dynamodb.getPaginator("scan").paginate({ TableName: "t", ...options }),
];
const url: Call = ["generatePresignedUrl()", (options) => s3.generatePresignedUrl("get_object", options)];
const form: Call = ["generatePresignedPost()", (options) => s3.generatePresignedPost("b", "k", options)];
const batch = table.batchWriter();
const message = new Message(sqs, "q", {});

/** Calls, an option that they would ignore, and the remedy of the message. */
const CASES: readonly (readonly [calls: readonly Call[], option: object, remedy: string])[] = [
	[
		[["A Session", (options: object) => new Session({ services: {}, ...options })]],
		{ botocore_session: 1 },
		'Use "botocoreSession".',
	],
	[
		[["A Session", (options: object) => new Session({ services: {}, ...options })]],
		{ region_name: "r" },
		'Use "regionName".',
	],
	[
		[["A Session", (options: object) => new Session({ services: {}, ...options })]],
		{ aws_access_key_id: "AK" },
		"Use credentials: { accessKeyId, secretAccessKey, sessionToken }.",
	],
	[client, { region_name: "r" }, "Use region."],
	[client, { regionName: "r" }, "Use region."],
	[client, { endpoint_url: "http://localhost" }, "Use endpoint."],
	[client, { endpointUrl: "http://localhost" }, "Use endpoint."],
	[client, { config: {} }, "Use the options of Config themselves, such as maxAttempts."],
	[client, { verify: false }, "Use requestHandler: { httpsAgent: { ca } }."],
	[client, { aws_session_token: "t" }, "Use credentials: { accessKeyId, secretAccessKey, sessionToken }."],
	[client, { retries: { max_attempts: 1 } }, "Use maxAttempts and retryMode."],
	[client, { connectTimeout: 1 }, "Use requestHandler: { connectionTimeout }, in milliseconds."],
	[client, { use_fips_endpoint: true }, "Use useFipsEndpoint."],
	[
		[["batchWriter()", (options) => table.batchWriter(options)]],
		{ overwrite_by_pkeys: ["pk"] },
		'Use "overwriteByPkeys".',
	],
	[[["batchWriter()", (options) => table.batchWriter(options)]], ["pk"], "It has: overwriteByPkeys."],
	[[["putItem() of a batch writer", (options) => batch.putItem(options)]], { item: {} }, 'Use "Item".'],
	[[["deleteItem() of a batch writer", (options) => batch.deleteItem(options)]], { key: {} }, 'Use "Key".'],
	[transfers, { extraArgs: {} }, 'Use "ExtraArgs".'],
	[transfers, { extra_args: {} }, 'Use "ExtraArgs".'],
	[transfers, { callback: () => {} }, 'Use "Callback".'],
	[transfers, { ContentType: "text/plain" }, "It has: ExtraArgs, Callback, Config."],
	[[paginate], { pagination_config: {} }, 'Use "PaginationConfig".'],
	[[paginate], { paginationConfig: {} }, 'Use "PaginationConfig".'],
	[waits, { waiter_config: {} }, 'Use "WaiterConfig".'],
	[waits, { waiterConfig: {} }, 'Use "WaiterConfig".'],
	[[url], { params: {} }, 'Use "Params".'],
	[[url], { Params: source, expires_in: 1 }, 'Use "ExpiresIn".'],
	[[url], { Params: source, HttpMethod: "PUT" }, "It has: Params, ExpiresIn."],
	[[url], source, "It has: Params, ExpiresIn."],
	[[form], { fields: {} }, 'Use "Fields".'],
	[[form], { expiresIn: 1 }, 'Use "ExpiresIn".'],
	[[["filter()", (options) => bucket.objects.filter(options)]], { prefix: "a" }, 'Use "Prefix".'],
	[[["filter()", (options) => bucket.objects.filter(options)]], { max_keys: 1 }, 'Use "MaxKeys".'],
	[[["filter()", (options) => bucket.objects.filter(options)]], { Marker: "a" }, 'Use "StartAfter".'],
	[[["sendMessages()", (options) => queue.sendMessages(options)]], { entries: [] }, 'Use "Entries".'],
	[[["deleteMessages()", (options) => queue.deleteMessages(options)]], { entries: [] }, 'Use "Entries".'],
	[
		[["changeMessageVisibilityBatch()", (options) => queue.changeMessageVisibilityBatch(options)]],
		{ entries: [] },
		'Use "Entries".',
	],
	[
		[["changeVisibility()", (options) => message.changeVisibility(options)]],
		{ visibility_timeout: 1 },
		'Use "VisibilityTimeout".',
	],
	[[["The source of copy()", (options) => s3.copy(options, "b", "k")]], { bucket: "b", key: "k" }, 'Use "Bucket".'],
];

test.each(
	CASES.flatMap(([calls, option, remedy]) =>
		calls.map(([owner, call]) => ({ owner, call, option, name: Object.keys(option).at(-1), remedy })),
	),
)("$owner rejects the option $name with the one to use", async ({ owner, call, option, remedy }) => {
	const expected = new RegExp(`^TypeError: ${escaped(owner)} has no option "\\w+"\\. ${escaped(remedy)}$`);
	await expect((async () => call(option as never))().catch(String)).resolves.toMatch(expected);
});

test.each([
	[
		"PaginationConfig",
		(config) => paginate[1]({ PaginationConfig: config } as never),
		{ maxItems: 1 },
		'Use "MaxItems".',
	],
	[
		"PaginationConfig",
		(config) => paginate[1]({ PaginationConfig: config } as never),
		{ page_size: 1 },
		'Use "PageSize".',
	],
	[
		"WaiterConfig",
		(config) => table.waitUntilExists({ WaiterConfig: config }),
		{ max_attempts: 1 },
		'Use "MaxAttempts".',
	],
	["WaiterConfig", (config) => table.waitUntilExists({ WaiterConfig: config }), { delay: 1 }, 'Use "Delay".'],
	["ExtraArgs", (ExtraArgs) => object.uploadFileobj("a", { ExtraArgs }), { contentType: "a" }, 'Use "ContentType".'],
	["ExtraArgs", (ExtraArgs) => object.copy(source, { ExtraArgs }), { cache_control: "a" }, 'Use "CacheControl".'],
	["TransferConfig", (settings) => new TransferConfig(settings), { max_concurrency: 1 }, 'Use "maxConcurrency".'],
	["TransferConfig", (Config) => object.uploadFileobj("a", { Config }), { use_threads: true }, 'Use "useThreads".'],
] as readonly (readonly [string, (members: never) => unknown, object, string])[])(
	"%s rejects the members that it does not have: %#",
	async (owner, call, members, remedy) => {
		const rejected = (async () => call(members as never))().catch(String);
		await expect(rejected).resolves.toMatch(
			new RegExp(`^TypeError: ${owner} has no option "\\w+"\\. ${escaped(remedy)}$`),
		);
	},
);

test("a client rejects a configuration that is a region, the first argument of boto3 after the name", () => {
	expect(() => session.client("s3", "eu-west-1" as never)).toThrow(
		'The configuration of a client must be an object, but is string. Use { region: "us-east-1" }.',
	);
});

test("options with null, which Python's None often becomes, have their defaults", async () => {
	const none = { MaxItems: null, PageSize: null, StartingToken: null } as never;
	expect(() => dynamodb.getPaginator("scan").paginate({ TableName: "t", PaginationConfig: none })).not.toThrow();
	expect(() =>
		dynamodb.getPaginator("scan").paginate({ TableName: "t", PaginationConfig: null as never }),
	).not.toThrow();
	const signed = await s3.generatePresignedUrl("get_object", { Params: source, ExpiresIn: null as never });
	expect(signed).toContain("X-Amz-Expires=3600");
});

function escaped(text: string): string {
	return text.replace(/[()[\]{}.|*+?^$]/g, "\\$&");
}
