import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Attr, ClientError, Key, type Table } from "echostream-boto3";
import { type Boto3Tenant, startBoto3 } from "../support/boto3-tenant.ts";

let boto3: Boto3Tenant;
let table: Table;
beforeAll(async () => {
	boto3 = await startBoto3();
	table = boto3.session.resource("dynamodb").Table(boto3.tenant.table);
});
afterAll(() => boto3.stop());

describe("a table", () => {
	test("items are written, read, changed, queried, scanned and deleted with plain values", async () => {
		const ada = { pk: "people", sk: "ada", born: 1815, languages: ["en", "fr"], tags: new Set(["a"]), title: null };
		const alan = { pk: "people", sk: "alan", born: 1912, chess: { plays: true } };
		for (const Item of [ada, alan, { pk: "people", sk: "grace", born: 1906 }]) await table.putItem({ Item });

		expect((await table.getItem({ Key: { pk: "people", sk: "ada" } })).Item).toEqual(ada);
		expect((await table.getItem({ Key: { pk: "people", sk: "nobody" } })).Item).toBeUndefined();
		const KeyConditionExpression = Key("pk").eq("people").and(Key("sk").beginsWith("a"));
		const { Count, Items = [] } = await table.query({
			KeyConditionExpression,
			FilterExpression: Attr("born").gt(1900),
		});
		expect([Count, Items]).toEqual([1, [alan]]);
		const { Attributes } = await table.updateItem({
			Key: { pk: "people", sk: "grace" },
			UpdateExpression: "SET born = born + :n",
			ConditionExpression: Attr("born").lt(2000),
			ExpressionAttributeValues: { ":n": 1 },
			ReturnValues: "ALL_NEW",
		});
		expect(Attributes).toEqual({ pk: "people", sk: "grace", born: 1907 });
		const ConditionExpression = Attr("chess").exists();
		await table.deleteItem({ Key: { pk: "people", sk: "alan" }, ConditionExpression });
		const FilterExpression = Attr("pk").eq("people");
		expect((await table.scan({ FilterExpression })).Count).toBe(2);
	});

	test("a table is created, waited for and deleted", async () => {
		const created = await boto3.session.resource("dynamodb").createTable({
			TableName: "orders",
			KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
			AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
			BillingMode: "PAY_PER_REQUEST",
		});
		const WaiterConfig = { Delay: 0.01, MaxAttempts: 500 };
		await created.waitUntilExists({ WaiterConfig });
		await created.putItem({ Item: { id: 1 } });
		expect((await created.scan()).Items).toEqual([{ id: 1 }]);
		await created.delete();
		await created.waitUntilNotExists({ WaiterConfig });
	});

	test("transactions of the client of a table have plain values, and the reasons of a cancelled one typed values", async () => {
		const { client } = table.meta;
		const TableName = table.name;
		const Item = { pk: "transact", sk: "1", tags: new Set(["a"]), n: 12345678901234567890n };
		const key = { pk: "transact", sk: "1" };
		await client.transactWriteItems({ TransactItems: [{ Put: { TableName, Item } }] });
		const { Responses } = await client.transactGetItems({
			TransactItems: [{ Get: { TableName, Key: key } }, { Get: { TableName, Key: { ...key, sk: "2" } } }],
		});
		expect(Responses).toEqual([{ Item }, {}]);
		const failure = await client
			.transactWriteItems({
				TransactItems: [
					{ Put: { TableName, Item: { ...key, sk: "2" } } },
					{
						Delete: {
							TableName,
							Key: key,
							ConditionExpression: "n < :n",
							ExpressionAttributeValues: { ":n": 5 },
							ReturnValuesOnConditionCheckFailure: "ALL_OLD",
						},
					},
				],
			})
			.catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(ClientError);
		const { CancellationReasons } = (failure as ClientError).response;
		expect(CancellationReasons).toMatchObject([
			{ Code: "None" },
			{
				Code: "ConditionalCheckFailed",
				Item: { sk: { S: "1" }, tags: { SS: ["a"] }, n: { N: "12345678901234567890" } },
			},
		]);
		expect((await table.getItem({ Key: { ...key, sk: "2" } })).Item).toBeUndefined();
	});

	test("items are read in a batch through the client of the resource", async () => {
		const { meta } = boto3.session.resource("dynamodb");
		await table.putItem({ Item: { pk: "batch", sk: "1" } });
		const Keys = [{ pk: "batch", sk: "1" }];
		const { Responses } = await meta.client.batchGetItem({ RequestItems: { [table.name]: { Keys } } });
		expect(Responses?.[table.name]).toEqual(Keys);
	});
});

