import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ManualClock } from "echostream-local";
import { MOMENTS, type Moment, runCell } from "./outage-cell.ts";
import { OUTAGE_KINDS, type OutageKind } from "./outage-kinds.ts";
import { OutageWorld, type Step } from "./outage-world.ts";

/** What the callers got of all faults of one group at one moment. */
interface GroupResult {
	/** `current credentials`, `new credentials`, or codes of errors. */
	readonly outcomes: readonly string[];
	readonly longestWaitSeconds: number;
	readonly cells: number;
}

/** By the group of the fault, then by the moment. */
type MatrixResult = Record<string, Partial<Record<Moment, GroupResult>>>;

const CALLERS = [1, 1000];
const RESULTS = new URL("../../docs/failures.json", import.meta.url);
/** Where `npm run docs:failures` wants the results of this run. */
const FOLDER = process.env.REPORT_FOLDER;

/**
 * Tests every fault at every step at every moment, with one caller and with a thousand, and compares what the callers got
 * with `docs/failures.json`, of which the tables in `docs/failures.md` are made.
 */
export function outageMatrix(section: string, steps: readonly Step[]): void {
	const results: MatrixResult = {};
	let world: OutageWorld;
	beforeAll(async () => {
		world = await OutageWorld.start(new ManualClock());
	});
	afterAll(() => world.stop());

	describe.each(steps)("$name", (step) => {
		// A function of the caller's can only be late.
		const isPossible = ({ freezeMs, neverSettles }: OutageKind) =>
			step.callback === undefined || neverSettles === true || freezeMs !== undefined;
		test.each(OUTAGE_KINDS.filter(isPossible))(
			`${step.title}: $name: no call fails while credentials are valid, and the next call recovers`,
			async (kind) => {
				const problems: string[] = [];
				for (const moment of MOMENTS) {
					for (const callers of CALLERS) {
						const result = await runCell(world, { step, kind, moment, callers });
						const where = `${moment}, ${callers === 1 ? "one caller" : `${callers} callers`}`;
						if (result.problems.length > 0) problems.push(`${where}: ${[...new Set(result.problems)].join("; ")}`);
						add(results, groupOf(step, kind), moment, result);
					}
				}
				expect(problems).toEqual([]);
			},
		);
	});

	test(`docs/failures.json has the results of this run: ${section}`, () => {
		if (FOLDER === undefined) {
			expect(results).toEqual(JSON.parse(readFileSync(RESULTS, "utf8")).matrix[section]);
		} else {
			mkdirSync(FOLDER, { recursive: true });
			writeFileSync(`${FOLDER}/${section}.json`, JSON.stringify(results));
		}
	});
}

/** The line of the tables that a cell belongs to. */
function groupOf({ callback }: Step, kind: OutageKind): string {
	if (callback === undefined) return kind.group;
	if (kind.freezeMs === undefined) return `The ${callback} function never settles`;
	return `The process is frozen for five minutes while the ${callback} function runs`;
}

function add(
	results: MatrixResult,
	group: string,
	moment: Moment,
	{ outcomes, waitMs }: { readonly outcomes: readonly string[]; readonly waitMs: number },
): void {
	results[group] ??= {};
	const moments = results[group];
	const before = moments[moment] ?? { outcomes: [], longestWaitSeconds: 0, cells: 0 };
	moments[moment] = {
		outcomes: [...new Set([...before.outcomes, ...outcomes])].sort(),
		longestWaitSeconds: Math.max(before.longestWaitSeconds, Math.ceil(waitMs / 1000)),
		cells: before.cells + 1,
	};
}
