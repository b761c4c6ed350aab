import type { New } from "./collection.ts";
import type { EdgeRecord, NodeRecord } from "./echos.ts";
import type { Network } from "./network.ts";
import { edgeQueue } from "./queue-names.ts";

/** Name of the node that passes each change to the app that it concerns. */
export const APP_CHANGE_ROUTER = "App Change Router";
/** Name of the node that sends the changes of all resources. */
export const CHANGE_EMITTER = "Change Emitter";
/** Name of the node that sends what could not be delivered. */
export const DEAD_LETTER_EMITTER = "Dead Letter Emitter";

const EMITTERS: readonly New<NodeRecord>[] = [
	emitter("AlertEmitterNode", "Alert Emitter", "echo.alert"),
	emitter("AuditEmitterNode", "Audit Emitter", "echo.audit"),
	emitter("ChangeEmitterNode", CHANGE_EMITTER, "echo.change"),
	emitter("DeadLetterEmitterNode", DEAD_LETTER_EMITTER, "echo.dead-letter"),
	emitter("LogEmitterNode", "Log Emitter", "echo.log"),
	{ ...emitter("AppChangeRouterNode", APP_CHANGE_ROUTER, "echo.change"), receiveMessageType: "echo.change" },
];

function emitter(__typename: string, name: string, sendMessageType: string): New<NodeRecord> {
	return { __typename, name, description: null, sendMessageType };
}

/** Adds the nodes and the edge that every tenant has. */
export function addSystemNodes(network: Network, by: string): void {
	for (const node of EMITTERS) network.nodes.seed(node, by);
	network.edges.seed(newEdge(network, CHANGE_EMITTER, APP_CHANGE_ROUTER, "echo.change"), by);
}

/** The name of the node that receives the changes of an app. */
export function changeReceiverOf(app: string): string {
	return `${app}:Change Receiver`;
}

/** The node that receives the changes of an app. */
export function newChangeReceiver(app: string): New<NodeRecord> {
	return {
		__typename: "AppChangeReceiverNode",
		name: changeReceiverOf(app),
		app,
		description: null,
		receiveMessageType: "echo.change",
	};
}

/** An edge that has a queue of its own. */
export function newEdge(network: Network, source: string, target: string, messageType: string): New<EdgeRecord> {
	return {
		__typename: "Edge",
		source,
		target,
		description: null,
		draining: false,
		kmsKey: null,
		maxReceiveCount: null,
		messageType,
		queue: edgeQueue(network, source, target),
	};
}

/** Whether a node has one edge that it receives from, which belongs to the system. */
export function isSingleReceiver(node: NodeRecord | undefined): boolean {
	return ["AppChangeReceiverNode", "AppChangeRouterNode", "WebSubSubscriptionNode"].includes(node?.__typename ?? "");
}
