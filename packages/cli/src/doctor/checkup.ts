import { Problem } from "./problem.ts";

/** How a check ended, for people and as JSON. */
export interface CheckResult {
	readonly name: string;
	readonly status: "ok" | "warning" | "failed" | "skipped";
	/** Its duration, milliseconds. Absent if it was skipped. */
	readonly ms?: number;
	/** What was found, or why the check was skipped. */
	readonly detail?: string;
	/** What is wrong. */
	readonly problem?: string;
	/** How to mend it. Absent if `problem` contains it. */
	readonly remedy?: string;
}

/** What a check has found. */
export interface Finding<T extends object> {
	/** What later checks need. */
	readonly value: T;
	/** In a few words, for people. */
	readonly detail: string;
	/** What is wrong, although it stops nothing. */
	readonly warning?: Problem | undefined;
}

/** A check that has ended. Its value is absent if it failed or was skipped. */
export interface Checked<T extends object> {
	/** The check itself, or the failed one because of which it was skipped. */
	readonly name: string;
	readonly value?: T;
}

/** How a check is run. */
export interface CheckOptions {
	/** What it means if there is no result in time. */
	readonly onTimeout?: (seconds: number) => Problem;
	/** Maximum duration, milliseconds. Default: that of the checkup. */
	readonly limitMs?: number;
}

/** A series of checks, each with a deadline. One that needs the value of a check that failed is skipped. */
export class Checkup {
	/** The results so far. */
	readonly results: CheckResult[] = [];
	readonly #limitMs: number;
	readonly #around: (name: string, work: () => Promise<CheckResult>) => Promise<CheckResult>;
	readonly #onResult: (result: CheckResult) => void;

	/**
	 * @param limitMs - Maximum duration of a check, milliseconds.
	 * @param onResult - Receives each result when its check ends.
	 * @param around - Runs a check, such as while a spinner turns.
	 */
	constructor(
		limitMs: number,
		onResult: (result: CheckResult) => void,
		around: (name: string, work: () => Promise<CheckResult>) => Promise<CheckResult> = (_, work) => work(),
	) {
		this.#limitMs = limitMs;
		this.#onResult = onResult;
		this.#around = around;
	}

	/** Runs a check with the values of others. What it throws is its problem. */
	async check<T extends object, Needs extends readonly object[]>(
		name: string,
		needs: readonly [...{ [Index in keyof Needs]: Checked<Needs[Index]> }],
		examine: (needed: Needs, signal: AbortSignal) => Promise<Finding<T>>,
		options: CheckOptions = {},
	): Promise<Checked<T>> {
		const missing = (needs as readonly Checked<object>[]).find(({ value }) => value === undefined);
		if (missing !== undefined) {
			this.skip(name, `because of ${missing.name}`);
			return { name: missing.name };
		}
		const values = (needs as readonly Checked<object>[]).map(({ value }) => value) as unknown as Needs;
		let value: T | undefined;
		const result = await this.#around(name, async () => {
			const start = performance.now();
			const timed = () => ({ name, ms: Math.round(performance.now() - start) });
			try {
				const found = await this.#inTime((signal) => examine(values, signal), options);
				value = found.value;
				const { detail, warning } = found;
				if (warning === undefined) return { ...timed(), status: "ok", detail };
				return { ...timed(), status: "warning", detail, ...described(warning) };
			} catch (error) {
				return { ...timed(), status: "failed", ...described(error) };
			}
		});
		this.#add(result);
		return value === undefined ? { name } : { name, value };
	}

	/** Notes a check that does not apply. */
	skip(name: string, detail: string): void {
		this.#add({ name, status: "skipped", detail });
	}

	#add(result: CheckResult): void {
		this.results.push(result);
		this.#onResult(result);
	}

	async #inTime<T>(work: (signal: AbortSignal) => Promise<T>, options: CheckOptions): Promise<T> {
		const { limitMs = this.#limitMs, onTimeout = tookTooLong } = options;
		const stop = new AbortController();
		let timer: NodeJS.Timeout | undefined;
		const deadline = new Promise<never>((_, reject) => {
			timer = setTimeout(() => {
				const problem = onTimeout(limitMs / 1000);
				reject(problem);
				stop.abort(problem);
			}, limitMs);
		});
		try {
			return await Promise.race([work(stop.signal), deadline]);
		} finally {
			clearTimeout(timer);
		}
	}
}

function tookTooLong(seconds: number): Problem {
	return new Problem(`It timed out after ${seconds} s.`, "Pass --timeout with more seconds.");
}

function described(error: unknown): { readonly problem: string; readonly remedy?: string } {
	const problem = error instanceof Error ? error.message : String(error);
	const remedy = error instanceof Problem ? error.remedy : undefined;
	return { problem, ...(remedy === undefined ? {} : { remedy }) };
}
