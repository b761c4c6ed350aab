import type { SQSClient } from "@aws-sdk/client-sqs";
import { describeAwsFailure } from "../aws-failure.ts";
import { MAX_BYTES, type OutgoingMessage } from "./outgoing-message.ts";

/** A message that was sent. */
export interface SentMessage {
	/** Number of its line, from 1. */
	readonly line: number;
	readonly messageId: string;
	readonly trackingId: string;
}

/** A message and the number of its line. */
type Line = OutgoingMessage & { readonly line: number };

/** Maximum number of messages in a batch of SQS. */
const BATCH = 10;
/** Maximum wait for more lines, milliseconds, so that lines which come slowly are sent soon. */
const WAIT_MS = 100;

/**
 * Sends each line as a message, in their order, in batches. Sending stops at the first failure, because later messages would overtake
 * those that failed.
 *
 * @param onSent - Called with the messages of each batch that were sent.
 * @throws Error that names the lines that were not sent.
 */
export async function sendLines(
	lines: AsyncGenerator<string>,
	{
		client,
		queueUrl,
		messageOf,
	}: { client: SQSClient; queueUrl: string; messageOf: (body: string) => OutgoingMessage },
	onSent: (messages: readonly SentMessage[]) => void,
): Promise<void> {
	const { SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
	for await (const batch of batchesOf(messagesOf(lines, messageOf))) {
		const entries = batch.map(({ entry, line }) => ({ ...entry, Id: String(line) }));
		const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries });
		const { Failed = [], Successful = [] } = await client.send(command).catch((error: Error) => {
			throw stopped(
				`may not have been sent: ${(describeAwsFailure(error) ?? error).message}`,
				batch.map(({ line }) => line),
				batch.at(-1),
			);
		});
		const ids = new Map(Successful.map(({ Id, MessageId }) => [Id, MessageId]));
		onSent(
			batch.flatMap(({ line, trackingId }) => {
				const messageId = ids.get(String(line));
				return messageId === undefined ? [] : [{ line, messageId, trackingId }];
			}),
		);
		const unsent = batch.filter(({ line }) => !ids.has(String(line))).map(({ line }) => line);
		if (unsent.length === 0) continue;
		const [failure] = Failed;
		throw stopped(
			`were not sent: ${failure?.Message ?? failure?.Code ?? "SQS returned no reason"}`,
			unsent,
			batch.at(-1),
		);
	}
}

/** The messages of lines. Empty lines are none, because SQS has no empty messages. */
async function* messagesOf(
	lines: AsyncGenerator<string>,
	messageOf: (body: string) => OutgoingMessage,
): AsyncGenerator<Line> {
	let line = 0;
	for await (const body of lines) {
		line += 1;
		if (body !== "") yield { ...messageOf(body), line };
	}
}

/** Batches of messages: full ones, or those that have come when no more do. */
async function* batchesOf(messages: AsyncGenerator<Line>): AsyncGenerator<Line[]> {
	let batch: Line[] = [];
	let bytes = 0;
	let next = messages.next();
	for (;;) {
		const result = batch.length === 0 ? await next : await withinWait(next);
		const message = result?.value as Line | undefined;
		const isTooLarge = message !== undefined && message.bytes > MAX_BYTES;
		const isFull = message !== undefined && (batch.length === BATCH || bytes + message.bytes > MAX_BYTES);
		if (batch.length > 0 && (message === undefined || isFull)) {
			yield batch;
			batch = [];
			bytes = 0;
		}
		if (result?.done) return;
		if (message === undefined) continue;
		if (isTooLarge) {
			const reason = `was not sent: the message has ${message.bytes} bytes with its attributes, and EchoStream's limit is ${MAX_BYTES}`;
			throw stopped(reason, [message.line], message);
		}
		batch.push(message);
		bytes += message.bytes;
		next = messages.next();
	}
}

/** A promise's value. `undefined` if it takes long. */
async function withinWait<T>(promise: Promise<T>): Promise<T | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const waited = new Promise<undefined>((resolve) => {
		timer = setTimeout(resolve, WAIT_MS, undefined);
	});
	try {
		return await Promise.race([promise, waited]);
	} finally {
		clearTimeout(timer);
	}
}

function stopped(reason: string, lines: readonly number[], last: Line | undefined): Error {
	const names = `${lines.length === 1 ? "Line" : "Lines"} ${lines.join(", ")}`;
	return new Error(`${names} ${reason.replace(/\.$/, "")}. No line after ${last?.line ?? 0} was sent.`);
}
