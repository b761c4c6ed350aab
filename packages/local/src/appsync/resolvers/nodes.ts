import type { NodeRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { given, withLists } from "../arguments.ts";
import { pageByKey } from "../paging.ts";
import { type Echo, type FieldResolvers, invalid, type RequestContext } from "../request-context.ts";
import { resourceFields } from "./changes.ts";
import { mountsOf, portsOf } from "./managed-nodes.ts";
import { checkNode, type NodeSettings } from "./node-settings.ts";
import { type ValidateArguments, validate } from "./validation.ts";

type NodeEcho = Echo<NodeRecord>;

const messageType =
	(end: "receiveMessageType" | "sendMessageType") =>
	({ network, record }: NodeEcho, _: unknown, request: RequestContext) =>
		request.echoOrNull(network, network.messageTypes.lastKnown(record[end] ?? ""));

const sharedFunction =
	(field: "managedApiAuthenticator" | "managedBitmapper" | "managedProcessor") =>
	({ network, record }: NodeEcho, _: unknown, request: RequestContext) =>
		request.echoOrNull(network, network.functions.lastKnown(record[field] ?? ""));

const edges =
	(end: "source" | "target") =>
	({ network, record }: NodeEcho, _: unknown, request: RequestContext) =>
		network.edgesAt(end, record.name).map((edge) => request.echo(network, edge));

const setStopped =
	(stopped: boolean) =>
	({ network, record }: NodeEcho, _: unknown, { user }: RequestContext) => {
		if ((record.stopped ?? false) !== stopped) network.nodes.update(record, { stopped }, user.username);
		return true;
	};

/** The resolvers of all types of nodes. */
export const NODE: FieldResolvers<NodeEcho> = {
	...resourceFields<NodeRecord>("nodes", ({ name }) => name),
	app: ({ network, record }, _, request) => request.echoOrNull(network, network.apps.lastKnown(record.app ?? "")),
	endpoint: ({ network, record }, _, { api }) =>
		`${api.url}/webhooks/${encodeURIComponent(network.name)}/${encodeURIComponent(record.name)}`,
	managedApiAuthenticator: sharedFunction("managedApiAuthenticator"),
	managedBitmapper: sharedFunction("managedBitmapper"),
	managedNodeType: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.managedNodeTypes.lastKnown(record.managedNodeType ?? "")),
	managedProcessor: sharedFunction("managedProcessor"),
	receiveEdge: ({ network, record }, _, request) => request.echoOrNull(network, lastEdgeAt(network, record.name)),
	receiveEdges: edges("target"),
	receiveMessageType: messageType("receiveMessageType"),
	sendEdges: edges("source"),
	sendMessageType: messageType("sendMessageType"),
	Delete: async ({ network, record }, { drainEdges }: { readonly drainEdges?: boolean | null }, { api, user }) => {
		await api.deletion.node(network, record, { drain: drainEdges ?? true, by: user.username });
		return true;
	},
	ListLogEvents: () => ({ events: [], nextToken: null }),
	ListSubscriptions: (_, args: object) => pageByKey([], String, args, String),
	Start: setStopped(false),
	Stop: setStopped(true),
	Update: ({ network, record }, args: NodeSettings, request) => {
		const { mounts, ports, routeTable, ...settings } = given(args, REQUIRED);
		const type = network.managedNodeTypes.get(record.managedNodeType ?? "");
		const fields: Partial<NodeRecord> = {
			...withLists(settings as Partial<NodeRecord>),
			...(mounts !== undefined && { mounts: mountsOf(mounts, type) }),
			...(ports !== undefined && { ports: portsOf(ports, type) }),
			...(routeTable !== undefined && { routeTable: routeTable ?? "{}" }),
		};
		checkNode(network, { ...record, ...fields });
		return request.echo(network, network.nodes.update(record, fields, request.user.username));
	},
	Validate: (_, args: ValidateArguments) => validate(args),
};

/** What an update cannot remove. */
const REQUIRED = ["defaultLeaseSeconds", "maxLeaseSeconds", "signatureAlgorithm", "apiKey"] as const;

/** The edge that a node receives from, also that of a node which was deleted. */
function lastEdgeAt(network: Network, target: string) {
	const [edge] = network.edgesAt("target", target);
	if (edge !== undefined) return edge;
	const change = network.journal
		.all()
		.findLast(({ before }) => before !== null && "target" in before && before.target === target);
	if (change === undefined) throw invalid(`${target} has no edge`);
	return network.edges.lastKnown(change.keys[0] ?? "");
}
