type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

const SVG = "http://www.w3.org/2000/svg";

/** Creates an HTML element. Texts become text nodes, whatever is in them. A function is a listener: `click`, `submit`. */
export function el<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[K] {
	return fill(document.createElement(tag), attributes, children);
}

/** Creates an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
	tag: K,
	attributes: Attributes = {},
	...children: readonly Child[]
): SVGElementTagNameMap[K] {
	return fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") element.addEventListener(name, value);
		else if (value === true) element.setAttribute(name, "");
		else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
	}
	element.append(...children.filter((child) => child !== undefined && child !== false));
	return element;
}

/** Replaces what is in an element. The focus stays at the element with the same `data-key`. */
export function show(parent: Element, ...children: readonly Child[]): void {
	const focused = parent.contains(document.activeElement) ? document.activeElement : null;
	const key = focused?.getAttribute("data-key");
	parent.replaceChildren(...children.filter((child) => child !== undefined && child !== false));
	if (!key) return;
	for (const one of parent.querySelectorAll<HTMLElement | SVGElement>("[data-key]")) {
		if (one.dataset.key === key) one.focus();
	}
}

/** A button that runs an action, whose failure is shown. */
export function button(label: string, attributes: Attributes, act: () => unknown): HTMLButtonElement {
	return el("button", { type: "button", click: () => void attempt(act), ...attributes }, label);
}

/** Runs an action, and shows why it fails. */
export async function attempt(act: () => unknown): Promise<void> {
	try {
		await act();
	} catch (error) {
		announce(error instanceof Error ? error.message : String(error), "bad");
	}
}

const SHOWN_MS = 6000;

/** Shows a message for some seconds, which screen readers read out. */
export function announce(message: string, kind: "good" | "bad" = "good"): void {
	const toast = el("p", { class: `toast ${kind}` }, message);
	document.querySelector("#messages")?.append(toast);
	setTimeout(() => toast.remove(), SHOWN_MS);
}

/** A text for a list or a panel without content. */
export function nothing(text: string): HTMLElement {
	return el("p", { class: "nothing" }, text);
}

/** The time of a date in ISO 8601, with the date in its title. */
export function timeOf(iso: string): HTMLElement {
	return el("time", { datetime: iso, title: iso }, iso.slice(11, 19));
}

/** A row that opens to show a value as JSON. */
export function detailsRow(value: unknown, ...summary: readonly HTMLElement[]): HTMLElement {
	const json = el("pre", { tabindex: 0 }, JSON.stringify(value, null, 2));
	return el("li", {}, el("details", {}, el("summary", {}, ...summary), json));
}

/** A dialog, which is removed when it is closed. */
export function openDialog(title: string, ...children: readonly Child[]): HTMLDialogElement {
	const dialog: HTMLDialogElement = el(
		"dialog",
		{ "aria-labelledby": "dialog-title", close: () => dialog.remove() },
		el(
			"header",
			{},
			el("h3", { id: "dialog-title" }, title),
			button("Close", { class: "quiet" }, () => dialog.close()),
		),
		...children,
	);
	document.body.append(dialog);
	dialog.showModal();
	return dialog;
}
