import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
	CreateBucketCommand,
	GetObjectCommand,
	ListBucketsCommand,
	PutObjectCommand,
	S3Client,
} from "@aws-sdk/client-s3";
import {
	GetQueueUrlCommand,
	ListQueuesCommand,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import {
	type AwsCredentials,
	clientConfig,
	credentialsOf,
	jsonRequest,
	plainSignIn,
	type RequestToSign,
	signed,
	type TenantIdentity,
} from "../tenant-client.ts";

const MINUTE_MS = 60_000;
const LIST_TABLES = jsonRequest("dynamodb", "ListTables", {});
const LIST_QUEUES = jsonRequest("sqs", "ListQueues", {});
const LIST_BUCKETS: RequestToSign = { service: "s3", method: "GET", path: "/" };
const CALLER: RequestToSign = {
	service: "sts",
	body: "Action=GetCallerIdentity&Version=2011-06-15",
	headers: { "content-type": "application/x-www-form-urlencoded" },
};
const INVOKE: RequestToSign = { service: "lambda", path: "/2015-03-31/functions/echo/invocations", body: '{"a":1}' };

let tenant: LocalTenant;
let admin: AwsCredentials;
let clock: ManualClock;
beforeAll(async () => {
	clock = new ManualClock(Date.now());
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	admin = await credentialsOf(tenant, { apiUser: "admin" }, 43_200);
});
afterAll(() => tenant.stop());

async function send({ init, url }: { url: string; init: RequestInit }) {
	const response = await fetch(url, init);
	const text = await response.text();
	const json = /^\s*\{/.test(text) ? (JSON.parse(text) as { __type?: string; message?: string }) : {};
	const code = json.__type ?? response.headers.get("x-amzn-errortype") ?? /<Code>(\w+)<\/Code>/.exec(text)?.[1];
	return {
		status: response.status,
		code: code?.replace(/^.*#/, ""),
		message: json.message,
		headers: response.headers,
		text,
	};
}

const configOf = (credentials: AwsCredentials) => clientConfig(tenant, credentials);

describe("the SDK's own clients", () => {
	const key = { pk: { S: "a/ü" }, sk: { S: "1" } };

	test("the DynamoDB client writes and reads items of the tenant's table", async () => {
		const dynamodb = new DynamoDBClient(configOf(await credentialsOf(tenant, { app: "external-app" })));
		await dynamodb.send(new PutItemCommand({ TableName: tenant.table, Item: { ...key, v: { N: "1" } } }));
		const { Item } = await dynamodb.send(new GetItemCommand({ TableName: tenant.table, Key: key }));
		expect(Item).toEqual({ ...key, v: { N: "1" } });
	});

	test("SQS clients send to an edge and receive from it, by queue URLs of the tenant", async () => {
		const edge = tenant.directory.edges.find(({ source }) => source === "external-app-node");
		const sender = new SQSClient(configOf(await credentialsOf(tenant, { app: "external-app" })));
		const receiver = new SQSClient(configOf(await credentialsOf(tenant, { app: "managed-app" })));
		const { QueueUrl } = await sender.send(new GetQueueUrlCommand({ QueueName: edge?.queue }));
		expect(QueueUrl).toBe(tenant.queueUrl(edge?.queue ?? ""));
		await sender.send(new SendMessageCommand({ QueueUrl, MessageBody: `at ${tenant.url}`, MessageGroupId: "g" }));
		const { Messages } = await receiver.send(new ReceiveMessageCommand({ QueueUrl }));
		expect(Messages?.map(({ Body }) => Body)).toEqual([`at ${tenant.url}`]);
		const { QueueUrls } = await new SQSClient(configOf(admin)).send(new ListQueuesCommand({}));
		expect(QueueUrls?.sort()).toEqual(
			tenant.directory
				.queues()
				.map((name) => tenant.queueUrl(name))
				.sort(),
		);
	});

	test("the S3 client stores and fetches objects with keys that need escaping, also by presigned URLs", async () => {
		const s3 = new S3Client(configOf(admin));
		await s3.send(new CreateBucketCommand({ Bucket: "pictures" }));
		const object = { Bucket: "pictures", Key: "a b/ü+(1)~'*.txt" };
		await s3.send(new PutObjectCommand({ ...object, Body: "first" }));
		expect(await (await s3.send(new GetObjectCommand(object))).Body?.transformToString()).toBe("first");
		const put = await fetch(await getSignedUrl(s3, new PutObjectCommand(object)), { method: "PUT", body: "second" });
		const got = await fetch(await getSignedUrl(s3, new GetObjectCommand(object)));
		expect([put.status, got.status, await got.text()]).toEqual([200, 200, "second"]);
		const { Buckets } = await s3.send(new ListBucketsCommand({}));
		expect(Buckets?.map(({ Name }) => Name)).toContain("pictures");
	});

	test("the Lambda client invokes functions, and gets ResourceNotFoundException for an unknown one", async () => {
		const lambda = new LambdaClient(configOf(admin));
		const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "echo", Payload: '{"a":1}' }));
		expect(Payload?.transformToString()).toBe('{"a":1}');
		await expect(lambda.send(new InvokeCommand({ FunctionName: "none" }))).rejects.toMatchObject({
			name: "ResourceNotFoundException",
		});
	});

	test("each SDK client gets the error name of its service for an unknown access key", async () => {
		const config = configOf({ ...admin, accessKeyId: "ASIAUNKNOWNUNKNOWN22" });
		await expect(
			new DynamoDBClient(config).send(new GetItemCommand({ TableName: "t", Key: key })),
		).rejects.toMatchObject({
			name: "UnrecognizedClientException",
		});
		await expect(new SQSClient(config).send(new ListQueuesCommand({}))).rejects.toMatchObject({
			name: expect.stringMatching(/InvalidClientTokenId|UnrecognizedClientException/),
		});
		await expect(new S3Client(config).send(new ListBucketsCommand({}))).rejects.toMatchObject({
			name: "InvalidAccessKeyId",
		});
	});

	test("an operation that dynalite lacks is rejected with a message that names dynamodbEndpoint", async () => {
		const response = await send(
			await signed(tenant, admin, jsonRequest("dynamodb", "ExecuteTransaction", { TransactStatements: [] })),
		);
		expect(response).toMatchObject({ status: 400, code: "UnknownOperationException" });
		expect(response.message).toMatch(/ExecuteTransaction.*dynamodbEndpoint/);
	});
});

