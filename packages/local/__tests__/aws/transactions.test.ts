import {
	CreateTableCommand,
	DeleteItemCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	ScanCommand,
	TransactGetItemsCommand,
	TransactionCanceledException,
	type TransactWriteItem,
	TransactWriteItemsCommand,
	type TransactWriteItemsCommandInput,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { credentialsOf, plainSignIn, type TenantIdentity } from "../tenant-client.ts";

const MINUTE_MS = 60_000;
const SUMMARY = "Transaction cancelled, please refer cancellation reasons for specific reasons";

let clock: ManualClock;
let tenant: LocalTenant;
let dynamodb: DynamoDBClient;
let TableName: string;
beforeAll(async () => {
	clock = new ManualClock(Date.now());
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	TableName = tenant.table;
	dynamodb = await clientOf({ app: "external-app" });
	const admin = await clientOf({ apiUser: "admin" });
	await admin.send(
		new CreateTableCommand({
			TableName: "other",
			BillingMode: "PAY_PER_REQUEST",
			AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
			KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
		}),
	);
});
afterAll(() => tenant.stop());

async function clientOf(identity: TenantIdentity): Promise<DynamoDBClient> {
	const credentials = await credentialsOf(tenant, identity, 43_200);
	return new DynamoDBClient({
		region: tenant.region,
		endpoint: tenant.url,
		maxAttempts: 1,
		credentials: { ...credentials, expiration: new Date(credentials.expiration) },
	});
}

function keyOf(pk: string, sk = "1") {
	return { pk: { S: pk }, sk: { S: sk } };
}

function put(pk: string, n: number, more: Partial<TransactWriteItem["Put"]> = {}): TransactWriteItem {
	return { Put: { TableName, Item: { ...keyOf(pk), n: { N: String(n) } }, ...more } };
}

/** Sets `n` of an item that exists. */
function update(pk: string, n: number, more: Partial<TransactWriteItem["Update"]> = {}): TransactWriteItem {
	return {
		Update: {
			TableName,
			Key: keyOf(pk),
			UpdateExpression: "SET #n = :n",
			ConditionExpression: "attribute_exists(pk)",
			ExpressionAttributeNames: { "#n": "n" },
			ExpressionAttributeValues: { ":n": { N: String(n) } },
			...more,
		},
	};
}

async function write(TransactItems: TransactWriteItem[], more: Partial<TransactWriteItemsCommandInput> = {}) {
	return dynamodb.send(new TransactWriteItemsCommand({ TransactItems, ...more }));
}

/** The values of `n` of items. */
async function read(...pks: string[]): Promise<(number | undefined)[]> {
	const items = await Promise.all(pks.map((pk) => dynamodb.send(new GetItemCommand({ TableName, Key: keyOf(pk) }))));
	return items.map(({ Item }) => (Item?.n?.N === undefined ? undefined : Number(Item.n.N)));
}

async function rejection(sent: Promise<unknown>): Promise<Error> {
	return sent.then(
		() => Promise.reject(new Error("The request was not rejected")),
		(error) => error,
	);
}

async function cancellation(sent: Promise<unknown>): Promise<TransactionCanceledException> {
	const error = await rejection(sent);
	expect(error).toBeInstanceOf(TransactionCanceledException);
	return error as TransactionCanceledException;
}

test("a transaction puts, updates, deletes and checks items of any tables", async () => {
	await write([put("all-updated", 1), put("all-deleted", 2), put("all-checked", 3)]);
	await write([
		put("all-put", 4),
		update("all-updated", 5),
		{ Delete: { TableName, Key: keyOf("all-deleted"), ConditionExpression: "attribute_exists(pk)" } },
		{
			ConditionCheck: {
				TableName,
				Key: keyOf("all-checked"),
				ConditionExpression: "n BETWEEN :a AND :b",
				ExpressionAttributeValues: { ":a": { N: "1" }, ":b": { N: "3.5" } },
			},
		},
	]);
	expect(await read("all-put", "all-updated", "all-deleted", "all-checked")).toEqual([4, 5, undefined, 3]);
});

test("a transaction writes the items of secondary indexes", async () => {
	const admin = await clientOf({ apiUser: "admin" });
	const indexed = { TableName: "indexed", IndexName: "by-owner" };
	await admin.send(
		new CreateTableCommand({
			TableName: indexed.TableName,
			BillingMode: "PAY_PER_REQUEST",
			AttributeDefinitions: ["id", "owner"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
			KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
			GlobalSecondaryIndexes: [
				{
					IndexName: indexed.IndexName,
					KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
					Projection: { ProjectionType: "ALL" },
				},
			],
		}),
	);
	const ownedBy = async (owner: string) => {
		const { Items } = await admin.send(
			new QueryCommand({
				...indexed,
				KeyConditionExpression: "#o = :o",
				ExpressionAttributeNames: { "#o": "owner" },
				ExpressionAttributeValues: { ":o": { S: owner } },
			}),
		);
		return Items?.map(({ id }) => id?.S).sort();
	};
	const item = (id: string, owner: string) => ({
		Put: { TableName: indexed.TableName, Item: { id: { S: id }, owner: { S: owner } } },
	});
	await admin.send(new TransactWriteItemsCommand({ TransactItems: [item("1", "ann"), item("2", "ann")] }));
	expect(await ownedBy("ann")).toEqual(["1", "2"]);
	await admin.send(new TransactWriteItemsCommand({ TransactItems: [item("1", "bob"), item("3", "ann")] }));
	expect([await ownedBy("ann"), await ownedBy("bob")]).toEqual([["2", "3"], ["1"]]);
});

test("a transaction creates an item by an update", async () => {
	await write([update("upserted", 1, { ConditionExpression: "attribute_not_exists(pk)" })]);
	expect(await read("upserted")).toEqual([1]);
});

test("a failed condition cancels a transaction, and the reasons are in the order of the actions", async () => {
	await write([put("cancel-1", 1), put("cancel-2", 2), put("cancel-3", 3)]);
	const error = await cancellation(
		write([
			put("cancel-new", 9),
			put("cancel-1", 9, { ConditionExpression: "attribute_not_exists(pk)" }),
			update("cancel-2", 9),
			update("cancel-none", 9),
			{ Delete: { TableName, Key: keyOf("cancel-3"), ConditionExpression: "attribute_not_exists(pk)" } },
			{ ConditionCheck: { TableName, Key: keyOf("cancel-4"), ConditionExpression: "attribute_exists(pk)" } },
		]),
	);
	const failed = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };
	expect(error.CancellationReasons).toEqual([{ Code: "None" }, failed, { Code: "None" }, failed, failed, failed]);
	const codes = error.CancellationReasons?.map(({ Code }) => Code).join(", ");
	expect(error.message).toBe(`${SUMMARY} [${codes}]`);
	expect(await read("cancel-new", "cancel-1", "cancel-2", "cancel-none", "cancel-3")).toEqual([
		undefined,
		1,
		2,
		undefined,
		3,
	]);
});

test("ALL_OLD returns the item that failed the condition of each kind of action, if there is one", async () => {
	await write(["put", "update", "delete", "check"].map((kind) => put(`old-${kind}`, 1)));
	const failing = {
		TableName,
		ConditionExpression: "attribute_exists(nothing)",
		ReturnValuesOnConditionCheckFailure: "ALL_OLD",
	} as const;
	const error = await cancellation(
		write([
			{ Put: { ...failing, Item: { ...keyOf("old-put"), n: { N: "2" } } } },
			{ Update: { ...failing, Key: keyOf("old-update"), UpdateExpression: "REMOVE n" } },
			{ Delete: { ...failing, Key: keyOf("old-delete") } },
			{ ConditionCheck: { ...failing, Key: keyOf("old-check") } },
			{ ConditionCheck: { ...failing, Key: keyOf("old-none") } },
			{ Delete: { ...failing, Key: keyOf("old-delete", "2"), ReturnValuesOnConditionCheckFailure: "NONE" } },
		]),
	);
	expect(error.CancellationReasons?.map(({ Item }) => Item)).toEqual([
		...["put", "update", "delete", "check"].map((kind) => ({ ...keyOf(`old-${kind}`), n: { N: "1" } })),
		undefined,
		undefined,
	]);
});

test("a value that the stored item does not allow cancels a transaction with ValidationError", async () => {
	await write([put("type-1", 1), { Put: { TableName, Item: { ...keyOf("type-2"), n: { S: "text" } } } }]);
	const values = { ExpressionAttributeNames: undefined, ExpressionAttributeValues: { ":n": { N: "1" } } };
	const error = await cancellation(
		write([
			update("type-1", 9),
			update("type-2", 9, { UpdateExpression: "SET n = n + :n", ...values }),
			update("type-3", 9, { UpdateExpression: "SET n = m + :n", ConditionExpression: undefined, ...values }),
		]),
	);
	expect(error.CancellationReasons).toEqual([
		{ Code: "None" },
		{ Code: "ValidationError", Message: "An operand in the update expression has an incorrect data type" },
		{
			Code: "ValidationError",
			Message: "The provided expression refers to an attribute that does not exist in the item",
		},
	]);
	expect(await read("type-1", "type-3")).toEqual([1, undefined]);
});

test("an item that grows too large by its update cancels a transaction", async () => {
	const text = { S: "x".repeat(250_000) };
	await write([{ Put: { TableName, Item: { ...keyOf("large"), a: text } } }]);
	const error = await cancellation(
		write([
			put("large-other", 1),
			update("large", 1, { UpdateExpression: "SET #n = :n", ExpressionAttributeValues: { ":n": text } }),
		]),
	);
	expect(error.CancellationReasons?.[1]).toEqual({
		Code: "ValidationError",
		Message: "Item size to update has exceeded the maximum allowed size",
	});
	expect(await read("large-other")).toEqual([undefined]);
});

test.each<[string, Partial<TransactWriteItem>, string]>([
	[
		"a key without its sort key",
		{ Delete: { TableName: "db-local", Key: { pk: { S: "key" } } } },
		"The provided key element does not match the schema",
	],
	[
		"a key of another type",
		{ Delete: { TableName: "db-local", Key: { pk: { N: "1" }, sk: { S: "1" } } } },
		"The provided key element does not match the schema",
	],
	[
		"an item without its sort key",
		{ Put: { TableName: "db-local", Item: { pk: { S: "key" } } } },
		"One or more parameter values were invalid: Missing the key sk in the item",
	],
])("%s cancels a transaction with ValidationError", async (_, action, Message) => {
	const error = await cancellation(write([put("key-other", 1), action as TransactWriteItem]));
	expect(error.CancellationReasons).toEqual([{ Code: "None" }, { Code: "ValidationError", Message }]);
	expect(await read("key-other")).toEqual([undefined]);
});

test.each<[string, () => Partial<TransactWriteItem>[], string, string | RegExp]>([
	[
		"without actions",
		() => [],
		"ValidationException",
		"1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
	],
	[
		"with 101 actions",
		() => Array.from({ length: 101 }, (_, index) => put(`many-${index}`, 1)),
		"ValidationException",
		/^1 validation error detected: Value '\[.+\]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100$/,
	],
	[
		"with two actions on one item",
		() => [
			put("twice", 1),
			{ ConditionCheck: { TableName, Key: keyOf("twice"), ConditionExpression: "attribute_exists(pk)" } },
		],
		"ValidationException",
		"Transaction request cannot include multiple operations on one item",
	],
	[
		"with an action of two kinds",
		() => [{ ...put("kinds", 1), ...update("kinds", 2) }],
		"ValidationException",
		"TransactItems can only contain one of Check, Put, Update or Delete",
	],
	[
		"with an action of no kind",
		() => [{}],
		"ValidationException",
		"Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
	],
	[
		"with an update without an expression",
		() => [{ Update: { TableName, Key: keyOf("no"), UpdateExpression: undefined } }],
		"ValidationException",
		"1 validation error detected: Value null at 'transactItems.1.member.update.updateExpression' failed to satisfy constraint: Member must not be null",
	],
	[
		"with a wrong expression",
		() => [put("syntax", 1), put("syntax-2", 1, { ConditionExpression: "n ==" })],
		"ValidationException",
		/^Invalid ConditionExpression: Syntax error/,
	],
	[
		"with an unused value",
		() => [
			put("unused", 1, {
				ConditionExpression: "attribute_exists(pk)",
				ExpressionAttributeValues: { ":a": { N: "1" } },
			}),
		],
		"ValidationException",
		"Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
	],
	[
		"with an empty key",
		() => [put("empty", 1), { Delete: { TableName, Key: keyOf("") } }],
		"ValidationException",
		/^One or more parameter values (are not valid|were invalid).*cannot contain an empty string value. Key: pk$/,
	],
	[
		"with more than 4 MB",
		() =>
			Array.from({ length: 12 }, (_, index) => ({
				Put: { TableName, Item: { ...keyOf(`bytes-${index}`), text: { S: "x".repeat(360_000) } } },
			})),
		"ValidationException",
		"The aggregate size of the items in the transaction exceeds 4 MB",
	],
])("a transaction %s is rejected, and applies nothing", async (_, actions, name, message) => {
	const items = actions() as TransactWriteItem[];
	expect(await rejection(write(items))).toMatchObject({
		name,
		message: typeof message === "string" ? message : expect.stringMatching(message),
	});
	const { Count } = await dynamodb.send(
		new ScanCommand({
			TableName,
			FilterExpression: "pk IN (:a, :b)",
			ExpressionAttributeValues: {
				":a": items[0]?.Put?.Item?.pk ?? { S: "none" },
				":b": items.at(-1)?.Put?.Item?.pk ?? { S: "none" },
			},
		}),
	);
	expect(Count).toBe(0);
});

test("a transaction with 100 actions is applied", async () => {
	await write(Array.from({ length: 100 }, (_, index) => put(`hundred-${index}`, index)));
	expect(await read("hundred-0", "hundred-99")).toEqual([0, 99]);
});

test("a transaction on a table that does not exist is rejected with ResourceNotFoundException", async () => {
	const admin = await clientOf({ apiUser: "admin" });
	const Item = { id: { N: "1" } };
	const TransactItems = [{ Put: { TableName: "other", Item } }, { Put: { TableName: "missing", Item } }];
	expect(await rejection(admin.send(new TransactWriteItemsCommand({ TransactItems })))).toMatchObject({
		name: "ResourceNotFoundException",
		message: "Requested resource not found",
	});
	const { Item: written } = await admin.send(new GetItemCommand({ TableName: "other", Key: Item }));
	expect(written).toBeUndefined();
});

test("an app is denied a transaction that has an action on another table, which the message names", async () => {
	const key = { id: { N: "7" } };
	const check = { TableName: "other", Key: key, ConditionExpression: "attribute_exists(id)" };
	expect(await rejection(write([put("denied", 1), { ConditionCheck: check }]))).toMatchObject({
		name: "AccessDeniedException",
		message: expect.stringMatching(
			/perform: dynamodb:ConditionCheckItem on resource: arn:aws:dynamodb:[\w:-]+:table\/other /,
		),
	});
	const gets = [{ Get: { TableName, Key: keyOf("denied") } }, { Get: { TableName: "other", Key: key } }];
	expect(await rejection(dynamodb.send(new TransactGetItemsCommand({ TransactItems: gets })))).toMatchObject({
		name: "AccessDeniedException",
		message: expect.stringMatching(/dynamodb:GetItem on resource: [\w:-]+:table\/other /),
	});
	expect(await read("denied")).toEqual([undefined]);
});

test("a member that the operation does not have allows no access to another table", async () => {
	const input = { TableName, TransactItems: [{ Put: { TableName: "other", Item: { id: { N: "8" } } } }] };
	expect(await rejection(dynamodb.send(new TransactWriteItemsCommand(input)))).toMatchObject({
		name: "AccessDeniedException",
	});
});

test("an API user that may only read reads in transactions, and is denied to write in one", async () => {
	const reader = await clientOf({ apiUser: "reader" });
	const TransactItems = [{ Get: { TableName, Key: keyOf("reader") } }];
	expect(await reader.send(new TransactGetItemsCommand({ TransactItems }))).toMatchObject({ Responses: [{}] });
	expect(
		await rejection(reader.send(new TransactWriteItemsCommand({ TransactItems: [put("reader", 1)] }))),
	).toMatchObject({ name: "AccessDeniedException", message: expect.stringContaining("dynamodb:PutItem on") });
});

test("a transaction with the same token is applied once in ten minutes of the tenant's clock", async () => {
	const increment = (pk: string) =>
		write(
			[
				{
					Update: {
						TableName,
						Key: keyOf(pk),
						UpdateExpression: "ADD n :n",
						ExpressionAttributeValues: { ":n": { N: "1" } },
					},
				},
			],
			{ ClientRequestToken: `token-${pk}`, ReturnConsumedCapacity: "TOTAL" },
		);
	const first = await increment("token");
	expect(first.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, WriteCapacityUnits: 2 }]);
	clock.jump(10 * MINUTE_MS - 1);
	const second = await increment("token");
	expect(second.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
	expect(await read("token")).toEqual([1]);
	clock.jump(1);
	await increment("token");
	expect(await read("token")).toEqual([2]);
});

