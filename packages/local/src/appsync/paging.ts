import { invalid } from "./request-context.ts";

/** The arguments of every list. */
export interface PageArguments {
	readonly exclusiveStartKey?: string | null;
	readonly limit?: number | null;
}

/** A page of a list. */
export interface Page<T> {
	readonly echos: readonly T[];
	readonly lastEvaluatedKey: string | null;
}

/** How many records a page has at most, whatever is requested. */
const MAX_PAGE = 1000;

/** A page of records in the order of their keys, so that what is created or deleted meanwhile moves no other record to another page. */
export function pageByKey<T, Seen>(
	records: readonly T[],
	keyOf: (record: T) => string,
	{ exclusiveStartKey, limit }: PageArguments,
	see: (record: T) => Seen,
): Page<Seen> {
	const start = startOf(exclusiveStartKey, "string");
	const keyed = records.map((record) => ({ key: keyOf(record), record })).sort((a, b) => compare(a.key, b.key));
	const rest = start === undefined ? keyed : keyed.filter(({ key }) => key > start);
	return pageOf(
		rest,
		limit,
		({ key }) => key,
		({ record }) => see(record),
	);
}

/** A page of numbered records, oldest first or newest first. */
export function pageByNumber<T extends { readonly number: number }, Seen>(
	records: readonly T[],
	isAscending: boolean,
	{ exclusiveStartKey, limit }: PageArguments,
	see: (record: T) => Seen,
): Page<Seen> {
	const start = startOf(exclusiveStartKey, "number");
	const sorted = isAscending ? records : records.toReversed();
	const isAfter = (number: number, before: number) => (isAscending ? number > before : number < before);
	const rest = start === undefined ? sorted : sorted.filter(({ number }) => isAfter(number, start));
	return pageOf(rest, limit, ({ number }) => number, see);
}

function pageOf<T, Seen>(
	rest: readonly T[],
	limit: number | null | undefined,
	keyOf: (record: T) => string | number,
	see: (record: T) => Seen,
): Page<Seen> {
	if (limit !== undefined && limit !== null && limit < 1)
		throw invalid(`Invalid limit ${limit}: it must be at least 1`);
	const shown = rest.slice(0, Math.min(limit ?? MAX_PAGE, MAX_PAGE));
	const last = shown.at(-1);
	const hasMore = last !== undefined && shown.length < rest.length;
	return { echos: shown.map(see), lastEvaluatedKey: hasMore ? JSON.stringify(keyOf(last)) : null };
}

function startOf(key: string | null | undefined, type: "string"): string | undefined;
function startOf(key: string | null | undefined, type: "number"): number | undefined;
function startOf(key: string | null | undefined, type: "string" | "number"): unknown {
	if (key === undefined || key === null) return undefined;
	const start: unknown = JSON.parse(key);
	if (typeof start === type) return start;
	throw invalid(`Invalid exclusiveStartKey ${key}: pass the lastEvaluatedKey of the page before`);
}

function compare(a: string, b: string): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