describe("a request with a wrong signature", () => {
	type Spoil = (
		request: RequestToSign,
	) => Promise<{ url: string; init: RequestInit & { headers: Record<string, string> } }>;
	const withKey =
		(change: Partial<AwsCredentials>): Spoil =>
		(request) =>
			signed(tenant, { ...admin, ...change }, request);
	const at =
		(ms: number): Spoil =>
		(request) =>
			signed(tenant, admin, { ...request, date: new Date(clock.now() + ms) });
	const without =
		(header: string): Spoil =>
		async (request) => {
			const good = await signed(tenant, admin, request);
			return {
				...good,
				init: {
					...good.init,
					headers: Object.fromEntries(Object.entries(good.init.headers).filter(([name]) => name !== header)),
				},
			};
		};
	const tampered: Spoil = async (request) => {
		const good = await signed(tenant, admin, request);
		const authorization = good.init.headers.authorization ?? "";
		const flipped = authorization.endsWith("0") ? "1" : "0";
		return {
			...good,
			init: { ...good.init, headers: { ...good.init.headers, authorization: authorization.slice(0, -1) + flipped } },
		};
	};
	const otherBody: Spoil = async (request) => {
		const good = await signed(tenant, admin, request);
		return { ...good, init: { ...good.init, body: `${request.body} ` } };
	};
	const json = 400;

	test.each<[string, Spoil, RequestToSign, number, string]>([
		["DynamoDB rejects a tampered signature", tampered, LIST_TABLES, json, "InvalidSignatureException"],
		["SQS rejects a tampered signature", tampered, LIST_QUEUES, json, "InvalidSignatureException"],
		["S3 rejects a tampered signature", tampered, LIST_BUCKETS, 403, "SignatureDoesNotMatch"],
		["STS rejects a tampered signature", tampered, CALLER, 403, "SignatureDoesNotMatch"],
		["Lambda rejects a tampered signature", tampered, INVOKE, 403, "InvalidSignatureException"],
		[
			"DynamoDB rejects a wrong secret",
			withKey({ secretAccessKey: "wrong" }),
			LIST_TABLES,
			json,
			"InvalidSignatureException",
		],
		["S3 rejects a wrong secret", withKey({ secretAccessKey: "wrong" }), LIST_BUCKETS, 403, "SignatureDoesNotMatch"],
		[
			"DynamoDB rejects an unknown key",
			withKey({ accessKeyId: "ASIAUNKNOWN" }),
			LIST_TABLES,
			json,
			"UnrecognizedClientException",
		],
		["S3 rejects an unknown key", withKey({ accessKeyId: "ASIAUNKNOWN" }), LIST_BUCKETS, 403, "InvalidAccessKeyId"],
		["STS rejects an unknown key", withKey({ accessKeyId: "ASIAUNKNOWN" }), CALLER, 403, "InvalidClientTokenId"],
		[
			"DynamoDB rejects another session token",
			withKey({ sessionToken: "other" }),
			LIST_TABLES,
			json,
			"UnrecognizedClientException",
		],
		["S3 rejects another session token", withKey({ sessionToken: "other" }), LIST_BUCKETS, 400, "InvalidToken"],
		[
			"DynamoDB rejects a missing session token",
			without("x-amz-security-token"),
			LIST_TABLES,
			json,
			"UnrecognizedClientException",
		],
		[
			"DynamoDB rejects a missing signature",
			without("authorization"),
			LIST_TABLES,
			json,
			"MissingAuthenticationTokenException",
		],
		["S3 rejects a missing signature", without("authorization"), LIST_BUCKETS, 403, "AccessDenied"],
		["DynamoDB rejects a body that was changed", otherBody, LIST_TABLES, json, "InvalidSignatureException"],
		["STS rejects a body that was changed", otherBody, CALLER, 403, "SignatureDoesNotMatch"],
		[
			"DynamoDB rejects a signature 16 minutes old",
			at(-16 * MINUTE_MS),
			LIST_TABLES,
			json,
			"InvalidSignatureException",
		],
		["S3 rejects a signature 16 minutes old", at(-16 * MINUTE_MS), LIST_BUCKETS, 403, "RequestTimeTooSkewed"],
		[
			"DynamoDB rejects a signature 16 minutes ahead",
			at(16 * MINUTE_MS),
			LIST_TABLES,
			json,
			"InvalidSignatureException",
		],
		["Lambda rejects a signature 6 minutes old", at(-6 * MINUTE_MS), INVOKE, 403, "InvalidSignatureException"],
		[
			"DynamoDB rejects a signature for another region",
			(request) => signed(tenant, admin, { ...request, region: "eu-west-1" }),
			LIST_TABLES,
			json,
			"InvalidSignatureException",
		],
		[
			"DynamoDB rejects a signature for another service",
			(request) => signed(tenant, admin, { ...request, service: "s3" }),
			LIST_TABLES,
			json,
			"InvalidSignatureException",
		],
	])("%s with the error code of the service", async (_, spoil, request, status, code) => {
		expect(await send(await spoil(request))).toMatchObject({ status, code });
	});

	test("a signature up to 15 minutes old or ahead is accepted", async () => {
		for (const ms of [-14 * MINUTE_MS, 0, 14 * MINUTE_MS]) {
			expect(await send(await at(ms)(LIST_TABLES))).toMatchObject({ status: 200 });
		}
	});

	test("S3 rejects an object whose content does not match its hash", async () => {
		const good = await signed(tenant, admin, { service: "s3", method: "PUT", path: "/pictures/x", body: "right" });
		const response = await send({ ...good, init: { ...good.init, body: "wrong" } });
		expect(response).toMatchObject({ status: 400, code: "XAmzContentSHA256Mismatch" });
	});

	test("SQS also names an error in its query protocol", async () => {
		const { headers } = await send(await withKey({ accessKeyId: "ASIAUNKNOWN" })(LIST_QUEUES));
		expect(headers.get("x-amzn-query-error")).toBe("InvalidClientTokenId;Sender");
	});

	test("a presigned URL is valid until it expires, and only for the object that was signed", async () => {
		const s3 = new S3Client(configOf(admin));
		const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: "pictures", Key: "none" }), { expiresIn: 60 });
		expect(await send({ url, init: {} })).toMatchObject({ code: "NoSuchKey" });
		expect(await send({ url: url.replace("/none", "/other"), init: {} })).toMatchObject({
			code: "SignatureDoesNotMatch",
		});
		clock.jump(2 * MINUTE_MS);
		const late = await send({ url, init: {} });
		clock.jump(-2 * MINUTE_MS);
		expect(late).toMatchObject({ status: 403, code: "AccessDenied" });
		expect(late.text).toContain("Request has expired");
	});
});