test("a token with other actions is rejected with IdempotentParameterMismatchException", async () => {
	const token = { ClientRequestToken: "mismatch" };
	await write([put("mismatch", 1)], token);
	expect(await rejection(write([put("mismatch", 2)], token))).toMatchObject({
		name: "IdempotentParameterMismatchException",
	});
	expect(await read("mismatch")).toEqual([1]);
});

test("the order of an item's attributes makes no difference to a token", async () => {
	const token = { ClientRequestToken: "order" };
	await write([{ Put: { TableName, Item: { ...keyOf("order"), n: { N: "1" } } } }], token);
	await write([{ Put: { Item: { n: { N: "1" }, ...keyOf("order") }, TableName } }], token);
	expect(await read("order")).toEqual([1]);
});

test("a transaction that was cancelled can be sent again with its token", async () => {
	const token = { ClientRequestToken: "again" };
	await cancellation(write([update("again", 2)], token));
	await write([put("again", 1)]);
	await write([update("again", 2)], token);
	expect(await read("again")).toEqual([2]);
});

test("TransactGetItems reads items in the order of the request, with projections", async () => {
	await write([
		{ Put: { TableName, Item: { ...keyOf("get"), name: { S: "Ann" }, tags: { L: [{ S: "a" }, { S: "b" }] } } } },
		put("get-2", 2),
	]);
	const { ConsumedCapacity, Responses } = await dynamodb.send(
		new TransactGetItemsCommand({
			TransactItems: [
				{ Get: { TableName, Key: keyOf("get-2") } },
				{ Get: { TableName, Key: keyOf("get-none") } },
				{
					Get: {
						TableName,
						Key: keyOf("get"),
						ProjectionExpression: "#n, tags[1]",
						ExpressionAttributeNames: { "#n": "name" },
					},
				},
			],
			ReturnConsumedCapacity: "INDEXES",
		}),
	);
	expect(Responses).toEqual([
		{ Item: { ...keyOf("get-2"), n: { N: "2" } } },
		{},
		{ Item: { name: { S: "Ann" }, tags: { L: [{ S: "b" }] } } },
	]);
	const capacity = { CapacityUnits: 6, ReadCapacityUnits: 6 };
	expect(ConsumedCapacity).toEqual([{ TableName, ...capacity, Table: capacity }]);
});

