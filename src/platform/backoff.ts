import type { Clock } from "./clock.ts";

/** Maximum pause after the first failure. Doubled with each further one. */
const FIRST_MS = 1_000;
const MAX_MS = 60_000;

/**
 * The pause after failures: up to 1 s after the first one, doubled with each, up to 60 s, with full jitter.
 */
export class Backoff {
	readonly #clock: Clock;
	readonly #random: () => number;
	#failures = 0;
	#until = Number.NEGATIVE_INFINITY;
	#error: unknown;

	constructor(clock: Clock, random: () => number) {
		this.#clock = clock;
		this.#random = random;
	}

	/** Number of failures since the last success. */
	get failures(): number {
		return this.#failures;
	}

	/** The last failure. */
	get error(): unknown {
		return this.#error;
	}

	/** Time until the pause ends, milliseconds. 0 outside a pause. */
	get remainingMs(): number {
		return Math.max(0, this.#until - this.#clock.monotonic());
	}

	/**
	 * Begins a pause.
	 *
	 * @param from - When it begins, by the monotonic clock. If that is the start of the attempt, a slow one is followed by none.
	 */
	failed(error: unknown, from: number): void {
		this.#until = from + this.#random() * Math.min(MAX_MS, FIRST_MS * 2 ** this.#failures++);
		this.#error = error;
	}

	/** Ends the pause. */
	succeeded(): void {
		this.#failures = 0;
		this.#until = Number.NEGATIVE_INFINITY;
		this.#error = undefined;
	}
}
