/** The element of the page with this id. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
	const found = document.getElementById(id);
	if (found === null) throw new Error(`The page has no element "${id}"`);
	return found as E;
}

/** A new element with a text, or with others inside. */
export function create(name: string, ...inside: (Node | string)[]): HTMLElement {
	const made = document.createElement(name);
	made.append(...inside);
	return made;
}
