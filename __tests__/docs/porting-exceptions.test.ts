import { readFileSync } from "node:fs";
import { DynamoDB, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { errorCode, Session } from "echostream-boto3";
import type { LocalTenant } from "echostream-local";
import { ApiSession, Cognito } from "../../src/index.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";
import { hasPython, runPython } from "./porting-programs.ts";

interface PythonFailure {
	readonly class: string;
	readonly code: string | null;
	readonly status: number | null;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
/** Printed by python-failures.py, which the last test compares with it. */
const PYTHON: Record<string, PythonFailure> = read("__tests__/vectors/python-failures.json");
const ROWS: { cells: [string, ...string[]]; verdict: string }[] = read("packages/cli/src/port/rows.json").tables.find(
	({ id }: { id: string }) => id === "exceptions",
).rows;

const NONE = { region: "us-east-1", maxAttempts: 1, endpoint: "http://127.0.0.1:1" };
const KEYS = { accessKeyId: "a", secretAccessKey: "b" };

let tenant: LocalTenant;
let session: ApiSession;
const before = { ...process.env };
beforeAll(async () => {
	tenant = await startTenant({ lambdas: { slow: () => new Promise(() => {}) } });
	const __type = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
	tenant.faults.add({ operation: "Scan", status: 400, times: 99, body: JSON.stringify({ __type }) });
	for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"]) delete process.env[name];
	process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = "none";
	process.env.AWS_EC2_METADATA_DISABLED = "true";
	session = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
	await dynamodb().putItem({ TableName: tenant.table, Item: ITEM });
});
afterAll(async () => {
	session.destroy();
	await tenant.stop();
	process.env = before;
});

const ITEM = { pk: { S: "failures" }, sk: { S: "1" } };
const ONCE = { maxAttempts: 1 };
const SERVICES = { dynamodb: DynamoDB, lambda: Lambda, s3: S3, sqs: SQS };
/** The session of boto3, for the calls of `failureOf(kind, true)`. */
let boto3: Session<typeof SERVICES> | undefined;
const dynamodb = () => boto3?.client("dynamodb", ONCE) ?? session.client(DynamoDB, ONCE);
const sqs = () => boto3?.client("sqs", ONCE) ?? session.client(SQS, ONCE);
const s3 = () => {
	const config = { ...ONCE, forcePathStyle: true };
	return boto3?.client("s3", config) ?? session.client(S3, config);
};
const lambda = (config: object = ONCE) => boto3?.client("lambda", config) ?? session.client(Lambda, config);

const FAILING_CALLS: Record<string, () => unknown> = {
	"condition not met": () =>
		dynamodb().putItem({ TableName: tenant.table, Item: ITEM, ConditionExpression: "attribute_not_exists(pk)" }),
	"transaction cancelled": () => {
		const Put = { TableName: tenant.table, Item: ITEM, ConditionExpression: "attribute_not_exists(pk)" };
		return dynamodb().transactWriteItems({ TransactItems: [{ Put }] });
	},
	"token of another transaction": async () => {
		for (const N of ["1", "2"]) {
			const Put = { TableName: tenant.table, Item: { ...ITEM, n: { N } } };
			const ClientRequestToken = boto3 === undefined ? "sdk" : "boto3";
			await dynamodb().transactWriteItems({ TransactItems: [{ Put }], ClientRequestToken });
		}
	},
	"table not found": () => dynamodb().getItem({ TableName: "none", Key: ITEM }),
	"table exists": () =>
		dynamodb().createTable({
			TableName: tenant.table,
			KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
			AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
			BillingMode: "PAY_PER_REQUEST",
		}),
	"invalid request": () => dynamodb().getItem({ TableName: tenant.table, Key: { pk: { S: "a" } } }),
	"parameter of the wrong type": () =>
		// @ts-expect-error the type error that the row mentions
		dynamodb().getItem({ TableName: tenant.table, Key: { pk: 1 } }),
	throttled: () => dynamodb().scan({ TableName: tenant.table }),
	"queue not found": () => sqs().getQueueUrl({ QueueName: "none" }),
	"empty batch": () => sqs().sendMessageBatch({ QueueUrl: tenant.queueUrl("app-external-app"), Entries: [] }),
	"object not found": () => s3().getObject({ Bucket: "bulk-data", Key: "none" }),
	"object not found, `head_object`": () => s3().headObject({ Bucket: "bulk-data", Key: "none" }),
	"bucket not found": () => s3().listObjectsV2({ Bucket: "none" }),
	"bucket not found, `head_bucket`": () => s3().headBucket({ Bucket: "none" }),
	"function not found": () => lambda().invoke({ FunctionName: "none" }),
	"unknown credentials": () =>
		new DynamoDB({ ...NONE, endpoint: tenant.url, credentials: { ...KEYS, sessionToken: "y" } }).listTables({}),
	"wrong password": () => {
		const { USER_POOL_ID = "", CLIENT_ID = "", USER_NAME } = tenant.environment({ apiUser: "admin" });
		const user = { userPoolId: USER_POOL_ID, clientId: CLIENT_ID, username: USER_NAME };
		return new Cognito({ ...user, endpoint: tenant.url, password: "Wrong-1!" }).authenticate();
	},
	"no connection": () => new SQS({ ...NONE, credentials: KEYS }).listQueues({}),
	"no response in time": () =>
		lambda({ ...ONCE, requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } }).invoke({
			FunctionName: "slow",
		}),
	"waiter gives up": () =>
		boto3 === undefined
			? waitUntilTableExists({ client: dynamodb(), minDelay: 1, maxDelay: 1, maxWaitTime: 2 }, { TableName: "none" })
			: boto3
					.client("dynamodb")
					.getWaiter("table_exists")
					.wait({ TableName: "none", WaiterConfig: { Delay: 1, MaxAttempts: 2 } }),
	"no credentials": () => new SQS(NONE).listQueues({}),
	"no region": () => new SQS({ endpoint: NONE.endpoint, credentials: KEYS }).listQueues({}),
	"unknown service": () =>
		// @ts-expect-error the type error that the row mentions
		(boto3 ?? session).client("none"),
	"unknown method": () =>
		// @ts-expect-error the type error that the row mentions
		dynamodb().putEverything(),
};

test("every row of the exceptions has a failure, and every failure a row", () => {
	const kinds = ROWS.map(({ cells: [kind] }) => kind).sort();
	expect(Object.keys(FAILING_CALLS).sort()).toEqual(kinds);
	expect(Object.keys(PYTHON).sort()).toEqual(kinds);
});

/** The error of a kind of failure: of the clients of the SDK, or of those of boto3. */
async function failureOf(kind: string, isBoto3: boolean) {
	boto3 = isBoto3 ? new Session({ botocoreSession: session, services: SERVICES }) : undefined;
	return (async () => FAILING_CALLS[kind]?.())().then(
		() => undefined,
		(error) => error,
	);
}

const plain = (cell = "") => (cell === "–" ? null : cell.replaceAll("`", ""));

test.each(ROWS)("the exceptions table has the class, the code and the status of Python: $cells.0", ({ cells }) => {
	const [kind, className, code, status] = cells;
	expect({ class: plain(className), code: plain(code), status: plain(status) }).toEqual({
		...PYTHON[kind],
		status: PYTHON[kind]?.status?.toString() ?? null,
	});
});

test.each(ROWS)("the exceptions table has the name and the code of the error here: $cells.0", async ({ cells }) => {
	const [kind, , code, , name, also = ""] = cells;
	const failure = await failureOf(kind, false);
	expect(failure?.name).toBe(plain(name));
	if (also.includes("`error.Code`")) expect(failure.Code).toBe(plain(code));
	const codes = /`error.code` is (.+?)\./.exec(also)?.[1];
	if (codes !== undefined) expect(codes).toContain(`\`${failure.code}\``);
	if (PYTHON[kind]?.status && name !== "`AuthenticationError`") {
		expect(failure.$metadata.httpStatusCode).toBe(PYTHON[kind]?.status);
	}
});

test.each(ROWS)(
	"an error of echostream-boto3 has the code of Python, or its class, where the verdict is same: $cells.0",
	async ({ cells: [kind, , , , , difference = ""], verdict }) => {
		const failure = await failureOf(kind, true);
		const python = PYTHON[kind];
		const isSame =
			errorCode(failure) === (python?.code ?? undefined) && (python?.code ? true : failure.name === python?.class);
		expect(verdict).toBe(isSame ? "same" : "other API");
		const [, named] = /^`(\w+)` with `echostream-boto3`/.exec(difference) ?? [];
		if (named !== undefined) expect([failure.name, errorCode(failure)]).toContain(named);
	},
);

test("Python reports the failures that the exceptions table was made from", async () => {
	const environment = {
		...tenant.environment({ apiUser: "admin" }),
		REGION: tenant.region,
		TABLE: tenant.table,
		BUCKET: "bulk-data",
		QUEUE_URL: tenant.queueUrl("app-external-app"),
	};
	// Without a Python environment, the recorded facts stand for it.
	const [facts] = hasPython ? await runPython("../../__tests__/docs/python-failures", environment) : [PYTHON];
	expect(facts).toEqual(PYTHON);
});
