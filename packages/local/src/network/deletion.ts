import type { AppRecord, EdgeRecord, NodeRecord } from "./echos.ts";
import type { Network } from "./network.ts";
import { isQueueEmpty, type QueueService } from "./queue-service.ts";
import { deadLetterQueue, isLimited } from "./queue-specs.ts";
import type { Users } from "./users.ts";

/** The parts of the tenant that a deletion needs. */
export interface DeletionContext {
	readonly queues: QueueService;
	readonly users: Users;
}

/** How something is deleted. */
export interface DeletionOptions {
	/** Whether an edge with messages is kept until its target has received them. */
	readonly drain: boolean;
	/** The user that deletes. */
	readonly by: string;
}

/** Deletes edges, nodes and apps with what hangs on them. What is drained is deleted when its last edge is empty. */
export class Deletion {
	readonly #context: DeletionContext;

	constructor(context: DeletionContext) {
		this.#context = context;
	}

	async edge(network: Network, edge: EdgeRecord, { by, drain }: DeletionOptions): Promise<void> {
		const { queues } = this.#context;
		const hasMessages = drain && !(await isQueueEmpty(queues, edge.queue));
		// It may have been moved or deleted meanwhile.
		const current = network.edgeOf(edge.queue);
		if (current === undefined) return;
		if (hasMessages) {
			if (!current.draining) network.edges.update(current, { draining: true }, by);
			return;
		}
		network.edges.delete(current, by);
		await queues.removeQueue(edge.queue);
		if (isLimited(edge)) await queues.removeQueue(deadLetterQueue(edge));
	}

	async node(network: Network, node: NodeRecord, options: DeletionOptions): Promise<void> {
		for (const edge of network.edgesAt("target", node.name)) {
			await this.edge(network, edge, { ...options, drain: false });
		}
		for (const edge of network.edgesAt("source", node.name)) await this.edge(network, edge, options);
		if (network.edgesAt("source", node.name).length === 0) network.nodes.delete(node, options.by);
		else if (network.nodes.get(node.name) !== undefined) network.nodes.update(node, { isDeleting: true }, options.by);
	}

	async app(network: Network, app: AppRecord, options: DeletionOptions): Promise<void> {
		for (const node of network.nodesOf(app.name)) await this.node(network, node, options);
		if (network.nodesOf(app.name).length === 0) await this.#endApp(network, app, options.by);
		else if (network.apps.get(app.name) !== undefined) network.apps.update(app, { isDeleting: true }, options.by);
	}

	/** Deletes an edge that has been drained, and what has waited for this. */
	async drained(network: Network, edge: EdgeRecord): Promise<void> {
		const { by } = edge.lastModified;
		await this.edge(network, edge, { drain: false, by });
		const node = network.nodes.get(edge.source);
		if (node?.isDeleting !== true || network.edgesAt("source", node.name).length > 0) return;
		network.nodes.delete(node, by);
		const app = network.apps.get(node.app ?? "");
		if (app?.isDeleting === true && network.nodesOf(app.name).length === 0) await this.#endApp(network, app, by);
	}

	async #endApp(network: Network, app: AppRecord, by: string): Promise<void> {
		network.apps.delete(app, by);
		if (app.username !== undefined) this.#context.users.remove(app.username);
		if (app.queue !== undefined) await this.#context.queues.removeQueue(app.queue);
	}
}
