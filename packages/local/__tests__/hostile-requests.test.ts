import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../src/index.ts";
import {
	type AwsCredentials,
	credentialsOf,
	jsonRequest,
	plainSignIn,
	type RequestToSign,
	sendQuery,
	signed,
	signIn,
} from "./tenant-client.ts";

const MEGABYTE = 1024 * 1024;
const agent = new Agent({ keepAlive: true });
const DEEP = `${"[".repeat(5000)}${"]".repeat(5000)}`;

let tenant: LocalTenant;
let admin: AwsCredentials;
let token: string;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, lambdas: { echo: (event) => event } });
	admin = await credentialsOf(tenant, { apiUser: "admin" });
	token = await signIn(tenant, { apiUser: "admin" });
});
afterAll(() => {
	agent.destroy();
	return tenant.stop();
});

interface Sent {
	readonly url: string;
	readonly init: {
		readonly method?: string;
		readonly headers?: Readonly<Record<string, string>>;
		readonly body?: string | Uint8Array;
	};
}

/** Sends a request with any `Host` header, which `fetch` does not allow, and copies a large body less often than `fetch`. */
async function send({ init: { method = "GET", headers = {}, body }, url }: Sent) {
	const outgoing = httpRequest(new URL(url), { agent, method, headers });
	outgoing.end(body);
	const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
	return { status: incoming.statusCode, headers: incoming.headers, text: await textOf(incoming) };
}

function sendTo(one: LocalTenant, headers: Record<string, string>, body = "{}") {
	return send({ url: one.url, init: { method: "POST", headers, body } });
}

const cognitoHeaders = (operation: string) => ({
	"content-type": "application/x-amz-json-1.1",
	"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
});

function callCognito(operation: string, body: string) {
	return send({ url: tenant.url, init: { method: "POST", headers: cognitoHeaders(operation), body } });
}

function query(body: string) {
	return send({ url: `${tenant.url}/graphql`, init: { method: "POST", headers: { authorization: token }, body } });
}

describe("the Host header", () => {
	test.each(["127.0.0.1", "localhost:4500", "[::1]:80", "bulk-data.localhost", "LOCALHOST"])(
		"a request with the Host header %s reaches the tenant",
		async (host) => {
			const { status } = await sendTo(tenant, { host, ...cognitoHeaders("GetUser") });
			expect(status).toBe(400);
		},
	);

	test.each(["attacker.example", "127.0.0.1.attacker.example", "localhost.attacker.example:80", "a b", "[::1"])(
		"a request with the Host header %p is denied",
		async (host) => {
			const { status, text } = await sendTo(tenant, { host, ...cognitoHeaders("GetUser") });
			expect(status).toBe(403);
			expect(JSON.parse(text)).toMatchObject({
				__type: "AccessDeniedException",
				message: expect.stringContaining("allowedHosts"),
			});
		},
	);

	test("a request to a name in allowedHosts reaches the tenant, with any port and with a bucket before it", async () => {
		await using own = await LocalTenant.start({ allowedHosts: ["host.docker.internal"] });
		for (const host of ["host.docker.internal:4500", "bulk-data.host.docker.internal"]) {
			expect((await sendTo(own, { host, ...cognitoHeaders("GetUser") })).status).toBe(400);
		}
	});

	test("a request that is denied for its Host header meets no fault, and is in the request log", async () => {
		const fault = tenant.faults.add({ operation: "GetUser", status: 500 });
		const mark = tenant.requestLog.length;
		await sendTo(tenant, { host: "attacker.example", ...cognitoHeaders("GetUser") });
		fault.remove();
		expect(fault.met).toBe(0);
		expect(tenant.requestLog.since(mark)).toMatchObject([{ operation: "GetUser", status: 403 }]);
	});
});

test("the port keeps idle connections for longer than Node's 5 s, as AWS does", async () => {
	const { headers } = await sendTo(tenant, { connection: "keep-alive", ...cognitoHeaders("GetUser") });
	expect(headers["keep-alive"]).toBe("timeout=75");
});

