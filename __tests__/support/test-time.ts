import type { Clock } from "../../src/index.ts";

/** How a call ended, and how long its caller waited, without the time in which the process was frozen. */
export interface Ending<T> {
	readonly value?: T;
	readonly error?: unknown;
	readonly waitMs: number;
}

/** A call that somebody waits for. */
export interface Call<T> {
	readonly name: string;
	ending: Ending<T> | undefined;
}

/** The time of a test: simulated or real. */
export abstract class TestTime {
	abstract readonly clock: Clock;
	/** Number of calls that have ended. */
	protected ended = 0;
	/** Time in which the process was frozen, milliseconds. */
	protected frozenMs = 0;

	/** Lets this much time pass. */
	abstract pass(ms: number): Promise<void>;

	/** Lets time pass until `isOver`, or until nothing is left that time could change. */
	abstract until(isOver: () => boolean): Promise<void>;

	/** Stops the process for this long. */
	abstract freeze(ms: number): Promise<void>;

	/** Lets only the date advance, as when the computer sleeps. */
	abstract sleep(ms: number): void;

	/** Starts a call. */
	call<T>(name: string, run: () => Promise<T>): Call<T> {
		const call: Call<T> = { name, ending: undefined };
		const start = this.#now();
		const end = (outcome: { value?: T; error?: unknown }) => {
			call.ending = { ...outcome, waitMs: this.#now() - start };
			this.ended++;
		};
		run().then(
			(value) => end({ value }),
			(error: unknown) => end({ error }),
		);
		return call;
	}

	#now(): number {
		return this.clock.monotonic() - this.frozenMs;
	}
}

/** The time of the system. */
export class RealTime extends TestTime {
	readonly clock: Clock;

	constructor(clock: Clock) {
		super();
		this.clock = clock;
	}

	pass(ms: number): Promise<void> {
		return new Promise((resolve) => setTimeout(resolve, ms));
	}

	async until(isOver: () => boolean): Promise<void> {
		for (const end = performance.now() + 120_000; !isOver() && performance.now() < end; ) await this.pass(2);
	}

	/** A test cannot make a real computer sleep. */
	sleep(_ms: number): void {}

	async freeze(ms: number): Promise<void> {
		this.frozenMs += ms;
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
	}
}
