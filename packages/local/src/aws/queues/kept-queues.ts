import type { SqsQueue, SqsStore } from "fauxqs/dist/sqs/sqsStore.js";
import type { SqsMessage } from "fauxqs/dist/sqs/sqsTypes.js";
import type { Records } from "../../data/records.ts";

/** A queue without its messages. */
interface QueueRecord {
	readonly url: string;
	readonly arn: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly tags: Readonly<Record<string, string>>;
	/** Seconds since 1970. */
	readonly created: number;
	readonly modified: number;
}

/** A message of a queue. The oldest are first in their map, also those that were received and came back. */
interface MessageRecord {
	readonly message: SqsMessage;
	/** While it is received and not deleted. */
	readonly receipt?: { readonly handle: string; readonly deadline: number };
}

/** The record of a message by which a FIFO queue recognizes a duplicate. */
interface DuplicateRecord {
	readonly messageId: string;
	readonly sequenceNumber?: string;
	readonly sentAt: number;
}

const DEDUPLICATION_MS = 5 * 60_000;
const DEFAULT_GROUP = "__default";

/** Queues that are in records: fills a store of fauxqs with them, and records what changes there. */
export class KeptQueues {
	readonly #store: SqsStore;
	readonly #queues: Map<string, QueueRecord>;
	/** By queue and message id. */
	readonly #messages: Map<string, MessageRecord>;
	/** By queue and deduplication id. */
	readonly #duplicates: Map<string, DuplicateRecord>;
	/** The last sequence number of each FIFO queue. */
	readonly #sequences: Map<string, number>;
	/** The queue that each message is in. */
	readonly #queueOf = new WeakMap<SqsMessage, string>();

	constructor(store: SqsStore, records: Records) {
		this.#store = store;
		this.#queues = records.map("sqs.queues");
		this.#messages = records.map("sqs.messages");
		this.#duplicates = records.map("sqs.duplicates");
		this.#sequences = records.map("sqs.sequences");
		this.#restore();
		this.#watchStore();
	}

	/** Records what an operation has changed of a queue itself. */
	changed(operation: string, url: unknown): void {
		if (!/^(Set|Tag|Untag)/.test(operation)) return;
		const queue = this.#store.getQueue(String(url));
		if (queue !== undefined) this.#save(queue);
	}

	#restore(): void {
		for (const [name, { arn, attributes, created, modified, tags, url }] of this.#queues) {
			const queue = this.#store.createQueue(name, url, arn, { ...attributes }, { ...tags });
			Object.assign(queue, { createdTimestamp: created, lastModifiedTimestamp: modified });
			queue.sequenceCounter = this.#sequences.get(name) ?? 0;
		}
		for (const [key, { message, receipt }] of this.#messages) {
			const queue = this.#store.getQueueByName(queueOf(key));
			if (queue !== undefined) this.#restoreMessage(queue, { ...message }, receipt);
		}
		for (const [key, { messageId, sentAt, sequenceNumber }] of this.#duplicates) {
			const queue = this.#store.getQueueByName(queueOf(key));
			const isRecent = sentAt + DEDUPLICATION_MS > Date.now();
			if (isRecent) queue?.recordDeduplication(key.slice(queueOf(key).length + 1), messageId, sequenceNumber);
			else this.#duplicates.delete(key);
		}
		for (const queue of this.#store.listQueues()) this.#watch(queue);
	}

