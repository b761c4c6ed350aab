import { read } from "./api.ts";
import { attempt, detailsRow, el, nothing, show } from "./dom.ts";
import { showPages } from "./paged-list.ts";

interface Table {
	readonly name: string;
	readonly items: number;
	readonly isMore: boolean;
	readonly keys: readonly { readonly AttributeName: string }[];
}
type AttributeValue = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, AttributeValue>>;
interface Page {
	readonly items: readonly Item[];
	readonly next?: unknown;
}

const PAGE = 50;

/** The tables, and the items of the selected one. */
export function tablesPanel(root: HTMLElement, selected: string | undefined): void {
	const list = el("nav", { class: "choices", "aria-label": "Tables" });
	const items = el("div", { class: "card flush" });
	show(root, el("div", { class: "split" }, list, items));
	void attempt(async () => {
		const { tables } = await read<{ tables: readonly Table[] }>("tables");
		const current = tables.find(({ name }) => name === selected) ?? tables[0];
		show(
			list,
			...tables.map(({ isMore, items: count, name }) =>
				el(
					"a",
					{ href: `#tables/${encodeURIComponent(name)}`, "aria-current": name === current?.name && "true" },
					name,
					el("span", { class: "count" }, `${count}${isMore ? "+" : ""}`),
				),
			),
		);
		if (current === undefined) show(items, nothing("The tenant has no table."));
		else await showItems(items, current);
	});
}

function showItems(parent: HTMLElement, { keys, name }: Table): Promise<void> {
	return showPages(parent, `The table ${name} is empty.`, async (start?: unknown) => {
		const search = new URLSearchParams({
			limit: String(PAGE),
			...(start !== undefined && { start: JSON.stringify(start) }),
		});
		const { items, next } = await read<Page>(`tables/${encodeURIComponent(name)}/items?${search}`);
		return { rows: items.map((item) => itemRow(item, keys)), next };
	});
}

function itemRow(item: Item, keys: Table["keys"]): HTMLElement {
	const names = keys.map(({ AttributeName }) => AttributeName);
	const others = Object.keys(item).filter((name) => !names.includes(name));
	return detailsRow(
		Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)])),
		...names.map((name) => el("code", { class: "key" }, String(plain(item[name])))),
		el("span", { class: "muted cut" }, others.join(", ")),
	);
}

/** A value of DynamoDB as JSON. */
function plain(value: AttributeValue | undefined): unknown {
	const [[type, content] = []] = Object.entries(value ?? {});
	switch (type) {
		case "L":
			return (content as AttributeValue[]).map(plain);
		case "M":
			return Object.fromEntries(Object.entries(content as Item).map(([name, inner]) => [name, plain(inner)]));
		case "N": {
			const number = Number(content);
			return String(number) === content ? number : content;
		}
		case "NULL":
			return null;
		default:
			return content;
	}
}
