import type { QueueSpec } from "./queue-specs.ts";

/** The queues and tables of the tenants, as far as changes of a network need them. */
export interface QueueService {
	addQueue(queue: QueueSpec): Promise<void>;
	removeQueue(name: string): Promise<void>;
	/** Whether a queue may have messages. */
	hasUsed(queue: string): boolean;
	/** Calls an operation of SQS on a queue. */
	sqs(operation: string, queue: string, input?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
	createTable(table: string): Promise<void>;
	/** Deletes the table of a tenant with its items. */
	deleteTable(table: string): Promise<void>;
}

/** How many messages a queue has. */
export interface QueueCounts {
	readonly available: number;
	readonly delayed: number;
	readonly inFlight: number;
}

const COUNTS = {
	available: "ApproximateNumberOfMessages",
	delayed: "ApproximateNumberOfMessagesDelayed",
	inFlight: "ApproximateNumberOfMessagesNotVisible",
} as const;

/** Counts the messages of a queue. */
export async function countMessages(queues: QueueService, queue: string): Promise<QueueCounts> {
	if (!queues.hasUsed(queue)) return { available: 0, delayed: 0, inFlight: 0 };
	const { Attributes } = await queues.sqs("GetQueueAttributes", queue, { AttributeNames: Object.values(COUNTS) });
	const attributes = (Attributes ?? {}) as Readonly<Record<string, string>>;
	const count = (name: string) => Number(attributes[name] ?? 0);
	return { available: count(COUNTS.available), delayed: count(COUNTS.delayed), inFlight: count(COUNTS.inFlight) };
}

/** Whether a queue has no message, not even one that was received and not deleted. */
export async function isQueueEmpty(queues: QueueService, queue: string): Promise<boolean> {
	const { available, delayed, inFlight } = await countMessages(queues, queue);
	return available + delayed + inFlight === 0;
}
