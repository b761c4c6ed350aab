import { randomUUID } from "node:crypto";
import type { SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";

/** Maximum size of a message of EchoStream with its attributes, bytes, and of a batch of SQS. */
export const MAX_BYTES = 262_144;

/** A message as it is sent to the queue of an edge. */
export interface OutgoingMessage {
	readonly trackingId: string;
	/** Size as SQS counts it: body and attributes. */
	readonly bytes: number;
	readonly entry: Omit<SendMessageBatchRequestEntry, "Id">;
}

/** Builds a message as `echostream-node` does. */
export function outgoingMessage(
	body: string,
	{ groupId, isFifo, trackingId }: { groupId: string | undefined; isFifo: boolean; trackingId?: string | undefined },
): OutgoingMessage {
	const tracking = trackingId ?? randomUUID().replaceAll("-", "");
	const attributes = { trackingId: { DataType: "String", StringValue: tracking } };
	const texts = [body, ...Object.entries(attributes).flatMap(([name, value]) => [name, ...Object.values(value)])];
	return {
		trackingId: tracking,
		bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
		entry: {
			MessageBody: body,
			MessageAttributes: attributes,
			...(groupId === undefined ? {} : { MessageGroupId: groupId }),
			// Otherwise the queue would drop a second message with the same body for five minutes, and report it as sent.
			...(isFifo ? { MessageDeduplicationId: randomUUID() } : {}),
		},
	};
}
