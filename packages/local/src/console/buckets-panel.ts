import { read } from "./api.ts";
import { attempt, el, nothing, show } from "./dom.ts";
import { showPages } from "./paged-list.ts";

interface Objects {
	readonly objects: readonly { readonly key: string; readonly size: number; readonly modifiedAt: string }[];
	readonly next?: string;
}

const PAGE = 50;

/** The buckets, and the objects of the selected one. */
export function bucketsPanel(root: HTMLElement, selected: string | undefined): void {
	const list = el("nav", { class: "choices", "aria-label": "Buckets" });
	const objects = el("div", { class: "card flush" });
	show(root, el("div", { class: "split" }, list, objects));
	void attempt(async () => {
		const { buckets } = await read<{ buckets: readonly { name: string }[] }>("buckets");
		const current = buckets.find(({ name }) => name === selected)?.name ?? buckets[0]?.name;
		const links = buckets.map(({ name }) =>
			el("a", { href: `#buckets/${encodeURIComponent(name)}`, "aria-current": name === current && "true" }, name),
		);
		show(list, ...links);
		if (current === undefined) show(objects, nothing("The tenant has no bucket."));
		else await showObjects(objects, current);
	});
}

function showObjects(parent: HTMLElement, bucket: string): Promise<void> {
	return showPages(parent, `The bucket ${bucket} is empty.`, async (after?: string) => {
		const search = new URLSearchParams({ limit: String(PAGE), ...(after !== undefined && { after }) });
		const { next, objects } = await read<Objects>(`buckets/${encodeURIComponent(bucket)}/objects?${search}`);
		const rows = objects.map(({ key, modifiedAt, size }) =>
			el("li", {}, el("code", { class: "grow" }, key), el("span", {}, sizeOf(size)), el("time", {}, modifiedAt)),
		);
		return { rows, next };
	});
}

function sizeOf(bytes: number): string {
	return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
}
