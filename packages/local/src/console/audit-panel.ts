import { read } from "./api.ts";
import { attempt, button, el, nothing, show } from "./dom.ts";

interface Page {
	readonly records: readonly {
		readonly app: string;
		readonly node: string;
		readonly messageType: string;
		readonly record: Readonly<Record<string, unknown>>;
	}[];
	readonly next: number;
}

const PAGE = 100;

/** What the nodes have recorded about their messages. */
export function auditPanel(root: HTMLElement): void {
	const list = el("div", { class: "card flush" });
	const rows = el("ul", { class: "rows" });
	const more = el("div", { class: "more" });
	show(root, list);
	const load = async (after: number): Promise<void> => {
		const { next, records } = await read<Page>(`audit-records?limit=${PAGE}&after=${after}`);
		rows.append(...records.map(rowOf));
		show(more, records.length === PAGE && button("More", { "data-key": "more" }, () => load(next)));
	};
	void attempt(async () => {
		await load(0);
		show(list, rows.childElementCount === 0 ? nothing("No node has sent an audit record.") : rows, more);
	});
}

function rowOf({ messageType, node, record }: Page["records"][number]): HTMLElement {
	return el(
		"li",
		{},
		el(
			"details",
			{},
			el(
				"summary",
				{},
				el("time", {}, String(record.datetime)),
				el("strong", {}, node),
				el("span", { class: "tag" }, messageType),
				el("code", { class: "muted cut" }, String(record.trackingId)),
			),
			el("pre", { tabindex: 0 }, JSON.stringify(record, null, 2)),
		),
	);
}
