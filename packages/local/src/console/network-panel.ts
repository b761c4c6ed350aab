import { el, nothing, show, svg } from "./dom.ts";
import { type Model, type TenantState, whenChanged } from "./model.ts";
import { layoutOf, type NetworkLayout, NODE_SIZE, type Point } from "./network-layout.ts";
import { requestRow } from "./requests-panel.ts";

const MAX_NAME = 18;
/** Types of the nodes that EchoStream adds to each tenant and app. */
const SYSTEM = /^(Alert|Audit|Change|DeadLetter|Log)EmitterNode$|^AppChange/;
/** Padding of a card, left and right. */
const PADDING = 32;
const LATEST_REQUESTS = 6;
/** The picture is not made smaller than this. It scrolls instead. */
const MIN_SCALE = 0.7;

/** The network as a picture, with the messages that wait at each edge. */
export function networkPanel(root: HTMLElement, model: Model): () => void {
	const picture = el("div", {
		class: "picture card",
		tabindex: 0,
		role: "region",
		"aria-label": "Picture of the network",
	});
	const all = el("input", { type: "checkbox", change: () => draw() });
	const details = el("div", { class: "details", role: "status" });
	const latest = el("div", { class: "card flush" });
	show(
		root,
		el(
			"p",
			{ class: "lead" },
			"Messages flow along the edges. A number is the messages that wait at an edge. Select a node to see its edges.",
		),
		picture,
		el("div", { class: "tools" }, el("label", { class: "check" }, all, "Show the nodes that every tenant has")),
		details,
		el("h3", {}, "Latest requests"),
		latest,
	);
	let selected: string | undefined;
	const draw = () => {
		const { queues, state } = model;
		if (state === undefined) return;
		const waiting = new Map(queues.map(({ name, delayed, ready, received }) => [name, ready + delayed + received]));
		const select = (name: string) => {
			selected = name;
			draw();
		};
		const available = picture.clientWidth - PADDING;
		const { edges, nodes } = all.checked ? state : withoutSystem(state);
		const network = layoutOf(nodes, edges, available);
		if (nodes.length === 0) show(picture, nothing("The tenant has no node."));
		else show(picture, drawn(network, state, waiting, selected, select, available));
		show(details, ...detailsOf(selected, state, waiting));
	};
	const update = whenChanged(() => ({ state: model.state, queues: model.queues, width: picture.clientWidth }), draw);
	const updateLatest = whenChanged(
		() => model.requests.slice(0, LATEST_REQUESTS),
		(requests) =>
			show(
				latest,
				requests.length === 0
					? nothing("No request yet. Start a program with the variables of a user.")
					: el("ul", { class: "rows requests" }, ...requests.map(requestRow)),
			),
	);
	window.addEventListener("resize", update);
	const unwatch = [model.watch(update), model.watch(updateLatest)];
	return () => {
		window.removeEventListener("resize", update);
		for (const end of unwatch) end();
	};
}

