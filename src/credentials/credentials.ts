import { type AnyEchoStreamError, CredentialsError, isEchoStreamError, safeCause } from "../errors.ts";
import type { Clock, ServerClock } from "../platform/clock.ts";
import { abortable, withDeadline } from "../platform/deadlines.ts";
import { type Logger, notify, type RefreshReason, type SessionEventListener } from "../platform/events.ts";
import type { FetchedCredentials } from "./fetched-credentials.ts";
import { type RefreshWindowOptions, refreshWindows } from "./refresh-windows.ts";

/** One set of AWS keys, read together: never the key of one set with the secret of another. botocore's names. */
export interface FrozenCredentials {
	readonly accessKey: string;
	readonly secretKey: string;
	readonly token: string | undefined;
}

/** The same set as the AWS SDK wants it. `expiration` is by this machine's clock. */
export interface AwsIdentity {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
	readonly expiration?: Date;
}

/** What a caller asks of the credentials beyond "some that work". */
export interface CredentialsRequest {
	/** Fetch a new set now, whatever is left of the present one. */
	readonly forceRefresh?: boolean | undefined;
	/**
	 * Seconds that the set must still live, for what outlasts the call: presigned URLs, long uploads. A new set is fetched
	 * if the present one has less; {@link CredentialsError} `LifetimeTooShort` if that has less too.
	 */
	readonly minTtlSeconds?: number | undefined;
	/** Ends this caller's waiting, and nobody else's. */
	readonly signal?: AbortSignal | undefined;
}

/** The credentials object of a session: the part of botocore's `Credentials` that has a meaning here. */
export interface SessionCredentials {
	/** Where the keys come from: `EchoStreamAwsCredentials`, or `explicit`. */
	readonly method: string;
	/** The keys of now, as one consistent set. */
	getFrozenCredentials(request?: CredentialsRequest): Promise<FrozenCredentials>;
	/**
	 * Whether a refresh is due: fewer than `refreshIn` seconds are left, by default those of the advisory window. `true`
	 * while there are no keys yet.
	 */
	refreshNeeded(refreshIn?: number): boolean;
	/** The same set for the AWS SDK. */
	identity(request?: CredentialsRequest): Promise<AwsIdentity>;
	/** Tells that an AWS service has refused this key, so that it is not served again. */
	reject(accessKeyId: string): void;
}

/** Keys that never change: what {@link EchoStreamSession.setCredentials} makes. */
export class StaticCredentials implements SessionCredentials {
	readonly method = "explicit";
	readonly #identity: AwsIdentity;

	constructor(accessKeyId: string, secretAccessKey: string, sessionToken?: string) {
		this.#identity = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
	}

