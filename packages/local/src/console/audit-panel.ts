import { read } from "./api.ts";
import { attempt, detailsRow, el, show } from "./dom.ts";
import { showPages } from "./paged-list.ts";

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

/** The audit records of the nodes. */
export function auditPanel(root: HTMLElement): void {
	const list = el("div", { class: "card flush" });
	show(root, list);
	const readPage = async (after = 0) => {
		const { next, records } = await read<Page>(`audit-records?limit=${PAGE}&after=${after}`);
		return { rows: records.map(rowOf), next: records.length === PAGE ? next : undefined };
	};
	void attempt(() => showPages(list, "No node has sent an audit record.", readPage));
}

function rowOf({ messageType, node, record }: Page["records"][number]): HTMLElement {
	return detailsRow(
		record,
		el("time", {}, String(record.datetime)),
		el("strong", {}, node),
		el("span", { class: "tag" }, messageType),
		el("code", { class: "muted cut" }, String(record.trackingId)),
	);
}
