import { DynamoDB, DynamoDBClient, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ClientError, ResourceNotExistsError, Session, UnknownServiceError } from "echostream-boto3";
import { type Boto3Tenant, rejection, startBoto3 } from "./support/boto3-tenant.ts";

let boto3: Boto3Tenant;
beforeAll(async () => {
	boto3 = await startBoto3();
});
afterAll(() => boto3.stop());

/** Calls what TypeScript would not let a program call. */
const untyped = (value: object) => value as Record<string, (...args: unknown[]) => unknown>;

describe("a session", () => {
	test("a client of a session is one of its class, which is signed in", async () => {
		const dynamodb = boto3.session.client("dynamodb");
		expect(dynamodb).toBeInstanceOf(DynamoDB);
		expect(await dynamodb.config.region()).toBe("us-east-1");
		const { Table } = await dynamodb.describeTable({ TableName: boto3.tenant.table });
		expect(Table?.TableStatus).toBe("ACTIVE");
	});

	test("a client takes the configuration of its class, which has precedence over the session's region", async () => {
		const sqs = boto3.session.client("sqs", { region: "eu-west-1", maxAttempts: 7 });
		expect(await sqs.config.region()).toBe("eu-west-1");
		expect(await sqs.config.maxAttempts()).toBe(7);
	});

	test("a session signs with a credential provider instead of a session", async () => {
		const { credentials } = boto3.botocoreSession;
		const session = new Session({ credentials, regionName: "us-east-1", services: { dynamodb: DynamoDB } });
		const { TableNames } = await session.client("dynamodb").listTables({});
		expect(TableNames).toContain(boto3.tenant.table);
	});

	test("a session signs with static credentials", async () => {
		const { accessKeyId, secretAccessKey, sessionToken } = await boto3.botocoreSession.credentials();
		const credentials = { accessKeyId, secretAccessKey, sessionToken };
		const session = new Session({ credentials, regionName: "us-east-1", services: { sqs: SQS } });
		const { QueueUrls = [] } = await session.client("sqs").listQueues({});
		expect(QueueUrls).toContain(boto3.tenant.queueUrl("app-external-app"));
	});

	test("the clients of the botocore session keep the errors of the AWS SDK", async () => {
		boto3.session.client("dynamodb");
		const error = await rejection(
			boto3.botocoreSession.client(DynamoDB).getItem({ TableName: "missing", Key: { pk: { S: "a" } } }),
		);
		expect(error).toBeInstanceOf(ResourceNotFoundException);
		expect(error).not.toBeInstanceOf(ClientError);
	});
});

describe("what is not there", () => {
	const { session } = { session: () => untyped(boto3.session) };

	test("an unknown service names the class to import and the services that there are", () => {
		const small = untyped(new Session({ services: { sqs: SQS } }));
		expect(() => small.client?.("dynamodb")).toThrow(UnknownServiceError);
		expect(() => small.client?.("dynamodb")).toThrow(
			'Unknown service: "dynamodb". The session\'s services are: sqs. Add it: import { DynamoDB } from "@aws-sdk/client-dynamodb", and pass services: { dynamodb: DynamoDB }.',
		);
		expect(() => small.client?.("kinesis")).toThrow('import its class from "@aws-sdk/client-kinesis"');
		expect(() => small.resource?.("s3")).toThrow("services: { s3: S3 }");
	});

	test("an unknown resource names the resources that there are", () => {
		expect(() => session().resource?.("ec2")).toThrow(ResourceNotExistsError);
		expect(() => session().resource?.("ec2")).toThrow(
			'The "ec2" resource does not exist. The available resources are: dynamodb, s3, sqs. For other services, use client("ec2").',
		);
	});

	test("an unknown member names the members that there are, and Python's spelling the one to write", () => {
		const table = untyped(boto3.session.resource("dynamodb").Table("t"));
		expect(() => table.fooBar).toThrow(
			/^Table has no member "fooBar"\. It has: batchWriter, delete, deleteItem, getItem/,
		);
		expect(() => table.put_item).toThrow('Table has no member "put_item". Use "putItem".');
		expect(() => session().getWaiter).toThrow(/^Session has no member .* It has: .*client, .*resource/);
		expect(() => session().get_credentials).toThrow("Use getCredentials() of the botocoreSession, or");
	});

	test("a resource can be awaited, compared, printed and written as JSON", async () => {
		const table = boto3.session.resource("dynamodb").Table("t");
		expect(await Promise.resolve(table)).toBe(table);
		expect(JSON.parse(JSON.stringify(table))).toMatchObject({ name: "t" });
		expect(`${table}`).toBe("[object Object]");
		expect("fooBar" in table).toBe(false);
	});

	test("an option of Python's spelling names the options that there are", () => {
		const create = (options: object) => () => new Session(options as never);
		expect(create({ services: {}, region_name: "us-east-1" })).toThrow(
			'A Session has no option "region_name". Use "regionName".',
		);
		expect(create({ services: {}, profile_name: "dev" })).toThrow(
			'A Session has no option "profile_name". It has: botocoreSession, credentials, regionName, services.',
		);
		expect(create({})).toThrow("The option services is missing.");
		expect(create({ services: { dynamodb: DynamoDBClient } })).toThrow(
			'services.dynamodb is DynamoDBClient, not an aggregated client class. Pass DynamoDB of "@aws-sdk/client-dynamodb".',
		);
		expect(create({ services: {}, botocoreSession: {}, credentials: {} })).toThrow("Remove one.");
	});

	test("a session lists its services and its resources", () => {
		expect(boto3.session.getAvailableServices()).toEqual(["dynamodb", "lambda", "s3", "sqs"]);
		expect(boto3.session.getAvailableResources()).toEqual(["dynamodb", "s3", "sqs"]);
	});
});
