import type { EdgeRecord, NodeRecord, Resource } from "../network/echos.ts";
import { changeReceiverOf } from "../network/fresh-tenant.ts";
import type { Network } from "../network/network.ts";
import type { Networks } from "../network/networks.ts";
import type { SqsMessage } from "./sqs-messages.ts";

/** Nodes whose messages wait for a program. */
const RECEIVED_BY_APPS = ["AppChangeReceiverNode", "ExternalNode", "ManagedNode"];

/** Whether EchoStream runs a node, so that the tenant receives its messages. */
export function isRunByEchoStream({ __typename }: NodeRecord): boolean {
	return !RECEIVED_BY_APPS.includes(__typename);
}

/** Decides where the messages of the nodes go that EchoStream runs. */
export class Routes {
	readonly #networks: Networks;
	/** How many messages each load balancer has distributed. */
	readonly #turns = new Map<string, number>();

	constructor(networks: Networks) {
		this.#networks = networks;
	}

	/** Whether a node has an edge to send on. Messages wait for one. */
	isOpen(network: Network, node: NodeRecord): boolean {
		return this.#sendEdges(network, node).length > 0;
	}

	/**
	 * The edges that a node passes a message to. The code of nodes is Python, which does not run here: messages are passed on
	 * unchanged, and a router sends to all targets of its route table.
	 */
	of(network: Network, node: NodeRecord, message: SqsMessage): readonly EdgeRecord[] {
		if (node.__typename === "AppChangeRouterNode") return changeEdges(network, node, message);
		const edges = this.#sendEdges(network, node);
		if (node.__typename === "BitmapRouterNode") return routedEdges(network, node, edges);
		if (node.__typename !== "LoadBalancerNode") return edges;
		const key = JSON.stringify([network.name, node.name]);
		const turn = this.#turns.get(key) ?? 0;
		this.#turns.set(key, turn + 1);
		return edges.slice(turn % edges.length).slice(0, 1);
	}

	#sendEdges(network: Network, node: NodeRecord): EdgeRecord[] {
		if (node.__typename !== "CrossTenantSendingNode") return openEdges(network, node.name);
		const receiving = this.#networks.get(network.apps.get(node.app ?? "")?.receivingTenant ?? "");
		const receiver = receiving?.nodes.get(`${network.name}:${node.name}`);
		if (receiving === undefined || receiver === undefined || receiver.stopped === true) return [];
		return openEdges(receiving, receiver.name);
	}
}

/** The edges that start at a node, without those that are being drained. */
export function openEdges(network: Network, node: string): EdgeRecord[] {
	return network.edgesAt("source", node).filter(({ draining }) => !draining);
}

/** The edges to the apps that a change concerns. */
function changeEdges(network: Network, node: NodeRecord, { body }: SqsMessage): EdgeRecord[] {
	const { new: after, old: before } = JSON.parse(body) as {
		readonly new: Resource | null;
		readonly old: Resource | null;
	};
	const receivers = receiversOf(network, after ?? before);
	return openEdges(network, node.name).filter(({ target }) => receivers.includes(target));
}

/** The names of the nodes that receive the changes of a resource. */
export function receiversOf(network: Network, resource: Resource | null): string[] {
	if (resource === null) return [];
	return appsOf(network, resource)
		.map(changeReceiverOf)
		.filter((name) => network.nodes.get(name) !== undefined);
}

/** The apps that a resource belongs to, beside the node and the edge by which an app receives changes. */
function appsOf(network: Network, resource: Resource): string[] {
	if (resource.__typename === "AppChangeReceiverNode") return [];
	if (resource.__typename.endsWith("App") && "name" in resource) return [String(resource.name)];
	if ("app" in resource) return [String(resource.app)];
	if (resource.__typename !== "Edge") return [];
	const { messageType, source, target } = resource as EdgeRecord;
	if (messageType === "echo.change") return [];
	return [...new Set([source, target].flatMap((name) => network.nodes.get(name)?.app ?? []))];
}

function routedEdges(network: Network, node: NodeRecord, edges: readonly EdgeRecord[]): EdgeRecord[] {
	const table = JSON.parse(node.routeTable ?? "{}") as Readonly<Record<string, readonly string[]>>;
	const bitmap = constantBitmap(node.inlineBitmapper ?? network.functions.get(node.managedBitmapper ?? "")?.code);
	const targets = Object.entries(table).flatMap(([route, names]) => {
		const bits = Number.parseInt(route.replace(/^0x/i, ""), 16);
		return bitmap === undefined || (bitmap & bits) === bits ? names : [];
	});
	return edges.filter(({ target }) => targets.includes(target));
}

/** The number of a bitmapper that always returns the same one. */
function constantBitmap(code: string | undefined): number | undefined {
	const [, value] = /^def\s+\w+\([^)]*\)(?:\s*->\s*int)?:\s+return (0x[\da-fA-F]+|\d+)\s*$/.exec(code ?? "") ?? [];
	return value === undefined ? undefined : Number(value);
}
