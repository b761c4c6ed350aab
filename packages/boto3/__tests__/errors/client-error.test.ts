import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Attr, ClientError, errorCode } from "echostream-boto3";
import { type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";

let boto3: Boto3Tenant;
beforeAll(async () => {
	boto3 = await startBoto3();
});
afterAll(() => boto3.stop());

// What boto3 1.44.8 returned for the same calls on the local tenant: the class of the error, its code, and its message.
test.each<[string, (boto3: Boto3Tenant) => Promise<unknown>, string, string, string, number]>([
	[
		"a condition that does not hold",
		({ session, tenant }) =>
			session
				.resource("dynamodb")
				.Table(tenant.table)
				.putItem({
					Item: { pk: "a", sk: "1" },
					ConditionExpression: Attr("pk").exists(),
				}),
		"ConditionalCheckFailedException",
		"ConditionalCheckFailedException",
		"An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: The conditional request failed",
		400,
	],
	[
		"a missing table",
		({ session }) => session.client("dynamodb").getItem({ TableName: "nope", Key: { pk: { S: "a" } } }),
		"ResourceNotFoundException",
		"ResourceNotFoundException",
		"An error occurred (ResourceNotFoundException) when calling the GetItem operation: Requested resource not found",
		400,
	],
	[
		"a missing queue",
		({ session }) => session.client("sqs").getQueueUrl({ QueueName: "nope" }),
		"QueueDoesNotExist",
		"AWS.SimpleQueueService.NonExistentQueue",
		"An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation: The specified queue does not exist.",
		400,
	],
	[
		"a missing object, described",
		({ session }) => session.client("s3").headObject({ Bucket: "bulk-data", Key: "nope" }),
		"NotFound",
		"404",
		"An error occurred (404) when calling the HeadObject operation: Not Found",
		404,
	],
	[
		"a missing object, read",
		({ session }) => session.client("s3").getObject({ Bucket: "bulk-data", Key: "nope" }),
		"NoSuchKey",
		"NoSuchKey",
		"An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.",
		404,
	],
	[
		"a missing bucket",
		({ session }) => session.client("s3").listObjectsV2({ Bucket: "nope-x" }),
		"NoSuchBucket",
		"NoSuchBucket",
		"An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist",
		404,
	],
])("the error of %s has botocore's code, message and status", async (_, call, name, code, message, status) => {
	const error = await rejection(call(boto3));
	expect(error).toBeInstanceOf(ClientError);
	expect([errorCode(error), errorCode((error as ClientError).cause)]).toEqual([code, code]);
	const { operationName, response, ...rest } = error as ClientError;
	expect(rest).toEqual({});
	expect([(error as Error).name, response.Error.Code, (error as Error).message]).toEqual([name, code, message]);
	expect(response.ResponseMetadata).toMatchObject({
		HTTPStatusCode: status,
		RequestId: expect.stringMatching(/^[\w-]+$/),
		RetryAttempts: 0,
		HTTPHeaders: { date: expect.any(String) },
	});
	expect(message).toContain(`calling the ${operationName} operation`);
});

test("errorCode() is the status of a response to HEAD, as in botocore", async () => {
	boto3.tenant.faults.add({ operation: "HeadObject", status: 403, body: "", times: 1 });
	const error = await rejection(boto3.session.client("s3").headObject({ Bucket: "bulk-data", Key: "a" }));
	expect([errorCode(error), errorCode((error as ClientError).cause)]).toEqual(["403", "403"]);
});

test.each([new TypeError("x"), Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), undefined, "NoSuchKey"])(
	"errorCode() of what no service returned, %s, is undefined",
	(value) => {
		expect(errorCode(value)).toBeUndefined();
	},
);

test("the error of a query-compatible service has both codes", async () => {
	const error = await rejection(boto3.session.client("sqs").getQueueUrl({ QueueName: "nope" }));
	expect((error as ClientError).response.Error).toEqual({
		Code: "AWS.SimpleQueueService.NonExistentQueue",
		Message: "The specified queue does not exist.",
		QueryErrorCode: "QueueDoesNotExist",
		Type: "Sender",
	});
});

test("the members that an error has besides its message are in the response", async () => {
	const CancellationReasons = [{ Code: "ConditionalCheckFailed" }, { Code: "None" }];
	const body = { __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", CancellationReasons };
	boto3.tenant.faults.add({ operation: "TransactWriteItems", status: 400, body: { ...body, message: "m" }, times: 1 });
	const error = await rejection(boto3.session.client("dynamodb").transactWriteItems({ TransactItems: [] }));
	expect((error as ClientError).response.CancellationReasons).toEqual(CancellationReasons);
	expect((error as ClientError).response).not.toHaveProperty("$metadata");
});

test("the cause is the error of the AWS SDK", async () => {
	const table = boto3.session.resource("dynamodb").Table(boto3.tenant.table);
	const ConditionExpression = Attr("pk").exists();
	const error = await rejection(table.putItem({ Item: { pk: "cause", sk: "1" }, ConditionExpression }));
	expect((error as ClientError).cause).toBeInstanceOf(ConditionalCheckFailedException);
});

test("the exceptions of a client recognize errors by their class and by their code", async () => {
	const client = boto3.session.client("sqs");
	const error = await rejection(client.getQueueUrl({ QueueName: "nope" }));
	const { ClientError: Any = Date, QueueDoesNotExist = Date, NoSuchKey = Date } = client.exceptions;
	expect(error).toBeInstanceOf(Any);
	expect(error).toBeInstanceOf(QueueDoesNotExist);
	expect(error).not.toBeInstanceOf(NoSuchKey);
	expect(new TypeError("x")).not.toBeInstanceOf(QueueDoesNotExist);
});

test("the number of retries is that of the AWS SDK", async () => {
	const body = { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError" };
	boto3.tenant.faults.add({ operation: "ListTables", status: 500, body, times: 2 });
	const error = await rejection(boto3.session.client("dynamodb", { maxAttempts: 2 }).listTables({}));
	expect((error as ClientError).response.ResponseMetadata).toMatchObject({ HTTPStatusCode: 500, RetryAttempts: 1 });
});

test("a failure without a response is no ClientError", async () => {
	const unreachable = { endpoint: "http://127.0.0.1:1", maxAttempts: 1 };
	const error = await rejection(boto3.session.client("dynamodb", unreachable).listTables({}));
	expect(error).not.toBeInstanceOf(ClientError);
	expect(String(error)).toContain("ECONNREFUSED");
});

test("a program creates a ClientError as in botocore", () => {
	const ResponseMetadata = { HTTPHeaders: {}, RetryAttempts: 0 };
	const error = new ClientError({ Error: { Code: "404", Message: "Not Found" }, ResponseMetadata }, "HeadObject");
	expect(String(error)).toBe("ClientError: An error occurred (404) when calling the HeadObject operation: Not Found");
});
