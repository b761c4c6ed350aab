import { type Clock, systemClock } from "./clock.ts";

/** Maximum drift between the local date and the monotonic clock. Anything above it is a jump. */
const JUMP_MS = 30_000;

/** Range of plausible server times: from the start of 2020 to the end of 2099. */
const PLAUSIBLE = { from: Date.UTC(2020, 0), to: Date.UTC(2100, 0) } as const;

/** Server times that differ by more than this contradict each other. */
const DOUBT_MS = 60_000;

/** A `Date` may be older than the time by this much. */
const DATE_PRECISION_MS = 2_500;

/** Two services must contradict the clock for at least this long before it follows them. */
const AGREEMENT_MS = 10_000;

/** The services whose responses have a date. */
export type TimeSource = "AppSync" | "Cognito";

/** A time that differs from the clock's, from one service. */
interface Doubt {
	/** Its difference to the clock, milliseconds. */
	readonly difference: number;
	/** When the service first named it, by the monotonic clock. */
	readonly since: number;
}

/** Whether a server may have this time, milliseconds since 1970. */
function isPlausibleTime(ms: number): boolean {
	return ms >= PLAUSIBLE.from && ms < PLAUSIBLE.to;
}

function isNear(ms: number, other: number): boolean {
	return Math.abs(ms - other) <= DOUBT_MS;
}

/**
 * The servers' time, carried forward by the monotonic clock. Until a server has named a time, it is the local date.
 *
 * - {@link observe}: the `Date` of a response of a service. The first one counts. A later one that contradicts the clock
 *   counts once both services have named the same time, ten seconds apart, or where it agrees with the local date, and
 *   nothing has confirmed the clock yet.
 * - {@link prove}: the time at which Cognito issued a new token. It outweighs every `Date`.
 * - {@link reconcile}: new credentials whose expiry is possible at a doubted time only decide for that time.
 * - A local date that runs ahead of the monotonic clock has one of two causes: the machine slept, while the monotonic
 *   clock stood still, or the date was set. {@link hasJumped} detects it. Then the time must come from a server, or
 *   {@link assumeSlept} decides for the sleep.
 */
export class ServerClock {
	readonly #clock: Clock;
	readonly #doubts = new Map<TimeSource, Doubt>();
	#server: number | undefined;
	#wall: number;
	#monotonic: number;
	#source: TimeSource | undefined;
	#isConfirmed = false;
	/** The time of the last new token, and when that was by the monotonic clock. */
	#proven: { readonly server: number; readonly monotonic: number } | undefined;
	/** By how much {@link assumeSlept} has moved the clock, milliseconds, until a server names a time. */
	#assumedMs = 0;

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

	/** Whether a server has named a time. */
	get isKnown(): boolean {
		return this.#server !== undefined;
	}

	/** Difference between the servers' time and the local date, milliseconds. Positive if the local date is slow. */
	offset(): number {
		return this.#server === undefined ? 0 : this.now() - this.#clock.now();
	}

