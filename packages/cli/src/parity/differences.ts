import type { ProgramRun } from "./program-run.ts";

/** Something in which two programs differ. */
export interface Difference {
	/** What differs, such as `output` or `table db-local`. */
	readonly subject: string;
	/** Lines of a diff: those of the first program start with `-`, those of the second with `+`, common ones with a space. */
	readonly diff: readonly string[];
}

/** Something that is compared, and the lines of both programs. */
type Subject = [subject: string, first: readonly string[], second: readonly string[]];

/** Compares what two programs did. */
export function differencesOf(first: ProgramRun, second: ProgramRun): Difference[] {
	const subjects: Subject[] = [
		["exit code", [first.end], [second.end]],
		["output", first.output, second.output],
		["requests", countsOf(first.requests), countsOf(second.requests)],
		...union(first.stored.tables, second.stored.tables).map(
			(name): Subject => [
				`table ${name}`,
				first.stored.tables[name] ?? ["does not exist"],
				second.stored.tables[name] ?? ["does not exist"],
			],
		),
		...union(first.stored.queues, second.stored.queues).map(
			(name): Subject => [`queue ${name}`, queueOf(first, name), queueOf(second, name)],
		),
		...union(first.stored.buckets, second.stored.buckets).flatMap((name) => bucketSubjects(first, second, name)),
	];
	return subjects.flatMap(([subject, one, other]) => {
		const diff = diffOf(one, other);
		return diff.some((line) => !line.startsWith(" ")) ? [{ subject, diff }] : [];
	});
}

function queueOf({ stored }: ProgramRun, name: string): string[] {
	const queue = stored.queues[name];
	if (queue === undefined) return ["does not exist"];
	return [...queue.messages, ...(queue.inFlight === 0 ? [] : [`${queue.inFlight} received and not deleted`])];
}

function bucketSubjects(first: ProgramRun, second: ProgramRun, bucket: string): Subject[] {
	const [one, other] = [first, second].map(({ stored }) => stored.buckets[bucket]);
	const existence = (objects: object | undefined) => [objects === undefined ? "does not exist" : "exists"];
	return [
		[`bucket ${bucket}`, existence(one), existence(other)],
		...union(one ?? {}, other ?? {}).map(
			(key): Subject => [
				`object ${bucket}/${key}`,
				one?.[key] ?? ["does not exist"],
				other?.[key] ?? ["does not exist"],
			],
		),
	];
}

function union(one: object, other: object): string[] {
	return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
}

/** Each line once, with how often it occurs. */
function countsOf(lines: readonly string[]): string[] {
	const counts = new Map<string, number>();
	for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
	return [...counts].map(([line, count]) => `${line}: ${count}`);
}

/** More lines than this are compared without finding those that moved. */
const MAX_LINES = 2000;
const CONTEXT = 2;

function diffOf(first: readonly string[], second: readonly string[]): string[] {
	let start = 0;
	while (start < first.length && start < second.length && first[start] === second[start]) start++;
	let end = 0;
	while (end < Math.min(first.length, second.length) - start && first.at(-1 - end) === second.at(-1 - end)) end++;
	const [one, other] = [first.slice(start, first.length - end), second.slice(start, second.length - end)];
	if (one.length === 0 && other.length === 0) return [];
	const common = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
	const changed =
		one.length > MAX_LINES || other.length > MAX_LINES
			? [...one.map((line) => `- ${line}`), ...other.map((line) => `+ ${line}`)]
			: alignedLines(one, other);
	return [
		...common(first.slice(Math.max(0, start - CONTEXT), start)),
		...changed,
		...common(first.slice(first.length - end, first.length - end + CONTEXT)),
	];
}

/** The shortest diff, by the longest common subsequence. */
function alignedLines(first: readonly string[], second: readonly string[]): string[] {
	const width = second.length + 1;
	const lengths = new Uint32Array((first.length + 1) * width);
	const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
	for (let i = first.length - 1; i >= 0; i--) {
		for (let j = second.length - 1; j >= 0; j--) {
			lengths[i * width + j] = first[i] === second[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		}
	}
	const lines: string[] = [];
	for (let [i, j] = [0, 0]; i < first.length || j < second.length; ) {
		if (i < first.length && j < second.length && first[i] === second[j]) {
			lines.push(`  ${first[i++]}`);
			j++;
		} else if (j >= second.length || (i < first.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${first[i++]}`);
		else lines.push(`+ ${second[j++]}`);
	}
	return lines;
}
