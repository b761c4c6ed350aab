/** The clock of a tenant that has no other: it runs in real time, from a date that can be moved. */
export class RunningClock {
	#aheadMs = 0;

	/** The date: milliseconds since 1970. */
	now(): number {
		return Date.now() + this.#aheadMs;
	}

	/** Moves the date by this many milliseconds. It runs on from there. */
	jump(ms: number): void {
		this.#aheadMs += ms;
	}
}