test("TransactGetItems is cancelled by a key that does not match the schema", async () => {
	const TransactItems = [{ Get: { TableName, Key: keyOf("get") } }, { Get: { TableName, Key: {} } }];
	const error = await cancellation(dynamodb.send(new TransactGetItemsCommand({ TransactItems })));
	expect(error.message).toBe(`${SUMMARY} [None, ValidationError]`);
	expect(error.CancellationReasons).toEqual([
		{ Code: "None" },
		{ Code: "ValidationError", Message: "The provided key element does not match the schema" },
	]);
});

test("TransactGetItems rejects one item twice, 101 items, and a wrong projection", async () => {
	const get = (pk: string, more = {}) => ({ Get: { TableName, Key: keyOf(pk), ...more } });
	for (const [TransactItems, message] of [
		[[get("a"), get("a")], "Transaction request cannot include multiple operations on one item"],
		[Array.from({ length: 101 }, (_, index) => get(`${index}`)), /length less than or equal to 100$/],
		[[get("a", { ProjectionExpression: "!!!" })], /^Invalid ProjectionExpression: Syntax error/],
	] as const) {
		expect(
			await rejection(dynamodb.send(new TransactGetItemsCommand({ TransactItems: [...TransactItems] }))),
		).toMatchObject({ name: "ValidationException", message: expect.stringMatching(message) });
	}
});