describe("numbers", () => {
	// The text that DynamoDB stores, for which boto3 returns a Decimal with the same digits.
	test.each<[string, unknown]>([
		["1", 1],
		["-3", -3],
		["0.1", 0.1],
		["123.456", 123.456],
		["0.30000000000000004", 0.1 + 0.2],
		["9007199254740991", 2 ** 53 - 1],
		["9007199254740992", 2n ** 53n],
		["-12345678901234567890123456789012345678", -12345678901234567890123456789012345678n],
		["0.12345678901234567890123456789012345678", NumberValue.from("0.12345678901234567890123456789012345678")],
		["1E+30", 10n ** 30n],
		["1E-100", 1e-100],
		["-0.00000000000000000000000000012345678901234567", -1.2345678901234567e-28],
	])("the number %s is read and written back without losing a digit", async (N, expected) => {
		const client = boto3.session.client("dynamodb");
		const stored = async () => {
			const Key = { pk: { S: "numbers" }, sk: { S: N } };
			return (await client.getItem({ TableName: table.name, Key })).Item?.n?.N;
		};
		await client.putItem({ TableName: table.name, Item: { pk: { S: "numbers" }, sk: { S: N }, n: { N } } });
		const before = await stored();
		const { Item = {} } = await table.getItem({ Key: { pk: "numbers", sk: N } });
		expect(Item.n).toEqual(expected);
		await table.putItem({ Item });
		expect(await stored()).toBe(before);
	});

	test("a set of small and large numbers is read and written back", async () => {
		const NS = ["1", "9007199254740993"];
		const Item = { pk: { S: "numbers" }, sk: { S: "set" }, nested: { M: { set: { NS } } } };
		const client = boto3.session.client("dynamodb");
		await client.putItem({ TableName: table.name, Item });
		const read = (await table.getItem({ Key: { pk: "numbers", sk: "set" } })).Item ?? {};
		expect(read.nested.set).toEqual(new Set([1, 9007199254740993n]));
		await table.putItem({ Item: read });
		const Key = { pk: { S: "numbers" }, sk: { S: "set" } };
		const stored = (await client.getItem({ TableName: table.name, Key })).Item?.nested?.M?.set?.NS;
		expect(stored?.sort()).toEqual(NS);
	});

	test("a large number is a key to continue with", async () => {
		const large = [2n ** 60n, 2n ** 60n + 1n, 2n ** 60n + 2n];
		const created = await boto3.session.resource("dynamodb").createTable({
			TableName: "large",
			KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
			AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
			BillingMode: "PAY_PER_REQUEST",
		});
		await created.waitUntilExists({ WaiterConfig: { Delay: 0.01, MaxAttempts: 500 } });
		for (const id of large) await created.putItem({ Item: { id } });
		const read: bigint[] = [];
		let StartingToken: string | undefined;
		do {
			const PaginationConfig = { PageSize: 1, MaxItems: 1, StartingToken };
			const pages = created.meta.client.getPaginator("scan").paginate({ TableName: "large", PaginationConfig });
			const { Items = [], NextToken } = await pages.buildFullResult();
			read.push(...Items.map(({ id }) => id));
			StartingToken = NextToken;
		} while (StartingToken !== undefined);
		expect(read.sort()).toEqual(large);
	});
});

test("the client of a table describes and lists tables, waits for them, and has the error classes", async () => {
	const { client } = boto3.session.resource("dynamodb").Table(boto3.tenant.table).meta;
	expect((await client.describeTable({ TableName: boto3.tenant.table })).Table?.TableStatus).toBe("ACTIVE");
	await client.getWaiter("table_exists").wait({ TableName: boto3.tenant.table });
	expect(await client.getPaginator("list_tables").paginate({}).buildFullResult()).toEqual(
		await client.listTables().then(({ TableNames }) => ({ TableNames })),
	);
	const error = await client.describeTable({ TableName: "none" }).catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(client.exceptions.ResourceNotFoundException);
});