describe("issued credentials", () => {
	test("issued credentials expire by the tenant's clock", async () => {
		const key = await credentialsOf(tenant, { apiUser: "admin" }, 900);
		expect(Date.parse(key.expiration)).toBe(Math.floor(clock.now() / 1000) * 1000 + 900_000);
		clock.jump(899_000 - (clock.now() % 1000));
		expect(await send(await signed(tenant, key, LIST_TABLES))).toMatchObject({ status: 200 });
		clock.jump(1000);
		expect(await send(await signed(tenant, key, LIST_TABLES))).toMatchObject({
			status: 400,
			code: "ExpiredTokenException",
		});
		expect(await send(await signed(tenant, key, LIST_BUCKETS))).toMatchObject({ status: 400, code: "ExpiredToken" });
		expect(await send(await signed(tenant, key, CALLER))).toMatchObject({ status: 403, code: "ExpiredToken" });
		clock.jump(-900_000);
	});

	test("expireAccessKeys and revokeAccessKeys affect the credentials of one user only", async () => {
		const app = await credentialsOf(tenant, { app: "external-app" });
		const reader = await credentialsOf(tenant, { apiUser: "reader" });
		tenant.expireAccessKeys("external-app-user");
		expect(await send(await signed(tenant, app, CALLER))).toMatchObject({ code: "ExpiredToken" });
		tenant.revokeAccessKeys("external-app-user");
		expect(await send(await signed(tenant, app, CALLER))).toMatchObject({ code: "InvalidClientTokenId" });
		expect(await send(await signed(tenant, reader, CALLER))).toMatchObject({ status: 200 });
	});

	test("GetCallerIdentity names the user of the credentials", async () => {
		const { text } = await send(await signed(tenant, await credentialsOf(tenant, { app: "managed-app" }), CALLER));
		expect(text).toContain("assumed-role/echostream/managed-app-user");
	});
});