test("transactions at the same time lose no change, and no read sees half of one", async () => {
	const accounts = ["bank-1", "bank-2", "bank-3", "bank-4"];
	await write(accounts.map((pk) => put(pk, 100)));
	const add = (pk: string, amount: number) => ({
		Update: {
			TableName,
			Key: keyOf(pk),
			UpdateExpression: "SET n = n + :n",
			ExpressionAttributeValues: { ":n": { N: String(amount) } },
		},
	});
	const sums: number[] = [];
	const sumOf = (items: readonly ({ n?: { N?: string | undefined } } | undefined)[]) =>
		sums.push(items.reduce((sum, item) => sum + Number(item?.n?.N), 0));
	const work: Promise<unknown>[] = [];
	for (let round = 0; round < 40; round++) {
		const [from = "", to = ""] = [accounts[round % 4], accounts[(round + 1 + (round % 3)) % 4]];
		work.push(write([add(from, -1), add(to, 1)]));
		// Changes of one item, which a transaction must neither overwrite nor lose.
		work.push(dynamodb.send(new UpdateItemCommand(add("bank-alone", 1).Update)).catch(() => undefined));
		work.push(
			dynamodb
				.send(
					new TransactGetItemsCommand({
						TransactItems: accounts.map((pk) => ({ Get: { TableName, Key: keyOf(pk) } })),
					}),
				)
				.then(({ Responses = [] }) => sumOf(Responses.map(({ Item }) => Item as never))),
		);
		work.push(
			dynamodb
				.send(
					new ScanCommand({
						TableName,
						FilterExpression: "begins_with(pk, :b)",
						ExpressionAttributeValues: { ":b": { S: "bank-" } },
					}),
				)
				.then(({ Items = [] }) => sumOf(Items as never)),
		);
	}
	await Promise.all(work);
	expect(sums).toHaveLength(80);
	expect(new Set(sums)).toEqual(new Set([400]));
	expect((await read(...accounts)).reduce<number>((sum, n) => sum + Number(n), 0)).toBe(400);
});

