import { setTimeout } from "node:timers/promises";
import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { OutputClosed } from "../until-stopped.ts";

/** How long a received message is hidden from others, unless it is given back or deleted before. */
const HIDDEN_SECONDS = 10;
/** Maximum wait of SQS for a message, seconds. */
const LONG_POLL_SECONDS = 20;
/** Pauses while a queue has only messages that were shown, milliseconds. */
const PAUSES_MS = [2_000, 4_000, 8_000, 15_000, 30_000] as const;
/** Maximum number of messages that are recognized when they come again. */
const MAX_SHOWN = 100_000;

/** Options of {@link receive}. */
interface ReceiveOptions {
	readonly client: SQSClient;
	readonly queueUrl: string;
	/** Whether messages are deleted. Otherwise they are given back. */
	readonly isConsuming: boolean;
	/** Number of receives after which a message moves to the dead-letter queue. `undefined` if it never does. */
	readonly maxReceiveCount: number | undefined;
	/** Shows a message, unless no more are wanted. Returns whether it did. */
	readonly show: (message: Message) => boolean;
	readonly warn: (text: string) => void;
	readonly signal: AbortSignal;
}

/**
 * Shows the messages of a queue as they come, each once, until the signal ends it.
 *
 * Unless it consumes them, a message is given back at once, and the queue returns it again. So this pauses while there are no others,
 * and stops while the application has one receive left before a message moves to the dead-letter queue.
 *
 * @returns Whether it went on to the end, and did not stop because of the dead-letter queue.
 */
export async function receive(options: ReceiveOptions): Promise<boolean> {
	const { client, isConsuming, maxReceiveCount = Number.POSITIVE_INFINITY, queueUrl, signal } = options;
	if (!isConsuming && maxReceiveCount < 2) return stopped(options);
	const { ReceiveMessageCommand } = await import("@aws-sdk/client-sqs");
	const command = new ReceiveMessageCommand({
		QueueUrl: queueUrl,
		MaxNumberOfMessages: 10,
		MessageAttributeNames: ["All"],
		MessageSystemAttributeNames: ["All"],
		VisibilityTimeout: HIDDEN_SECONDS,
		WaitTimeSeconds: LONG_POLL_SECONDS,
	});
	const shown = new Set<string>();
	let pauses = 0;
	while (!signal.aborted) {
		const { Messages: messages = [] } = await client
			.send(command, { abortSignal: signal })
			.catch((error: unknown): { Messages?: Message[] } => {
				if (signal.aborted) return {};
				throw error;
			});
		const before = shown.size;
		await showAll(options, messages, shown);
		pauses = messages.length === 0 || shown.size > before ? 0 : pauses + 1;
		for (const id of shown) {
			if (shown.size <= MAX_SHOWN) break;
			shown.delete(id);
		}
		if (isConsuming) continue;
		const counts = messages.map(({ Attributes }) => Number(Attributes?.ApproximateReceiveCount ?? 0));
		if (Math.max(0, ...counts) + 1 >= maxReceiveCount) return stopped(options);
		if (messages.length > 0) await pause(PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)] ?? 0, signal);
	}
	return true;
}

/** Shows messages, and deletes them or gives them back. */
async function showAll(options: ReceiveOptions, messages: readonly Message[], shown: Set<string>): Promise<void> {
	if (messages.length === 0) return;
	const taken: Message[] = [];
	for (const message of messages) {
		const id = message.MessageId ?? "";
		if (!shown.has(id)) {
			if (!options.show(message)) break;
			shown.add(id);
		}
		taken.push(message);
	}
	// Node reports a closed standard output in the next turn. Then nobody has seen these messages.
	await new Promise((resolve) => setImmediate(resolve));
	const isSeen = !(options.signal.reason instanceof OutputClosed);
	const deleted = options.isConsuming && isSeen ? taken : [];
	await Promise.all([
		deleteAll(options, deleted),
		giveBack(
			options,
			messages.filter((message) => !deleted.includes(message)),
		),
	]);
}

async function deleteAll({ client, queueUrl, warn }: ReceiveOptions, messages: readonly Message[]): Promise<void> {
	if (messages.length === 0) return;
	const { DeleteMessageBatchCommand } = await import("@aws-sdk/client-sqs");
	const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(messages) });
	for (const { Message, Code } of (await client.send(command)).Failed ?? []) {
		warn(`A message could not be deleted, and will be received again: ${Message ?? Code}`);
	}
}

async function giveBack({ client, queueUrl, warn }: ReceiveOptions, messages: readonly Message[]): Promise<void> {
	if (messages.length === 0) return;
	const { ChangeMessageVisibilityBatchCommand } = await import("@aws-sdk/client-sqs");
	const entries = entriesOf(messages).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
	const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries });
	for (const { Message, Code } of (await client.send(command)).Failed ?? []) {
		warn(`A message could not be given back, and is hidden from the app for ${HIDDEN_SECONDS} s: ${Message ?? Code}`);
	}
}

function entriesOf(messages: readonly Message[]) {
	return messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
}

function stopped({ maxReceiveCount, queueUrl, warn }: ReceiveOptions): false {
	warn(
		`Stopped reading ${queueUrl}: a message moves to the dead-letter queue after ${maxReceiveCount} receives, and the app needs one of them. Pass --delete to consume the messages.`,
	);
	return false;
}

/** Waits, or until the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
	return setTimeout(ms, undefined, { signal }).catch(() => {});
}