	#restoreMessage(queue: SqsQueue, message: SqsMessage, receipt: MessageRecord["receipt"]): void {
		this.#queueOf.set(message, queue.name);
		if (receipt === undefined) {
			queue.enqueue(message);
			return;
		}
		queue.inflightMessages.set(receipt.handle, {
			message,
			receiptHandle: receipt.handle,
			visibilityDeadline: receipt.deadline,
		});
		if (!queue.isFifo()) return;
		const group = message.messageGroupId ?? DEFAULT_GROUP;
		queue.fifoLockedGroups.set(group, (queue.fifoLockedGroups.get(group) ?? 0) + 1);
	}

	#watchStore(): void {
		const store = this.#store;
		const create = store.createQueue.bind(store);
		const remove = store.deleteQueue.bind(store);
		store.createQueue = (...options) => {
			const queue = create(...options);
			this.#save(queue);
			this.#watch(queue);
			return queue;
		};
		store.deleteQueue = (url) => {
			const queue = store.getQueue(url);
			if (queue !== undefined) this.#forget(queue.name);
			return remove(url);
		};
	}

	#watch(queue: SqsQueue): void {
		const { changeVisibility, deleteMessage, dequeue, enqueue, nextSequenceNumber, purge, recordDeduplication } = queue;
		queue.enqueue = (message) => {
			enqueue.call(queue, message);
			const before = this.#queueOf.get(message);
			if (before !== undefined && before !== queue.name) this.#messages.delete(keyOf(before, message.messageId));
			this.#queueOf.set(message, queue.name);
			this.#saveMessage(queue, message);
		};
		queue.dequeue = (...options) => {
			const received = dequeue.apply(queue, options);
			for (const { ReceiptHandle } of received) this.#saveReceipt(queue, ReceiptHandle);
			return received;
		};
		queue.changeVisibility = (handle, seconds) => {
			const message = queue.inflightMessages.get(handle)?.message;
			changeVisibility.call(queue, handle, seconds);
			if (message !== undefined && !queue.inflightMessages.has(handle)) this.#saveMessage(queue, message);
			else this.#saveReceipt(queue, handle);
		};
		queue.deleteMessage = (handle) => {
			const message = queue.inflightMessages.get(handle)?.message;
			if (message !== undefined) this.#messages.delete(keyOf(queue.name, message.messageId));
			return deleteMessage.call(queue, handle);
		};
		queue.purge = () => {
			purge.call(queue);
			deleteOf(queue.name, this.#messages);
		};
		queue.nextSequenceNumber = () => {
			const number = nextSequenceNumber.call(queue);
			this.#sequences.set(queue.name, queue.sequenceCounter);
			return number;
		};
		queue.recordDeduplication = (id, messageId, sequenceNumber) => {
			recordDeduplication.call(queue, id, messageId, sequenceNumber);
			this.#saveDuplicate(keyOf(queue.name, id), {
				messageId,
				...(sequenceNumber !== undefined && { sequenceNumber }),
			});
		};
	}

	#save({ arn, attributes, createdTimestamp, lastModifiedTimestamp, name, tags, url }: SqsQueue): void {
		this.#queues.set(name, {
			url,
			arn,
			attributes: { ...attributes },
			tags: Object.fromEntries(tags),
			created: createdTimestamp,
			modified: lastModifiedTimestamp,
		});
	}

	#saveMessage({ name }: SqsQueue, message: SqsMessage, receipt?: MessageRecord["receipt"]): void {
		this.#messages.set(keyOf(name, message.messageId), { message: { ...message }, ...(receipt && { receipt }) });
	}

	#saveReceipt(queue: SqsQueue, handle: string): void {
		const entry = queue.inflightMessages.get(handle);
		if (entry !== undefined) this.#saveMessage(queue, entry.message, { handle, deadline: entry.visibilityDeadline });
	}

	#saveDuplicate(key: string, duplicate: Omit<DuplicateRecord, "sentAt">): void {
		const sentAt = Date.now();
		for (const [oldest, other] of this.#duplicates) {
			if (other.sentAt + DEDUPLICATION_MS > sentAt) break;
			this.#duplicates.delete(oldest);
		}
		this.#duplicates.set(key, { ...duplicate, sentAt });
	}

	#forget(queue: string): void {
		this.#queues.delete(queue);
		this.#sequences.delete(queue);
		deleteOf(queue, this.#messages);
		deleteOf(queue, this.#duplicates);
	}
}

/** Names of queues have no slash. */
function keyOf(queue: string, id: string): string {
	return `${queue}/${id}`;
}

function queueOf(key: string): string {
	return key.slice(0, key.indexOf("/"));
}

function deleteOf(queue: string, map: Map<string, unknown>): void {
	for (const key of map.keys()) if (queueOf(key) === queue) map.delete(key);
}
