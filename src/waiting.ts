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
	let cancel = () => {};
	// Nothing else may be going on in the process, and someone waits.
	const passed = new Promise<void>((resolve) => {
		cancel = clock.after(ms, resolve, true);
	});
	return unlessAborted(passed, signal).finally(() => cancel());
}
