import { button, el, nothing, show } from "./dom.ts";

/** A page of a list. */
export interface ListPage<Start> {
	readonly rows: readonly HTMLElement[];
	/** Where the next page starts. `undefined` for the last page. */
	readonly next: Start | undefined;
}

/** Shows the first page of a list, with a button that adds the next one, or a text if the list is empty. */
export async function showPages<Start>(
	parent: HTMLElement,
	emptyText: string,
	read: (start: Start | undefined) => Promise<ListPage<Start>>,
): Promise<void> {
	const list = el("ul", { class: "rows" });
	const more = el("div", { class: "more" });
	const load = async (start?: Start): Promise<void> => {
		const { next, rows } = await read(start);
		list.append(...rows);
		show(more, next !== undefined && button("More", { "data-key": "more" }, () => load(next)));
	};
	await load();
	show(parent, list.childElementCount === 0 ? nothing(emptyText) : list, more);
}
