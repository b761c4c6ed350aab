/** Control characters, line breaks, invisible formatting (bidirectional overrides among it) and lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Returns a value as JSON that is safe on a terminal. It parses to the same value as any other JSON of it. */
export function printableJson(value: unknown, indent = 0): string {
	const escaped = (char: string) =>
		char === "\n" ? char : Array.from({ length: char.length }, (_, i) => `\\u${hex(char.charCodeAt(i))}`).join("");
	return JSON.stringify(value, undefined, indent).replace(UNPRINTABLE, escaped);
}

/** Returns a text on one line, without control characters. */
export function printableText(text: string): string {
	return printableJson(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("\\\\", "\\");
}

function hex(unit: number): string {
	return unit.toString(16).padStart(4, "0");
}
