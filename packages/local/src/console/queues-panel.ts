import { read } from "./api.ts";
import { attempt, el, nothing, show, timeOf } from "./dom.ts";
import { type Model, type QueueState, whenChanged } from "./model.ts";

interface Message {
	readonly id: string;
	readonly state: string;
	readonly body: string;
	readonly sentAt: string;
	readonly receives: number;
	readonly group?: string;
	readonly attributes: Readonly<Record<string, unknown>>;
}

/** The queues, and the messages of the selected one, which stay as they are. */
export function queuesPanel(root: HTMLElement, model: Model, selected: string | undefined): () => void {
	const list = el("nav", { class: "choices", "aria-label": "Queues" });
	const messages = el("div", { class: "card flush" });
	show(root, el("div", { class: "split" }, list, messages));
	return model.watch(
		whenChanged(
			() => model.queues,
			(queues) => {
				const names = new Map(
					model.state?.edges.map(({ queue, source, target }) => [queue, `${source} → ${target}`]) ?? [],
				);
				const current = queues.find(({ name }) => name === selected) ?? queues[0];
				show(list, ...queues.map((queue) => choice(queue, names.get(queue.name), queue === current)));
				if (current === undefined) show(messages, nothing("The tenant has no queue."));
				else void attempt(() => showMessages(messages, current, names.get(current.name)));
			},
		),
	);
}

function choice(
	{ delayed, name, ready, received }: QueueState,
	title: string | undefined,
	isCurrent: boolean,
): HTMLElement {
	return el(
		"a",
		{ href: `#queues/${encodeURIComponent(name)}`, "aria-current": isCurrent && "true", "data-key": name, title: name },
		title ?? name,
		el("span", { class: "count" }, String(ready + delayed + received)),
	);
}

async function showMessages(parent: HTMLElement, { name }: QueueState, title: string | undefined): Promise<void> {
	const { messages, total } = await read<{ messages: readonly Message[]; total: number }>(
		`queues/${encodeURIComponent(name)}/messages?limit=200`,
	);
	show(
		parent,
		el("p", { class: "caption" }, title === undefined ? "" : `${title}: `, el("code", {}, name)),
		messages.length === 0
			? nothing("No message waits in this queue.")
			: el("ul", { class: "rows" }, ...messages.map(messageRow)),
		total > messages.length && el("p", { class: "caption" }, `${total - messages.length} more`),
	);
}

function messageRow({ attributes, body, group, id, receives, sentAt, state }: Message): HTMLElement {
	const names = Object.keys(attributes);
	return el(
		"li",
		{},
		el(
			"details",
			{ open: body.length < 200 },
			el(
				"summary",
				{},
				el("span", { class: `tag ${state === "ready" ? "good" : "warn"}` }, state),
				timeOf(sentAt),
				el("code", { class: "muted cut" }, id),
				group !== undefined && el("span", { class: "tag" }, `group ${group}`),
				receives > 0 && el("span", { class: "tag" }, `received ${receives} times`),
			),
			el("pre", { tabindex: 0 }, readable(body)),
			names.length > 0 && el("pre", { tabindex: 0, class: "muted" }, JSON.stringify(attributes, null, 2)),
		),
	);
}

/** A body with line breaks, if it is JSON. */
function readable(body: string): string {
	try {
		return JSON.stringify(JSON.parse(body), null, 2);
	} catch {
		return body;
	}
}
