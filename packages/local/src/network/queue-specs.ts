import type { EdgeRecord } from "./echos.ts";
import type { Network } from "./network.ts";

/** A queue as SQS creates it. */
export interface QueueSpec {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	/** Whether the queue is created when it is first used: programs rarely use those of the system. */
	readonly isLazy: boolean;
}

/** The properties of an edge that its queue depends on. */
type QueueOwner = Pick<EdgeRecord, "maxReceiveCount" | "messageType" | "queue">;

/** The attributes of FIFO queues. */
export const FIFO = { FifoQueue: "true", ContentBasedDeduplication: "true" };

/** Every queue of a tenant. */
export function queueSpecs(network: Network, region: string): QueueSpec[] {
	const ofApps = network.apps.all().flatMap(({ queue }) => (queue === undefined ? [] : [appQueueSpec(queue)]));
	return [...network.edges.all().flatMap((edge) => edgeQueueSpecs(edge, region)), ...ofApps];
}

/** The queue of an app. */
export function appQueueSpec(name: string): QueueSpec {
	return { name, attributes: {}, isLazy: false };
}

/** The queue of an edge, after that of its dead letters if its messages are delivered a limited number of times. */
export function edgeQueueSpecs(edge: QueueOwner, region: string): QueueSpec[] {
	const { maxReceiveCount, messageType, queue: name } = edge;
	const isLazy = messageType === "echo.change";
	if (!isLimited(edge)) return [{ name, attributes: FIFO, isLazy }];
	const deadLetterTargetArn = `arn:aws:sqs:${region}:000000000000:${deadLetterQueue(edge)}`;
	const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
	return [
		{ name: deadLetterQueue(edge), attributes: FIFO, isLazy: false },
		{ name, attributes: { ...FIFO, RedrivePolicy }, isLazy },
	];
}

/** Whether the messages of an edge are delivered a limited number of times. */
export function isLimited({ maxReceiveCount }: Pick<EdgeRecord, "maxReceiveCount">): boolean {
	return maxReceiveCount !== null && maxReceiveCount > 0;
}

/** Name of the queue of the messages that an edge could not deliver. */
export function deadLetterQueue({ queue }: Pick<EdgeRecord, "queue">): string {
	return queue.replace(/\.fifo$/, "-dead.fifo");
}
