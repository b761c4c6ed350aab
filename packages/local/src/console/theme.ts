import { el } from "./dom.ts";

const THEMES = ["auto", "light", "dark"] as const;

/** The choice of light and dark, which the browser remembers. */
export function themeSelect(): HTMLElement {
	const stored = localStorage.getItem("theme") ?? "auto";
	const select = el(
		"select",
		{ "aria-label": "Theme", change: () => use(select.value) },
		...THEMES.map((theme) => el("option", { value: theme, selected: theme === stored }, theme)),
	);
	use(stored);
	return select;
}

function use(theme: string): void {
	document.documentElement.dataset.theme = theme;
	localStorage.setItem("theme", theme);
}
