import type { Network } from "./network.ts";

/** A node in a picture of the network. */
export interface PictureNode {
	/** Name of the node. */
	readonly name: string;
	/** GraphQL type of the node, such as `ExternalNode`. */
	readonly type: string;
	/** Name of its app. `undefined` for nodes that EchoStream runs. */
	readonly app: string | undefined;
	/** Name of the message type that it receives. `undefined` for a node that receives none. */
	readonly receiveMessageType: string | undefined;
	/** Name of the message type that it sends. `undefined` for a node that sends none. */
	readonly sendMessageType: string | undefined;
	/** Whether it is stopped. */
	readonly stopped: boolean;
}

/** An edge in a picture of the network. */
export interface PictureEdge {
	/** Name of the node that sends. */
	readonly source: string;
	/** Name of the node that receives. */
	readonly target: string;
	/** Name of its message type. */
	readonly messageType: string;
	/** Name of the queue. */
	readonly queue: string;
	/** Whether it is deleted as soon as it is empty. */
	readonly draining: boolean;
}

/** Every node and edge of a tenant, as plain values. */
export interface NetworkPicture {
	/** All nodes, also those that every tenant has. */
	readonly nodes: readonly PictureNode[];
	/** All edges, also those by which EchoStream delivers changes. */
	readonly edges: readonly PictureEdge[];
}

/** Describes every node and edge of a tenant. */
export function pictureOf({ edges, nodes }: Network): NetworkPicture {
	return {
		nodes: nodes.all().map(({ __typename: type, app, name, ...node }) => ({
			name,
			type,
			app,
			receiveMessageType: node.receiveMessageType ?? undefined,
			sendMessageType: node.sendMessageType ?? undefined,
			stopped: node.stopped ?? false,
		})),
		edges: edges.all().map(({ draining, messageType, queue, source, target }) => {
			return { source, target, messageType, queue, draining };
		}),
	};
}
