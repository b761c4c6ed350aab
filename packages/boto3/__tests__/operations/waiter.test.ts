import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ClientError, WaiterError } from "echostream-boto3";
import { type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";
import { startDynamoDBFront } from "../support/dynamodb-front.ts";

let boto3: Boto3Tenant;
beforeAll(async () => {
	boto3 = await startBoto3();
});
afterAll(() => boto3.stop());

const status = (TableStatus: string) => ({ Table: { TableStatus } });

test("a waiter waits until the table is active", async () => {
	const statuses = ["CREATING", "CREATING", "ACTIVE"];
	await using front = await startDynamoDBFront(async () => status(statuses.shift() ?? "ACTIVE"));
	const dynamodb = boto3.session.client("dynamodb", { endpoint: front.endpoint });
	await dynamodb.getWaiter("table_exists").wait({ TableName: "t", WaiterConfig: { Delay: 0.01 } });
	expect(front.requests).toHaveLength(3);
});

test("a waiter gives up after MaxAttempts requests, with the last response", async () => {
	await using front = await startDynamoDBFront(async () => status("CREATING"));
	const dynamodb = boto3.session.client("dynamodb", { endpoint: front.endpoint });
	const WaiterConfig = { Delay: 0.01, MaxAttempts: 4 };
	const error = await rejection(dynamodb.getWaiter("table_exists").wait({ TableName: "t", WaiterConfig }));
	expect(error).toBeInstanceOf(WaiterError);
	expect(String(error)).toBe("WaiterError: Waiter TableExists failed: Max attempts exceeded");
	expect((error as WaiterError).lastResponse).toMatchObject(status("CREATING"));
	expect(front.requests).toHaveLength(4);
});

test("a waiter that found nothing fails with the message of boto3", async () => {
	const waiter = boto3.session.client("dynamodb").getWaiter("table_exists");
	const WaiterConfig = { Delay: 0.01, MaxAttempts: 2 };
	const error = await rejection(waiter.wait({ TableName: "nope", WaiterConfig }));
	expect(String(error)).toBe(
		"WaiterError: Waiter TableExists failed: Max attempts exceeded. Previously accepted state: Matched expected service error code: ResourceNotFoundException",
	);
	expect((error as WaiterError).lastResponse).toBeInstanceOf(ClientError);
});

test("a waiter does not repeat a denied request", async () => {
	const body = { __type: "com.amazonaws.dynamodb.v20120810#AccessDeniedException", message: "not you" };
	const fault = boto3.tenant.faults.add({ operation: "DescribeTable", status: 400, body });
	const waiter = boto3.session.client("dynamodb").getWaiter("table_exists");
	const error = await rejection(waiter.wait({ TableName: boto3.tenant.table, WaiterConfig: { Delay: 0.01 } }));
	fault.remove();
	expect(fault.met).toBe(1);
	expect(String(error)).toBe(
		"WaiterError: Waiter TableExists failed: An error occurred (AccessDeniedException): not you",
	);
});

test("a waiter waits until an object exists, and until it no longer does", async () => {
	const object = boto3.session.resource("s3").Object("bulk-data", "waited");
	const waiting = object.waitUntilExists({ WaiterConfig: { Delay: 0.01, MaxAttempts: 1000 } });
	await object.put({ Body: "x" });
	await waiting;
	await object.delete();
	await object.waitUntilNotExists({ WaiterConfig: { Delay: 0.01 } });
	expect(await rejection(object.load())).toMatchObject({ response: { Error: { Code: "404" } } });
});

test("an unknown waiter names the waiters of the client", () => {
	const get = () => boto3.session.client("s3").getWaiter("foo" as "bucket_exists");
	expect(get).toThrow(
		"Waiter does not exist: foo. This client has the waiters BucketExists, BucketNotExists, ObjectExists, ObjectNotExists.",
	);
});
