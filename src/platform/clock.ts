/**
 * Where a session gets the time from. The default is this machine's; tests pass their own.
 */
export interface Clock {
	/** This machine's idea of the date: milliseconds since 1970-01-01T00:00:00Z. May be wrong, and may jump. */
	now(): number;
	/** Milliseconds since some fixed moment. Never goes back, never jumps; may stand still while the machine sleeps. */
	monotonic(): number;
	/**
	 * Calls `act` once, `ms` milliseconds from now, and returns a function that calls it off. Keeps the process alive until
	 * then only where `keepsAlive` is `true`: for pauses that someone waits through, not for deadlines.
	 */
	after(ms: number, act: () => void, keepsAlive?: boolean): () => void;
}

/** Timers take no longer time, and would go off at once: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after(ms, act, keepsAlive = false) {
		const timer: unknown = setTimeout(act, Math.min(ms, LONGEST_TIMER_MS));
		if (!keepsAlive) (timer as { unref?: () => void }).unref?.();
		return () => clearTimeout(timer as number);
	},
};

/** Wall and monotonic time may drift apart this far before one of them is thought to have jumped. */
const JUMP_MS = 30_000;

/** The range in which the time of a server is plausible: from 2020 up to, and without, 2100. */
const PLAUSIBLE = { from: Date.UTC(2020, 0), to: Date.UTC(2100, 0) } as const;

/** Whether this can be the time of a server, milliseconds since 1970. */
export function isPlausibleTime(ms: number): boolean {
	return ms >= PLAUSIBLE.from && ms < PLAUSIBLE.to;
}

/** A server's word that is further off than this from all that was heard before counts once a second one agrees. */
const DOUBT_MS = 60_000;

function isNear(ms: number, other: number | undefined): boolean {
	return other !== undefined && Math.abs(ms - other) <= DOUBT_MS;
}

/**
 * What the servers say the time is, carried forward by the monotonic clock.
 *
 * - An answer's `Date`, or a fresh token's `iat`, anchors it ({@link observe}); until then this machine's date stands in.
 * - After that a wrong or changed local date makes no difference, and neither does one answer with a wrong `Date`.
 * - A local date that runs ahead of the monotonic clock means one of two things: the machine slept (and the monotonic
 *   clock stood still), or someone set the date. {@link hasJumped} says so; ask a server, or {@link assumeSlept}.
 */
export class ServerClock implements ServerTime {
	readonly #clock: Clock;
	#server: number | undefined;
	#wall: number;
	#monotonic: number;
	#doubted: number | undefined;
	#agreed = false;

	constructor(clock: Clock = systemClock) {
		this.#clock = clock;
		this.#wall = clock.now();
		this.#monotonic = clock.monotonic();
	}

	/** The servers' time, milliseconds since 1970. */
	now(): number {
		if (this.#server === undefined) return this.#clock.now();
		return this.#server + this.#clock.monotonic() - this.#monotonic;
	}

	/** How far this machine's date is behind the servers', milliseconds. */
	offset(): number {
		return this.#server === undefined ? 0 : this.now() - this.#clock.now();
	}

	/** Takes a moment that a server has just named. Anything that is not a plausible time is ignored. */
	observe(serverMs: number): void {
		if (!isPlausibleTime(serverMs)) return;
		const difference = this.#server === undefined || this.hasJumped() ? 0 : serverMs - this.now();
		if (!isNear(difference, 0) && !isNear(difference, this.#doubted) && !this.#isLocal(serverMs)) {
			this.#doubted = difference;
			return;
		}
		this.#agreed = this.#server !== undefined;
		this.#anchor(serverMs);
	}

	/** Of two first words that differ, the one that this machine's date bears out is believed. */
	#isLocal(serverMs: number): boolean {
		return !this.#agreed && isNear(serverMs, this.#clock.now());
	}

	/** Whether this machine's date has moved on without the monotonic clock since the last {@link observe}. */
	hasJumped(): boolean {
		const ahead = this.#clock.now() - this.#wall - (this.#clock.monotonic() - this.#monotonic);
		// Someone set the date back. Noted, so that a sleep after that is seen in full.
		if (ahead < -JUMP_MS) this.#wall += ahead;
		return ahead > JUMP_MS;
	}

	/** Believes the local date's jump: the machine slept, and the servers' time has moved on as far. */
	assumeSlept(): void {
		const slept = this.#clock.now() - this.#wall - (this.#clock.monotonic() - this.#monotonic);
		this.#anchor(this.#server === undefined ? this.#clock.now() : this.now() + slept);
	}

	#anchor(serverMs: number): void {
		this.#server = serverMs;
		this.#wall = this.#clock.now();
		this.#monotonic = this.#clock.monotonic();
		this.#doubted = undefined;
	}
}

/** What time it is for the servers: the clock of a user, of whichever copy of this package. */
export interface ServerTime {
	/** The servers' time, milliseconds since 1970. */
	now(): number;
	/** How far this machine's date is behind the servers', milliseconds. */
	offset(): number;
	/** Takes a moment that a server has just named. Anything that is not a time is ignored. */
	observe(serverMs: number): void;
	/** Whether this machine's date has moved on without the monotonic clock since the last `observe`. */
	hasJumped(): boolean;
	/** Believes the local date's jump: the machine slept, and the servers' time has moved on as far. */
	assumeSlept(): void;
}
