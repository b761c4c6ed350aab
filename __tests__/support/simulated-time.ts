import type { ManualClock } from "echostream-local";
import type { WatchedNetwork } from "./watched-network.ts";

/** How a call ended, and how long its caller waited by the clock, without the time in which the process was frozen. */
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

const SOME_BYTES = new Uint8Array(64);
/** Nothing that is correct takes longer by the clock. */
const FOREVER_MS = 3_600_000;

/**
 * A time that passes only when nothing else can happen: when every request in progress is stuck, and every step of
 * arithmetic has been done. So the time that a call takes by the clock is what the session decided to wait, and the same in
 * every run.
 */
export class SimulatedTime {
	readonly clock: ManualClock;
	readonly network: WatchedNetwork;
	#frozenMs = 0;
	#ended = 0;

	constructor(clock: ManualClock, network: WatchedNetwork) {
		this.clock = clock;
		this.network = network;
	}

	/** Starts a call. */
	call<T>(name: string, run: () => Promise<T>): Call<T> {
		const call: Call<T> = { name, ending: undefined };
		const start = this.#now();
		const end = (outcome: { value?: T; error?: unknown }) => {
			call.ending = { ...outcome, waitMs: this.#now() - start };
			this.#ended++;
		};
		run().then(
			(value) => end({ value }),
			(error: unknown) => end({ error }),
		);
		return call;
	}

	/** Stops the process for this long. */
	async freeze(ms: number): Promise<void> {
		this.#frozenMs += ms;
		await this.clock.freeze(ms);
	}

	/** Lets everything happen that can happen without time passing. */
	async quiet(): Promise<void> {
		const deadline = performance.now() + 20_000;
		let seen = this.#activity;
		// Requests are seen from start to end. Arithmetic is not, and has some steps: the hashes and keys of a proof.
		for (let calm = 0; calm < (this.clock.pending === 0 ? 4 : 12); calm++) {
			if (performance.now() > deadline) throw new Error(`Requests never ended: ${this.network.open.join(", ")}`);
			if (this.network.moving > 0 || this.#activity !== seen) calm = 0;
			seen = this.#activity;
			if (this.network.moving === 0) await crypto.subtle.digest("SHA-256", SOME_BYTES);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** Lets time pass from timer to timer until `isOver`, or until nothing is left that time could change. */
	async until(isOver: () => boolean): Promise<void> {
		const start = this.clock.monotonic();
		for (;;) {
			await this.quiet();
			const { untilNext } = this.clock;
			if (isOver() || untilNext === undefined || this.clock.monotonic() - start > FOREVER_MS) return;
			await this.clock.advance(untilNext);
		}
	}

	/** Lets this much time pass. */
	async pass(ms: number): Promise<void> {
		const end = this.clock.monotonic() + ms;
		for (;;) {
			await this.quiet();
			const left = end - this.clock.monotonic();
			const step = Math.min(left, this.clock.untilNext ?? left);
			if (left <= 0) return;
			await this.clock.advance(step);
		}
	}

	get #activity(): number {
		return this.network.activity + this.#ended;
	}

	#now(): number {
		return this.clock.monotonic() - this.#frozenMs;
	}
}