test("increments by transactions and by plain updates at the same time are all counted", async () => {
	await write([put("count", 0)]);
	const increment = {
		TableName,
		Key: keyOf("count"),
		UpdateExpression: "ADD n :one",
		ExpressionAttributeValues: { ":one": { N: "1" } },
	};
	await Promise.all(
		Array.from({ length: 60 }, (_, index) =>
			index % 2 === 0
				? write([{ Update: increment }, put(`count-${index}`, index)])
				: dynamodb.send(new UpdateItemCommand(increment)),
		),
	);
	expect(await read("count")).toEqual([60]);
});

test("one of many transactions that create the same item succeeds", async () => {
	const outcomes = await Promise.allSettled(
		Array.from({ length: 20 }, (_, index) =>
			write([put("race", index, { ConditionExpression: "attribute_not_exists(pk)" }), put(`race-${index}`, index)]),
		),
	);
	const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
	expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
	expect(await read("race", `race-${winner}`)).toEqual([winner, winner]);
	const { Count } = await dynamodb.send(
		new ScanCommand({
			TableName,
			FilterExpression: "begins_with(pk, :r)",
			ExpressionAttributeValues: { ":r": { S: "race" } },
		}),
	);
	expect(Count).toBe(2);
});

test("items that a transaction wrote can be changed and deleted by other operations", async () => {
	await write([put("after", 1)]);
	await dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf("after"), n: { N: "2" } } }));
	expect(await read("after")).toEqual([2]);
	await dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf("after") }));
	expect(await read("after")).toEqual([undefined]);
});