	async getFrozenCredentials(): Promise<FrozenCredentials> {
		return freeze(this.#identity);
	}

	refreshNeeded(): boolean {
		return false;
	}

	async identity(): Promise<AwsIdentity> {
		return this.#identity;
	}

	reject(): void {}
}

/** What {@link RefreshableCredentials} works with. */
export interface RefreshableCredentialsOptions extends RefreshWindowOptions {
	readonly method: string;
	/** Fetches a new set. `interactive` is false in the background, where nobody can be asked anything. */
	readonly fetch: (request: { interactive: boolean; signal: AbortSignal }) => Promise<FetchedCredentials>;
	/** Asks a server for the time, so that {@link RefreshableCredentialsOptions.serverClock} knows. */
	readonly requestTime: () => Promise<void>;
	readonly clock: Clock;
	readonly serverClock: Pick<ServerClock, "now" | "offset" | "hasJumped" | "assumeSlept">;
	readonly random: () => number;
	/** The life that is asked for a new set, seconds. */
	readonly duration: number;
	/** The whole refresh ends after this time, milliseconds. */
	readonly refreshTimeoutMs: number;
	/** Whether to hand out a set that has expired, while no new one is to be had. */
	readonly serveExpired: boolean;
	readonly logger?: Logger | undefined;
	readonly onEvent?: SessionEventListener | undefined;
}

interface KeySet {
	readonly identity: AwsIdentity;
	/** `identity`, ready to be handed out. */
	readonly served: Promise<AwsIdentity>;
	readonly expiresAt: number;
	readonly advisoryAt: number;
	readonly mandatoryAt: number;
}

interface Flight {
	readonly interactive: boolean;
	readonly result: Promise<KeySet>;
}

/** After a failed refresh, the next try waits up to this long, doubled with each failure. */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** So long a set that was found fresh is served without another look. */
const CHECK_MS = 1_000;
/** A key that a service refuses is dropped at most this often: a service that refuses every key must not drive us. */
const REJECTION_PAUSE_MS = 5_000;
/** Answers round up, clocks drift: a set may live this much longer than asked. */
const LIFETIME_TOLERANCE_MS = 5 * 60_000;

/**
 * AWS keys that are fetched when they are first wanted and renewed before they end. Driven by use: nothing happens, and
 * no timer runs, while nobody asks.
 *
 * | the set in hand | a caller gets |
 * |---|---|
 * | none | a new one: waits, and gets the failure if there is one |
 * | fresh | that set, at once |
 * | in its advisory window | that set, at once; one refresh runs behind |
 * | in its mandatory window (its last minute) | a new one: waits; if the refresh fails, the old one, which still works |
 * | expired | a new one: waits; if the refresh fails, `CredentialsExpired` (or the old one, with `serveExpired`) |
 * | refused by a service | as with none |
 *
 * However many callers there are, one refresh is in flight, and it has a deadline. After a failure the next try backs off
 * with full jitter for as long as the set in hand works. Time is the servers' ({@link ServerClock}).
 */
export class RefreshableCredentials implements SessionCredentials {
	readonly #options: RefreshableCredentialsOptions;
	readonly #clock: Clock;
	#set: KeySet | undefined;
	/** What was found fresh at the last full check, and when that was by this machine's date. */
	#served: Promise<AwsIdentity> | undefined;
	#checkedAt = 0;
	#flight: Flight | undefined;
	#confirming: Promise<void> | undefined;
	#failures = 0;
	#retryAt = Number.NEGATIVE_INFINITY;
	#rejectableAt = Number.NEGATIVE_INFINITY;
	#isRejected = false;
	readonly #closing = new AbortController();

	constructor(options: RefreshableCredentialsOptions) {
		this.#options = options;
		this.#clock = options.clock;
	}

	get method(): string {
		return this.#options.method;
	}

	async getFrozenCredentials(request?: CredentialsRequest): Promise<FrozenCredentials> {
		return freeze(await this.identity(request));
	}

	refreshNeeded(refreshIn?: number): boolean {
		const set = this.#set;
		if (set === undefined) return true;
		const now = this.#options.serverClock.now();
		return refreshIn === undefined ? now >= set.advisoryAt : set.expiresAt - now < refreshIn * 1000;
	}

	identity(request?: CredentialsRequest): Promise<AwsIdentity> {
		// Every request of every client comes by here: one look at one clock, a full check once a second. A date that was set
		// back, or far ahead, does not pass for "within the last second".
		const sinceCheck = this.#clock.now() - this.#checkedAt;
		if (sinceCheck >= 0 && sinceCheck < CHECK_MS && this.#served !== undefined && request === undefined) {
			return this.#served;
		}
		const isPlain = request === undefined || !(request.forceRefresh || request.minTtlSeconds || request.signal);
		return (isPlain ? this.#check() : undefined) ?? this.#settle(request ?? {});
	}

	reject(accessKeyId: string): void {
		const now = this.#options.clock.monotonic();
		if (this.#set?.identity.accessKeyId !== accessKeyId || now < this.#rejectableAt) return;
		this.#rejectableAt = now + REJECTION_PAUSE_MS;
		this.#isRejected = true;
		this.#drop();
	}

	/** Ends every wait, also those to come, with `reason`, and forgets the keys. */
	destroy(reason: Error): void {
		this.#closing.abort(reason);
		this.#drop();
	}

	#drop(): void {
		this.#set = undefined;
		this.#served = undefined;
	}

	/** The set in hand, if it is fresh. */
	#check(): Promise<AwsIdentity> | undefined {
		const set = this.#set;
		const { serverClock } = this.#options;
		if (set === undefined || serverClock.hasJumped()) return undefined;
		const freshForMs = set.advisoryAt - serverClock.now();
		if (freshForMs <= 0) return undefined;
		this.#served = freshForMs > CHECK_MS ? set.served : undefined;
		this.#checkedAt = this.#clock.now();
		return set.served;
	}

