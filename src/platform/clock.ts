/**
 * Source of the time for a session. Default: the clock of the system. Tests pass their own.
 */
export interface Clock {
	/** The local date, milliseconds since 1970-01-01T00:00:00Z. It may be wrong, and it may jump. */
	now(): number;
	/** Milliseconds since a fixed moment. Never goes back and never jumps, but may stop while the machine sleeps. */
	monotonic(): number;
	/**
	 * Calls `callback` once after `ms` milliseconds, and returns a function that cancels the call. Keeps the process alive
	 * until then only if `keepsAlive` is `true`, which is for pauses that a caller waits for, not for deadlines.
	 */
	after(ms: number, callback: () => void, keepsAlive?: boolean): () => void;
}

/** Longest delay that a timer supports (24 days). Longer ones fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The clock of the system. */
export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after(ms, callback, keepsAlive = false) {
		const timer: unknown = setTimeout(callback, Math.min(ms, MAX_TIMER_MS));
		if (!keepsAlive) (timer as { unref?: () => void }).unref?.();
		return () => clearTimeout(timer as number);
	},
};

/** Maximum drift between the local date and the monotonic clock. Anything above it is a jump. */
const JUMP_MS = 30_000;

/** Range of plausible server times: from the start of 2020 to the end of 2099. */
const PLAUSIBLE = { from: Date.UTC(2020, 0), to: Date.UTC(2100, 0) } as const;

/** Whether a server may have this time, milliseconds since 1970. */
export function isPlausibleTime(ms: number): boolean {
	return ms >= PLAUSIBLE.from && ms < PLAUSIBLE.to;
}

/** A server time that differs by more than this from the earlier ones is used once a second one confirms it. */
const DOUBT_MS = 60_000;

function isNear(ms: number, other: number | undefined): boolean {
	return other !== undefined && Math.abs(ms - other) <= DOUBT_MS;
}

/**
 * The servers' time, carried forward by the monotonic clock.
 *
 * - The `Date` of a response, or the `iat` of a new token, anchors it ({@link observe}). Until then it is the local date.
 * - After that a wrong or changed local date has no effect, nor has one response with a wrong `Date`.
 * - A local date that runs ahead of the monotonic clock has one of two causes: the machine slept, while the monotonic
 *   clock stood still, or the date was set. {@link hasJumped} detects it. Then the time must come from a server, or
 *   {@link assumeSlept} decides for the sleep.
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

	now(): number {
		if (this.#server === undefined) return this.#clock.now();
		return this.#server + this.#clock.monotonic() - this.#monotonic;
	}

	offset(): number {
		return this.#server === undefined ? 0 : this.now() - this.#clock.now();
	}

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

	/** Of two first server times that differ, the one close to the local date is used. */
	#isLocal(serverMs: number): boolean {
		return !this.#agreed && isNear(serverMs, this.#clock.now());
	}

	hasJumped(): boolean {
		const ahead = this.#clock.now() - this.#wall - (this.#clock.monotonic() - this.#monotonic);
		// The date was set back. It is noted, so that a later sleep is measured in full.
		if (ahead < -JUMP_MS) this.#wall += ahead;
		return ahead > JUMP_MS;
	}

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

/** The servers' time, as a user shares it with its sessions. */
export interface ServerTime {
	/** The servers' time, milliseconds since 1970. */
	now(): number;
	/** Difference between the servers' time and the local date, milliseconds. Positive if the local date is slow. */
	offset(): number;
	/** Notes the time that a server has just reported, milliseconds since 1970. An implausible one is ignored. */
	observe(serverMs: number): void;
	/** Whether the local date has run ahead of the monotonic clock since the last `observe`. */
	hasJumped(): boolean;
	/** Treats the jump of the local date as a sleep: the servers' time has advanced by the same amount. */
	assumeSlept(): void;
}
