import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BatchError, ClientError, type Queue } from "echostream-boto3";
import { type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";

let boto3: Boto3Tenant;
let queue: Queue;
beforeAll(async () => {
	boto3 = await startBoto3();
	queue = await boto3.session.resource("sqs").createQueue({ QueueName: "work" });
});
afterAll(() => boto3.stop());

const entries = (count: number) =>
	Array.from({ length: count }, (_, n) => ({ Id: String(n), MessageBody: `message ${n}` }));

/** Receives and deletes all messages, and returns their bodies in the order of their numbers. */
async function drain(): Promise<(string | undefined)[]> {
	const bodies: (string | undefined)[] = [];
	for (;;) {
		const messages = await queue.receiveMessages({ MaxNumberOfMessages: 10 });
		if (messages.length === 0) return bodies.sort((a, b) => Number(a?.slice(8)) - Number(b?.slice(8)));
		bodies.push(...messages.map(({ body }) => body));
		await queue.deleteMessages({
			Entries: messages.map(({ receiptHandle }, n) => ({ Id: String(n), ReceiptHandle: receiptHandle })),
		});
	}
}

describe("a queue", () => {
	test("a queue is found by its name, and a message is sent, received and deleted", async () => {
		const found = await boto3.session.resource("sqs").getQueueByName({ QueueName: "work" });
		expect(found.url).toBe(queue.url);
		const MessageAttributes = { kind: { DataType: "String", StringValue: "greeting" } };
		const { MessageId } = await found.sendMessage({ MessageBody: "message 1", MessageAttributes });
		const [message, ...others] = await queue.receiveMessages({ MessageAttributeNames: ["All"] });
		expect(others).toEqual([]);
		expect([message?.body, message?.messageId]).toEqual(["message 1", MessageId]);
		expect(message?.messageAttributes?.kind?.StringValue).toBe("greeting");
		await message?.changeVisibility({ VisibilityTimeout: 0 });
		const [again] = await queue.receiveMessages();
		expect(again?.messageId).toBe(MessageId);
		await again?.delete();
		expect(await queue.receiveMessages()).toEqual([]);
	});

	test("25 messages are sent in requests of ten, and deleted", async () => {
		const mark = boto3.tenant.requestLog.length;
		const { Successful } = await queue.sendMessages({ Entries: entries(25) });
		expect(Successful.map(({ Id }) => Id)).toEqual(entries(25).map(({ Id }) => Id));
		expect(boto3.tenant.requestLog.count("SendMessageBatch", mark)).toBe(3);
		expect(await drain()).toEqual(entries(25).map(({ MessageBody }) => MessageBody));
	});

	test("messages that are not accepted are an error with their IDs, and the others are sent", async () => {
		const partly = (body: string) => {
			const { Successful } = JSON.parse(body);
			const [{ Id }, ...accepted] = Successful;
			return JSON.stringify({
				Successful: accepted,
				Failed: [{ Id, Code: "InternalError", Message: "try again", SenderFault: false }],
			});
		};
		boto3.tenant.faults.add({ operation: "SendMessageBatch", corrupt: partly, skip: 1, times: 1 });
		const error = await rejection(queue.sendMessages({ Entries: entries(22) }));
		expect(error).toBeInstanceOf(BatchError);
		const { message, response } = error as BatchError;
		expect(message).toBe(
			"SendMessageBatch failed for 1 of 22 entries: 10 (InternalError: try again). Send them again.",
		);
		expect(response.Failed.map(({ Id }) => Id)).toEqual(["10"]);
		expect(response.Successful).toHaveLength(21);
		// The request itself was handled: only its response was changed.
		expect(await drain()).toHaveLength(22);
	});

	test("an error in the middle reports what was sent and what was not", async () => {
		const body = { __type: "com.amazonaws.sqs#RequestThrottled", message: "slower" };
		const fault = boto3.tenant.faults.add({ operation: "SendMessageBatch", status: 403, body, skip: 1 });
		const error = await rejection(queue.sendMessages({ Entries: entries(23) }));
		fault.remove();
		const { response, cause } = error as BatchError;
		expect(cause).toBeInstanceOf(ClientError);
		expect(response.Successful).toHaveLength(10);
		expect(response.Failed.map(({ Code }) => Code)).toEqual([
			...Array(10).fill("RequestThrottled"),
			...Array(3).fill("NotSent"),
		]);
		const failed = new Set(response.Failed.map(({ Id }) => Id));
		await queue.sendMessages({ Entries: entries(23).filter(({ Id }) => failed.has(Id)) });
		expect(await drain()).toEqual(entries(23).map(({ MessageBody }) => MessageBody));
	});

	test("an error of the first request is the error of the service", async () => {
		const missing = boto3.session.resource("sqs").Queue(`${queue.url}-missing`);
		const error = await rejection(missing.sendMessages({ Entries: entries(11) }));
		expect((error as ClientError).response.Error.Code).toBe("AWS.SimpleQueueService.NonExistentQueue");
	});

	test("deletions that fail are an error", async () => {
		await queue.sendMessage({ MessageBody: "message 1" });
		const [message] = await queue.receiveMessages();
		const Entries = [
			{ Id: "good", ReceiptHandle: String(message?.receiptHandle) },
			{ Id: "bad", ReceiptHandle: "nonsense" },
		];
		const Failed = [{ Id: "bad", Code: "ReceiptHandleIsInvalid", SenderFault: true }];
		const body = { Successful: [{ Id: "good" }], Failed };
		boto3.tenant.faults.add({ operation: "DeleteMessageBatch", status: 200, body, times: 1 });
		const error = await rejection(queue.deleteMessages({ Entries }));
		expect((error as BatchError).response).toEqual({ Successful: [{ Id: "good" }], Failed });
		await message?.delete();
	});

	test("a queue is purged and deleted", async () => {
		const other = await boto3.session.resource("sqs").createQueue({ QueueName: "other" });
		await other.sendMessage({ MessageBody: "a" });
		await other.purge();
		expect(await other.receiveMessages()).toEqual([]);
		await other.delete();
		const error = await rejection(boto3.session.resource("sqs").getQueueByName({ QueueName: "other" }));
		expect((error as ClientError).response.Error.Code).toBe("AWS.SimpleQueueService.NonExistentQueue");
	});
});