describe("permissions", () => {
	const put = () =>
		jsonRequest("dynamodb", "PutItem", { TableName: tenant.table, Item: { pk: { S: "a" }, sk: { S: "b" } } });
	const scan = () => jsonRequest("dynamodb", "Scan", { TableName: tenant.table });
	const batch = () =>
		jsonRequest("dynamodb", "BatchGetItem", {
			RequestItems: { [tenant.table]: { Keys: [{ pk: { S: "a" }, sk: { S: "b" } }] } },
		});
	const otherBatch = () =>
		jsonRequest("dynamodb", "BatchGetItem", { RequestItems: { other: { Keys: [{ pk: { S: "a" } }] } } });
	const mixedBatch = () => {
		const Keys = [{ pk: { S: "a" }, sk: { S: "b" } }];
		return jsonRequest("dynamodb", "BatchGetItem", { RequestItems: { [tenant.table]: { Keys }, other: { Keys } } });
	};
	const list = () => LIST_TABLES;
	const message = (queue: string) => () =>
		jsonRequest("sqs", "SendMessage", { QueueUrl: tenant.queueUrl(queue), MessageBody: "hi" });
	const newQueue = (name: string) => () => jsonRequest("sqs", "CreateQueue", { QueueName: name });

	test.each<[string, "may" | "may not", string, TenantIdentity, () => RequestToSign]>([
		["an app with table access", "may", "write items", { app: "external-app" }, put],
		["an app with table access", "may", "read batches", { app: "external-app" }, batch],
		["an app with table access", "may not", "read batches of other tables", { app: "external-app" }, otherBatch],
		[
			"an app with table access",
			"may not",
			"read batches of its own and other tables",
			{ app: "external-app" },
			mixedBatch,
		],
		["an app with table access", "may not", "list tables", { app: "external-app" }, list],
		["an app without table access", "may not", "read items", { app: "cross-account-app" }, scan],
		["an app", "may", "send to its own queue", { app: "external-app" }, message("app-external-app")],
		["an app", "may not", "send to another app's queue", { app: "external-app" }, message("app-managed-app")],
		["an app", "may not", "create queues", { app: "external-app" }, newQueue("x")],
		["an app", "may not", "list buckets", { app: "external-app" }, () => LIST_BUCKETS],
		["a reader", "may", "read items", { apiUser: "reader" }, scan],
		["a reader", "may", "list buckets", { apiUser: "reader" }, () => LIST_BUCKETS],
		["a reader", "may not", "write items", { apiUser: "reader" }, put],
		["a reader", "may not", "send messages", { apiUser: "reader" }, message("app-external-app")],
		["an admin", "may", "create queues", { apiUser: "admin" }, newQueue("y")],
	])("%s %s %s", async (_who, verdict, _what, of, request) => {
		const response = await send(await signed(tenant, await credentialsOf(tenant, of), request()));
		expect(response.code?.replace("Exception", "")).toBe(verdict === "may" ? undefined : "AccessDenied");
	});

	test("the message of AccessDenied names user, action and resource", async () => {
		const response = await send(await signed(tenant, await credentialsOf(tenant, { apiUser: "reader" }), put()));
		expect(response.message).toBe(
			"User: arn:aws:sts::000000000000:assumed-role/echostream/reader is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/db-local because no identity-based policy allows the dynamodb:PutItem action",
		);
	});

	test("an API user with the role user writes items, and is denied creating a table", async () => {
		await using other = await LocalTenant.start({ ...plainSignIn, apiUsers: [{ username: "u", role: "user" }] });
		const key = await credentialsOf(other, { apiUser: "u" });
		const make = jsonRequest(
			"dynamodb",
			"CreateTable",
			new CreateTableCommand({
				TableName: "t",
				BillingMode: "PAY_PER_REQUEST",
				AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
				KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
			}).input,
		);
		expect(await send(await signed(other, key, make))).toMatchObject({ code: "AccessDeniedException" });
		expect(await send(await signed(other, key, put()))).toMatchObject({ status: 200 });
	});
});

