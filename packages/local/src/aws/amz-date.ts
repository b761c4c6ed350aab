/** A moment as SigV4 writes it: `20260101T000000Z`. */
export function amzDate(ms: number): string {
	return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** The milliseconds since 1970 that a SigV4 date, or an HTTP date, stands for; `undefined` for any other text. */
export function parseAmzDate(text: string): number | undefined {
	const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1);
	if (parts === undefined) return plausible(Date.parse(text));
	const [year, month, day, hour, minute, second] = parts.map(Number);
	return plausible(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second));
}

/** Years of four digits, which is what SigV4 can write. */
function plausible(ms: number): number | undefined {
	return ms >= Date.UTC(1970) && ms < Date.UTC(9999) ? ms : undefined;
}
