import {
	CreateTableCommand,
	DynamoDBClient,
	type DynamoDBClientConfig,
	GetItemCommand,
	PutItemCommand,
	UpdateTimeToLiveCommand,
	waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { ApiSession } from "../../src/index.ts";
import { DynamoDBStore } from "../../src/stores.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";
import { LONG_MS, newKey, put, rejectionOf, signal, testContract, until } from "./store-contract.ts";

const TABLE = "logins";

/** The time of the tenant, while a test changes that of a process. */
const { now } = Date;

let tenant: LocalTenant;
let session: ApiSession;
let client: DynamoDBClient;

beforeAll(async () => {
	tenant = await startTenant({ clock: { now } });
	session = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
	client = session.client(DynamoDBClient, { maxAttempts: 2 });
	await client.send(
		new CreateTableCommand({
			TableName: TABLE,
			BillingMode: "PAY_PER_REQUEST",
			AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
			KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
		}),
	);
	await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: TABLE });
	const TimeToLiveSpecification = { AttributeName: "expires", Enabled: true };
	await client.send(new UpdateTimeToLiveCommand({ TableName: TABLE, TimeToLiveSpecification }));
});
afterEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});
afterAll(async () => {
	session.destroy();
	await tenant.stop();
});

const open = () => new DynamoDBStore(client, TABLE);

testContract("a DynamoDBStore", { open });

/** An error as DynamoDB sends it. */
function exception(name: string, message: string) {
	return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message } };
}

async function itemAt(key: string) {
	const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { key: { S: key } } }));
	return Item;
}

describe("the table of a DynamoDBStore", () => {
	test("the table of a DynamoDBStore has one item for an entry and one for its lease, with a time to live in seconds", async () => {
		const store = open();
		const key = newKey();
		const version = await put(store, key, "a value");
		await store.lease(key, "holder", { ttlMs: 1_500, signal });
		const [entry, lease] = await Promise.all([itemAt(key), itemAt(`${key}#lease`)]);
		expect(entry).toEqual({
			key: { S: key },
			value: { S: "a value" },
			version: { S: version },
			expires: { N: expect.stringMatching(/^\d{10}$/) },
		});
		expect(Number(entry?.expires?.N) * 1_000).toBeGreaterThan(Date.now());
		expect(Number(entry?.expires?.N) * 1_000).toBeLessThanOrEqual(Date.now() + LONG_MS + 1_000);
		expect(lease?.value).toEqual({ S: "1500 holder" });
	});

	test("the table of a DynamoDBStore may still have an expired item, which a read ignores and a write replaces", async () => {
		const store = open();
		const key = newKey();
		const expired = { key: { S: key }, value: { S: "old" }, version: { S: "1" } };
		const Item = { ...expired, expires: { N: String(Math.floor(Date.now() / 1_000) - 1) } };
		await client.send(new PutItemCommand({ TableName: TABLE, Item }));
		expect(await store.read(key, { signal })).toBeUndefined();
		const version = await put(store, key, "new");
		expect(await store.read(key, { signal })).toEqual({ value: "new", version });
	});

	test("the table of a DynamoDBStore may have an item of another program, which a read ignores and a write replaces", async () => {
		const store = open();
		const key = newKey();
		await client.send(new PutItemCommand({ TableName: TABLE, Item: { key: { S: key }, name: { S: "foreign" } } }));
		expect(await store.read(key, { signal })).toBeUndefined();
		const version = await put(store, key, "new");
		expect(await store.read(key, { signal })).toEqual({ value: "new", version });
	});

	test("the table of a DynamoDBStore rejects every call if it does not exist, with the AWS SDK's own error", async () => {
		const store = new DynamoDBStore(client, "missing");
		for (const call of [store.read(newKey(), { signal }), put(store, newKey(), "value")]) {
			await expect(call).rejects.toMatchObject({ name: "ResourceNotFoundException" });
		}
	});

	test("the table of a DynamoDBStore needs the rights of GetItem and PutItem only", async () => {
		const store = open();
		const key = newKey();
		await put(store, key, "value");
		await store.read(key, { signal });
		await store.lease(key, "holder", { ttlMs: LONG_MS, signal });
		await store.lease(key, "other", { ttlMs: LONG_MS, signal });
		await store.release(key, "holder", { signal });
		const sent = tenant.requestLog.since().filter(({ service }) => service === "dynamodb");
		expect([...new Set(sent.map(({ operation }) => operation))].sort()).toEqual(["GetItem", "PutItem"]);
	});
});

