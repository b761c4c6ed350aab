import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ClientError, Key, type Table } from "echostream-boto3";
import { all, type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";
import { type DynamoDBFront, startDynamoDBFront } from "../support/dynamodb-front.ts";

let boto3: Boto3Tenant;
beforeAll(async () => {
	boto3 = await startBoto3();
});
afterAll(() => boto3.stop());

type Batches = { readonly RequestItems: Record<string, { PutRequest?: object; DeleteRequest?: object }[]> };

/** A front that processes these numbers of writes of its batches, and returns the rest as unprocessed. */
function throttled(...processed: number[]): Promise<DynamoDBFront> {
	const upstream = boto3.session.client("dynamodb");
	return startDynamoDBFront(async (_, body) => {
		const { RequestItems } = body as unknown as Batches;
		const [[table, requests]] = Object.entries(RequestItems) as [[string, Batches["RequestItems"][string]]];
		const count = processed.shift() ?? requests.length;
		const [now, later] = [requests.slice(0, count), requests.slice(count)];
		if (now.length > 0) await upstream.batchWriteItem({ RequestItems: { [table]: now } } as never);
		return { UnprocessedItems: later.length > 0 ? { [table]: later } : {} };
	});
}

const tableAt = (endpoint?: string): Table =>
	boto3.session.resource("dynamodb", endpoint === undefined ? {} : { endpoint }).Table(boto3.tenant.table);

/** The sizes of the batches that a front received. */
const sizes = ({ requests }: DynamoDBFront) =>
	requests.map((body) => Object.values((body as unknown as Batches).RequestItems)[0]?.length);

/** The values of `n` of the items with this partition key, in the order of their sort keys. */
async function stored(pk: string): Promise<unknown[]> {
	const { client } = boto3.session.resource("dynamodb").meta;
	const args = { TableName: boto3.tenant.table, KeyConditionExpression: Key("pk").eq(pk) };
	return all(client.getPaginator("query").paginate(args).search("Items[].n"));
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const itemOf = (pk: string, n: number) => ({ pk, sk: String(n).padStart(4, "0"), n });

describe("a batch writer", () => {
	test("60 items are written in batches of 25, the last when the block ends", async () => {
		await using front = await throttled();
		{
			await using batch = tableAt(front.endpoint).batchWriter();
			for (const n of numbers(60)) await batch.putItem({ Item: itemOf("sixty", n) });
			expect(sizes(front)).toEqual([25, 25]);
		}
		expect(sizes(front)).toEqual([25, 25, 10]);
		expect(await stored("sixty")).toEqual(numbers(60));
	});

	test("unprocessed items are sent again until all are written, also when nothing is processed", async () => {
		await using front = await throttled(10, 0, 0, 7, 25, 3, 1);
		const batch = tableAt(front.endpoint).batchWriter();
		for (const n of numbers(30)) await batch.putItem({ Item: itemOf("unprocessed", n) });
		await batch.flush();
		expect(sizes(front)).toEqual([25, 15, 15, 15, 8, 5, 2, 1]);
		expect(await stored("unprocessed")).toEqual(numbers(30));
	});

	test("no digit of an unprocessed item is lost", async () => {
		await using front = await throttled(0);
		const item = { pk: "exact", sk: "1", n: 2n ** 100n, set: new Set([1, 2n ** 60n]), bytes: Uint8Array.of(0, 255) };
		await using batch = tableAt(front.endpoint).batchWriter();
		await batch.putItem({ Item: item });
		await batch.flush();
		expect((await tableAt().getItem({ Key: { pk: "exact", sk: "1" } })).Item).toEqual(item);
	});

	test("throttled requests are retried by the AWS SDK", async () => {
		const __type = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
		const body = { __type, message: "slower" };
		const fault = boto3.tenant.faults.add({ operation: "BatchWriteItem", status: 400, body, times: 2 });
		const batch = tableAt().batchWriter();
		for (const n of numbers(26)) await batch.putItem({ Item: itemOf("throttled", n) });
		await batch.flush();
		expect(fault.met).toBe(2);
		expect(await stored("throttled")).toEqual(numbers(26));
	});

	test("items are deleted beside others that are written", async () => {
		const batch = tableAt().batchWriter();
		for (const n of numbers(10)) await batch.putItem({ Item: itemOf("deleted", n) });
		await batch.flush();
		for (const n of numbers(10)) {
			const { pk, sk } = itemOf("deleted", n);
			if (n % 2 === 0) await batch.deleteItem({ Key: { pk, sk } });
			else await batch.putItem({ Item: { pk, sk, n: -n } });
		}
		await batch.flush();
		expect(await stored("deleted")).toEqual([-1, -3, -5, -7, -9]);
	});

	test("with overwriteByPkeys, the last write of a key replaces the earlier ones of its batch", async () => {
		await using front = await throttled();
		const batch = tableAt(front.endpoint).batchWriter({ overwriteByPkeys: ["pk", "sk"] });
		for (const n of numbers(30)) await batch.putItem({ Item: { pk: "same", sk: String(n % 3), n } });
		const { pk, sk } = { pk: "same", sk: "1" };
		await batch.deleteItem({ Key: { pk, sk } });
		await batch.flush();
		expect(sizes(front)).toEqual([3]);
		expect(await stored("same")).toEqual([27, 29]);
	});

	test("an item without a key of overwriteByPkeys is an error that names it", async () => {
		const batch = tableAt().batchWriter({ overwriteByPkeys: ["id"] });
		const error = await rejection(
			batch.putItem({ Item: itemOf("x", 1) }).then(() => batch.putItem({ Item: itemOf("x", 2) })),
		);
		expect(String(error)).toContain('An item has no "id", which overwriteByPkeys names.');
	});

	test("calls that nobody awaits are sent one batch after the other", async () => {
		await using front = await throttled(3, 3);
		const batch = tableAt(front.endpoint).batchWriter();
		const calls = numbers(55).map((n) => batch.putItem({ Item: itemOf("unawaited", n) }));
		await batch.flush();
		await Promise.all(calls);
		expect(sizes(front)).toEqual([25, 22, 19, 25, 5]);
		expect(await stored("unawaited")).toEqual(numbers(55));
	});

	test("the writes of a request that fails are reported, listed in failed, and not sent again", async () => {
		const batch = tableAt().batchWriter();
		const twice = itemOf("twice", 1);
		await batch.putItem({ Item: twice });
		await batch.putItem({ Item: twice });
		const error = await rejection(batch.flush());
		expect(error).toBeInstanceOf(ClientError);
		expect((error as ClientError).response.Error.Code).toBe("ValidationException");
		expect(batch.failed).toEqual([{ PutRequest: { Item: twice } }, { PutRequest: { Item: twice } }]);
		await batch.putItem({ Item: itemOf("twice", 2) });
		await batch.flush();
		expect(await stored("twice")).toEqual([2]);
	});

	test("an error of a block reaches its caller unchanged, and what was added before is written", async () => {
		const failing = async () => {
			await using batch = tableAt().batchWriter();
			await batch.putItem({ Item: itemOf("block", 1) });
			throw new RangeError("of the block");
		};
		expect(String(await rejection(failing()))).toBe("RangeError: of the block");
		expect(await stored("block")).toEqual([1]);
	});
});
