import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Deletion } from "../network/deletion.ts";
import type { EdgeRecord } from "../network/echos.ts";
import { APP_CHANGE_ROUTER, CHANGE_EMITTER, DEAD_LETTER_EMITTER } from "../network/fresh-tenant.ts";
import type { ChangeRecord } from "../network/journal.ts";
import type { Network } from "../network/network.ts";
import type { Networks } from "../network/networks.ts";
import { isQueueEmpty, type QueueService } from "../network/queue-service.ts";
import { deadLetterQueue, isLimited } from "../network/queue-specs.ts";
import { isRunByEchoStream, openEdges, Routes, receiversOf } from "./routes.ts";
import { putBack, type ReceivedMessage, receive, remove, type SqsMessage, send } from "./sqs-messages.ts";

/** The parts of the tenant that the flow of messages needs. */
export interface MessageFlowContext {
	readonly networks: Networks;
	readonly queues: QueueService;
	readonly deletion: Deletion;
}

const EMPTYING = /^(DeleteMessage|PurgeQueue|ReceiveMessage)/;
const FILLING = /^(ChangeMessageVisibility|CreateQueue|SendMessage)/;

/** How many nodes pass a message on. A ring of nodes would do so forever. */
const MAX_HOPS = 100;
/** Of how many messages the nodes are counted: the latest. */
const MAX_COUNTED = 10_000;

/**
 * Moves messages through the nodes that EchoStream runs. It acts when a queue was used or the network was changed, without a
 * timer. A message is deleted after it was passed on, so that none is lost.
 */
export class MessageFlow {
	readonly #context: MessageFlowContext;
	readonly #routes: Routes;
	/** The queues that are being emptied, and whether something has come in since. */
	readonly #pumps = new Map<string, { again: boolean }>();
	readonly #running = new Set<Promise<void>>();
	/** How many nodes have passed on the messages that are on their way, by the id of the message. */
	readonly #hops = new Map<string, number>();
	#isClosed = false;

	constructor(context: MessageFlowContext) {
		this.#context = context;
		this.#routes = new Routes(context.networks);
	}

	/** Takes notice of an operation on a queue. */
	usedQueue(operation: string, queue: string): void {
		const found = this.#find(queue);
		if (found === undefined) return;
		const { edge, network } = found;
		if (FILLING.test(operation)) this.#wake(network, edge);
		if (edge.draining && EMPTYING.test(operation)) this.#run(() => this.#endIfDrained(network, edge));
		if (operation === "ReceiveMessage" && isLimited(edge)) this.#run(() => this.#emitDeadLetters(network, edge));
	}

