import { isEchoStreamError, releaseFrames } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { type UncountedTime, withDeadline } from "../../platform/deadlines.ts";
import { challengeError } from "./challenge-error.ts";

/** Options of {@link Interaction}. */
export interface InteractionOptions {
	readonly clock: Clock;
	/** Maximum time for one call, milliseconds. */
	readonly answerTimeoutMs: number | undefined;
	/** Whether a caller waits, so that functions may ask a person. */
	readonly isAllowed: boolean;
	/** Ends every call, with its reason. */
	readonly signal: AbortSignal;
	/** Receives the time in which functions run. */
	readonly uncounted: UncountedTime;
}

/**
 * The calls of the program's own functions during one login: those that return a password, or the answer to a challenge.
 * They may wait for a person, so they are never called in the background, and each has a deadline of its own.
 */
export class Interaction {
	readonly signal: AbortSignal;
	readonly #options: InteractionOptions;

	constructor(options: InteractionOptions) {
		this.signal = options.signal;
		this.#options = options;
	}

	/** Whether functions may be called. */
	get isAllowed(): boolean {
		return this.#options.isAllowed;
	}

	/**
	 * Calls one function.
	 *
	 * @param ask - Its signal is aborted when the answer is no longer needed.
	 * @param onFailure - Makes the error for what the function throws. The errors of this package pass unchanged.
	 * @param defaultTimeoutMs - Deadline where the program has set none. Default: the longest time that Cognito keeps a login
	 * open for.
	 * @throws ChallengeError `InteractionRequired` in the background, `AnswerTimedOut` after the deadline.
	 */
	async call<Value>(
		challengeName: string,
		ask: (signal: AbortSignal) => Value | Promise<Value>,
		onFailure: (cause: unknown) => Error,
		defaultTimeoutMs = 15 * 60_000,
	): Promise<Value> {
		const { clock, answerTimeoutMs = defaultTimeoutMs, signal: outer, uncounted } = this.#options;
		if (!this.isAllowed) throw challengeError("InteractionRequired", challengeName);
		const onTimeout = () => challengeError("AnswerTimedOut", challengeName);
		const step = async (signal: AbortSignal) => {
			try {
				return await ask(signal);
			} catch (error) {
				if (error instanceof Error) releaseFrames(error);
				throw isEchoStreamError(error) ? error : onFailure(error);
			}
		};
		return uncounted.run(() => withDeadline(clock, answerTimeoutMs, onTimeout, step, outer));
	}
}
