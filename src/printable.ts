/** Controls of a terminal or a log, line breaks, invisible formatting with the bidirectional overrides, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const WHITE_SPACE = "\t\n\v\f\r\u0085\u2028\u2029";

/**
 * Text that somebody else decides, as an error, an event or a log line shows it: one line without control characters,
 * without the secrets, made from at most `most` characters of it.
 *
 * @param secrets - What the request held: services quote what they were sent. Where two of them overlap, both are hidden.
 */
export function printable(text: string, most = 1000, secrets: readonly string[] = []): string {
	return masked(text, most, secrets).replace(UNPRINTABLE, (char) => (WHITE_SPACE.includes(char) ? " " : "\uFFFD"));
}

/** Whether nothing has to be done to a text before it is shown. */
export function isPrintable(text: string, most: number): boolean {
	return text.length <= most && printable(text, most) === text;
}

/** A value as JSON that may be printed on a terminal. To a program it is the same as any other. */
export function printableJson(value: unknown, indent = 0): string {
	const escaped = (char: string) =>
		char === "\n" ? char : Array.from({ length: char.length }, (_, i) => `\\u${hex(char.charCodeAt(i))}`).join("");
	return JSON.stringify(value, undefined, indent).replace(UNPRINTABLE, escaped);
}

function hex(unit: number): string {
	return unit.toString(16).padStart(4, "0");
}

/** The first `most` characters, with `***` for every stretch that is part of a secret. */
function masked(text: string, most: number, secrets: readonly string[]): string {
	const hidden = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]).filter(Boolean);
	// A secret that begins within the limit is seen whole.
	const seen = text.slice(0, most + Math.max(0, ...hidden.map(({ length }) => length)));
	let shown = "";
	let end = 0;
	for (const found of hidden.flatMap((secret) => occurrences(seen, secret)).sort((a, b) => a.start - b.start)) {
		if (found.start >= most) break;
		if (found.start >= end) shown += `${seen.slice(end, found.start)}***`;
		end = Math.max(end, found.end);
	}
	return shown + seen.slice(end, most);
}

function occurrences(text: string, secret: string): { readonly start: number; readonly end: number }[] {
	const found = [];
	for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + 1)) {
		found.push({ start, end: start + secret.length });
	}
	return found;
}