test("a DynamoDB Local at dynamodbEndpoint receives only authorized requests, always with the same access key", async () => {
	const seen: string[] = [];
	const local = createServer((request, response) => {
		const key = /Credential=(\w+)\//.exec(request.headers.authorization ?? "")?.[1];
		seen.push(`${request.headers["x-amz-target"]} ${key} ${request.headers["x-amz-security-token"]}`);
		response
			.setHeader("content-type", "application/x-amz-json-1.0")
			.end('{"TableNames":["there"],"Table":{"TableStatus":"ACTIVE"}}');
	});
	// Nothing listens at first. The tenant responds with an error, and tries again with the next request.
	await new Promise<void>((resolve) => local.listen(0, "127.0.0.1", resolve));
	const { port } = local.address() as AddressInfo;
	await new Promise((resolve) => local.close(resolve));
	await using own = await LocalTenant.start({ ...plainSignIn, dynamodbEndpoint: `http://127.0.0.1:${port}` });
	const keys = [await credentialsOf(own, { apiUser: "admin" }), await credentialsOf(own, { apiUser: "reader" })];
	const list = async (key: AwsCredentials) => send(await signed(own, key, LIST_TABLES));
	expect(await list(admin)).toMatchObject({ code: "UnrecognizedClientException" });
	for (const key of keys) expect(await list(key)).toMatchObject({ status: 500 });
	await new Promise<void>((resolve) => local.listen(port, "127.0.0.1", resolve));
	for (const key of keys)
		expect(await list(key)).toMatchObject({ status: 200, text: expect.stringContaining("there") });
	await new Promise((resolve) => local.close(resolve));
	expect(seen).toEqual(
		["CreateTable", "DescribeTable", "ListTables", "ListTables"].map(
			(operation) => `DynamoDB_20120810.${operation} localtenant undefined`,
		),
	);
});