describe("a body of more than 64 MB", () => {
	const body = new Uint8Array(64 * MEGABYTE + 1);

	test.each<[string, string, Record<string, string>, RegExp]>([
		["Cognito", "/", cognitoHeaders("InitiateAuth"), /^\{"__type":"RequestEntityTooLargeException","message"/],
		["AppSync", "/graphql", {}, /^\{"errors":\[\{"errorType":"RequestEntityTooLargeException"/],
		["DynamoDB", "/", jsonRequest("dynamodb", "PutItem", {}).headers ?? {}, /#RequestEntityTooLargeException"/],
		["S3", "/bulk-data/x", {}, /<Code>EntityTooLarge<\/Code>/],
	])(
		"%s rejects a body of more than 64 MB with 413, and keeps the connection open",
		async (_, path, headers, words) => {
			const response = await send({ url: `${tenant.url}${path}`, init: { method: "POST", headers, body } });
			expect(response.status).toBe(413);
			expect(response.text).toMatch(words);
			expect(response.headers.connection).toBe("keep-alive");
		},
	);

	test("a body of more than 64 MB is rejected before a client with Expect: 100-continue sends it", async () => {
		const outgoing = httpRequest(tenant.url, {
			method: "PUT",
			path: "/bulk-data/x",
			headers: { expect: "100-continue", "content-length": String(body.length) },
		});
		let continued = false;
		outgoing.on("continue", () => {
			continued = true;
		});
		outgoing.flushHeaders();
		const [response] = await once(outgoing, "response");
		expect([response.statusCode, continued]).toEqual([413, false]);
		outgoing.destroy();
	});

	test("a body of 64 MB is accepted", async () => {
		const response = await send({
			url: tenant.url,
			init: { method: "POST", headers: cognitoHeaders("GetUser"), body: body.subarray(1) },
		});
		expect(response.status).toBe(400);
	});
});

describe("names that every JavaScript object has", () => {
	const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];

	test.each(names)("invoking %s as a Lambda function fails with ResourceNotFoundException", async (name) => {
		const path = `/2015-03-31/functions/${name}/invocations`;
		expect(await send(await signed(tenant, admin, { service: "lambda", path, body: "1" }))).toMatchObject({
			status: 404,
			text: expect.stringContaining("Function not found"),
		});
	});

	test.each(names)(
		"calling %s as an operation of Cognito or of an unknown service fails with status 400",
		async (name) => {
			expect(await callCognito(name, "{}")).toMatchObject({
				status: 400,
				text: expect.stringContaining("UnknownOperationException"),
			});
			const unsigned = { method: "POST", headers: { ...cognitoHeaders(""), "x-amz-target": `${name}.${name}` } };
			expect((await send({ url: tenant.url, init: unsigned })).status).toBe(400);
		},
	);

	test.each(names)("%s is an unknown operation and table of DynamoDB, and a valid attribute name", async (name) => {
		const call = async (operation: string, input: string) =>
			send(await signed(tenant, admin, { ...jsonRequest("dynamodb", operation, {}), body: input }));
		expect(await call(name, "{}")).toMatchObject({ text: expect.stringContaining("UnknownOperationException") });
		expect(await call("DescribeTable", `{"TableName":"${name}"}`)).toMatchObject({
			text: expect.stringContaining("ResourceNotFoundException"),
		});
		const Item = `{"pk":{"S":"a"},"sk":{"S":"b"},"${name}":{"S":"c"}}`;
		expect((await call("PutItem", `{"TableName":"db-local","Item":${Item}}`)).status).toBeLessThan(500);
	});

	test.each(names)("a user named %s exists only after it has signed up", async (name) => {
		const input = (more: object) => JSON.stringify({ ClientId: tenant.userPool.clientId, ...more });
		const signIn = { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: name, PASSWORD: "Passw0rd!" } };
		expect((await callCognito("InitiateAuth", input(signIn))).text).toContain("UserNotFoundException");
		const signUp = input({ Username: name, Password: "Passw0rd!", UserAttributes: [{ Name: name, Value: name }] });
		expect((await callCognito("SignUp", signUp)).status).toBe(200);
		expect((await callCognito("InitiateAuth", input(signIn))).text).toContain("UserNotConfirmedException");
	});
});

describe("what is printed of a tenant", () => {
	test("inspect and JSON of a tenant and its parts show no password, token, secret or key", async () => {
		const clientSecret = "canary-client-secret";
		const users = [{ username: "bob", password: "canary-password", mfa: [{ type: "TOTP", secret: "CANARYSECRET" }] }];
		await using own = await LocalTenant.start({
			apps: [{ name: "a", password: "canary-app" }, { name: "b" }],
			apiUsers: [{ username: "admin", password: "canary-admin" }, { username: "reader" }],
			userPool: { authFlows: ["USER_PASSWORD_AUTH"], users: users as never },
		});
		await using withSecret = await LocalTenant.start({ userPool: { clientSecret } });
		const secrets = ["canary", "CANARY", clientSecret];
		for (const identity of [{ app: "a" }, { app: "b" }, { apiUser: "reader" }]) {
			secrets.push(own.environment(identity).PASSWORD ?? "", await signIn(own, identity));
		}
		const { secretAccessKey, sessionToken } = await credentialsOf(own, { apiUser: "admin" });
		secrets.push(secretAccessKey, sessionToken);
		const parts = [own, withSecret].flatMap((one) => [
			one,
			one.directory,
			...one.directory.apps.values(),
			...one.directory.apiUsers.values(),
			one.userPool,
			one.requestLog,
			one.faults,
			one.clock,
		]);
		for (const part of parts) {
			const printed = inspect(part, { depth: 10, showHidden: true }) + JSON.stringify(part);
			for (const secret of secrets) expect(printed).not.toContain(secret);
		}
	});
});

describe("malformed requests", () => {
	const sign = (request: RequestToSign) => signed(tenant, admin, request);
	const dynamodb = (operation: string, body: string) => sign({ ...jsonRequest("dynamodb", operation, {}), body });
	const sqs = (operation: string, body: string) => sign({ ...jsonRequest("sqs", operation, {}), body });
	const key = '"Key":{"pk":{"S":"a"},"sk":{"S":"b"}}';

	test.each<[string, string, string]>([
		["null", "GetItem", "null"],
		["a body that is not JSON", "GetItem", "{"],
		["an array", "GetItem", "[]"],
		["JSON 5,000 levels deep", "PutItem", `{"TableName":"db-local","Item":${DEEP}}`],
		[
			"an attribute 5,000 levels deep",
			"PutItem",
			`{"TableName":"db-local","Item":{"a":${'{"M":{"a":'.repeat(5000)}{}${"}}".repeat(5000)}}}`,
		],
		[
			"a set that holds null",
			"PutItem",
			'{"TableName":"db-local","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"c":{"SS":[null]}}}',
		],
		[
			"an update to null",
			"UpdateItem",
			`{"TableName":"db-local",${key},"UpdateExpression":"SET a = :a","ExpressionAttributeValues":{":a":{"BS":[null]}}}`,
		],
		["a batch that holds null", "BatchWriteItem", '{"RequestItems":{"db-local":[null]}}'],
		["a transaction that holds null", "TransactWriteItems", '{"TransactItems":[null,{"Put":null}]}'],
	])("DynamoDB rejects %s", async (_, operation, body) => {
		const { status, text } = await send(await dynamodb(operation, body));
		expect(status).toBe(400);
		expect(JSON.parse(text).__type).toMatch(/SerializationException|UnknownOperationException/);
	});

	test.each<[string, string, string]>([
		[
			"a tag without a value",
			"TagResource",
			'{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/db-local","Tags":[{"Key":"a"}]}',
		],
		[
			"40 parentheses inside each other",
			"Scan",
			`{"TableName":"db-local","FilterExpression":"${"(".repeat(40)}a = :a${")".repeat(40)}","ExpressionAttributeValues":{":a":{"S":"a"}}}`,
		],
		[
			"an expression of 5,000 bytes",
			"Scan",
			`{"TableName":"db-local","FilterExpression":"${"a = :a OR ".repeat(500)}a = :a"}`,
		],
	])("DynamoDB rejects %s", async (_, operation, body) => {
		const { status, text } = await send(await dynamodb(operation, body));
		expect([status, JSON.parse(text).__type]).toEqual([400, expect.stringContaining("ValidationException")]);
	});

	test.each<[string, string, string, RegExp]>([
		["null", "ListQueues", "null", /SerializationException/],
		["a body that is not JSON", "SendMessage", '{"QueueUrl', /SerializationException/],
		["JSON 5,000 levels deep", "SendMessage", `{"MessageAttributes":${DEEP}}`, /SerializationException/],
		["a queue that is named by a number", "CreateQueue", '{"QueueName":5}', /ValidationException/],
		["a batch that holds null", "SendMessageBatch", '{"Entries":[null]}', /SerializationException/],
	])("SQS rejects %s", async (_, operation, body, type) => {
		const { headers, status, text } = await send(await sqs(operation, body));
		expect([status, JSON.parse(text).__type]).toEqual([400, expect.stringMatching(type)]);
		expect(headers["x-amzn-query-error"]).toMatch(/;Sender$/);
	});

	test("SNS and SQS reject an unknown action of the query protocol", async () => {
		for (const Version of ["2010-03-31", "2012-11-05"]) {
			const service = Version === "2010-03-31" ? "sns" : "sqs";
			const body = `Action=Nothing&Version=${Version}`;
			const headers = { "content-type": "application/x-www-form-urlencoded" };
			expect(await send(await sign({ service, body, headers }))).toMatchObject({
				status: 400,
				text: expect.stringContaining("<Code>InvalidAction</Code>"),
			});
		}
	});

	test("Lambda rejects an event that is not JSON", async () => {
		const path = "/2015-03-31/functions/echo/invocations";
		const response = await send(await sign({ service: "lambda", path, body: "{" }));
		expect(response.status).toBe(400);
		expect(response.headers["x-amzn-errortype"]).toBe("InvalidRequestContentException");
	});

	test.each<[string, string, RegExp]>([
		["null", "null", /SerializationException/],
		["an attribute that is null", '{"UserAttributes":[null]}', /InvalidParameterException.*userAttributes\.1\.member/],
		["an attribute without a name", '{"UserAttributes":[{"Value":"x"}]}', /InvalidParameterException/],
		["attributes that are no list", '{"UserAttributes":{"Name":"x"}}', /SerializationException.*Expected list or null/],
		["a name that is a number", '{"Username":5}', /SerializationException.*NUMBER_VALUE/],
		["a name that is an object", '{"Username":{"a":1}}', /SerializationException.*Start of structure/],
		["parameters that are a string", '{"AuthParameters":"x"}', /SerializationException.*Expected map or null/],
		["JSON 5,000 levels deep", `{"UserAttributes":${DEEP}}`, /SerializationException/],
	])("Cognito rejects %s", async (_, body, words) => {
		const client = `{"ClientId":"${tenant.userPool.clientId}","Username":"eve","Password":"Passw0rd!",`;
		const input = body === "null" ? body : body.replace("{", client);
		const { headers, status, text } = await callCognito("SignUp", input);
		expect(status).toBe(400);
		expect(text).toMatch(words);
		expect(headers["x-amzn-errortype"]).toBe(`${JSON.parse(text).__type}:`);
	});

	test.each<[string, string]>([
		["a query 5,000 levels deep", `${"{a".repeat(5000)}${"}".repeat(5000)}`],
		["a value 5,000 levels deep", `{GetVersion(x:${DEEP})}`],
		["a document of 10,000 tokens", `{${"GetVersion ".repeat(10_000)}}`],
	])("AppSync rejects %s", async (_, document) => {
		const { status, text } = await query(JSON.stringify({ query: document }));
		expect(status).toBe(400);
		expect(JSON.parse(text).errors).toMatchObject([{ errorType: "BadRequestException" }]);
	});

	test.each<[string, string]>([
		["a query that is a list 5,000 levels deep", `{"query":${DEEP}}`],
		["null", "null"],
	])("AppSync rejects %s", async (_, body) => {
		const { status, text } = await query(body);
		expect([status, JSON.parse(text).errors[0].errorType]).toEqual([400, "MalformedHttpRequestException"]);
	});

	test("AppSync stops a short query that would resolve millions of objects", async () => {
		await using own = await LocalTenant.start({ ...plainSignIn, apps: [{ name: "a" }, { name: "b" }] });
		const levels = Array.from({ length: 20 }, (_, level) => {
			const next = level < 19 ? `...F${level + 1}` : "name";
			return `fragment F${level} on ExternalNode { receiveEdges { source { ${next} } } sendEdges { target { ${next} } } }`;
		});
		const document = `{ GetNode(name: "a-node", tenant: "local") { ...F0 } } ${levels.join(" ")}`;
		const { errors, status } = await sendQuery(own, await signIn(own, { apiUser: "admin" }), document);
		expect(status).toBe(200);
		expect(errors?.map(({ errorType }) => errorType)).toContain("ResolverExecutionLimitReached");
	});

	const s3 = (method: string, path: string, body = "", headers: Record<string, string> = {}) =>
		sign({ service: "s3", method, path, body, headers });

	test.each<[string, string, string]>([
		["a presigned URL that lives for more than 7 days", "X-Amz-Expires=604801", "must be less than a week"],
		["a presigned URL that lives for a negative time", "X-Amz-Expires=-1", "must be non-negative"],
		["a presigned URL that lives for a word", "X-Amz-Expires=long", "should be a number"],
	])("S3 rejects %s", async (_, expires, words) => {
		const url = `${tenant.url}/bulk-data/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${admin.accessKeyId}/20260101/us-east-1/s3/aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0&${expires}`;
		const { status, text } = await send({ url, init: {} });
		expect(status).toBe(400);
		expect(text).toContain("<Code>AuthorizationQueryParametersError</Code>");
		expect(text).toContain(words);
	});

	test.each(["99999999T999999Z", "Sat, 13 Sep 275760 00:00:00 GMT", "-000001-01-01T00:00:00Z", "yesterday"])(
		"S3 rejects a request signed at %s",
		async (date) => {
			const headers = {
				authorization: `AWS4-HMAC-SHA256 Credential=${admin.accessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`,
				"x-amz-date": date,
			};
			const { status, text } = await send({ url: `${tenant.url}/bulk-data`, init: { headers } });
			expect([status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "AuthorizationHeaderMalformed"]);
		},
	);

	test("S3 rejects a path that is not a URI", async () => {
		const { status, text } = await send(await s3("GET", "/bulk-data/%zz"));
		expect([status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "InvalidURI"]);
	});

	test.each([
		["without a boundary", "multipart/form-data", "x"],
		["cut off", "multipart/form-data; boundary=b", '--b\r\ncontent-disposition: form-data; name="key"\r\n\r\nx'],
		["empty", "multipart/form-data; boundary=b", ""],
	])("S3 rejects a form that is %s", async (_, contentType, body) => {
		const init = { method: "POST", headers: { "content-type": contentType }, body };
		const { status, text } = await send({ url: `${tenant.url}/bulk-data`, init });
		expect([status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "MalformedPOSTRequest"]);
	});

	test.each<[string, string]>([
		["a chunk of negative size", "-6\r\n\r\n"],
		["a chunk without a size", "\r\n"],
		["no last chunk", "1\r\na\r\n"],
		["a chunk that is shorter than its size", "ff\r\na\r\n0\r\n\r\n"],
	])("S3 rejects an upload in chunks with %s", async (_, body) => {
		const { status, text } = await send(await s3("PUT", "/bulk-data/x", body, { "content-encoding": "aws-chunked" }));
		expect([status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "IncompleteBody"]);
	});

	test.each<[string, Record<string, string>, string]>([
		["a deletion without a key", { delete: "" }, "<Delete></Delete>"],
		["a deletion with keys that do not end", { delete: "" }, "<Key>".repeat(100_000)],
		["a deletion of 1,001 keys", { delete: "" }, "<Key>a</Key>".repeat(1001)],
		["a list of parts that do not end", { uploadId: "1" }, "<Part><PartNumber>1</PartNumber><ETag>".repeat(10_000)],
	])("S3 rejects %s", async (_, parameters, body) => {
		const path = "uploadId" in parameters ? "/bulk-data/x" : "/bulk-data";
		const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
		const { status, text } = await send(await sign({ service: "s3", path, query: parameters, body, headers }));
		expect([status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "MalformedXML"]);
	});
});

test.each(["/graphql", "/graphql/realtime"])(
	"a WebSocket at %s is rejected at once, because the API has no subscriptions",
	async (path) => {
		const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
		const outgoing = httpRequest(`${tenant.url}${path}`, { headers: { ...upgrade, "sec-websocket-key": "YQ==" } });
		outgoing.end();
		const [incoming] = await once(outgoing, "response");
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk);
		expect([incoming.statusCode, JSON.parse(Buffer.concat(chunks).toString())]).toEqual([
			400,
			{ errors: [expect.objectContaining({ errorType: "UnsupportedOperation" })] },
		]);
		expect([...tenant.requestLog].at(-1)).toMatchObject({ service: "appsync", operation: "WebSocket", status: 400 });
	},
);

test("S3 stores an upload in chunks, and an empty object", async () => {
	const call = async (method: string, path: string, body = "", headers: Record<string, string> = {}) =>
		send(await signed(tenant, admin, { service: "s3", method, path, body, headers }));
	const chunks = "2;chunk-signature=0\r\nab\r\n3\r\ncde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
	expect((await call("PUT", "/bulk-data/chunks", chunks, { "content-encoding": "aws-chunked" })).status).toBe(200);
	expect((await call("GET", "/bulk-data/chunks")).text).toBe("abcde");
	expect((await call("PUT", "/bulk-data/empty")).status).toBe(200);
	expect(await call("GET", "/bulk-data/empty")).toMatchObject({ status: 200, text: "" });
});