describe("a DynamoDBStore, when DynamoDB fails", () => {
	test("a DynamoDBStore returns the new version when the response to a write was lost and the SDK sends it again", async () => {
		const store = open();
		const key = newKey();
		const first = await put(store, key, "first");
		const fault = tenant.faults.add({ drop: "after", operation: "PutItem", times: 1 });
		const version = await put(store, key, "second", first);
		expect(fault.met).toBe(1);
		expect(await store.read(key, { signal })).toEqual({ value: "second", version });
	});

	test("a DynamoDBStore rejects with the AWS SDK's own error while requests are throttled, and works afterwards", async () => {
		const store = open();
		const key = newKey();
		const throttling = exception(
			"ProvisionedThroughputExceededException",
			"The level of configured throughput was exceeded",
		);
		const fault = tenant.faults.add({ ...throttling, service: "dynamodb" });
		for (const call of [
			store.read(key, { signal }),
			put(store, key, "value"),
			store.lease(key, "holder", { ttlMs: LONG_MS, signal }),
			store.release(key, "holder", { signal }),
		]) {
			await expect(call).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
		}
		fault.remove();
		expect(await store.read(key, { signal })).toBeUndefined();
		expect(await store.lease(key, "other", { ttlMs: LONG_MS, signal })).toBe(true);
	});

	test("a DynamoDBStore keeps a lease for its holder when one extension was throttled", async () => {
		const [holder, contender] = [open(), open()];
		const key = newKey();
		await holder.lease(key, "holder", { ttlMs: LONG_MS, signal });
		const throttling = exception("ThrottlingException", "Rate exceeded");
		tenant.faults.add({ ...throttling, operation: "PutItem", times: 2 });
		await expect(holder.lease(key, "holder", { ttlMs: LONG_MS, signal })).rejects.toThrow("Rate exceeded");
		expect(await contender.lease(key, "contender", { ttlMs: LONG_MS, signal })).toBe(false);
		expect(await holder.lease(key, "holder", { ttlMs: LONG_MS, signal })).toBe(true);
	});

	test("a DynamoDBStore ends a call that hangs with the reason of its signal", async () => {
		const store = open();
		const key = newKey();
		await put(store, key, "value");
		tenant.faults.add({ hang: true, service: "dynamodb" });
		const controller = new AbortController();
		const request = { signal: controller.signal };
		const calls = [
			store.read(key, request),
			store.write(key, "late", { ...request, ifVersion: undefined, ttlMs: LONG_MS }),
			store.lease(key, "holder", { ...request, ttlMs: LONG_MS }),
			store.release(key, "holder", request),
		].map(rejectionOf);
		const reason = new Error("too slow");
		await until(async () => tenant.requestLog.length >= 4);
		controller.abort(reason);
		expect(await Promise.all(calls)).toEqual([reason, reason, reason, reason]);
	});
});

test("a contender whose clock is ten minutes ahead or late takes no lease that is extended in DynamoDB", async () => {
	const holder = open();
	for (const skewMs of [600_000, -600_000]) {
		const key = newKey();
		// Requests are signed with the right time, as the SDK does by itself after the first rejected one.
		const { credentials, endpoint, region } = client.config;
		const config = { credentials, endpoint, region, systemClockOffset: -skewMs } as DynamoDBClientConfig;
		const contender = new DynamoDBStore(new DynamoDBClient(config), TABLE);
		for (let i = 0; i < 5; i++) {
			expect(await holder.lease(key, "holder", { ttlMs: 60_000, signal })).toBe(true);
			Date.now = () => now() + skewMs;
			try {
				expect(await contender.lease(key, "contender", { ttlMs: 60_000, signal })).toBe(false);
			} finally {
				Date.now = now;
			}
		}
	}
});

test.each([undefined, null, {}, "dynamodb"])("a DynamoDBStore rejects %p as a client", (invalid) => {
	expect(() => new DynamoDBStore(invalid as never, TABLE)).toThrow("the client is invalid. Pass a DynamoDBClient");
});

test.each([undefined, "", 7])("a DynamoDBStore rejects %p as the name of a table", (invalid) => {
	expect(() => new DynamoDBStore(client, invalid as never)).toThrow("the table name is missing. Pass the name");
});
