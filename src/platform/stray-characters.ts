// Expressions with Unicode categories take 3 ms to compile at startup. In functions they are compiled only when they are needed.

/** Characters that are invisible: control and formatting characters, halves of characters, and separators of lines. */
const invisible = () => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const lineBreak = () => /[\n\r\u0085\p{Zl}\p{Zp}]/u;
const quote = () => /["'`\u00b4\u201a\u201e\p{Pi}\p{Pf}]/u;

/** Names of the characters that files and copied texts most often bring along. */
const NAMES: Readonly<Record<string, string>> = {
	"\t": "a tab",
	"\u00a0": "a non-breaking space",
	"\u200b": "a zero-width space",
	"\ufeff": "a byte order mark",
};

/**
 * Describes what does not belong in an identifier, without the identifier itself: white space or quotes at its ends, and
 * invisible characters anywhere. `undefined` if there is nothing.
 */
export function strayCharacters(text: string): string | undefined {
	if (isOrdinary(text)) return undefined;
	const isStray = (char: string) => isBlank(char) || quote().test(char);
	const inside = invisible().exec(text)?.[0];
	return outerCharacters(text, isStray) ?? (inside === undefined ? undefined : `contains ${described(inside)}`);
}

/**
 * Describes what does not seem to belong to a secret, without the secret: white space or invisible characters at its ends,
 * or quotes around it. `undefined` if there is nothing.
 */
export function suspiciousEnds(secret: string): string | undefined {
	if (isOrdinary(secret)) return undefined;
	const [first = "", last = ""] = ends(secret);
	const isWrapped = secret.length > 1 && quote().test(first) && quote().test(last);
	return outerCharacters(secret, isBlank) ?? (isWrapped ? "is wrapped in quotes" : undefined);
}

/**
 * Whether a text is visible ASCII without quotes, as most identifiers and passwords are. By a loop, because the engine keeps the last text
 * that an expression has matched in memory.
 */
function isOrdinary(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x27 || code === 0x60) return false;
	}
	return true;
}

function outerCharacters(text: string, isStray: (char: string) => boolean): string | undefined {
	const [first = "", last = ""] = ends(text);
	const starts = isStray(first) ? `starts with ${described(first)}` : undefined;
	const finishes = isStray(last) ? `ends with ${described(last)}` : undefined;
	return [starts, finishes].filter((found) => found !== undefined).join(" and ") || undefined;
}

function ends(text: string): string[] {
	const characters = [...text];
	return characters.length === 0 ? [] : [characters[0] ?? "", characters.at(-1) ?? ""];
}

function isBlank(char: string): boolean {
	return char !== "" && (char.trim() === "" || invisible().test(char));
}

function described(char: string): string {
	const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
	return `${nameOf(char)} (U+${code})`;
}

function nameOf(char: string): string {
	if (lineBreak().test(char)) return "a line break";
	if (quote().test(char)) return "a quotation mark";
	return NAMES[char] ?? (char.trim() === "" ? "white space" : "an invisible character");
}
