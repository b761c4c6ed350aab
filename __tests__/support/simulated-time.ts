import type { ManualClock } from "echostream-local";
import { TestTime } from "./test-time.ts";
import { serviceOf, type WatchedNetwork } from "./watched-network.ts";

const SOME_BYTES = new Uint8Array(64);
/** No request takes longer that will ever end. */
const PATIENCE_MS = 20_000;
/** Nothing that is correct takes longer by the clock. */
const FOREVER_MS = 3_600_000;

/**
 * A time that passes only when nothing else can happen: when every request in progress is stuck, and every step of
 * arithmetic has been done. So the time that a call takes by the clock is what the session decided to wait, and the same in
 * every run.
 */
export class SimulatedTime extends TestTime {
	readonly clock: ManualClock;
	readonly network: WatchedNetwork;
	#isFrozen = false;

	constructor(clock: ManualClock, network: WatchedNetwork) {
		super();
		this.clock = clock;
		this.network = network;
	}

	async freeze(ms: number): Promise<void> {
		this.frozenMs += ms;
		this.#isFrozen = true;
		await this.clock.freeze(ms);
		this.#isFrozen = false;
	}

	sleep(ms: number): void {
		this.clock.jump(ms);
	}

	/** Lets everything happen that can happen without time passing. */
	async quiet(): Promise<void> {
		let seen = this.#activity;
		for (let calm = 0; calm < this.#calmTurns; calm++) {
			while (this.network.moving > 0) await this.#change();
			if (this.#isFrozen || this.#activity !== seen) calm = 0;
			seen = this.#activity;
			if (this.#mayHash) await crypto.subtle.digest("SHA-256", SOME_BYTES);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** The start or end of a request. */
	#change(): Promise<void> {
		return new Promise((resolve, reject) => {
			const giveUp = () => reject(new Error(`Requests never ended: ${this.network.open.join(", ")}`));
			const timer = setTimeout(giveUp, PATIENCE_MS);
			this.network.onChange = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	/**
	 * The turns of the event loop after which nothing more will happen. Requests are seen from start to end. What follows a
	 * response has some steps, which run under a deadline, so that without a timer nothing is in progress.
	 */
	get #calmTurns(): number {
		return this.clock.pending === 0 ? 2 : 4;
	}

	/** Whether the code of an authenticator may be in progress, which another thread hashes. */
	get #mayHash(): boolean {
		const { lastStep } = this.network;
		return this.clock.pending > 0 && serviceOf(lastStep) === "cognito" && !lastStep.startsWith("GetTokens");
	}

	async until(isOver: () => boolean): Promise<void> {
		const start = this.clock.monotonic();
		for (;;) {
			await this.quiet();
			const { untilNext } = this.clock;
			if (isOver() || untilNext === undefined || this.clock.monotonic() - start > FOREVER_MS) return;
			await this.clock.advance(untilNext);
		}
	}

	async pass(ms: number): Promise<void> {
		const end = this.clock.monotonic() + ms;
		for (;;) {
			await this.quiet();
			const left = end - this.clock.monotonic();
			if (left <= 0) return;
			await this.clock.advance(Math.min(left, this.clock.untilNext ?? left));
		}
	}

	get #activity(): number {
		return this.network.activity + this.ended;
	}
}
