import { type AnyEchoStreamError, CredentialsError, isEchoStreamError, safeCause } from "../errors.ts";
import { Backoff } from "../platform/backoff.ts";
import { type Clock, isRecent } from "../platform/clock.ts";
import { abortable, withDeadline } from "../platform/deadlines.ts";
import { type SessionSubject, traced } from "../platform/diagnostics.ts";
import { notify, type RefreshReason, type SessionEventListener } from "../platform/events.ts";
import type { Log } from "../platform/log.ts";
import type { ServerClock } from "../platform/server-clock.ts";
import { type FlightContext, SingleFlight } from "../platform/single-flight.ts";
import type { FetchedCredentials } from "./fetched-credentials.ts";
import { type RefreshWindowOptions, refreshWindows } from "./refresh-windows.ts";

/** One consistent set of AWS credentials, under botocore's names. */
export interface FrozenCredentials {
	/** The access key id. */
	readonly accessKey: string;
	/** The secret access key. */
	readonly secretKey: string;
	/** The session token. `undefined` for static credentials without one. */
	readonly token: string | undefined;
}

/** One consistent set of AWS credentials, in the form of the AWS SDK. */
export interface AwsIdentity {
	/** The access key id. */
	readonly accessKeyId: string;
	/** The secret access key. */
	readonly secretAccessKey: string;
	/** The session token. Absent for static credentials without one. */
	readonly sessionToken?: string;
	/** Expiry by the local clock. Absent for static credentials. */
	readonly expiration?: Date;
}

/** Options of a call that returns credentials. */
export interface CredentialsRequest {
	/** Whether to refresh now, whatever the remaining lifetime of the current credentials. Default: `false`. */
	readonly forceRefresh?: boolean | undefined;
	/**
	 * Minimum remaining lifetime, seconds, for what outlasts the call, such as presigned URLs and long uploads. The
	 * credentials are refreshed if they have less. If the new ones have less too, the call fails with
	 * {@link CredentialsError} `LifetimeTooShort`.
	 */
	readonly minTtlSeconds?: number | undefined;
	/** Ends the wait of this caller alone. */
	readonly signal?: AbortSignal | undefined;
}

/** The credentials object of a session: botocore's `Credentials`, as far as it applies here. */
export interface SessionCredentials {
	/** Source of the credentials: `EchoStreamAwsCredentials`, or `explicit`. */
	readonly method: string;
	/**
	 * Expiry of the current credentials by the local clock. They may have expired. `undefined` for static ones, and while there
	 * are none.
	 */
	readonly expiration: Date | undefined;
	/** When their refresh begins, by the local clock. `undefined` for static ones, and while there are none. */
	readonly refreshAt: Date | undefined;
	/** Returns the current credentials as one consistent set. */
	getFrozenCredentials(request?: CredentialsRequest): Promise<FrozenCredentials>;
	/**
	 * Whether a refresh is due: fewer than `refreshIn` seconds are left. Default: the advisory window. `true` while there are
	 * no credentials.
	 */
	refreshNeeded(refreshIn?: number): boolean;
	/** Returns the current credentials in the form of the AWS SDK. */
	identity(request?: CredentialsRequest): Promise<AwsIdentity>;
	/**
	 * Reports that an AWS service rejected this access key id, and fetches another set. The rejected one is still served until
	 * there is another one, because the service may be at fault.
	 *
	 * @returns Whether a set with another access key id is there now. Never rejects.
	 */
	reject(accessKeyId: string): Promise<boolean>;
}

/** Credentials that never change: those of {@link EchoStreamSession.setCredentials}. */
export class StaticCredentials implements SessionCredentials {
	readonly method = "explicit";
	readonly expiration = undefined;
	readonly refreshAt = undefined;
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

	async reject(): Promise<boolean> {
		return false;
	}
}