	async #settle({ forceRefresh = false, minTtlSeconds = 0, signal }: CredentialsRequest): Promise<AwsIdentity> {
		signal?.throwIfAborted();
		this.#closing.signal.throwIfAborted();
		if (minTtlSeconds > this.#options.duration) throw this.#tooShort(minTtlSeconds, this.#options.duration);
		if (this.#set !== undefined && this.#options.serverClock.hasJumped()) {
			await abortable(this.#confirmTime(), signal);
		}
		const set = this.#set;
		const left = this.#leftOf(set);
		if (set === undefined || forceRefresh || left < minTtlSeconds * 1000) {
			const reason = set === undefined ? (this.#isRejected ? "rejected" : "first") : "forced";
			const fresh = await abortable(this.#refresh(reason, true), signal);
			if (this.#leftOf(fresh) < minTtlSeconds * 1000) {
				throw this.#tooShort(minTtlSeconds, Math.floor(this.#leftOf(fresh) / 1000));
			}
			return fresh.identity;
		}
		const now = this.#options.serverClock.now();
		if (now < set.advisoryAt) return set.identity;
		const isBackingOff = this.#options.clock.monotonic() < this.#retryAt;
		if (now < set.mandatoryAt) {
			if (!isBackingOff) this.#refresh("advisory", false).catch(() => {});
			return set.identity;
		}
		if (isBackingOff && (left > 0 || this.#options.serveExpired)) return set.identity;
		try {
			return (await abortable(this.#refresh("mandatory", true), signal)).identity;
		} catch (error) {
			signal?.throwIfAborted();
			this.#closing.signal.throwIfAborted();
			if (this.#set === set && (this.#leftOf(set) > 0 || this.#options.serveExpired)) return set.identity;
			const cause = safeCause(error);
			throw new CredentialsError(
				"CredentialsExpired",
				`The AWS credentials have expired, and new ones are not to be had: ${cause.message}`,
				{ cause, transient: isEchoStreamError(error) && error.transient },
			);
		}
	}

	/** A new set: of the refresh in flight, or of a new one. */
	async #refresh(reason: RefreshReason, interactive: boolean): Promise<KeySet> {
		const flight = this.#flight ?? this.#startRefresh(reason, interactive);
		try {
			return await flight.result;
		} catch (error) {
			const requiresInteraction = isEchoStreamError(error) && error.code === "InteractionRequired";
			if (!requiresInteraction || flight.interactive || !interactive) throw error;
			return await (this.#flight ?? this.#startRefresh(reason, interactive)).result;
		}
	}

	#startRefresh(reason: RefreshReason, interactive: boolean): Flight {
		const flight: Flight = { interactive, result: this.#fetch(reason, interactive) };
		this.#flight = flight;
		flight.result
			.finally(() => {
				if (this.#flight === flight) this.#flight = undefined;
			})
			.catch(() => {});
		return flight;
	}

	async #fetch(reason: RefreshReason, interactive: boolean): Promise<KeySet> {
		const { clock, refreshTimeoutMs, fetch } = this.#options;
		const onTimeout = () =>
			new CredentialsError("RefreshTimedOut", `No new AWS credentials came within ${refreshTimeoutMs} ms`, {
				transient: true,
			});
		try {
			const step = (signal: AbortSignal) => fetch({ interactive, signal });
			const fetched = await withDeadline(clock, refreshTimeoutMs, onTimeout, step, this.#closing.signal);
			this.#closing.signal.throwIfAborted();
			return this.#accept(fetched, reason);
		} catch (error) {
			this.#closing.signal.throwIfAborted();
			this.#failed(error, reason);
			throw error;
		}
	}

	#accept(fetched: FetchedCredentials, reason: RefreshReason): KeySet {
		const { serverClock, duration, random, logger, onEvent } = this.#options;
		const { expiresAtMs, ...keys } = fetched;
		const lifeMs = expiresAtMs - serverClock.now();
		if (lifeMs <= 0) {
			throw new CredentialsError("InvalidCredentials", "AppSync sent AWS credentials that have already expired", {
				transient: true,
			});
		}
		if (lifeMs > duration * 1000 + LIFETIME_TOLERANCE_MS) {
			throw new CredentialsError(
				"InvalidCredentials",
				`AppSync sent AWS credentials that live ${Math.round(lifeMs / 1000)} s, though ${duration} s were asked`,
			);
		}
		const windows = refreshWindows(lifeMs, this.#options, random());
		const identity = { ...keys, expiration: new Date(expiresAtMs - serverClock.offset()) };
		this.#set = {
			identity,
			served: Promise.resolve(identity),
			expiresAt: expiresAtMs,
			advisoryAt: expiresAtMs - windows.advisoryMs,
			mandatoryAt: expiresAtMs - windows.mandatoryMs,
		};
		this.#served = undefined;
		this.#failures = 0;
		this.#retryAt = Number.NEGATIVE_INFINITY;
		this.#isRejected = false;
		logger?.debug(`New AWS credentials (${reason}), good for ${Math.round(lifeMs / 1000)} s`);
		notify(onEvent, { type: "credentialsRefreshed", reason, expiresInMs: lifeMs });
		return this.#set;
	}

	#failed(error: unknown, reason: RefreshReason): void {
		const { clock, random, logger, onEvent } = this.#options;
		const ceiling = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** this.#failures++);
		const expiresInMs = this.#leftOf(this.#set);
		const isServing = expiresInMs > 0 || (this.#set !== undefined && this.#options.serveExpired);
		const retryInMs = isServing ? random() * ceiling : 0;
		this.#retryAt = clock.monotonic() + retryInMs;
		const known = isEchoStreamError(error) ? error : safeCause(error);
		if (this.#failures === 1) {
			logger?.warn(`No new AWS credentials (${reason}): ${known.message}`);
		}
		notify(onEvent, {
			type: "refreshFailed",
			reason,
			error: known as AnyEchoStreamError | Error,
			expiresInMs,
			retryInMs,
		});
	}

	/** Settles whether the machine slept or its date was changed, by a server's word if one is to be had. */
	#confirmTime(): Promise<void> {
		this.#confirming ??= abortable(this.#options.requestTime(), this.#closing.signal)
			.catch(() => {})
			.then(() => {
				if (this.#options.serverClock.hasJumped()) this.#options.serverClock.assumeSlept();
				this.#confirming = undefined;
			});
		return this.#confirming;
	}

	#leftOf(set: KeySet | undefined): number {
		return set === undefined ? 0 : Math.max(0, set.expiresAt - this.#options.serverClock.now());
	}

	#tooShort(wanted: number, available: number): CredentialsError {
		return new CredentialsError(
			"LifetimeTooShort",
			`Credentials with ${wanted} s left were asked for, and new ones live ${available} s: raise the session's duration`,
		);
	}
}

function freeze({ accessKeyId, secretAccessKey, sessionToken }: AwsIdentity): FrozenCredentials {
	return Object.freeze({ accessKey: accessKeyId, secretKey: secretAccessKey, token: sessionToken });
}
