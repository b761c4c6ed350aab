/** A clock for tests: time stands still until it is moved. A session takes it, and so does a tenant. */
export class ManualClock {
	#wall: number;
	#monotonic = 0;
	readonly #timers = new Set<{ readonly due: number; readonly act: () => void }>();

	/**
	 * Creates a clock that stands still.
	 *
	 * @param now - The first date: milliseconds since 1970. Default: 2026-01-01T00:00:00Z.
	 */
	constructor(now: number | Date = Date.UTC(2026, 0, 1)) {
		this.#wall = Number(now);
	}

	/** The date: milliseconds since 1970. */
	now(): number {
		return this.#wall;
	}

	/** Milliseconds that have passed. */
	monotonic(): number {
		return this.#monotonic;
	}

	/** Calls `act` once, when `ms` milliseconds have passed. Returns a function that cancels the call. */
	after(ms: number, act: () => void): () => void {
		const timer = { due: this.#monotonic + ms, act };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	}

	/** Number of calls of {@link after} that are waiting. */
	get pending(): number {
		return this.#timers.size;
	}

	/** Milliseconds until the next call of {@link after} is due. `undefined` if none is waiting. */
	get untilNext(): number | undefined {
		const next = this.#next(Number.POSITIVE_INFINITY);
		return next === undefined ? undefined : Math.max(0, next.due - this.#monotonic);
	}

	/** Lets this many milliseconds pass. What falls due is called in its order, and promises that follow from it settle. */
	async advance(ms: number): Promise<void> {
		const end = this.#monotonic + ms;
		for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
			this.#pass(next.due - this.#monotonic);
			this.#timers.delete(next);
			next.act();
			await settle();
		}
		this.#pass(end - this.#monotonic);
		await settle();
	}

	/**
	 * Lets this many milliseconds pass while nothing runs, as when the process is stopped. What fell due meanwhile is called
	 * afterwards, when all of the time has passed.
	 */
	async freeze(ms: number): Promise<void> {
		this.#pass(ms);
		await this.advance(0);
	}

	/** Moves only the date, as when someone sets it or the machine slept. */
	jump(ms: number): void {
		this.#wall += ms;
	}

	/** The same clock with a date that is `ms` milliseconds ahead: for two sides that disagree. */
	skewed(ms: number): Pick<ManualClock, "now" | "monotonic" | "after"> {
		return {
			now: () => this.now() + ms,
			monotonic: () => this.monotonic(),
			after: (delayMs, act) => this.after(delayMs, act),
		};
	}

	#pass(ms: number): void {
		if (ms <= 0) return;
		this.#monotonic += ms;
		this.#wall += ms;
	}

	#next(end: number) {
		let next: { readonly due: number; readonly act: () => void } | undefined;
		for (const timer of this.#timers) {
			if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
		}
		return next;
	}
}

/** Lets promises settle: all microtasks run before the next macrotask. */
function settle(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
