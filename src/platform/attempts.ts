import type { Clock } from "./clock.ts";
import { pause, withDeadline } from "./deadlines.ts";

/** How often and for how long a request is tried. */
export interface AttemptPolicy {
	readonly clock: Clock;
	readonly random: () => number;
	/** Maximum number of attempts, including the first. */
	readonly maxAttempts: number;
	/** Deadline of each attempt, milliseconds. */
	readonly requestTimeoutMs: number;
	/** Whether the request must not be repeated where the service may have received it. Default: `false`. */
	readonly isOnce?: boolean;
	/**
	 * When the last attempt after a throttled one may start, by the monotonic clock, however many there were. Default: throttled
	 * attempts count as others.
	 */
	readonly throttledUntil?: number | undefined;
}

/** A failure that the next attempt may not have. */
export class TransientFailure extends Error {
	/** What the caller gets if there is no further attempt. */
	readonly error: Error;
	/** Delay that the service requires before the next attempt, milliseconds. */
	readonly retryAfterMs: number;
	/** Whether the service has too many requests, of all its users, and did not look at this one. */
	readonly isThrottled: boolean;

	constructor(error: Error, retryAfterMs = 0, isThrottled = false) {
		super(error.message);
		this.error = error;
		this.retryAfterMs = retryAfterMs;
		this.isThrottled = isThrottled;
	}
}

/** An attempt that timed out because the process was frozen. */
class Frozen extends Error {}

/** Time for the response of an attempt during which the process was frozen. Its connection may be dead. */
const AFTER_FREEZE_MS = 1_000;

const RETRY_DELAY_MS = 100;

/** Maximum delay before the next attempt, milliseconds. */
const MAX_RETRY_DELAY_MS = 5_000;

/** The first delay after a throttled attempt, and the longest one, milliseconds. Both are before jitter. */
const THROTTLED_DELAY_MS = 1_000;
const MAX_THROTTLED_DELAY_MS = 16_000;

/**
 * Sends a request until an attempt succeeds, fails with another error than a {@link TransientFailure}, or none is left.
 *
 * Each attempt has a deadline. The delays between them have full jitter: up to 200 ms after the first one, doubled with
 * each, up to 5 s, after the delay that the service requires. A required delay above 5 s ends the request. An attempt
 * during which the process was frozen does not count. Nor does a throttled one before `throttledUntil`: the delay after it is up
 * to 1 s, doubled with each, up to 16 s, because a whole fleet may be waiting.
 *
 * @param signal - Ends the request, with its own reason.
 * @param onTimeout - The failure of an attempt at its deadline.
 */
export async function withAttempts<T>(
	{ clock, random, maxAttempts, requestTimeoutMs, isOnce = false, throttledUntil }: AttemptPolicy,
	signal: AbortSignal,
	onTimeout: () => Error,
	attempt: (signal: AbortSignal, count: number) => Promise<T>,
): Promise<T> {
	const timedOut = (isFrozen: boolean) => {
		if (isOnce) return onTimeout();
		return isFrozen ? new Frozen() : new TransientFailure(onTimeout());
	};
	const afterFreezeMs = isOnce ? requestTimeoutMs : AFTER_FREEZE_MS;
	let throttled = 0;
	for (let count = 1; ; count++) {
		const step = (stop: AbortSignal) => attempt(stop, count + throttled);
		try {
			return await withDeadline(clock, requestTimeoutMs, timedOut, step, signal, undefined, afterFreezeMs);
		} catch (failure) {
			signal.throwIfAborted();
			if (failure instanceof Frozen) {
				count--;
				continue;
			}
			if (!(failure instanceof TransientFailure)) throw failure;
			const { error, retryAfterMs, isThrottled } = failure;
			if (retryAfterMs > MAX_RETRY_DELAY_MS) throw error;
			const isQueued = isThrottled && throttledUntil !== undefined && maxAttempts > 1;
			if (!isQueued && count >= maxAttempts) throw error;
			const longestMs = isQueued
				? Math.min(MAX_THROTTLED_DELAY_MS, THROTTLED_DELAY_MS * 2 ** throttled)
				: Math.min(MAX_RETRY_DELAY_MS, RETRY_DELAY_MS * 2 ** count);
			const delayMs = retryAfterMs + random() * longestMs;
			if (isQueued) {
				if (clock.monotonic() + delayMs >= throttledUntil) throw error;
				throttled++;
				count--;
			}
			await pause(delayMs, clock, signal);
		}
	}
}
