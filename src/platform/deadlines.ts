import type { Clock } from "./clock.ts";

/**
 * Runs a step with a deadline. After `ms` milliseconds the step's signal is aborted, and the promise rejects with the error
 * of `onTimeout`, whether or not the step observes its signal. Its later result is ignored.
 */
export async function withDeadline<T>(
	clock: Clock,
	ms: number,
	onTimeout: () => Error,
	step: (signal: AbortSignal) => Promise<T>,
	outer?: AbortSignal,
): Promise<T> {
	outer?.throwIfAborted();
	const controller = new AbortController();
	let cancel = () => {};
	const stopped = new Promise<never>((_, reject) => {
		const stop = (reason: unknown) => {
			reject(reason);
			controller.abort(reason);
		};
		const stopWithOuter = () => stop(outer?.reason);
		outer?.addEventListener("abort", stopWithOuter, { once: true });
		const cancelTimer = clock.after(ms, () => stop(onTimeout()));
		cancel = () => {
			cancelTimer();
			outer?.removeEventListener("abort", stopWithOuter);
		};
	});
	try {
		return await Promise.race([step(controller.signal), stopped]);
	} finally {
		cancel();
	}
}

/** A shared promise for one of its callers, whose signal ends the wait of this caller alone. */
export function abortable<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return shared;
	return new Promise<T>((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const abort = () => reject(signal.reason);
		signal.addEventListener("abort", abort, { once: true });
		shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
	});
}

const RETRY_DELAY_MS = 100;

/** Maximum delay before the next attempt, milliseconds. */
export const MAX_RETRY_DELAY_MS = 5_000;

/**
 * Waits before the next attempt, with full jitter: up to 200 ms after the first one, doubled with each, up to 5 s.
 *
 * @param minMs - The delay that the service requires, to which the jitter is added.
 */
export function pauseAfter(
	attempt: number,
	clock: Clock,
	random: () => number,
	signal: AbortSignal | undefined,
	minMs = 0,
): Promise<void> {
	const ms = minMs + random() * Math.min(MAX_RETRY_DELAY_MS, RETRY_DELAY_MS * 2 ** attempt);
	return pause(ms, clock, signal);
}

/** Waits, and keeps the process alive meanwhile, because a caller waits and nothing else may keep it alive. */
export function pause(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
	let cancel = () => {};
	const passed = new Promise<void>((resolve) => {
		cancel = clock.after(ms, resolve, true);
	});
	return abortable(passed, signal).finally(() => cancel());
}

/** A deadline that several steps share. Time counts only while one of them runs. */
export class TimeBudget {
	readonly #clock: Clock;
	readonly #onTimeout: () => Error;
	#leftMs: number;

	constructor(clock: Clock, ms: number, onTimeout: () => Error) {
		this.#clock = clock;
		this.#leftMs = ms;
		this.#onTimeout = onTimeout;
	}

	/** Runs a step by {@link withDeadline}, with the time that is left. */
	async run<T>(step: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
		if (this.#leftMs <= 0) throw this.#onTimeout();
		const start = this.#clock.monotonic();
		try {
			return await withDeadline(this.#clock, this.#leftMs, this.#onTimeout, step, outer);
		} finally {
			this.#leftMs -= this.#clock.monotonic() - start;
		}
	}
}

/** Ends the steps of an object when it is destroyed, including those that start later. */
export class Lifetime {
	readonly #running = new Set<AbortController>();
	#reason: Error | undefined;

	/** Aborts every step with `reason`. */
	end(reason: Error): void {
		this.#reason ??= reason;
		for (const controller of this.#running) controller.abort(reason);
	}

	/** Runs a step, whose signal is aborted by {@link end} or by `outer`. */
	async run<T>(step: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
		if (this.#reason !== undefined) throw this.#reason;
		outer?.throwIfAborted();
		// With one listener per step on a shared signal, Node would warn of a leak.
		const controller = new AbortController();
		const stop = () => controller.abort(outer?.reason);
		outer?.addEventListener("abort", stop, { once: true });
		this.#running.add(controller);
		try {
			return await step(controller.signal);
		} finally {
			this.#running.delete(controller);
			outer?.removeEventListener("abort", stop);
		}
	}
}
