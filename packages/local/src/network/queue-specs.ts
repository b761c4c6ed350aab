import type { EdgeRecord } from "./echos.ts";
import type { Network } from "./network.ts";

/** A queue as SQS creates it. */
export interface QueueSpec {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	/** Whether the queue is created when it is first used: apps rarely use those of the system. */
	readonly isLazy: boolean;
}

const FIFO = { FifoQueue: "true", ContentBasedDeduplication: "true" };

/** Every queue of a tenant. The dead-letter queue is the first, because others refer to it. */
export function queueSpecs(network: Network, region: string): QueueSpec[] {
	const edges = network.edges.all();
	const ofApps = network.apps.all().flatMap(({ queue }) => (queue === undefined ? [] : [appQueueSpec(queue)]));
	const deadLetters = { name: deadLetterQueue(network), attributes: FIFO, isLazy: !edges.some(isLimited) };
	return [deadLetters, ...edges.map((edge) => edgeQueueSpec(network, edge, region)), ...ofApps];
}

/** The queue of an app. */
export function appQueueSpec(name: string): QueueSpec {
	return { name, attributes: {}, isLazy: false };
}

/** The queue of an edge. What its target does not process comes into the tenant's dead-letter queue. */
export function edgeQueueSpec(network: Network, edge: EdgeRecord, region: string): QueueSpec {
	const { maxReceiveCount, messageType, queue: name } = edge;
	const isLazy = messageType === "echo.change";
	if (!isLimited(edge)) return { name, attributes: FIFO, isLazy };
	const deadLetterTargetArn = `arn:aws:sqs:${region}:000000000000:${deadLetterQueue(network)}`;
	const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
	return { name, attributes: { ...FIFO, RedrivePolicy }, isLazy };
}

/** Whether the messages of an edge are delivered a limited number of times. */
export function isLimited({ maxReceiveCount }: EdgeRecord): boolean {
	return maxReceiveCount !== null && maxReceiveCount > 0;
}

/** Name of the queue of the messages that could not be delivered. */
export function deadLetterQueue({ isMain, name }: Network): string {
	return isMain ? "dead-letters.fifo" : `dead-letters-${name}.fifo`.slice(-80);
}
