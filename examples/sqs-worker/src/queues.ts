import type { AppSession } from "echostream-botocore";

interface Data {
	readonly GetApp: {
		readonly nodes: readonly { readonly receiveEdges?: readonly { readonly queue: string }[] }[];
	} | null;
}

const EDGES = `query queues($app: String!, $tenant: String!) {
	GetApp(name: $app, tenant: $tenant) {
		... on CrossAccountApp { nodes { ... on ExternalNode { receiveEdges { queue } } } }
		... on ExternalApp { nodes { ... on ExternalNode { receiveEdges { queue } } } }
	}
}`;

/** Returns the URLs of the queues that carry messages to the nodes of the app. */
export async function queuesOf(session: AppSession): Promise<string[]> {
	const { GetApp } = await session.query<Data>(EDGES, { app: session.app, tenant: session.tenant });
	return (GetApp?.nodes ?? []).flatMap(({ receiveEdges = [] }) => receiveEdges.map(({ queue }) => queue));
}
