import type { Clock } from "./clock.ts";

/**
 * Runs one step that must end: after `ms` milliseconds its signal is aborted and the promise rejects with what `late`
 * makes, whether or not the step listens to its signal. Whatever the step still does after that is ignored.
 */
export async function withDeadline<T>(
	clock: Clock,
	ms: number,
	late: () => Error,
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
		const cancelTimer = clock.after(ms, () => stop(late()));
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

/** `shared`, for one of those who wait for it: their signal ends their waiting, and touches nobody else's. */
export function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return shared;
	return new Promise<T>((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const abort = () => reject(signal.reason);
		signal.addEventListener("abort", abort, { once: true });
		shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
	});
}

const RETRY_DELAY_MS = 100;

/** Nobody waits longer than that before the next attempt, milliseconds. */
export const LONGEST_RETRY_DELAY_MS = 5_000;

/**
 * Waits before the next attempt: full jitter up to 200 ms after the first, doubled with each, 5 s at most; and no shorter
 * than the service has asked for.
 */
export function pauseAfter(
	attempt: number,
	clock: Clock,
	random: () => number,
	signal: AbortSignal | undefined,
	leastMs = 0,
): Promise<void> {
	const ms = leastMs + random() * Math.min(LONGEST_RETRY_DELAY_MS, RETRY_DELAY_MS * 2 ** attempt);
	return pause(ms, clock, signal);
}

/** Waits, and keeps the process alive meanwhile: nothing else may be going on in it, and a caller waits. */
export function pause(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
	let cancel = () => {};
	const passed = new Promise<void>((resolve) => {
		cancel = clock.after(ms, resolve, true);
	});
	return unlessAborted(passed, signal).finally(() => cancel());
}

/** A deadline that several steps share. It runs only while one of them does. */
export class TimeBudget {
	readonly #clock: Clock;
	readonly #onTimeout: () => Error;
	#leftMs: number;

	constructor(clock: Clock, ms: number, onTimeout: () => Error) {
		this.#clock = clock;
		this.#leftMs = ms;
		this.#onTimeout = onTimeout;
	}

	/** Runs one step, as {@link withDeadline} does with what is left. */
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

/** Ends the steps of something that is destroyed, also those that begin later. */
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
		// One listener a step on one signal for all would have Node warn of a leak.
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