/** Options of one fetch of credentials. */
export interface CredentialsFetch {
	/** Whether functions that may ask a person may be called: not in the background. */
	readonly interactive: boolean;
	/** Whether the user is signed in although the last attempt has just failed, and other processes' credentials do not count. */
	readonly force: boolean;
	/**
	 * Whether credentials that another process has fetched can be used, by the servers' clock: other ones than the current, and
	 * valid for longer than these or than the caller requires.
	 */
	readonly isNew: (fetched: FetchedCredentials) => boolean;
	readonly signal: AbortSignal;
}

/** Options of {@link RefreshableCredentials}. */
export interface RefreshableCredentialsOptions extends RefreshWindowOptions {
	readonly method: string;
	/** Fetches new credentials. */
	readonly fetch: (request: CredentialsFetch) => Promise<FetchedCredentials>;
	/** Requests the time from a server, which sets {@link RefreshableCredentialsOptions.serverClock}. */
	readonly requestTime: () => Promise<void>;
	readonly clock: Clock;
	readonly serverClock: ServerClock;
	readonly random: () => number;
	/** Lifetime to request for new credentials, seconds. */
	readonly duration: number;
	/** Deadline of a whole refresh, milliseconds. */
	readonly totalTimeoutMs: number;
	/** The time that does not count against the deadline. `undefined` if the user reports none. */
	readonly uncounted: { readonly passedMs: number } | undefined;
	/** Number of the user's sign-ins. Each ends the pause after a failed refresh. */
	readonly signIns: () => number;
	/** Whether to serve expired credentials while they cannot be refreshed. */
	readonly serveExpired: boolean;
	/** Whom the credentials are for, in log lines and diagnostics. */
	readonly subject: () => SessionSubject;
	readonly log: Log;
	readonly onEvent?: SessionEventListener | undefined;
}

/** A refresh that has ended. */
export interface LastRefresh {
	/** When it ended, by the local clock. */
	readonly at: Date;
	/** Why it failed. `undefined` if it succeeded. */
	readonly error: Error | undefined;
}

/** What a caller requires of new credentials. */
interface WantedCredentials {
	readonly force?: boolean;
	readonly minTtlSeconds?: number;
}

interface KeySet {
	readonly identity: AwsIdentity;
	/** `identity` as a promise that is created once. */
	readonly served: Promise<AwsIdentity>;
	readonly expiresAt: number;
	readonly advisoryAt: number;
	readonly mandatoryAt: number;
}

/** Time for which credentials that were fresh are served without another check. */
const CHECK_MS = 1_000;
/** Maximum number of rejections in a time that cause a refresh, because a service that rejects every key must not cause one per call. */
const MAX_REJECTIONS = 5;
const REJECTIONS_MS = 5_000;
/** Maximum time for which a caller waits for a refresh while the current credentials are valid. */
const MAX_WAIT_MS = 5_000;
/** Maximum time for which a signature waits for the servers' time. */
const SIGNATURE_WAIT_MS = 1_000;
/** Credentials may be valid for this much longer than requested, because servers round up and clocks drift. */
const LIFETIME_TOLERANCE_MS = 5 * 60_000;

/**
 * AWS credentials that are fetched on first use and refreshed before they expire. Calls drive them: without one, nothing
 * is sent and no timer runs.
 *
 * | current credentials | result of a call |
 * |---|---|
 * | none | waits for new ones, and fails if they cannot be fetched |
 * | fresh | the current ones, immediately |
 * | in the advisory window | the current ones, immediately, while one refresh runs in the background |
 * | in the mandatory window (the last minute) | waits for new ones. If the refresh fails, or takes longer than 5 s or half of the time that is left: the current ones, which are still valid |
 * | expired | waits for new ones. If the refresh fails: `CredentialsExpired`, or the old ones with `serveExpired` |
 * | rejected by a service | the current ones, immediately, while one refresh runs in the background |
 *
 * All callers share one refresh, which has a deadline. After a failure the next attempt backs off ({@link Backoff}), and
 * callers without valid credentials get the same failure meanwhile, unless they force a refresh, or the failure is the
 * user's, who has a pause of its own. Times are the servers' ({@link ServerClock}).
 */
