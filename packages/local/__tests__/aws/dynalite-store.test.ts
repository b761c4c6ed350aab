import { expect, test } from "@jest/globals";
import { storeFor } from "../../src/aws/dynalite-store.ts";

type Action = (store: object, input: object, done: (error: unknown, output?: unknown) => void) => void;

/** Imports a module of dynalite, which has no types. */
async function part<T>(path: string): Promise<T> {
	return ((await import(`dynalite/${path}.js`)) as { default: T }).default;
}

const db = await part<{ create(options: object): object }>("db/index");
const createTable = await part<Action>("actions/createTable");
const putItem = await part<Action>("actions/putItem");
const tagResource = await part<Action>("actions/tagResource");
const updateItem = await part<Action>("actions/updateItem");

// Actions are called with what the gateway rejects before them, so that they throw in a callback.

const TABLE = {
	TableName: "tbl",
	AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
	KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
	BillingMode: "PAY_PER_REQUEST",
};

async function newStore(): Promise<object> {
	const store = db.create({ createTableMs: 0 });
	await run(createTable, store, TABLE);
	await new Promise((resolve) => setTimeout(resolve, 20));
	return store;
}

function run(action: Action, store: object, input: object): Promise<unknown> {
	return new Promise((resolve, reject) => {
		action(storeFor(store, reject), input, (error, output) => (error ? reject(error) : resolve(output)));
	});
}

test("what a dynalite action throws in a callback of its store rejects the request, and not the process", async () => {
	const store = await newStore();
	const Tags = [{ Key: "a" }];
	await expect(run(tagResource, store, { ResourceArn: "x/tbl", Tags })).rejects.toThrow("Value cannot be null");
});

test("a lock that a dynalite action held when it threw is released for the next request", async () => {
	const store = await newStore();
	const Key = { a: { S: "x" } };
	const AttributeUpdates = { b: { Value: { SS: [null] } } };
	await expect(run(updateItem, store, { TableName: "tbl", Key, AttributeUpdates })).rejects.toThrow(TypeError);
	await expect(run(putItem, store, { TableName: "tbl", Item: Key })).resolves.toEqual({});
});
