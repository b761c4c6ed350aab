import type { Clock } from "./clock.ts";

/** A timer that fires later than this measured a time in which the process stood still, not the step. */
const FREEZE_MS = 1_000;

/** The callbacks for each signal. With one listener per caller on a shared signal, Node would warn of a leak. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `callback` once when a signal is aborted. Returns a function that prevents it. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
	const waiting = callbacks.get(signal) ?? callbacksOf(signal);
	waiting.add(callback);
	return () => waiting.delete(callback);
}

/** A function of its own, because a listener that lives as long as the signal must not keep the first callback. */
function callbacksOf(signal: AbortSignal): Set<() => void> {
	const waiting = new Set<() => void>();
	callbacks.set(signal, waiting);
	signal.addEventListener("abort", () => [...waiting].map((callback) => callback()), { once: true });
	return waiting;
}

/** When the work of a signal must be done, by the monotonic clock. `outer` is a signal whose deadline counts too. */
interface Deadline {
	readonly at: number;
	readonly outer: AbortSignal | undefined;
}

/** The deadlines of signals. */
const deadlines = new WeakMap<AbortSignal, Deadline>();

/** The deadline of a signal by the monotonic clock. Infinite if it has none. */
function deadlineOf(signal: AbortSignal | undefined): number {
	const deadline = signal === undefined ? undefined : deadlines.get(signal);
	return deadline === undefined ? Number.POSITIVE_INFINITY : Math.min(deadline.at, deadlineOf(deadline.outer));
}

/** Time until the deadline of a signal of {@link withDeadline}, milliseconds. Infinite for other signals. */
export function remainingMs(signal: AbortSignal, clock: Pick<Clock, "monotonic">): number {
	return deadlineOf(signal) - clock.monotonic();
}

/** Gives the work of a signal the deadline of a caller that waits for it, if that is earlier. */
export function hasten(signal: AbortSignal, caller: AbortSignal | undefined): void {
	const at = deadlineOf(caller);
	if (at < deadlineOf(signal)) deadlines.set(signal, { at, outer: undefined });
}

/**
 * Runs a step with a deadline. After `ms` milliseconds the step's signal is aborted, and the promise rejects with the error
 * of `onTimeout`, whether or not the step observes its signal. Its later result is ignored.
 *
 * A deadline that passed while the process was frozen (a Lambda environment between invocations, `SIGSTOP`, a laptop that
 * slept) starts again, because nothing is known about the step.
 *
 * @param onTimeout - Creates the error. `isFrozen` is whether the process was frozen meanwhile.
 * @param outer - Ends the step, with its own reason.
 * @param uncounted - The time that does not count against the deadline, while it passes.
 * @param afterFreezeMs - The deadline after the process was frozen.
 */
export async function withDeadline<T>(
	clock: Clock,
	ms: number,
	onTimeout: (isFrozen: boolean) => Error,
	step: (signal: AbortSignal) => Promise<T>,
	outer?: AbortSignal,
	uncounted?: { readonly passedMs: number },
	afterFreezeMs = ms,
): Promise<T> {
	outer?.throwIfAborted();
	const controller = new AbortController();
	let cancelTimer = () => {};
	let forgetOuter = () => {};
	let isFrozen = false;
	const stopped = new Promise<never>((_, reject) => {
		const stop = (reason: unknown) => {
			reject(reason);
			controller.abort(reason);
		};
		const start = (delayMs: number) => {
			const due = clock.monotonic() + delayMs;
			const uncountedBefore = uncounted?.passedMs ?? 0;
			deadlines.set(controller.signal, { at: due, outer });
			cancelTimer = clock.after(delayMs, () => {
				const isLate = clock.monotonic() - due > FREEZE_MS;
				const uncountedMs = (uncounted?.passedMs ?? 0) - uncountedBefore;
				isFrozen ||= isLate;
				if (isLate) start(Math.min(ms, afterFreezeMs));
				else if (uncountedMs > 0) start(uncountedMs);
				else stop(onTimeout(isFrozen));
			});
		};
		start(ms);
		if (outer !== undefined) forgetOuter = onAbort(outer, () => stop(outer.reason));
	});
	try {
		return await Promise.race([step(controller.signal), stopped]);
	} finally {
		cancelTimer();
		forgetOuter();
	}
}

/** A shared promise for one of its callers, whose signal ends the wait of this caller alone. */
export function abortable<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return shared;
	return new Promise<T>((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const forget = onAbort(signal, () => reject(signal.reason));
		shared.then(resolve, reject).finally(forget);
	});
}

/**
 * Waits, and keeps the process alive meanwhile, because a caller waits and nothing else may keep it alive.
 *
 * @param keepsAlive - `false` for work in the background.
 */
export function pause(ms: number, clock: Clock, signal: AbortSignal | undefined, keepsAlive = true): Promise<void> {
	let cancel = () => {};
	const passed = new Promise<void>((resolve) => {
		cancel = clock.after(ms, resolve, keepsAlive);
	});
	return abortable(passed, signal).finally(() => cancel());
}

/** The time in which something runs that does not count against a deadline, such as a function that asks a person. */
export class UncountedTime {
	readonly #clock: Pick<Clock, "monotonic">;
	#passedMs = 0;
	#running = 0;
	#startedAt = 0;

	constructor(clock: Pick<Clock, "monotonic">) {
		this.#clock = clock;
	}

	/** All time so far, milliseconds. */
	get passedMs(): number {
		return this.#running === 0 ? this.#passedMs : this.#passedMs + this.#clock.monotonic() - this.#startedAt;
	}

	/** Runs a step, whose time does not count. */
	async run<T>(step: () => Promise<T>): Promise<T> {
		if (this.#running++ === 0) this.#startedAt = this.#clock.monotonic();
		try {
			return await step();
		} finally {
			const { passedMs } = this;
			if (--this.#running === 0) this.#passedMs = passedMs;
		}
	}
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

	/** Runs a step by {@link withDeadline}, with the time that is left. `end` is the deadline, by the monotonic clock. */
	async run<T>(step: (signal: AbortSignal, end: number) => Promise<T>, outer?: AbortSignal): Promise<T> {
		if (this.#leftMs <= 0) throw this.#onTimeout();
		const start = this.#clock.monotonic();
		const end = start + this.#leftMs;
		try {
			return await withDeadline(this.#clock, this.#leftMs, this.#onTimeout, (signal) => step(signal, end), outer);
		} finally {
			const passedMs = this.#clock.monotonic() - start;
			// A step that took longer than its deadline was frozen.
			if (passedMs <= this.#leftMs + FREEZE_MS) this.#leftMs -= passedMs;
		}
	}
}

/** Ends the steps of an object when it is destroyed, including those that start later. */
export class Lifetime {
	readonly #ended = new AbortController();

	/** Aborts every step with `reason`. */
	end(reason: Error): void {
		this.#ended.abort(reason);
	}

	/** Runs a step, whose signal is aborted by {@link end} or by `outer`. */
	async run<T>(step: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
		this.#ended.signal.throwIfAborted();
		outer?.throwIfAborted();
		const controller = new AbortController();
		deadlines.set(controller.signal, { at: Number.POSITIVE_INFINITY, outer });
		const forgets = [this.#ended.signal, outer]
			.filter((signal) => signal !== undefined)
			.map((signal) => onAbort(signal, () => controller.abort(signal.reason)));
		try {
			return await step(controller.signal);
		} finally {
			for (const forget of forgets) forget();
		}
	}
}
