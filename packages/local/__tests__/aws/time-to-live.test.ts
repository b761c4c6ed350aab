import {
	CreateTableCommand,
	DeleteTableCommand,
	DescribeTimeToLiveCommand,
	DynamoDBClient,
	PutItemCommand,
	ScanCommand,
	UpdateTimeToLiveCommand,
	waitUntilTableExists,
	waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { credentialsOf, plainSignIn, type TenantIdentity } from "../tenant-client.ts";

const HOUR_MS = 3_600_000;

let clock: ManualClock;
let tenant: LocalTenant;
let dynamodb: DynamoDBClient;
beforeEach(async () => {
	clock = new ManualClock(Date.now());
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	dynamodb = await clientOf({ apiUser: "admin" });
});
afterEach(() => tenant.stop());

/** A client that signs with the tenant's time. */
async function clientOf(identity: TenantIdentity): Promise<DynamoDBClient> {
	const { accessKeyId, secretAccessKey, sessionToken } = await credentialsOf(tenant, identity);
	return new DynamoDBClient({
		region: tenant.region,
		endpoint: tenant.url,
		maxAttempts: 1,
		credentials: { accessKeyId, secretAccessKey, sessionToken },
		systemClockOffset: clock.now() - Date.now(),
	});
}

async function update(Enabled: boolean, AttributeName = "expires", TableName = tenant.table) {
	const TimeToLiveSpecification = { AttributeName, Enabled };
	return dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

async function describeTable(TableName = tenant.table) {
	const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
	return TimeToLiveDescription;
}

/** Lets time pass. The client's credentials expire meanwhile. */
async function pass(ms: number): Promise<void> {
	await clock.advance(ms);
	dynamodb = await clientOf({ apiUser: "admin" });
}

async function found(): Promise<(string | undefined)[]> {
	const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: tenant.table }));
	return Items.map(({ sk }) => sk?.S).sort();
}

test("the time to live of a table is enabled, described and disabled", async () => {
	expect(await describeTable()).toEqual({ TimeToLiveStatus: "DISABLED" });
	const { TimeToLiveSpecification } = await update(true);
	expect(TimeToLiveSpecification).toEqual({ AttributeName: "expires", Enabled: true });
	expect(await describeTable()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
	await expect(update(true)).rejects.toMatchObject({
		name: "ValidationException",
		message: "TimeToLive is already enabled",
	});
	await update(false);
	expect(await describeTable()).toEqual({ TimeToLiveStatus: "DISABLED" });
	await expect(update(false)).rejects.toMatchObject({ message: "TimeToLive is already disabled" });
});

test("items are deleted two days after they have expired, by the tenant's clock", async () => {
	await update(true);
	const inHours = (hours: number) => ({ N: String(Math.floor((clock.now() + hours * HOUR_MS) / 1000)) });
	for (const [sk, expires] of [
		["in an hour", inHours(1)],
		["in three days", inHours(72)],
		["never", undefined],
		["a text", { S: inHours(1).N }],
		["six years ago", inHours(-6 * 365 * 24)],
	] as const) {
		const Item = { pk: { S: "a" }, sk: { S: sk }, ...(expires && { expires }) };
		await dynamodb.send(new PutItemCommand({ TableName: tenant.table, Item }));
	}
	await pass(2 * HOUR_MS);
	expect(await found()).toContain("in an hour");
	await pass(46 * HOUR_MS);
	expect(await found()).toContain("in an hour");
	await pass(HOUR_MS);
	expect(await found()).toEqual(["a text", "in three days", "never", "six years ago"]);
	await pass(72 * HOUR_MS);
	expect(await found()).toEqual(["a text", "never", "six years ago"]);
});

test("expired items stay where the time to live is disabled", async () => {
	await update(true);
	const Item = { pk: { S: "a" }, sk: { S: "stays" }, expires: { N: String(Math.floor(clock.now() / 1000)) } };
	await dynamodb.send(new PutItemCommand({ TableName: tenant.table, Item }));
	await update(false);
	await pass(72 * HOUR_MS);
	expect(await found()).toEqual(["stays"]);
});

test("more expired items than fit into a page are deleted", async () => {
	await update(true);
	const expires = { N: String(Math.floor(clock.now() / 1000)) };
	for (let number = 0; number < 8; number++) {
		const Item = { pk: { S: `${number}` }, sk: { S: "large" }, expires, text: { S: "x".repeat(300_000) } };
		await dynamodb.send(new PutItemCommand({ TableName: tenant.table, Item }));
	}
	await pass(49 * HOUR_MS);
	expect(await found()).toEqual([]);
});

test("a table that is created again has no time to live", async () => {
	const TableName = "again";
	const create = async () => {
		await dynamodb.send(
			new CreateTableCommand({
				TableName,
				BillingMode: "PAY_PER_REQUEST",
				AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
				KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
			}),
		);
		await waitUntilTableExists({ client: dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 20 }, { TableName });
	};
	await create();
	await update(true, "expires", TableName);
	await dynamodb.send(new DeleteTableCommand({ TableName }));
	await waitUntilTableNotExists({ client: dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 20 }, { TableName });
	await create();
	expect(await describeTable(TableName)).toEqual({ TimeToLiveStatus: "DISABLED" });
});

test("the time to live of a table that does not exist, and one without an attribute, are rejected", async () => {
	await expect(update(true, "expires", "missing")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
	await expect(describeTable("missing")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
	await expect(update(true, "")).rejects.toMatchObject({
		name: "ValidationException",
		message: expect.stringContaining("timeToLiveSpecification.attributeName"),
	});
});

test("an app and a reader are denied to update the time to live", async () => {
	for (const identity of [{ app: "external-app" }, { apiUser: "reader" }]) {
		dynamodb = await clientOf(identity);
		await expect(update(true)).rejects.toMatchObject({ name: "AccessDeniedException" });
	}
});
