/** A clock that a session or a tenant takes. The library has the same type: neither package needs the other for it. */
export interface Clock {
	/** The date: milliseconds since 1970-01-01T00:00:00Z. */
	now(): number;
	/** Milliseconds since a fixed moment. Never goes back. */
	monotonic(): number;
	/** Calls `act` once, after `ms` milliseconds, and returns a function that cancels the call. */
	after(ms: number, act: () => void): () => void;
}

/** A clock for tests: time stands still until it is moved. */
export class ManualClock implements Clock {
	#wall: number;
	#monotonic = 0;
	readonly #timers = new Set<{ readonly due: number; readonly act: () => void }>();

	/** @param now - the date it starts with: milliseconds since 1970. Default: 2026-01-01T00:00:00Z. */
	constructor(now: number | Date = Date.UTC(2026, 0, 1)) {
		this.#wall = Number(now);
	}

	now(): number {
		return this.#wall;
	}

	monotonic(): number {
		return this.#monotonic;
	}

	after(ms: number, act: () => void): () => void {
		const timer = { due: this.#monotonic + ms, act };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	}

	/** How many calls of {@link after} are waiting. */
	get pending(): number {
		return this.#timers.size;
	}

	/** Lets so many milliseconds pass: what falls due acts in its order, and what follows from it is waited for. */
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

	/** Moves the date alone, as when someone sets it or the machine slept. */
	jump(ms: number): void {
		this.#wall += ms;
	}

	/** The same clock with a date that is `ms` milliseconds ahead: for two sides that disagree. */
	skewed(ms: number): Clock {
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

/** Lets promises that are ready run their course: microtasks all run before the next macrotask. */
function settle(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
