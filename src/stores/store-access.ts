import { Backoff } from "../platform/backoff.ts";
import type { Clock } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadlines.ts";
import type { Log } from "../platform/log.ts";
import type { StoreEngine } from "./store-engine.ts";

/** Deadline of each call of a store, milliseconds. */
const CALL_MS = 2_000;

/** Result of a call of a store that is unavailable. */
export const UNAVAILABLE = Symbol("unavailable");

/** Who waits for calls of a store. */
export interface StoreCaller {
	/** Whether somebody waits, for whom the process stays alive. */
	readonly interactive: boolean;
	/** Aborted when nobody waits any more. */
	readonly signal: AbortSignal;
	/** Time until the deadline of the caller, milliseconds. It may be infinite. */
	readonly remainingMs: () => number;
}

/** A caller without a deadline. */
export const UNHURRIED: StoreCaller = {
	interactive: true,
	signal: new AbortController().signal,
	remainingMs: () => Number.POSITIVE_INFINITY,
};

/** Options of {@link StoreAccess}. */
export interface StoreAccessOptions {
	readonly store: StoreEngine;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	/** Name of the user, for the log. */
	readonly username: string;
}

/**
 * Calls a store of the program, which may fail, stall, or return anything. Each call has a deadline, of half of the caller's time at
 * most. After a failure the store is not called during a pause ({@link Backoff}). Calls that fail together begin one pause.
 */
export class StoreAccess {
	readonly #options: StoreAccessOptions;
	readonly #failures: Backoff;
	/** When the last pause began, by the monotonic clock. */
	#failedAt = Number.NEGATIVE_INFINITY;

	constructor(options: StoreAccessOptions) {
		this.#options = options;
		this.#failures = new Backoff(options.clock, options.random);
	}

	/** The result of a call, or {@link UNAVAILABLE}. Rejects only with the reason of the caller's signal. */
	async call<T>(
		step: (store: StoreEngine, signal: AbortSignal) => Promise<T>,
		caller?: StoreCaller,
	): Promise<T | typeof UNAVAILABLE> {
		const signal = caller?.signal;
		signal?.throwIfAborted();
		if (this.#failures.remainingMs > 0) return UNAVAILABLE;
		const { clock, log, store, username } = this.#options;
		const startedAt = clock.monotonic();
		const remainingMs = caller?.remainingMs() ?? Number.POSITIVE_INFINITY;
		// A deadline that has passed begins again: the process was frozen.
		const deadlineMs = remainingMs > 0 ? Math.min(CALL_MS, remainingMs / 2) : CALL_MS;
		// Neither a deadline nor a store needs to keep the process alive.
		const letGo = clock.after(deadlineMs, () => {}, caller?.interactive);
		const onTimeout = () => new Error(`The store did not respond within ${Math.round(deadlineMs)} ms`);
		try {
			const result = await withDeadline(clock, deadlineMs, onTimeout, async (one) => step(store, one), signal);
			this.#failures.succeeded();
			return result;
		} catch (error) {
			signal?.throwIfAborted();
			if (startedAt < this.#failedAt) return UNAVAILABLE;
			this.#failedAt = clock.monotonic();
			this.#failures.failed(error, this.#failedAt);
			if (this.#failures.failures === 1) {
				log.warn(
					"storeUnavailable",
					"The store is unavailable. This process signs in and refreshes on its own meanwhile",
					{ username, error },
				);
			}
			return UNAVAILABLE;
		} finally {
			letGo();
		}
	}
}