function drawn(
	{ edges, height, nodes, width }: NetworkLayout,
	state: TenantState,
	waiting: ReadonlyMap<string, number>,
	selected: string | undefined,
	select: (name: string) => void,
	availableWidth: number,
): SVGSVGElement {
	const scale = Math.max(MIN_SCALE, Math.min(1, availableWidth / width));
	const summary = `Network of ${nodes.length} nodes and ${edges.length} edges`;
	return svg(
		"svg",
		{
			viewBox: `0 0 ${width} ${height}`,
			width: width * scale,
			height: height * scale,
			role: "group",
			"aria-label": summary,
		},
		svg(
			"defs",
			{},
			svg(
				"marker",
				{
					id: "arrow",
					viewBox: "0 0 8 8",
					refX: 7,
					refY: 4,
					markerWidth: 7,
					markerHeight: 7,
					orient: "auto-start-reverse",
				},
				svg("path", { d: "M0 0L8 4L0 8z", class: "arrow" }),
			),
		),
		...edges.map(({ edge, middle, points }) => {
			const count = waiting.get(edge.queue) ?? 0;
			const isNear = edge.source === selected || edge.target === selected;
			return svg(
				"g",
				{ class: isNear ? "edge near" : "edge" },
				svg("title", {}, `${edge.source} to ${edge.target}, ${edge.messageType}: ${messages(count)}`),
				svg("path", { d: curve(points), "marker-end": "url(#arrow)" }),
				...(count > 0
					? [
							svg("rect", { x: middle.x - 17, y: middle.y - 11, width: 34, height: 22, rx: 11 }),
							svg(
								"text",
								{ x: middle.x, y: middle.y + 4, "text-anchor": "middle" },
								count > 999 ? "999+" : String(count),
							),
						]
					: []),
			);
		}),
		...nodes.map(({ node, x, y }) => {
			const kind = kindOf(appOf(node.name, state)?.type ?? node.type);
			const act = () => select(node.name);
			return svg(
				"g",
				{
					class: `node ${kind}${node.name === selected ? " selected" : ""}`,
					transform: `translate(${x - NODE_SIZE.width / 2} ${y - NODE_SIZE.height / 2})`,
					role: "button",
					tabindex: 0,
					"aria-pressed": String(node.name === selected),
					"data-key": node.name,
					click: act,
					keydown: (event) => {
						const { key } = event as KeyboardEvent;
						if (key !== "Enter" && key !== " ") return;
						event.preventDefault();
						act();
					},
				},
				svg("rect", { width: NODE_SIZE.width, height: NODE_SIZE.height, rx: 10 }),
				svg("circle", { cx: 18, cy: NODE_SIZE.height / 2, r: 5 }),
				svg("text", { class: "name", x: 34, y: 25 }, shortened(node.name)),
				" ",
				svg("text", { class: "type", x: 34, y: 42 }, shortened(node.stopped ? `${node.type}, stopped` : node.type)),
			);
		}),
	);
}

function detailsOf(name: string | undefined, state: TenantState, waiting: ReadonlyMap<string, number>): HTMLElement[] {
	if (name === undefined) return [];
	const edges = state.edges.filter(({ source, target }) => source === name || target === name);
	const app = appOf(name, state);
	return [
		el("h3", {}, name),
		el(
			"p",
			{},
			app === undefined ? typeOf(name, state) : `${app.type} ${app.name}, user ${app.username}, queue ${app.queue} `,
			app === undefined ? "" : `(${messages(waiting.get(app.queue) ?? 0)})`,
		),
		edges.length === 0
			? nothing("This node has no edge.")
			: el(
					"ul",
					{ class: "rows" },
					...edges.map(({ messageType, queue, source, target }) =>
						el(
							"li",
							{},
							el("strong", {}, `${source} → ${target}`),
							el("span", { class: "tag" }, messageType),
							el("a", { href: `#queues/${encodeURIComponent(queue)}` }, messages(waiting.get(queue) ?? 0)),
						),
					),
				),
	];
}

function appOf(name: string, { apps, nodes }: TenantState) {
	const node = nodes.find((one) => one.name === name);
	return apps.find((app) => app.name === node?.app);
}

function typeOf(name: string, state: TenantState): string {
	return state.nodes.find((node) => node.name === name)?.type ?? "";
}

/** The network without the nodes that every tenant has, except for those to which an edge was added. */
function withoutSystem({ edges, nodes }: TenantState): Pick<TenantState, "edges" | "nodes"> {
	const added = edges.filter(({ messageType }) => messageType !== "echo.change");
	const used = new Set(added.flatMap(({ source, target }) => [source, target]));
	return { edges: added, nodes: nodes.filter(({ name, type }) => used.has(name) || !SYSTEM.test(type)) };
}

/** The class that colors a type of nodes. */
function kindOf(type: string): string {
	const kinds = ["External", "Managed", "Account", "Processor", "Router", "Tenant"];
	return kinds.find((kind) => type.includes(kind))?.toLowerCase() ?? "other";
}

function messages(count: number): string {
	return count === 1 ? "1 message" : `${count} messages`;
}

function shortened(name: string): string {
	return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}

/** A smooth line through the points. */
function curve(points: readonly Point[]): string {
	const [first, ...rest] = points;
	if (first === undefined) return "";
	let path = `M${first.x} ${first.y}`;
	for (const [index, point] of rest.entries()) {
		const next = rest[index + 1];
		if (next === undefined) path += ` L${point.x} ${point.y}`;
		else path += ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
	}
	return path;
}
