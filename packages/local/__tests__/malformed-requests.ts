import type { LocalTenant } from "../src/index.ts";
import { type AwsCredentials, jsonRequest, type RequestToSign, signed } from "./tenant-client.ts";

/** A request to send. */
export interface Sent {
	readonly url: string;
	readonly init: {
		readonly method: string;
		readonly headers: Record<string, string>;
		readonly body?: string;
	};
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const QUEUE = "http://127.0.0.1/000000000000/app-external-app";
const KEY = { pk: { S: "a" }, sk: { S: "b" } };
const VALUES = { ":a": { S: "a" } };
const TABLE = { TableName: "db-local" };
const ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/db-local";

function cognito(operation: string, input: object): RequestToSign {
	return {
		service: "cognito",
		body: JSON.stringify({ ClientId: "client", ...input }),
		headers: {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
		},
	};
}

function administration(operation: string, input: object): RequestToSign {
	return { ...cognito(operation, { UserPoolId: "us-east-1_x", ...input }), service: "cognito-idp" };
}

function query(document: string, variables: object = {}): RequestToSign {
	return { service: "appsync", path: "/graphql", body: JSON.stringify({ query: document, variables }) };
}

/** Well-formed requests to every service, from which the malformed ones are made. */
const REQUESTS: readonly RequestToSign[] = [
	cognito("InitiateAuth", {
		AuthFlow: "USER_SRP_AUTH",
		AuthParameters: { USERNAME: "admin", SRP_A: "a1", SECRET_HASH: "x" },
	}),
	cognito("InitiateAuth", {
		AuthFlow: "USER_AUTH",
		AuthParameters: { USERNAME: "admin", PREFERRED_CHALLENGE: "PASSWORD_SRP", SRP_A: "a1" },
	}),
	cognito("InitiateAuth", { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: "x", DEVICE_KEY: "y" } }),
	cognito("RespondToAuthChallenge", {
		ChallengeName: "PASSWORD_VERIFIER",
		ChallengeResponses: {
			USERNAME: "admin",
			PASSWORD_CLAIM_SECRET_BLOCK: "x",
			PASSWORD_CLAIM_SIGNATURE: "y",
			TIMESTAMP: "Tue Nov 3 04:05:06 UTC 2026",
		},
	}),
	cognito("RespondToAuthChallenge", {
		ChallengeName: "SMS_MFA",
		Session: "x",
		ChallengeResponses: { USERNAME: "admin", SMS_MFA_CODE: "1" },
	}),
	cognito("GetTokensFromRefreshToken", { RefreshToken: "x", ClientSecret: "y", DeviceKey: "z" }),
	cognito("SignUp", {
		Username: "eve",
		Password: "Passw0rd!",
		UserAttributes: [{ Name: "email", Value: "eve@example.com" }],
	}),
	cognito("ConfirmSignUp", { Username: "eve", ConfirmationCode: "1" }),
	cognito("ConfirmForgotPassword", { Username: "eve", ConfirmationCode: "1", Password: "Passw0rd!" }),
	cognito("GetUser", { AccessToken: "a.b.c" }),
	cognito("ConfirmDevice", {
		AccessToken: "x",
		DeviceKey: "y",
		DeviceSecretVerifierConfig: { Salt: "AA==", PasswordVerifier: "AA==" },
	}),
	cognito("SetUserMFAPreference", { AccessToken: "x", SMSMfaSettings: { Enabled: true, PreferredMfa: false } }),
	cognito("RevokeToken", { Token: "x" }),
	query('query one { GetTenant(tenant: "local") { name GetAwsCredentials(duration: 900) { accessKeyId } } }'),
	query("query q($n: String!, $t: String!) { GetApp(name: $n, tenant: $t) { name } }", {
		n: "external-app",
		t: "local",
	}),
	query(
		'{ GetBulkDataStorage(tenant: "local", count: 2) { expiration presignedPost { fields } } __schema { types { name } } }',
	),
	jsonRequest("dynamodb", "PutItem", {
		...TABLE,
		Item: { ...KEY, n: { N: "1" }, l: { L: [{ SS: ["x"] }, { M: { a: { BOOL: true } } }] } },
		ConditionExpression: "attribute_not_exists(a)",
	}),
	jsonRequest("dynamodb", "GetItem", { ...TABLE, Key: KEY, ProjectionExpression: "a, b.c[0]" }),
	jsonRequest("dynamodb", "UpdateItem", {
		...TABLE,
		Key: KEY,
		UpdateExpression: "SET a = :a, #n = if_not_exists(#n, :a)",
		ExpressionAttributeNames: { "#n": "n" },
		ExpressionAttributeValues: VALUES,
	}),
	jsonRequest("dynamodb", "UpdateItem", {
		...TABLE,
		Key: KEY,
		AttributeUpdates: { c: { Action: "ADD", Value: { N: "1" } } },
	}),
	jsonRequest("dynamodb", "DeleteItem", {
		...TABLE,
		Key: KEY,
		Expected: { a: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "a" }] } },
	}),
	jsonRequest("dynamodb", "Query", {
		...TABLE,
		KeyConditionExpression: "pk = :a",
		FilterExpression: "contains(b, :a) OR size(b) > :a",
		ExpressionAttributeValues: VALUES,
		Limit: 5,
	}),
	jsonRequest("dynamodb", "Scan", {
		...TABLE,
		ScanFilter: { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "1" }, { N: "2" }] } },
		Segment: 0,
		TotalSegments: 2,
	}),
	jsonRequest("dynamodb", "BatchGetItem", { RequestItems: { "db-local": { Keys: [KEY], ConsistentRead: true } } }),
	jsonRequest("dynamodb", "BatchWriteItem", {
		RequestItems: {
			"db-local": [{ PutRequest: { Item: KEY } }, { DeleteRequest: { Key: { ...KEY, sk: { S: "c" } } } }],
		},
	}),
	jsonRequest("dynamodb", "TransactWriteItems", {
		ClientRequestToken: "a",
		ReturnConsumedCapacity: "TOTAL",
		TransactItems: [
			{ Put: { ...TABLE, Item: KEY } },
			{
				Update: {
					...TABLE,
					Key: { ...KEY, sk: { S: "c" } },
					UpdateExpression: "SET a = :a",
					ConditionExpression: "attribute_not_exists(#n)",
					ExpressionAttributeNames: { "#n": "n" },
					ExpressionAttributeValues: VALUES,
					ReturnValuesOnConditionCheckFailure: "ALL_OLD",
				},
			},
			{ Delete: { ...TABLE, Key: { ...KEY, sk: { S: "d" } } } },
			{ ConditionCheck: { ...TABLE, Key: { ...KEY, sk: { S: "e" } }, ConditionExpression: "attribute_exists(pk)" } },
		],
	}),
	jsonRequest("dynamodb", "TransactGetItems", {
		TransactItems: [{ Get: { ...TABLE, Key: KEY, ProjectionExpression: "a, b" } }],
	}),
	jsonRequest("dynamodb", "CreateTable", {
		TableName: "other",
		BillingMode: "PAY_PER_REQUEST",
		AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
		KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
		GlobalSecondaryIndexes: [
			{ IndexName: "idx", KeySchema: [{ AttributeName: "a", KeyType: "HASH" }], Projection: { ProjectionType: "ALL" } },
		],
	}),
	jsonRequest("dynamodb", "UpdateTable", {
		...TABLE,
		BillingMode: "PROVISIONED",
		ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
	}),
	jsonRequest("dynamodb", "UpdateTimeToLive", {
		...TABLE,
		TimeToLiveSpecification: { AttributeName: "a", Enabled: true },
	}),
	jsonRequest("dynamodb", "DeleteTable", { TableName: "other" }),
	jsonRequest("dynamodb", "TagResource", { ResourceArn: ARN, Tags: [{ Key: "a", Value: "b" }] }),
	jsonRequest("dynamodb", "UntagResource", { ResourceArn: ARN, TagKeys: ["a"] }),
	jsonRequest("dynamodb", "ListTables", { Limit: 1, ExclusiveStartTableName: "aaa" }),
	jsonRequest("sqs", "CreateQueue", { QueueName: "q.fifo", Attributes: { FifoQueue: "true" }, tags: { a: "b" } }),
	jsonRequest("sqs", "SendMessage", {
		QueueUrl: QUEUE,
		MessageBody: "x",
		DelaySeconds: 0,
		MessageAttributes: { a: { DataType: "String", StringValue: "b" } },
	}),
	jsonRequest("sqs", "SendMessageBatch", {
		QueueUrl: QUEUE,
		Entries: [
			{ Id: "1", MessageBody: "x" },
			{ Id: "2", MessageBody: "y" },
		],
	}),
	jsonRequest("sqs", "ReceiveMessage", {
		QueueUrl: QUEUE,
		MaxNumberOfMessages: 10,
		WaitTimeSeconds: 0,
		VisibilityTimeout: 0,
		AttributeNames: ["All"],
	}),
	jsonRequest("sqs", "ChangeMessageVisibilityBatch", {
		QueueUrl: QUEUE,
		Entries: [{ Id: "1", ReceiptHandle: "x", VisibilityTimeout: 0 }],
	}),
	jsonRequest("sqs", "DeleteMessageBatch", { QueueUrl: QUEUE, Entries: [{ Id: "1", ReceiptHandle: "x" }] }),
	jsonRequest("sqs", "SetQueueAttributes", {
		QueueUrl: QUEUE,
		Attributes: { RedrivePolicy: '{"maxReceiveCount":1}', Policy: "{}" },
	}),
	jsonRequest("sqs", "ListQueues", { QueueNamePrefix: "a", MaxResults: 1 }),
	{
		service: "sns",
		headers: FORM,
		body: "Action=CreateTopic&Version=2010-03-31&Name=t&Attributes.entry.1.key=a&Attributes.entry.1.value=b",
	},
	{
		service: "sns",
		headers: FORM,
		body: "Action=Publish&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:t&Message=m&MessageAttributes.entry.1.Name=a",
	},
	{
		service: "sns",
		headers: FORM,
		body: "Action=Subscribe&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:t&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:000000000000:app-external-app&Attributes.entry.1.key=FilterPolicy&Attributes.entry.1.value={}",
	},
	{
		service: "sns",
		headers: FORM,
		body: "Action=PublishBatch&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:t&PublishBatchRequestEntries.member.1.Id=1&PublishBatchRequestEntries.member.1.Message=m",
	},
	{ service: "sqs", headers: FORM, body: "Action=SendMessage&Version=2012-11-05&QueueUrl=x&MessageBody=m" },
	{
		service: "sqs",
		headers: FORM,
		body: "Action=SendMessageBatch&Version=2012-11-05&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=m&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String",
		path: "/000000000000/app-external-app",
	},
	{
		service: "sqs",
		headers: FORM,
		body: "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=1&Tag.1.Key=a&Tag.1.Value=b",
	},
	{
		service: "sqs",
		headers: FORM,
		body: "Action=ReceiveMessage&Version=2012-11-05&MaxNumberOfMessages=1&AttributeName.1=All",
		path: "/000000000000/app-external-app",
	},
	{ service: "sts", method: "GET", query: { Action: "GetCallerIdentity", Version: "2011-06-15" } },
	administration("AdminCreateUser", { Username: "fay", UserAttributes: [{ Name: "email", Value: "f@example.com" }] }),
	administration("ListUsers", {
		Limit: 1,
		Filter: 'username ^= "a"',
		AttributesToGet: ["email"],
		PaginationToken: "YQ",
	}),
	administration("CreateGroup", { GroupName: "g", Precedence: 1, RoleArn: "r" }),
	administration("AdminAddUserToGroup", { Username: "admin", GroupName: "g" }),
	administration("AdminSetUserPassword", { Username: "fay", Password: "Passw0rd!", Permanent: true }),
	{
		service: "lambda",
		path: "/audit-records/external-app/external-app-node",
		body: '{"messageType":"echo.text","auditRecords":[{"datetime":"d","trackingId":"t"}]}',
	},
	{ service: "sts", headers: FORM, body: "Action=GetCallerIdentity&Version=2011-06-15" },
	{ service: "lambda", path: "/2015-03-31/functions/echo/invocations", body: '{"a":[1,{"b":null}]}' },
	{ service: "s3", method: "GET", path: "/" },
	{ service: "s3", method: "PUT", path: "/bulk-data/a%20b", body: "content", headers: { "x-amz-meta-a": "b" } },
	{
		service: "s3",
		method: "PUT",
		path: "/bulk-data/c",
		body: "2\r\nab\r\n0\r\n\r\n",
		headers: { "content-encoding": "aws-chunked" },
	},
	{ service: "s3", method: "PUT", path: "/bulk-data/copy", headers: { "x-amz-copy-source": "/bulk-data/a%20b" } },
	{ service: "s3", method: "GET", path: "/bulk-data/c", headers: { range: "bytes=0-1" } },
	{ service: "s3", method: "GET", path: "/bulk-data", query: { "list-type": "2", prefix: "a", "max-keys": "1" } },
	{ service: "s3", method: "HEAD", path: "/bulk-data/none" },
	{ service: "s3", method: "DELETE", path: "/bulk-data/c" },
	{ service: "s3", path: "/bulk-data", query: { delete: "" }, body: "<Delete><Object><Key>a</Key></Object></Delete>" },
	{ service: "s3", path: "/bulk-data/m", query: { uploads: "" } },
	{ service: "s3", method: "PUT", path: "/bulk-data/m", query: { uploadId: "x", partNumber: "1" }, body: "part" },
	{
		service: "s3",
		path: "/bulk-data/m",
		query: { uploadId: "x" },
		body: "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
	},
	{
		service: "s3",
		method: "PUT",
		path: "/bulk-data/c",
		query: { tagging: "" },
		body: "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
	},
	{ service: "s3", method: "GET", path: "/bulk-data/c", query: { tagging: "" } },
	{ service: "s3", method: "GET", path: "/bulk-data/c", query: { partNumber: "1" }, headers: { "if-match": '"x"' } },
	{
		service: "s3",
		method: "PUT",
		path: "/bulk-data/sum",
		body: "123456789",
		headers: { "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-tagging": "a=b", "if-none-match": "*" },
	},
	{
		service: "s3",
		method: "PUT",
		path: "/bulk-data/trailer",
		body: "1\r\na\r\n0\r\nx-amz-checksum-crc32:6Le+Qw==\r\n\r\n",
		headers: { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32" },
	},
	{ service: "s3", method: "GET", path: "/bulk-data", query: { uploads: "", "key-marker": "a", "max-uploads": "1" } },
	{ service: "s3", method: "GET", path: "/bulk-data/m", query: { uploadId: "x", "max-parts": "1" } },
	{
		service: "s3",
		path: "/bulk-data",
		headers: { "content-type": "multipart/form-data; boundary=b" },
		body: '--b\r\ncontent-disposition: form-data; name="key"\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\ny\r\n--b--\r\n',
	},
	{
		service: "kms",
		body: "{}",
		headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Encrypt" },
	},
];

