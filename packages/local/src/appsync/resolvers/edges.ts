import type { EdgeRecord, NodeRecord } from "../../network/echos.ts";
import { isSingleReceiver, newEdge } from "../../network/fresh-tenant.ts";
import { edgeKey, type Network } from "../../network/network.ts";
import { countMessages } from "../../network/queue-service.ts";
import { edgeQueueSpecs } from "../../network/queue-specs.ts";
import { found, given } from "../arguments.ts";
import { type Echo, type FieldResolvers, invalid } from "../request-context.ts";
import { resourceFields } from "./changes.ts";

interface Ends {
	readonly source: string;
	readonly target: string;
}

interface Creation extends Ends {
	readonly description?: string | null;
	readonly kmsKey?: string | null;
	readonly maxReceiveCount?: number | null;
	readonly tenant: string;
}

/** The resolvers of edges. */
export const EDGE: FieldResolvers<Echo<EdgeRecord>> = {
	...resourceFields<EdgeRecord>("edges", edgeKey),
	arn: ({ record }, _, { api }) => `arn:aws:sqs:${api.region}:000000000000:${record.queue}`,
	kmsKey: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.kmsKeys.lastKnown(record.kmsKey ?? "")),
	messageCounts: async ({ record }, _, { api }) => {
		const { available, delayed, inFlight } = await countMessages(api.queues, record.queue);
		return {
			approximateNumberOfMessages: available,
			approximateNumberOfMessagesDelayed: delayed,
			approximateNumberOfMessagesNotVisible: inFlight,
		};
	},
	messageType: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.messageTypes.lastKnown(record.messageType)),
	queue: ({ record }, _, { api }) => `${api.url}/000000000000/${record.queue}`,
	source: ({ network, record }, _, request) => request.echoOrNull(network, network.nodes.lastKnown(record.source)),
	target: ({ network, record }, _, request) => request.echoOrNull(network, network.nodes.lastKnown(record.target)),
	Delete: async ({ network, record }, { drain }: { readonly drain?: boolean | null }, { api, user }) => {
		checkOwn(network, record);
		await api.deletion.edge(network, record, { drain: drain ?? false, by: user.username });
		return true;
	},
	Move: ({ network, record }, { source, target }: Ends, request) => {
		checkOwn(network, record);
		if (record.draining) throw invalid(`The edge from ${record.source} to ${record.target} is being drained`);
		if (source !== record.source || target !== record.target) {
			const messageType = messageTypeOf(network, { source, target });
			if (messageType !== record.messageType) {
				throw invalid(`The edge transmits ${record.messageType}, but ${source} sends ${messageType}`);
			}
		}
		return request.echo(network, network.edges.update(record, { source, target }, request.user.username));
	},
	Purge: async ({ record }, _, { api }) => {
		if (api.queues.hasUsed(record.queue)) await api.queues.sqs("PurgeQueue", record.queue);
		return true;
	},
	Update: ({ network, record }, args: { readonly description?: string | null }, request) =>
		request.echo(network, network.edges.update(record, given(args), request.user.username)),
};

/** The mutations of edges. */
export const EDGE_MUTATIONS: FieldResolvers<unknown> = {
	CreateEdge: async (_, { tenant, ...args }: Creation, request) => {
		const network = request.needNetwork(tenant, "CreateEdge", "Mutation");
		const { description = null, kmsKey = null, maxReceiveCount = null, source, target } = args;
		const messageType = messageTypeOf(network, args);
		if (kmsKey !== null) found("KmsKey", kmsKey, network.kmsKeys.get(kmsKey));
		if (maxReceiveCount !== null && maxReceiveCount < 0) {
			throw invalid(`Invalid maxReceiveCount ${maxReceiveCount}: it must be at least 0`);
		}
		const edge = { ...newEdge(network, source, target, messageType), description, kmsKey, maxReceiveCount };
		const { queues, region } = request.api;
		for (const queue of edgeQueueSpecs(edge, region)) await queues.addQueue(queue);
		// Another request may have created it meanwhile.
		messageTypeOf(network, args);
		return request.echo(network, network.edges.create(edge, request.user.username));
	},
};

/** The message type that a new edge transmits; throws for ends that cannot be connected. */
function messageTypeOf(network: Network, { source, target }: Ends): string {
	const [from, to] = [source, target].map((name) => found("Node", name, network.nodes.get(name)));
	if (source === target) throw invalid(`The source and the target of an edge must be two nodes, not ${source} twice`);
	if (network.edge(source, target) !== undefined) {
		throw invalid(`An edge from ${source} to ${target} already exists`);
	}
	if (from?.__typename === "AppChangeRouterNode") throw invalid(`${source} is connected by EchoStream only`);
	const sent = usedType(from?.sendMessageType, source, "sends");
	const received = usedType(to?.receiveMessageType, target, "receives");
	if (isSingleReceiver(to)) throw invalid(`${target} is connected by EchoStream only`);
	checkStays(from);
	checkStays(to);
	if (sent !== received) throw invalid(`${source} sends ${sent}, but ${target} receives ${received}`);
	return sent;
}

function usedType(type: string | null | undefined, node: string, verb: string): string {
	if (type === null || type === undefined) throw invalid(`Invalid edge: ${node} ${verb} no messages`);
	return type;
}

function checkStays(node: NodeRecord | undefined): void {
	if (node?.isDeleting === true) throw invalid(`${node.name} is being deleted`);
}

/** Throws for an edge of the system. */
function checkOwn(network: Network, { source, target }: EdgeRecord): void {
	if (isSingleReceiver(network.nodes.get(target))) {
		throw invalid(`The edge from ${source} to ${target} is a system resource and cannot be changed`);
	}
}
