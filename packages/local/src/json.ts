/** Whether a value is a JSON object: neither an array nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON object that a text holds, or `undefined` for any other text. */
export function parseObject(text: string | Buffer): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text.toString());
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Whether objects and arrays are nested more than `levels` deep. Walks no deeper than that. */
export function isDeeperThan(levels: number, value: unknown): boolean {
	if (typeof value !== "object" || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