const WEIRD_VALUES: readonly unknown[] = [
	null,
	true,
	0,
	-1,
	1.5,
	1e308,
	"",
	"x",
	"\u0000",
	"é\ud800",
	"__proto__",
	"constructor",
	"a".repeat(5000),
	[],
	{},
	[null],
	[[]],
	{ a: null },
	{ __type: 1 },
	"1e999",
	"NaN",
	"arn:::::",
	"%zz",
	"2026-01-01",
];
const WEIRD_NAMES = ["__proto__", "constructor", "toString", "", "hasOwnProperty", "length"];
const WEIRD_TEXTS = ["", "null", "[]", '"x"', "0", "{", "\u0000", "<a", "%", "\r\n\r\n", "-6\r\n", "é"];
const WEIRD_HEADERS: readonly (readonly [string, string])[] = [
	["content-type", "application/x-amz-json-1.0"],
	["content-type", "application/x-www-form-urlencoded"],
	["content-type", "multipart/form-data; boundary="],
	["content-type", "text/plain"],
	["content-type", ""],
	["x-amz-target", "DynamoDB_20120810.__proto__"],
	["x-amz-target", "constructor.constructor"],
	["x-amz-target", ""],
	["x-amz-target", "AmazonSQS"],
	["x-amz-date", "99999999T999999Z"],
	["authorization", "AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=;;host, Signature=x"],
	["authorization", "Bearer x"],
	["authorization", "..."],
	["content-encoding", "aws-chunked"],
	["x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"],
	["x-amz-copy-source", "%zz"],
	["x-amz-security-token", "é"],
	["range", "bytes=9-1"],
	["origin", "null"],
];
const WEIRD_PATHS = [
	"/",
	"//",
	"/%zz",
	"/%00",
	"/graphql",
	"/graphql/",
	"/..%2f..",
	"/bulk-data//",
	"/2015-03-31/functions/%zz/invocations",
	"/x/.well-known/jwks.json",
	"/health",
	`/${"a/".repeat(500)}`,
	"/é",
	"/?X-Amz-Signature=x&X-Amz-Expires=-1",
	"/?__proto__=a&__proto__=b",
	"/a?delete",
	"/a/b?uploadId=&partNumber=x",
];
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/** Makes malformed requests, the same ones for the same seed. */
export class MalformedRequests {
	readonly #tenant: LocalTenant;
	readonly #credentials: AwsCredentials;
	readonly #token: string;
	readonly #random: (size: number) => Uint8Array;

