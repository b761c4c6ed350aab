import type { QueueService } from "../network/queue-service.ts";

/** A message of SQS, as far as it is passed on. */
export interface SqsMessage {
	readonly id: string;
	readonly body: string;
	readonly groupId: string;
	readonly attributes: Readonly<Record<string, unknown>>;
}

/** A message that was received, and has to be deleted. */
export interface ReceivedMessage extends SqsMessage {
	readonly receiptHandle: string;
}

const BATCH = 10;

/** Receives the next messages of a queue: at most one of each group, so that their order is kept. */
export async function receive(queues: QueueService, queue: string): Promise<ReceivedMessage[]> {
	const { Messages } = await queues.sqs("ReceiveMessage", queue, {
		MaxNumberOfMessages: BATCH,
		AttributeNames: ["All"],
		MessageAttributeNames: ["All"],
		WaitTimeSeconds: 0,
	});
	return ((Messages ?? []) as readonly RawMessage[]).map((message) => ({
		id: message.MessageId,
		body: message.Body,
		groupId: message.Attributes?.MessageGroupId ?? "default",
		attributes: message.MessageAttributes ?? {},
		receiptHandle: message.ReceiptHandle,
	}));
}

interface RawMessage {
	readonly Attributes?: { readonly MessageGroupId?: string };
	readonly Body: string;
	readonly MessageAttributes?: Readonly<Record<string, unknown>>;
	readonly MessageId: string;
	readonly ReceiptHandle: string;
}

/** Sends a message, and returns its id there. Sent twice, it arrives once. */
export async function send(queues: QueueService, queue: string, message: SqsMessage): Promise<string> {
	const { MessageId } = await queues.sqs("SendMessage", queue, {
		MessageBody: message.body,
		MessageGroupId: message.groupId,
		MessageDeduplicationId: message.id,
		MessageAttributes: message.attributes,
	});
	return String(MessageId);
}

/** Deletes a message that was received. */
export async function remove(queues: QueueService, queue: string, { receiptHandle }: ReceivedMessage): Promise<void> {
	await queues.sqs("DeleteMessage", queue, { ReceiptHandle: receiptHandle });
}

/** Makes a message that was received available again. */
export async function putBack(queues: QueueService, queue: string, { receiptHandle }: ReceivedMessage): Promise<void> {
	await queues.sqs("ChangeMessageVisibility", queue, { ReceiptHandle: receiptHandle, VisibilityTimeout: 0 });
}
