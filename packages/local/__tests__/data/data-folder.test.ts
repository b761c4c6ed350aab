import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant, type LocalTenantOptions } from "../../src/index.ts";
import {
	credentialsOf,
	jsonRequest,
	plainSignIn,
	type RequestToSign,
	sendQuery,
	signed,
	type TenantIdentity,
} from "../tenant-client.ts";

let parent: string;
let count = 0;

beforeAll(async () => {
	parent = await mkdtemp(join(tmpdir(), "echostream-data-"));
});
afterAll(() => rm(parent, { recursive: true }));

const newFolder = () => join(parent, String(++count));

/** Runs `before` on a tenant, and `after` on a later one with the same folder and what the first returned. */
async function restarted<T>(
	options: LocalTenantOptions,
	before: (tenant: LocalTenant) => Promise<T>,
	after: (tenant: LocalTenant, result: T) => Promise<void>,
): Promise<void> {
	const data = newFolder();
	const result = await during({ ...options, data }, before);
	await during({ ...options, data }, (tenant) => after(tenant, result));
}

async function during<T>(options: LocalTenantOptions, work: (tenant: LocalTenant) => Promise<T>): Promise<T> {
	const tenant = await LocalTenant.start(options);
	try {
		return await work(tenant);
	} finally {
		await tenant.stop();
		// The next tenant has the same port. `fetch` notices with this request that its connection is closed.
		await fetch(tenant.url).catch(() => undefined);
	}
}

async function cognito(tenant: LocalTenant, operation: string, input: object): Promise<Record<string, unknown>> {
	const response = await fetch(tenant.url, {
		method: "POST",
		headers: {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
		},
		body: JSON.stringify({ ClientId: tenant.userPool.clientId, ...input }),
	});
	return (await response.json()) as Record<string, unknown>;
}