	constructor(tenant: LocalTenant, credentials: AwsCredentials, token: string, random: (size: number) => Uint8Array) {
		this.#tenant = tenant;
		this.#credentials = credentials;
		this.#token = token;
		this.#random = random;
	}

	/** The next request: one that is spoilt before it is signed, and perhaps once more after that. */
	async next(): Promise<Sent> {
		const wellFormed = this.#one(REQUESTS);
		const body = wellFormed.body?.replace(
			'"client"',
			JSON.stringify(this.#tenant.environment({ apiUser: "admin" }).CLIENT_ID),
		);
		const request = this.#spoil({ ...wellFormed, ...(body !== undefined && { body }) });
		const { init, url } = await this.#sign(request);
		const headers: Record<string, string> = { ...init.headers };
		if (this.#chance(0.1)) Reflect.deleteProperty(headers, this.#one(Object.keys(headers)));
		if (this.#chance(0.1)) {
			const [name, value] = this.#one(WEIRD_HEADERS);
			headers[name] = value;
		}
		// `fetch` sets these itself.
		for (const name of ["host", "content-length"]) delete headers[name];
		const hasBody = init.method !== "GET" && init.method !== "HEAD";
		return {
			url: this.#chance(0.05) ? `${this.#tenant.url}${this.#one(WEIRD_PATHS)}` : url,
			init: { method: init.method, headers, ...(hasBody && { body: request.body ?? "" }) },
		};
	}

	async #sign(request: RequestToSign) {
		const { headers = {}, method = "POST", path = "/", service } = request;
		if (service === "cognito" || this.#chance(0.1))
			return { url: `${this.#tenant.url}${path}`, init: { method, headers } };
		if (service === "appsync") {
			const authorization = this.#chance(0.95) ? this.#token : `${this.#token.slice(0, 50)}é`;
			return { url: `${this.#tenant.url}${path}`, init: { method, headers: { authorization, ...headers } } };
		}
		return signed(this.#tenant, this.#credentials, request);
	}

	#spoil(request: RequestToSign): RequestToSign {
		const [name, value] = this.#one(WEIRD_HEADERS);
		switch (this.#below(10)) {
			case 0:
				return { ...request, method: this.#one(METHODS) };
			case 1:
				return { ...request, headers: { ...request.headers, [name]: value } };
			case 2:
				return { ...request, path: this.#one(WEIRD_PATHS).split("?")[0] ?? "/" };
			case 3:
			case 4:
				return { ...request, body: this.#spoilText(request.body ?? "") };
			default:
				return { ...request, body: this.#spoilContent(request.body ?? "") };
		}
	}

	#spoilText(text: string): string {
		const at = this.#below(text.length + 1);
		switch (this.#below(4)) {
			case 0:
				return text.slice(0, at);
			case 1:
				return text.slice(0, at) + this.#one(WEIRD_TEXTS) + text.slice(at);
			case 2:
				return text.slice(0, at) + text.slice(at + 1 + this.#below(10));
			default:
				return this.#one([...WEIRD_TEXTS, "[".repeat(10_000), '{"a":'.repeat(10_000), "(".repeat(5000)]);
		}
	}

	/** Changes one value, one name or one list somewhere in JSON; in other text, one word. */
	#spoilContent(text: string): string {
		if (!text.startsWith("{")) {
			const words = text.split(/\b/);
			words[this.#below(words.length)] = String(this.#one(WEIRD_VALUES));
			return words.join("");
		}
		const content = JSON.parse(text) as unknown;
		let spoilt = JSON.stringify(this.#replace(content, 1 + this.#below(3)));
		if (this.#chance(0.1)) spoilt = spoilt.replace(/"\w+":/, `"${this.#one(WEIRD_NAMES)}":`);
		if (this.#chance(0.05)) spoilt = spoilt.replace(/:/, `:${'{"M":{"a":'.repeat(3000)}0${"}}".repeat(3000)},"x":`);
		return spoilt;
	}

	#replace(value: unknown, times: number): unknown {
		if (times === 0 || typeof value !== "object" || value === null || this.#chance(0.15))
			return this.#one(WEIRD_VALUES);
		if (Array.isArray(value)) {
			const at = this.#below(value.length);
			const changed = value.map((element, index) => (index === at ? this.#replace(element, times) : element));
			return this.#chance(0.2) ? [...changed, ...value, this.#one(WEIRD_VALUES)] : changed;
		}
		const entries = Object.entries(value);
		const at = this.#below(entries.length);
		const changed = entries.map(([name, entry], index) => [name, index === at ? this.#replace(entry, times) : entry]);
		if (this.#chance(0.1)) changed.splice(at, 1);
		if (this.#chance(0.1)) changed.push([this.#one(WEIRD_NAMES), this.#one(WEIRD_VALUES)]);
		return this.#replaceMore(Object.fromEntries(changed), times - 1);
	}

	#replaceMore(value: unknown, times: number): unknown {
		return times > 0 ? this.#replace(value, times) : value;
	}

	#one<T>(choices: readonly T[]): T {
		return choices[this.#below(choices.length)] as T;
	}

	#below(end: number): number {
		return Buffer.from(this.#random(4)).readUInt32BE() % Math.max(1, end);
	}

	#chance(share: number): boolean {
		return this.#below(1000) < share * 1000;
	}
}
