const ASCII = /^[ -~]*$/;

/**
 * Control characters, line breaks, invisible formatting (bidirectional overrides among it) and lone surrogates. In a function, because
 * an expression with Unicode categories takes 1 ms to compile, and is needed for other texts than ASCII only.
 */
const unprintable = () => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const WHITE_SPACE = "\t\n\v\f\r\u0085\u2028\u2029";

/**
 * Returns a server's text as errors, events and log lines show it: one line without control characters, made from the
 * first `maxLength` characters.
 *
 * @param secrets - The secrets of the request, which services quote. They are replaced by `***`, also where two overlap.
 */
export function printable(text: string, maxLength = 1000, secrets: readonly string[] = []): string {
	const shown = masked(text, maxLength, secrets);
	if (ASCII.test(shown)) return shown;
	return shown.replace(unprintable(), (char) => (WHITE_SPACE.includes(char) ? " " : "\uFFFD"));
}

/** Whether a text can be shown as it is. */
export function isPrintable(text: string, maxLength: number): boolean {
	return text.length <= maxLength && printable(text, maxLength) === text;
}

/**
 * The first `maxLength` characters, with `***` for every range that is part of a secret.
 *
 * Only as many characters of a secret are compared as are shown. A server may have chosen both the text and the secret,
 * megabytes of one letter each, and to search one in the other would block the event loop for minutes.
 */
function masked(text: string, maxLength: number, secrets: readonly string[]): string {
	const hidden = secrets
		.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
		.map((secret) => secret.slice(0, maxLength))
		.filter(Boolean);
	// A secret that starts within the limit may end beyond it.
	const seen = text.slice(0, 2 * maxLength);
	let shown = "";
	let end = 0;
	const found = hidden.flatMap((secret) => occurrences(seen, secret, maxLength));
	for (const range of found.sort((a, b) => a.start - b.start)) {
		if (range.start >= end) shown += `${seen.slice(end, range.start)}***`;
		end = Math.max(end, range.end);
	}
	return shown + seen.slice(end, maxLength);
}

/** Where a secret starts in the first `maxLength` characters of a text. */
function occurrences(
	text: string,
	secret: string,
	maxLength: number,
): { readonly start: number; readonly end: number }[] {
	const found = [];
	for (let start = text.indexOf(secret); start >= 0 && start < maxLength; start = text.indexOf(secret, start + 1)) {
		found.push({ start, end: start + secret.length });
	}
	return found;
}
