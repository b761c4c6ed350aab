import { Graph, layout } from "@dagrejs/dagre";
import type { EdgeState, NodeState } from "./model.ts";

/** A place in the picture. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

/** A network with places for its nodes and edges. */
export interface NetworkLayout {
	readonly width: number;
	readonly height: number;
	readonly nodes: readonly (Point & { readonly node: NodeState })[];
	readonly edges: readonly { readonly edge: EdgeState; readonly points: readonly Point[]; readonly middle: Point }[];
}

/** Size of a node in the picture. */
export const NODE_SIZE = { width: 196, height: 56 };

/** How small a picture from left to right may become before one from top to bottom is tried. */
const COMFORTABLE_SCALE = 0.7;

/** Lays a network out in layers, in the direction in which it fits better into a width. */
export function layoutOf(
	nodes: readonly NodeState[],
	edges: readonly EdgeState[],
	availableWidth: number,
): NetworkLayout {
	const across = layered(nodes, edges, "LR");
	if (across.width * COMFORTABLE_SCALE <= availableWidth) return across;
	const down = layered(nodes, edges, "TB");
	return down.width < across.width ? down : across;
}

/** In layers, so that messages flow in one direction where they can. */
function layered(nodes: readonly NodeState[], edges: readonly EdgeState[], rankdir: "LR" | "TB"): NetworkLayout {
	const graph = new Graph({ multigraph: true });
	graph.setGraph({ rankdir, nodesep: 28, ranksep: rankdir === "LR" ? 72 : 48, marginx: 12, marginy: 12 });
	graph.setDefaultEdgeLabel(() => ({}));
	for (const { name } of nodes) graph.setNode(name, { ...NODE_SIZE });
	const drawn = edges.filter(({ source, target }) => graph.hasNode(source) && graph.hasNode(target));
	for (const { queue, source, target } of drawn)
		graph.setEdge(source, target, { width: 34, height: 22, labelpos: "c" }, queue);
	layout(graph);
	const { height = 0, width = 0 } = graph.graph() as { width?: number; height?: number };
	return {
		width,
		height,
		nodes: nodes.map((node) => {
			const { x, y } = graph.node(node.name) as Point;
			return { node, x, y };
		}),
		edges: drawn.map((edge) => {
			const { points, x, y } = graph.edge(edge.source, edge.target, edge.queue) as Point & { points: Point[] };
			return { edge, points, middle: { x, y } };
		}),
	};
}