	/** Takes notice of a change of the network: sends it to the apps that it concerns, and wakes what has waited for it. */
	changed(network: Network, change: ChangeRecord): void {
		if (change.part !== "nodes" && change.part !== "edges" && change.part !== "apps") return;
		this.#run(() => this.#emitChange(network, change));
		for (const one of this.#context.networks.all()) {
			for (const edge of one.edges.all()) {
				if (this.#context.queues.hasUsed(edge.queue)) this.#wake(one, edge);
			}
		}
	}

	/** Ends after the messages that are on their way. */
	async close(): Promise<void> {
		this.#isClosed = true;
		while (this.#running.size > 0) await Promise.all(this.#running);
	}

	#find(queue: string): { readonly network: Network; readonly edge: EdgeRecord } | undefined {
		for (const network of this.#context.networks.all()) {
			const edge = network.edgeOf(queue);
			if (edge !== undefined) return { network, edge };
		}
		return undefined;
	}

	#run(work: () => Promise<void>): void {
		if (this.#isClosed) return;
		// What fails here is tried again with the next event: the messages are still in their queues.
		const running = work()
			.catch(() => undefined)
			.finally(() => this.#running.delete(running));
		this.#running.add(running);
	}

	#wake(network: Network, { queue }: EdgeRecord): void {
		const pump = this.#pumps.get(queue);
		if (pump !== undefined) {
			pump.again = true;
			return;
		}
		const started = { again: true };
		this.#pumps.set(queue, started);
		this.#run(async () => {
			try {
				while (started.again && !this.#isClosed) {
					started.again = false;
					const outcome = await this.#passOn(network, queue);
					// What failed is tried again with the next event, not with the one that putting a message back is.
					if (outcome !== "empty") started.again = outcome === "more";
					// SQS is in this process: without a pause, a long queue would let nothing else run.
					await nextTurn();
				}
			} finally {
				this.#pumps.delete(queue);
			}
		});
	}

	/** Passes on the next messages of a queue. */
	async #passOn(network: Network, queue: string): Promise<"empty" | "failed" | "more"> {
		const { queues } = this.#context;
		const edge = network.edgeOf(queue);
		const node = network.nodes.get(edge?.target ?? "");
		if (edge === undefined || node === undefined || node.stopped === true || !isRunByEchoStream(node)) return "empty";
		if (!this.#routes.isOpen(network, node)) return "empty";
		const messages = await receive(queues, queue);
		for (const [index, message] of messages.entries()) {
			if (!(await this.#sendAll(this.#routes.of(network, node, message), message))) {
				for (const rest of messages.slice(index)) await putBack(queues, queue, rest);
				return "failed";
			}
			await remove(queues, queue, message);
			this.#hops.delete(message.id);
		}
		return messages.length > 0 ? "more" : "empty";
	}

	/** Sends a message on all edges. Returns whether it could be sent: not after too many nodes, of which some must be a ring. */
	async #sendAll(edges: readonly EdgeRecord[], message: SqsMessage): Promise<boolean> {
		const hops = (this.#hops.get(message.id) ?? 0) + 1;
		if (hops > MAX_HOPS) return false;
		try {
			for (const { queue } of edges) this.#hops.set(await send(this.#context.queues, queue, message), hops);
			for (const oldest of this.#hops.keys()) {
				if (this.#hops.size <= MAX_COUNTED) break;
				this.#hops.delete(oldest);
			}
			return true;
		} catch {
			return false;
		}
	}

	async #endIfDrained(network: Network, edge: EdgeRecord): Promise<void> {
		const { deletion, queues } = this.#context;
		const isThere = network.edgeOf(edge.queue)?.draining === true;
		if (isThere && (await isQueueEmpty(queues, edge.queue))) await deletion.drained(network, edge);
	}

	/** Sends what an edge could not deliver. Without an edge of the emitter, it stays in the queue of the dead letters. */
	async #emitDeadLetters(network: Network, edge: EdgeRecord): Promise<void> {
		const { queues } = this.#context;
		const targets = openEdges(network, DEAD_LETTER_EMITTER);
		if (targets.length === 0) return;
		const queue = deadLetterQueue(edge);
		let messages: readonly ReceivedMessage[] = await receive(queues, queue);
		while (messages.length > 0) {
			for (const message of messages) {
				const { attributes, body, groupId } = message;
				const letter = JSON.stringify({ source: edge.source, target: edge.target, groupId, attributes, message: body });
				const sent = await this.#sendAll(targets, { ...message, body: letter });
				if (!sent) return putBack(queues, queue, message);
				await remove(queues, queue, message);
			}
			messages = await receive(queues, queue);
		}
	}

	async #emitChange(network: Network, { after, before }: ChangeRecord): Promise<void> {
		const hasReceivers = receiversOf(network, after ?? before).length > 0;
		const targets = openEdges(network, CHANGE_EMITTER).filter(
			({ target }) => target !== APP_CHANGE_ROUTER || hasReceivers,
		);
		const trackingId = { DataType: "String", StringValue: randomUUID().replaceAll("-", "") };
		await this.#sendAll(targets, {
			id: randomUUID(),
			body: JSON.stringify({ new: after, old: before }),
			groupId: CHANGE_EMITTER.replaceAll(" ", "_"),
			attributes: { trackingId },
		});
	}
}
