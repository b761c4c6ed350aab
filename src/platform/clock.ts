/**
 * Source of the time for a session. Default: the clock of the system. Tests pass their own.
 */
export interface Clock {
	/** The local date, milliseconds since 1970-01-01T00:00:00Z. It may be wrong, and it may jump. */
	now(): number;
	/** Milliseconds since a fixed moment. Never goes back and never jumps, but may stop while the machine sleeps. */
	monotonic(): number;
	/**
	 * Calls `callback` once after `ms` milliseconds, and returns a function that cancels the call. Keeps the process alive
	 * until then only if `keepsAlive` is `true`, which is for pauses that a caller waits for, not for deadlines.
	 */
	after(ms: number, callback: () => void, keepsAlive?: boolean): () => void;
}

/** Longest delay that a timer supports (24 days). Longer ones fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Whether a moment is within the last `ms` milliseconds. One in the future is not: the local date has been set back since. */
export function isRecent(at: number, now: number, ms: number): boolean {
	const passedMs = now - at;
	return passedMs >= 0 && passedMs < ms;
}

/** The clock of the system. */
export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic() {
		// Node takes 1.5 ms to load `performance` at its first use, which nothing else at startup needs.
		const { process } = globalThis as { process?: Partial<NodeJS.Process> };
		return process?.hrtime?.bigint === undefined ? performance.now() : Number(process.hrtime.bigint()) / 1e6;
	},
	after(ms, callback, keepsAlive = false) {
		const timer: unknown = setTimeout(callback, Math.min(ms, MAX_TIMER_MS));
		if (!keepsAlive) (timer as { unref?: () => void }).unref?.();
		return () => clearTimeout(timer as number);
	},
};