export class RefreshableCredentials implements SessionCredentials {
	readonly #options: RefreshableCredentialsOptions;
	readonly #clock: Clock;
	readonly #flights = new SingleFlight<KeySet>();
	readonly #failures: Backoff;
	readonly #closing = new AbortController();
	#set: KeySet | undefined;
	/** The credentials that were fresh at the last full check, and the local date of that check. */
	#served: Promise<AwsIdentity> | undefined;
	#checkedAt = 0;
	/** Start of the refresh in progress, by the monotonic clock. */
	#startedAt = 0;
	#confirming: Promise<void> | undefined;
	/** Number of the user's sign-ins at the last failed refresh. */
	#signInsAtFailure = 0;
	/** The last rejections that caused a refresh, by the monotonic clock. */
	#rejectedAt: number[] = [];
	#lastRefresh: LastRefresh | undefined;

	constructor(options: RefreshableCredentialsOptions) {
		this.#options = options;
		this.#clock = options.clock;
		this.#failures = new Backoff(options.clock, options.random);
	}

	get method(): string {
		return this.#options.method;
	}

	get expiration(): Date | undefined {
		return this.#set?.identity.expiration;
	}

	get refreshAt(): Date | undefined {
		const set = this.#set;
		return set === undefined ? undefined : new Date(Math.max(0, set.advisoryAt) - this.#options.serverClock.offset());
	}

	/** The last refresh that has ended. */
	get lastRefresh(): LastRefresh | undefined {
		return this.#lastRefresh;
	}

	/** Time until the pause after a failure ends, milliseconds. 0 outside a pause. */
	get pauseMs(): number {
		return this.#failures.remainingMs;
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
		// Every request of every client comes through here, so it reads one clock, and does a full check once a second.
		const isChecked = isRecent(this.#checkedAt, this.#clock.now(), CHECK_MS);
		if (isChecked && this.#served !== undefined && request === undefined) return this.#served;
		const isPlain = request === undefined || !(request.forceRefresh || request.minTtlSeconds || request.signal);
		return (isPlain ? this.#check() : undefined) ?? this.#resolve(request ?? {});
	}

	/** Fetches the first credentials. Does nothing if there are some already, or in the pause after a failure. */
	async first(signal: AbortSignal): Promise<void> {
		const isPausing = this.#failures.remainingMs > 0 && this.#flights.current === undefined;
		if (this.#set === undefined && !isPausing) await this.#refresh("first", true, signal);
	}

	async reject(accessKeyId: string): Promise<boolean> {
		const replaced = this.#replace(accessKeyId).catch(() => false);
		return (await this.#inTime(replaced, MAX_WAIT_MS)) ?? false;
	}

	async #replace(accessKeyId: string): Promise<boolean> {
		await this.#flights.current?.result;
		const set = this.#set;
		if (set?.identity.accessKeyId !== accessKeyId) return set !== undefined;
		if (this.#flights.current === undefined) {
			const now = this.#clock.monotonic();
			this.#rejectedAt = this.#rejectedAt.filter((at) => now - at < REJECTIONS_MS);
			if (this.#rejectedAt.length >= MAX_REJECTIONS || this.#failures.remainingMs > 0) return false;
			this.#rejectedAt.push(now);
			// From now on it is due for a refresh.
			this.#set = { ...set, advisoryAt: Number.NEGATIVE_INFINITY };
			this.#served = undefined;
		}
		return (await this.#refresh("rejected", true)).identity.accessKeyId !== accessKeyId;
	}

	/**
	 * Waits up to a second for the time of a server after a jump of the local date, for a caller that signs by it.
	 *
	 * @returns `undefined` where there is nothing to wait for, because every request of every client calls it.
	 */
	timeConfirmed(): Promise<void> | undefined {
		if (!this.#options.serverClock.hasJumped()) return undefined;
		return this.#inTime(this.#confirmTime(), SIGNATURE_WAIT_MS);
	}

	/** Ends every call, including later ones, with `reason`, and removes the credentials from memory. */
	destroy(reason: Error): void {
		this.#closing.abort(reason);
		this.#flights.close(reason);
		this.#set = undefined;
		this.#served = undefined;
		this.#lastRefresh = undefined;
	}

	/** The current credentials, if they are fresh. */
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

	async #resolve({ forceRefresh = false, minTtlSeconds = 0, signal }: CredentialsRequest): Promise<AwsIdentity> {
		signal?.throwIfAborted();
		this.#closing.signal.throwIfAborted();
		if (minTtlSeconds > this.#options.duration) throw this.#tooShort(minTtlSeconds, this.#options.duration);
		if (this.#set !== undefined && this.#options.serverClock.hasJumped()) await this.#followJump(this.#set, signal);
		const set = this.#set;
		if (set === undefined || forceRefresh || this.#remainingMs(set) < minTtlSeconds * 1000) {
			if (!forceRefresh) this.#throwRecentFailure();
			const reason = set === undefined ? "first" : "forced";
			const fresh = await this.#refresh(reason, true, signal, { force: forceRefresh, minTtlSeconds });
			if (this.#remainingMs(fresh) < minTtlSeconds * 1000) {
				throw this.#tooShort(minTtlSeconds, Math.floor(this.#remainingMs(fresh) / 1000));
			}
			return fresh.identity;
		}
		const now = this.#options.serverClock.now();
		if (now < set.advisoryAt) return set.identity;
		const isBackingOff = this.#failures.remainingMs > 0;
		if (now < set.mandatoryAt) {
			if (!isBackingOff) this.#refresh("advisory", false).catch(() => {});
			return set.identity;
		}
		if (isBackingOff && this.#isServable(set)) return set.identity;
		try {
			this.#throwRecentFailure();
			return await this.#refreshOrServe(set, signal);
		} catch (error) {
			signal?.throwIfAborted();
			this.#closing.signal.throwIfAborted();
			if (this.#set === set && this.#isServable(set)) return set.identity;
			const cause = safeCause(error);
			throw new CredentialsError(
				"CredentialsExpired",
				`The AWS credentials have expired and could not be refreshed: ${cause.message}`,
				{ cause, transient: isEchoStreamError(error) && error.transient },
			);
		}
	}

	/** New credentials, or the current ones if they can be served and the refresh takes long. */
	async #refreshOrServe(set: KeySet, signal: AbortSignal | undefined): Promise<AwsIdentity> {
		const refreshed = this.#refresh("mandatory", true, signal).then(({ identity }) => identity);
		if (!this.#isServable(set)) return refreshed;
		const leftMs = this.#remainingMs(set) > 0 ? this.#remainingMs(set) / 2 : MAX_WAIT_MS;
		const waitMs = Math.min(leftMs, this.#startedAt + MAX_WAIT_MS - this.#clock.monotonic());
		const identity = await this.#inTime(refreshed, waitMs);
		// They may have expired meanwhile, if the process was frozen.
		return identity ?? (this.#isServable(set) ? set.identity : refreshed);
	}

	/** What a promise resolves to, or `undefined` if that takes longer. */
	async #inTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
		promise.catch(() => {});
		if (ms <= 0) return undefined;
		let cancel = () => {};
		const waited = new Promise<undefined>((resolve) => {
			// A caller waits, which keeps the process alive.
			cancel = this.#clock.after(ms, () => resolve(undefined), true);
		});
		try {
			return await Promise.race([promise, waited]);
		} finally {
			cancel();
		}
	}

	/** Throws the last failure of a refresh during the pause after it. */
	#throwRecentFailure(): void {
		const { error, remainingMs } = this.#failures;
		const hasSignedIn = this.#options.signIns() !== this.#signInsAtFailure;
		if (remainingMs > 0 && !hasSignedIn && this.#flights.current === undefined && !isUsers(error)) throw error;
	}

	/** Whether a set may be served although it is due. */
	#isServable(set: KeySet): boolean {
		return this.#remainingMs(set) > 0 || this.#options.serveExpired;
	}

	/** New credentials: of the refresh in progress, or of a new one. */
	#refresh(
		reason: RefreshReason,
		interactive: boolean,
		signal?: AbortSignal,
		wanted: WantedCredentials = {},
	): Promise<KeySet> {
		const { serverClock, subject } = this.#options;
		return this.#flights.join(interactive, signal, (flight) =>
			traced(
				"echostream-botocore:refresh",
				() => ({ ...subject(), reason }),
				() => this.#fetch(reason, wanted, flight),
				({ expiresAt }) => ({ expiresInMs: Math.round(expiresAt - serverClock.now()) }),
			),
		);
	}

	async #fetch(
		reason: RefreshReason,
		{ force = false, minTtlSeconds = 0 }: WantedCredentials,
		{ interactive, signal: outer }: FlightContext,
	): Promise<KeySet> {
		const { clock, totalTimeoutMs, fetch, uncounted } = this.#options;
		const onTimeout = () =>
			new CredentialsError(
				"RefreshTimedOut",
				`Refreshing the AWS credentials timed out after ${totalTimeoutMs} ms. Check the network, or raise totalTimeoutMs.`,
				{ transient: true },
			);
		const startedAt = clock.monotonic();
		this.#startedAt = startedAt;
		try {
			const isNew = (fetched: FetchedCredentials) => !force && this.#isNew(fetched, minTtlSeconds);
			const step = (signal: AbortSignal) => fetch({ interactive, force, isNew, signal });
			const fetched = await withDeadline(clock, totalTimeoutMs, onTimeout, step, outer, uncounted);
			outer.throwIfAborted();
			return this.#accept(fetched, reason);
		} catch (error) {
			if (!outer.aborted) this.#failed(error, reason, startedAt);
			throw error;
		}
	}

	/** Whether credentials of another process are better than the current ones. */
	#isNew({ accessKeyId, expiresAtMs, issuedAtMs = 0 }: FetchedCredentials, minTtlSeconds: number): boolean {
		const set = this.#set;
		if (accessKeyId === set?.identity.accessKeyId) return false;
		const { advisoryMs, mandatoryMs } = refreshWindows(expiresAtMs - issuedAtMs, this.#options, 0);
		// The first ones may be close to expiry: they are served while they are refreshed in the background.
		const marginMs = set === undefined ? mandatoryMs : advisoryMs;
		const remainingMs = expiresAtMs - this.#options.serverClock.now();
		return remainingMs > Math.max(marginMs, minTtlSeconds * 1000);
	}

	#accept(fetched: FetchedCredentials, reason: RefreshReason): KeySet {
		const { serverClock, duration, random, log, onEvent, subject } = this.#options;
		const { expiresAtMs, issuedAtMs, ...keys } = fetched;
		if (issuedAtMs === undefined) {
			const maxLifetimeMs = duration * 1000 + LIFETIME_TOLERANCE_MS;
			const isPossible = (now: number) => expiresAtMs > now && expiresAtMs - now <= maxLifetimeMs;
			if (!serverClock.reconcile(isPossible)) throw impossibleExpiry(expiresAtMs - serverClock.now(), duration);
			serverClock.confirm();
		}
		const lifetimeMs = expiresAtMs - serverClock.now();
		const windows = refreshWindows(expiresAtMs - (issuedAtMs ?? serverClock.now()), this.#options, random());
		const identity = { ...keys, expiration: new Date(expiresAtMs - serverClock.offset()) };
		this.#set = {
			identity,
			served: Promise.resolve(identity),
			expiresAt: expiresAtMs,
			advisoryAt: expiresAtMs - windows.advisoryMs,
			mandatoryAt: expiresAtMs - windows.mandatoryMs,
		};
		this.#served = undefined;
		this.#failures.succeeded();
		this.#lastRefresh = { at: new Date(this.#clock.now()), error: undefined };
		const message = `Refreshed the AWS credentials (${reason}): valid for ${Math.round(lifetimeMs / 1000)} s`;
		log.debug("credentialsRefreshed", message, { ...subject(), reason, expiresInMs: lifetimeMs });
		notify(onEvent, { type: "credentialsRefreshed", reason, expiresInMs: lifetimeMs });
		return this.#set;
	}

	#failed(error: unknown, reason: RefreshReason, startedAt: number): void {
		const { log, onEvent, subject } = this.#options;
		const known = isEchoStreamError(error) ? error : safeCause(error);
		this.#lastRefresh = { at: new Date(this.#clock.now()), error: known };
		const isServing = this.#set !== undefined && this.#isServable(this.#set);
		// Without credentials every call signs the user in, who returns the same failure during a pause of its own.
		if (error === this.#failures.error && !isServing) return;
		this.#signInsAtFailure = this.#options.signIns();
		this.#failures.failed(error, isServing ? this.#clock.monotonic() : startedAt);
		const times = { expiresInMs: this.#remainingMs(this.#set), retryInMs: this.#failures.remainingMs };
		if (this.#failures.failures === 1) {
			const message = `Refreshing the AWS credentials failed (${reason}): ${known.message}`;
			log.warn("refreshFailed", message, { ...subject(), reason, ...times, error: known });
		}
		notify(onEvent, { type: "refreshFailed", reason, error: known as AnyEchoStreamError | Error, ...times });
	}

	/**
	 * After a jump of the local date, requests the time from a server: in the background as long as the credentials are valid
	 * whether the machine slept or the date was set, else before anything else.
	 */
	async #followJump({ mandatoryAt }: KeySet, signal: AbortSignal | undefined): Promise<void> {
		const confirmed = this.#confirmTime();
		if (this.#options.serverClock.latest() >= mandatoryAt) await abortable(confirmed, signal);
	}

	/** Determines whether the machine slept or the local date was set, by the time of a server if one responds soon. */
	#confirmTime(): Promise<void> {
		const { clock, requestTime, serverClock } = this.#options;
		const noTime = () => new Error("No server responded");
		this.#confirming ??= withDeadline(clock, MAX_WAIT_MS, noTime, requestTime, this.#closing.signal)
			.catch(() => {})
			.then(() => {
				if (serverClock.hasJumped()) serverClock.assumeSlept();
				this.#confirming = undefined;
			});
		return this.#confirming;
	}

	#remainingMs(set: KeySet | undefined): number {
		return set === undefined ? 0 : Math.max(0, set.expiresAt - this.#options.serverClock.now());
	}

	#tooShort(wanted: number, available: number): CredentialsError {
		return new CredentialsError(
			"LifetimeTooShort",
			`AWS credentials that are valid for ${wanted} s were required (minTtlSeconds), but new ones are valid for ${available} s. Raise the session's duration.`,
		);
	}
}

/** Whether a failure is the user's, who has a pause of its own, and whom the program may sign in, or was never sent. */
function isUsers(error: unknown): boolean {
	return isEchoStreamError(error) && /^(Authentication|Challenge|Settings)Error$/.test(error.name);
}

function impossibleExpiry(lifetimeMs: number, duration: number): CredentialsError {
	if (lifetimeMs <= 0) {
		return new CredentialsError(
			"InvalidCredentials",
			"AppSync returned AWS credentials that have already expired. Try again later.",
			{ transient: true },
		);
	}
	return new CredentialsError(
		"InvalidCredentials",
		`AppSync returned AWS credentials that are valid for ${Math.round(lifetimeMs / 1000)} s, but ${duration} s were requested. Check duration.`,
	);
}

function freeze({ accessKeyId, secretAccessKey, sessionToken }: AwsIdentity): FrozenCredentials {
	return Object.freeze({ accessKey: accessKeyId, secretKey: secretAccessKey, token: sessionToken });
}
