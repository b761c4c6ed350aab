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
}

/** A failure that the next attempt may not have. */
export class TransientFailure extends Error {
	/** What the caller gets if there is no further attempt. */
	readonly error: Error;
	/** Delay that the service requires before the next attempt, milliseconds. */
	readonly retryAfterMs: number;

	constructor(error: Error, retryAfterMs = 0) {
		super(error.message);
		this.error = error;
		this.retryAfterMs = retryAfterMs;
	}
}

/** An attempt that timed out because the process was frozen. */
class Frozen extends Error {}

/** Time for the response of an attempt during which the process was frozen. Its connection may be dead. */
const AFTER_FREEZE_MS = 1_000;

const RETRY_DELAY_MS = 100;

/** Maximum delay before the next attempt, milliseconds. */
const MAX_RETRY_DELAY_MS = 5_000;

/**
 * Sends a request until an attempt succeeds, fails with another error than a {@link TransientFailure}, or none is left.
 *
 * Each attempt has a deadline. The delays between them have full jitter: up to 200 ms after the first one, doubled with
 * each, up to 5 s, after the delay that the service requires. A required delay above 5 s ends the request. An attempt
 * during which the process was frozen does not count.
 *
 * @param signal - Ends the request, with its own reason.
 * @param onTimeout - The failure of an attempt at its deadline.
 */
export async function withAttempts<T>(
	{ clock, random, maxAttempts, requestTimeoutMs, isOnce = false }: AttemptPolicy,
	signal: AbortSignal,
	onTimeout: () => Error,
	attempt: (signal: AbortSignal, count: number) => Promise<T>,
): Promise<T> {
	const timedOut = (isFrozen: boolean) => {
		if (isOnce) return onTimeout();
		return isFrozen ? new Frozen() : new TransientFailure(onTimeout());
	};
	const afterFreezeMs = isOnce ? requestTimeoutMs : AFTER_FREEZE_MS;
	for (let count = 1; ; count++) {
		const step = (stop: AbortSignal) => attempt(stop, count);
		try {
			return await withDeadline(clock, requestTimeoutMs, timedOut, step, signal, undefined, afterFreezeMs);
		} catch (failure) {
			signal.throwIfAborted();
			if (failure instanceof Frozen) {
				count--;
				continue;
			}
			if (!(failure instanceof TransientFailure)) throw failure;
			if (count >= maxAttempts || failure.retryAfterMs > MAX_RETRY_DELAY_MS) throw failure.error;
			const jitterMs = random() * Math.min(MAX_RETRY_DELAY_MS, RETRY_DELAY_MS * 2 ** count);
			await pause(failure.retryAfterMs + jitterMs, clock, signal);
		}
	}
}