	/** Notes the time that a service has just named, milliseconds since 1970. An implausible one is ignored. */
	observe(serverMs: number, source: TimeSource): void {
		if (!isPlausibleTime(serverMs)) return;
		if (this.#server === undefined || this.#mayFollow(serverMs)) {
			if (this.#server !== undefined && source !== this.#source) this.#isConfirmed = true;
			this.#source ??= source;
			this.#anchor(this.#precise(serverMs));
			return;
		}
		const difference = serverMs - this.now();
		const earlier = this.#doubts.get(source);
		const since = earlier !== undefined && isNear(earlier.difference, difference) ? earlier.since : this.#monotonicNow;
		this.#doubts.set(source, { difference, since });
		if (this.#isAgreed(difference)) this.#anchor(serverMs);
	}

	/** Notes the time at which Cognito has just issued a token, milliseconds since 1970. */
	prove(issuedMs: number): void {
		if (!isPlausibleTime(issuedMs)) return;
		// The token may have waited for a process that was frozen, so an earlier time does not set a confirmed clock back.
		const isOld = this.#isConfirmed && issuedMs < this.now();
		if (this.#server === undefined || this.hasJumped() || !(isOld || isNear(issuedMs, this.now()))) {
			this.#anchor(issuedMs);
		}
		this.confirm();
		this.#proven = { server: this.now(), monotonic: this.#monotonicNow };
	}

	/** Notes that something a service has just sent is possible at this time only. */
	confirm(): void {
		this.#isConfirmed = true;
		this.#doubts.clear();
	}

	/**
	 * Follows a doubted time if `isPossible` is `true` for it, and not for the clock's own.
	 *
	 * @returns Whether the time is possible now.
	 */
	reconcile(isPossible: (serverMs: number) => boolean): boolean {
		const possible = [...this.possibleTimes(), this.#clock.now()].find(isPossible);
		if (possible === undefined) return false;
		if (possible !== this.now()) this.#anchor(possible);
		return true;
	}

	/**
	 * The times that it may be: the clock's, the one that the last new token had, the doubted ones, and the local date, until
	 * something confirms the clock.
	 */
	possibleTimes(): number[] {
		const proven =
			this.#proven === undefined ? [] : [this.#proven.server + this.#monotonicNow - this.#proven.monotonic];
		const doubted = [...this.#doubts.values()].map(({ difference }) => this.now() + difference);
		return [this.now(), ...proven, ...doubted, ...(this.#isConfirmed ? [] : [this.#clock.now()])];
	}

	/** Whether the local date has run ahead of the monotonic clock since the last time that a server named. */
	hasJumped(): boolean {
		const ahead = this.#jumpMs();
		// The date was set back. It is noted, so that a later sleep is measured in full.
		if (ahead < -JUMP_MS) this.#wall += ahead;
		return ahead > JUMP_MS;
	}

	/** The latest time that it may be after a jump of the local date: as after a sleep. */
	latest(): number {
		if (this.#server === undefined || !this.hasJumped()) return this.now();
		return this.now() + this.#jumpMs();
	}

	/** Treats the jump of the local date as a sleep: the servers' time has advanced by the same amount. */
	assumeSlept(): void {
		const assumedMs = this.latest() - this.now();
		this.#anchor(this.latest());
		this.#assumedMs = assumedMs;
		this.#isConfirmed = false;
	}

	get #monotonicNow(): number {
		return this.#clock.monotonic();
	}

	#jumpMs(): number {
		return this.#clock.now() - this.#wall - (this.#monotonicNow - this.#monotonic);
	}

	/** Whether a time agrees with the clock, with what it may be after a jump, or with the local date of a new session. */
	#mayFollow(serverMs: number): boolean {
		const possible = [this.now(), this.latest(), this.now() - this.#assumedMs];
		if (possible.some((ms) => isNear(serverMs, ms))) return true;
		return !this.#isConfirmed && isNear(serverMs, this.#clock.now());
	}

	/** A `Date` has no fraction of a second, and has been on its way. A time that agrees with it is more precise. */
	#precise(serverMs: number): number {
		const times = [this.now(), this.latest(), this.#clock.now()];
		return times.find((ms) => ms >= serverMs && ms < serverMs + DATE_PRECISION_MS) ?? serverMs;
	}

	#isAgreed(difference: number): boolean {
		const agreeing = [...this.#doubts.values()].filter((doubt) => isNear(doubt.difference, difference));
		return agreeing.length > 1 && agreeing.some(({ since }) => this.#monotonicNow - since >= AGREEMENT_MS);
	}

	#anchor(serverMs: number): void {
		this.#server = serverMs;
		this.#wall = this.#clock.now();
		this.#monotonic = this.#clock.monotonic();
		this.#doubts.clear();
		this.#assumedMs = 0;
	}
}
