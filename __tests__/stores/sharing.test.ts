import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, expect, test } from "@jest/globals";
import { AppSession } from "../../src/index.ts";
import { STORE_KEY } from "../support/fleet.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { optionsOf } from "../support/signed-in.ts";
import { tenantPerFile } from "../support/tenant-per-file.ts";

const local = tenantPerFile();
const LOGIN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];
const open: { destroy(): void }[] = [];
afterEach(() => {
	for (const one of open.splice(0)) one.destroy();
	local.tenant.requestLog.clear();
	local.tenant.faults.clear();
});

function start(store: MemoryStore, options: object = {}): AppSession {
	const session = new AppSession({
		...optionsOf(local.tenant, { app: "external-app" }),
		clock: local.clock,
		store,
		storeKey: STORE_KEY,
		...options,
	});
	open.push(session);
	return session;
}

function loginsAndQueries(): string[] {
	return local.tenant.requestLog.operations().filter((operation) => operation !== "GetItem");
}

test("the second process sends nothing to Cognito and AppSync", async () => {
	const store = new MemoryStore();
	const first = await start(store).credentials();
	expect(loginsAndQueries()).toEqual(LOGIN);
	const second = start(store);
	expect((await second.credentials()).accessKeyId).toBe(first.accessKeyId);
	const client = second.client(DynamoDBClient);
	await client.send(new GetItemCommand({ TableName: local.tenant.table, Key: { pk: { S: "1" }, sk: { S: "1" } } }));
	expect(loginsAndQueries()).toEqual(LOGIN);
});

test("a process that finds valid credentials makes one call of the store up to its first item, and sends nothing else", async () => {
	const store = new MemoryStore();
	await start(store).credentials();
	store.calls.length = 0;
	for (const processes of [1, 2]) {
		const client = start(store).client(DynamoDBClient);
		await client.send(new GetItemCommand({ TableName: local.tenant.table, Key: { pk: { S: "1" }, sk: { S: "1" } } }));
		expect(store.calls).toEqual(Array(processes).fill("read"));
	}
	expect(loginsAndQueries()).toEqual(LOGIN);
});

test.each([0, 5, 50])(
	"of 200 processes that start at once, one signs in and queries, with a store that takes %i ms",
	async (ms) => {
		const store = new MemoryStore();
		store.before = () => (ms === 0 ? undefined : new Promise<void>((resolve) => void local.clock.after(ms, resolve)));
		const sessions = Array.from({ length: 200 }, () => start(store));
		const passing = setInterval(() => void local.clock.advance(100), 20);
		const keys = await Promise.all(sessions.map((session) => session.credentials())).finally(() =>
			clearInterval(passing),
		);
		expect(new Set(keys.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
		expect(loginsAndQueries()).toEqual(LOGIN);
	},
);