const signIn = (tenant: LocalTenant, USERNAME: string, PASSWORD: string) =>
	cognito(tenant, "InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD } });

/** Calls DynamoDB and SQS as a user. */
async function caller(tenant: LocalTenant, identity: TenantIdentity) {
	const credentials = await credentialsOf(tenant, identity);
	return async (service: "dynamodb" | "sqs", operation: string, input: object): Promise<Record<string, unknown>> => {
		const { init, url } = await signed(tenant, credentials, jsonRequest(service, operation, input));
		const response = await fetch(url, init);
		const output = (await response.json()) as Record<string, unknown>;
		if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(output)}`);
		return output;
	};
}

/** Calls SNS, and returns the XML. */
async function publishing(
	tenant: LocalTenant,
	identity: TenantIdentity,
	form: Record<string, string>,
): Promise<string> {
	const { init, url } = await signed(tenant, await credentialsOf(tenant, identity), {
		service: "sns",
		body: new URLSearchParams(form).toString(),
		headers: { "content-type": "application/x-www-form-urlencoded" },
	});
	return (await fetch(url, init)).text();
}

/** Calls S3, and returns the body of the response. */
async function s3Caller(tenant: LocalTenant, identity: TenantIdentity) {
	const credentials = await credentialsOf(tenant, identity);
	return async (request: Omit<RequestToSign, "service">): Promise<string> => {
		const { init, url } = await signed(tenant, credentials, { service: "s3", ...request });
		const response = await fetch(url, init);
		const body = await response.text();
		if (!response.ok) throw new Error(`${request.method} ${request.path}: ${body}`);
		return body;
	};
}

async function adminToken(tenant: LocalTenant): Promise<string> {
	const { PASSWORD = "", USER_NAME = "" } = tenant.environment({ apiUser: "admin" });
	const { AuthenticationResult } = await signIn(tenant, USER_NAME, PASSWORD);
	return (AuthenticationResult as { readonly AccessToken: string }).AccessToken;
}

const queueOf = (tenant: LocalTenant) => tenant.directory.edgesAt("source", "external-app-node")[0]?.queue ?? "";

const receiptOf = ({ Messages }: Record<string, unknown>) =>
	(Messages as readonly { readonly ReceiptHandle: string }[])[0]?.ReceiptHandle;

describe("a tenant with a data folder, after a restart", () => {
	test("has the same environment variables, with which a program signs in", async () => {
		await restarted(
			plainSignIn,
			async (tenant) => tenant.environment({ app: "external-app" }),
			async (tenant, environment) => {
				expect(tenant.environment({ app: "external-app" })).toEqual(environment);
				const { AuthenticationResult } = await signIn(tenant, environment.USER_NAME ?? "", environment.PASSWORD ?? "");
				expect(AuthenticationResult).toBeDefined();
			},
		);
	});

	test("accepts the tokens, the refresh tokens and the AWS credentials that it has issued", async () => {
		const app = { app: "external-app" };
		await restarted(
			{ userPool: { authFlows: ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"] } },
			async (tenant) => {
				const { PASSWORD = "", USER_NAME = "" } = tenant.environment(app);
				const { AuthenticationResult } = await signIn(tenant, USER_NAME, PASSWORD);
				return {
					credentials: await credentialsOf(tenant, app),
					tokens: AuthenticationResult as { readonly AccessToken: string; readonly RefreshToken: string },
				};
			},
			async (tenant, { credentials, tokens }) => {
				expect(await cognito(tenant, "GetUser", { AccessToken: tokens.AccessToken })).toMatchObject({
					Username: "external-app-user",
				});
				const renewed = await cognito(tenant, "InitiateAuth", {
					AuthFlow: "REFRESH_TOKEN_AUTH",
					AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken },
				});
				expect(renewed.AuthenticationResult).toBeDefined();
				const request = jsonRequest("dynamodb", "DescribeTable", { TableName: tenant.table });
				const { init, url } = await signed(tenant, credentials, request);
				expect((await fetch(url, init)).status).toBe(200);
			},
		);
	});

	test("still rejects tokens that it has revoked", async () => {
		await restarted(
			plainSignIn,
			async (tenant) => {
				const { PASSWORD = "", USER_NAME = "" } = tenant.environment({ app: "external-app" });
				const { AuthenticationResult } = await signIn(tenant, USER_NAME, PASSWORD);
				tenant.userPool.revokeRefreshTokens(USER_NAME);
				return (AuthenticationResult as { readonly AccessToken: string }).AccessToken;
			},
			async (tenant, AccessToken) => {
				expect(await cognito(tenant, "GetUser", { AccessToken })).toMatchObject({
					message: "Access Token has been revoked",
				});
			},
		);
	});

	test("continues a sign-in and a registration that wait for a code", async () => {
		const user = { username: "ann", password: "Local-1!", attributes: { email: "ann@example.com" } };
		await restarted(
			{ userPool: { ...plainSignIn.userPool, users: [{ ...user, mfa: [{ type: "EMAIL" }] }] } },
			async (tenant) => {
				await cognito(tenant, "SignUp", { Username: "bob", Password: "Local-2!" });
				return signIn(tenant, user.username, user.password);
			},
			async (tenant, { Session }) => {
				const codes = new Map(tenant.userPool.sentCodes.map(({ code, kind }) => [kind, code]));
				const ChallengeResponses = { USERNAME: "ann", EMAIL_OTP_CODE: codes.get("EMAIL_OTP") };
				const answered = await cognito(tenant, "RespondToAuthChallenge", {
					ChallengeName: "EMAIL_OTP",
					Session,
					ChallengeResponses,
				});
				expect(answered.AuthenticationResult).toBeDefined();
				await cognito(tenant, "ConfirmSignUp", { Username: "bob", ConfirmationCode: codes.get("SignUp") });
				expect((await signIn(tenant, "bob", "Local-2!")).AuthenticationResult).toBeDefined();
			},
		);
	});

	test("knows a user as it was last: password, attributes, and devices", async () => {
		const user = { username: "ann", password: "Local-1!" };
		const options: LocalTenantOptions = { userPool: { ...plainSignIn.userPool, devices: "always", users: [user] } };
		await restarted(
			options,
			async (tenant) => {
				const { AuthenticationResult } = await signIn(tenant, "ann", "Local-1!");
				const { AccessToken, NewDeviceMetadata } = AuthenticationResult as {
					readonly AccessToken: string;
					readonly NewDeviceMetadata: { readonly DeviceKey: string };
				};
				const DeviceSecretVerifierConfig = { Salt: "c2FsdA==", PasswordVerifier: "dmVyaWZpZXI=" };
				const { DeviceKey } = NewDeviceMetadata;
				await cognito(tenant, "ConfirmDevice", { AccessToken, DeviceKey, DeviceSecretVerifierConfig });
				const UserAttributes = [{ Name: "name", Value: "Ann" }];
				await cognito(tenant, "UpdateUserAttributes", { AccessToken, UserAttributes });
				const PreviousPassword = "Local-1!";
				await cognito(tenant, "ChangePassword", { AccessToken, PreviousPassword, ProposedPassword: "Local-2!" });
				return { AccessToken, DeviceKey };
			},
			async (tenant, { AccessToken, DeviceKey }) => {
				expect(await cognito(tenant, "GetDevice", { AccessToken, DeviceKey })).toMatchObject({ Device: { DeviceKey } });
				expect(await cognito(tenant, "GetUser", { AccessToken })).toMatchObject({
					UserAttributes: expect.arrayContaining([{ Name: "name", Value: "Ann" }]),
				});
				expect(await signIn(tenant, "ann", "Local-1!")).toMatchObject({ __type: "NotAuthorizedException" });
				expect((await signIn(tenant, "ann", "Local-2!")).AuthenticationResult).toBeDefined();
			},
		);
	});

	test("does not add a user again that was removed", async () => {
		await restarted(
			plainSignIn,
			async (tenant) => tenant.userPool.removeUser("reader"),
			async (tenant) => {
				expect(await signIn(tenant, "reader", "Local-1!")).toMatchObject({ __type: "UserNotFoundException" });
			},
		);
	});

	test("has its items, tables and the time to live, and knows the token of a transaction", async () => {
		const table = {
			TableName: "orders",
			BillingMode: "PAY_PER_REQUEST",
			AttributeDefinitions: ["id", "day"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
			KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
			GlobalSecondaryIndexes: [
				{
					IndexName: "byDay",
					KeySchema: [{ AttributeName: "day", KeyType: "HASH" }],
					Projection: { ProjectionType: "ALL" },
				},
			],
		};
		const TableName = "orders";
		const Item = (id: string) => ({ id: { S: id }, day: { S: "monday" } });
		const transaction = {
			ClientRequestToken: "once",
			TransactItems: [{ Put: { TableName, Item: Item("3"), ConditionExpression: "attribute_not_exists(id)" } }],
		};
		await restarted(
			plainSignIn,
			async (tenant) => {
				const call = await caller(tenant, { apiUser: "admin" });
				await call("dynamodb", "CreateTable", table);
				await call("dynamodb", "CreateTable", { ...table, TableName: "dropped" });
				await call("dynamodb", "PutItem", { TableName, Item: Item("1") });
				await call("dynamodb", "PutItem", { TableName, Item: Item("2") });
				await call("dynamodb", "DeleteItem", { TableName, Key: { id: { S: "1" } } });
				const TimeToLiveSpecification = { AttributeName: "until", Enabled: true };
				await call("dynamodb", "UpdateTimeToLive", { TableName, TimeToLiveSpecification });
				await call("dynamodb", "TransactWriteItems", transaction);
				await call("dynamodb", "DeleteTable", { TableName: "dropped" });
			},
			async (tenant) => {
				const call = await caller(tenant, { apiUser: "admin" });
				const { TableNames } = await call("dynamodb", "ListTables", {});
				expect(TableNames).toEqual(["db-local", "orders"]);
				const query = { TableName, IndexName: "byDay", KeyConditionExpression: "#d = :d" };
				const found = await call("dynamodb", "Query", {
					...query,
					ExpressionAttributeNames: { "#d": "day" },
					ExpressionAttributeValues: { ":d": { S: "monday" } },
				});
				expect(found.Items).toEqual(expect.arrayContaining([Item("2"), Item("3")]));
				expect(found.Count).toBe(2);
				expect(await call("dynamodb", "DescribeTimeToLive", { TableName })).toEqual({
					TimeToLiveDescription: { AttributeName: "until", TimeToLiveStatus: "ENABLED" },
				});
				// The same token again: it is not carried out a second time, where its condition would fail.
				expect(await call("dynamodb", "TransactWriteItems", transaction)).toEqual({});
			},
		);
	});

	test("has its messages in order, received ones with their receipts, and drops duplicates", async () => {
		const app = { app: "external-app" };
		const send = (body: string) => ({ MessageBody: body, MessageGroupId: "group" });
		await restarted(
			plainSignIn,
			async (tenant) => {
				const call = await caller(tenant, app);
				const QueueUrl = tenant.queueUrl(queueOf(tenant));
				for (const body of ["1", "2", "3", "4"]) await call("sqs", "SendMessage", { QueueUrl, ...send(body) });
				const first = await call("sqs", "ReceiveMessage", { QueueUrl });
				await call("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle: receiptOf(first) });
				return receiptOf(await call("sqs", "ReceiveMessage", { QueueUrl }));
			},
			async (tenant, ReceiptHandle) => {
				const call = await caller(tenant, app);
				const QueueUrl = tenant.queueUrl(queueOf(tenant));
				await call("sqs", "SendMessage", { QueueUrl, ...send("4") });
				expect(await call("sqs", "ReceiveMessage", { QueueUrl })).toEqual({});
				await call("sqs", "ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
				const bodies: unknown[] = [];
				for (let index = 0; index < 3; index++) {
					const received = await call("sqs", "ReceiveMessage", { QueueUrl });
					bodies.push((received.Messages as readonly { readonly Body: string }[])[0]?.Body);
					await call("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle: receiptOf(received) });
				}
				expect(bodies).toEqual(["2", "3", "4"]);
				expect(await call("sqs", "ReceiveMessage", { QueueUrl })).toEqual({});
			},
		);
	});

	test("has its queues with attributes and tags, its topics and its subscriptions", async () => {
		const admin = { apiUser: "admin" };
		await restarted(
			plainSignIn,
			async (tenant) => {
				const call = await caller(tenant, admin);
				const { QueueUrl } = await call("sqs", "CreateQueue", { QueueName: "jobs", Attributes: { DelaySeconds: "0" } });
				await call("sqs", "CreateQueue", { QueueName: "dropped" });
				await call("sqs", "DeleteQueue", { QueueUrl: tenant.queueUrl("dropped") });
				await call("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { VisibilityTimeout: "7" } });
				await call("sqs", "TagQueue", { QueueUrl, Tags: { team: "blue" } });
				const topic = await publishing(tenant, admin, { Action: "CreateTopic", Name: "news" });
				const TopicArn = /<TopicArn>(.*)<\/TopicArn>/.exec(topic)?.[1] ?? "";
				const Endpoint = `arn:aws:sqs:${tenant.region}:000000000000:jobs`;
				await publishing(tenant, admin, { Action: "Subscribe", TopicArn, Protocol: "sqs", Endpoint });
				return TopicArn;
			},
			async (tenant, TopicArn) => {
				const call = await caller(tenant, admin);
				const QueueUrl = tenant.queueUrl("jobs");
				const { QueueUrls } = await call("sqs", "ListQueues", {});
				expect(QueueUrls).toContain(QueueUrl);
				expect(QueueUrls).not.toContain(tenant.queueUrl("dropped"));
				expect(await call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["VisibilityTimeout"] })).toEqual({
					Attributes: { VisibilityTimeout: "7" },
				});
				expect(await call("sqs", "ListQueueTags", { QueueUrl })).toEqual({ Tags: { team: "blue" } });
				await publishing(tenant, admin, { Action: "Publish", TopicArn, Message: "hello" });
				const { Messages } = await call("sqs", "ReceiveMessage", { QueueUrl });
				expect(Messages).toMatchObject([{ Body: expect.stringContaining("hello") }]);
			},
		);
	});

	test("has its objects with tags, and continues a multipart upload", async () => {
		const admin = { apiUser: "admin" };
		const path = "/bulk-data/large";
		const content = "0123456789".repeat(50_000);
		const query = (tenant: LocalTenant) => s3Caller(tenant, admin);
		await restarted(
			plainSignIn,
			async (tenant) => {
				const call = await query(tenant);
				await call({ method: "PUT", path: "/bulk-data/a", body: content, headers: { "x-amz-tagging": "team=blue" } });
				await call({ method: "PUT", path: "/bulk-data/b", body: "deleted" });
				await call({ method: "DELETE", path: "/bulk-data/b" });
				const begun = await call({ path, query: { uploads: "" } });
				const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun)?.[1] ?? "";
				await call({ method: "PUT", path, query: { partNumber: "1", uploadId }, body: content });
				return uploadId;
			},
			async (tenant, uploadId) => {
				const call = await query(tenant);
				expect(await call({ method: "GET", path: "/bulk-data/a" })).toBe(content);
				expect(await call({ method: "GET", path: "/bulk-data/a", query: { tagging: "" } })).toContain("blue");
				const listed = await call({ method: "GET", path: "/bulk-data", query: { "list-type": "2" } });
				expect([...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(["a"]);
				const parts = await call({ method: "GET", path, query: { uploadId } });
				const etag = /<ETag>(.*)<\/ETag>/.exec(parts)?.[1] ?? "";
				const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
				await call({ path, query: { uploadId }, body });
				expect(await call({ method: "GET", path })).toBe(content);
			},
		);
	});

	test("has its network: an app that was created, with the password of its user", async () => {
		await restarted(
			plainSignIn,
			async (tenant) => {
				const token = await adminToken(tenant);
				const create = `mutation { CreateExternalApp(name: "new" tenant: "local") { name credentials { username password } } }`;
				const { data, errors } = await sendQuery(tenant, token, create);
				expect(errors).toBeUndefined();
				return data.CreateExternalApp.credentials as { readonly username: string; readonly password: string };
			},
			async (tenant, { password, username }) => {
				expect((await signIn(tenant, username, password)).AuthenticationResult).toBeDefined();
				const token = await adminToken(tenant);
				const { data } = await sendQuery(tenant, token, '{ GetApp(name: "new" tenant: "local") { name } }');
				expect(data.GetApp).toEqual({ name: "new" });
			},
		);
	});
});
