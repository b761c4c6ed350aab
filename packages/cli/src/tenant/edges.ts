import { type ApiSession, AppSession } from "echostream-botocore";

/** An edge: an SQS queue from one node to another. */
export interface Edge {
	/** URL of the queue. */
	readonly url: string;
	/** Name of the node that sends. */
	readonly source: string;
	/** Name of the node that receives. */
	readonly target: string;
	readonly messageType: string;
	readonly draining: boolean;
	/** How often a message is received before it moves to the dead-letter queue. `undefined` if it never does. */
	readonly maxReceiveCount: number | undefined;
	/** Type of the app whose node receives from it, such as `ExternalApp`. `undefined` if none of these apps does. */
	readonly receivingApp: string | undefined;
	/** Type of the app whose node sends to it. `undefined` if none of these apps does. */
	readonly sendingApp: string | undefined;
}

interface FoundEdge {
	readonly queue: string;
	readonly draining: boolean;
	readonly maxReceiveCount: number | null;
	readonly source: { readonly name: string };
	readonly target: { readonly name: string };
	readonly messageType: { readonly name: string };
}

interface FoundNode {
	readonly receiveEdge?: FoundEdge | null;
	readonly receiveEdges?: readonly (FoundEdge | null)[] | null;
	readonly sendEdges?: readonly (FoundEdge | null)[] | null;
}

interface FoundApp {
	readonly __typename: string;
	/** Cross-tenant apps have no nodes here. */
	readonly nodes?: readonly (FoundNode | null)[];
}

const APP = `fragment app on App {
	__typename
	... on CrossAccountApp { nodes { ...remoteNode } }
	... on ExternalApp { nodes { ...remoteNode } }
	... on ManagedApp { nodes { ...managedNode } }
}
fragment remoteNode on RemoteAppNode {
	... on AppChangeReceiverNode { receiveEdge { ...edge } }
	... on ExternalNode { receiveEdges { ...edge } sendEdges { ...edge } }
}
fragment managedNode on ManagedAppNode {
	... on AppChangeReceiverNode { receiveEdge { ...edge } }
	... on ManagedNode { receiveEdges { ...edge } sendEdges { ...edge } }
}
fragment edge on Edge {
	queue draining maxReceiveCount
	source { name }
	target { name }
	messageType { name }
}`;

const APP_EDGES = `query appEdges($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { ...app } }
${APP}`;

const TENANT_EDGES = `query tenantEdges($tenant: String!, $exclusiveStartKey: AWSJSON) {
	ListApps(tenant: $tenant, exclusiveStartKey: $exclusiveStartKey) { echos { ...app } lastEvaluatedKey }
}
${APP}`;

/** The edges of an app's nodes, or of all apps' nodes for an API user. */
export async function edgesOf(session: ApiSession | AppSession): Promise<Edge[]> {
	const edges = new Map<string, Edge>();
	for await (const { __typename: type, nodes } of appsOf(session)) {
		for (const node of nodes ?? []) {
			for (const edge of [node?.receiveEdge, ...(node?.receiveEdges ?? [])]) add(edge, { receivingApp: type });
			for (const edge of node?.sendEdges ?? []) add(edge, { sendingApp: type });
		}
	}
	return [...edges.values()];

	// Two nodes have the same edge.
	function add(edge: FoundEdge | null | undefined, side: Partial<Edge>): void {
		if (edge === null || edge === undefined) return;
		const known = edges.get(edge.queue) ?? {
			url: edge.queue,
			source: edge.source.name,
			target: edge.target.name,
			messageType: edge.messageType.name,
			draining: edge.draining,
			maxReceiveCount: edge.maxReceiveCount ?? undefined,
			receivingApp: undefined,
			sendingApp: undefined,
		};
		edges.set(edge.queue, { ...known, ...side });
	}
}

async function* appsOf(session: ApiSession | AppSession): AsyncGenerator<FoundApp> {
	const { tenant } = session;
	if (session instanceof AppSession) {
		const { GetApp } = await session.query<{ GetApp: FoundApp | null }>(APP_EDGES, { app: session.app, tenant });
		if (GetApp === null) throw new Error(`The app ${session.app} was not found. Check --app (or APP).`);
		yield GetApp;
		return;
	}
	let exclusiveStartKey: string | null = null;
	do {
		const variables: object = { tenant, exclusiveStartKey };
		const { ListApps }: ListedApps = await session.query(TENANT_EDGES, { ...variables });
		for (const app of ListApps.echos ?? []) if (app !== null) yield app;
		exclusiveStartKey = ListApps.lastEvaluatedKey;
	} while (exclusiveStartKey !== null);
}

interface ListedApps {
	readonly ListApps: {
		readonly echos: readonly (FoundApp | null)[] | null;
		readonly lastEvaluatedKey: string | null;
	};
}
