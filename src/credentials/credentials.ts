import { type AnyEchoStreamError, CredentialsError, isEchoStreamError, safeCause } from "../errors.ts";
import type { Clock, ServerClock } from "../platform/clock.ts";
import { abortable, withDeadline } from "../platform/deadlines.ts";
import { type Logger, notify, type RefreshReason, type SessionEventListener } from "../platform/events.ts";
import type { FetchedCredentials } from "./fetched-credentials.ts";
import { type RefreshWindowOptions, refreshWindows } from "./refresh-windows.ts";

/** One consistent set of AWS credentials, under botocore's names. */
export interface FrozenCredentials {
	readonly accessKey: string;
	readonly secretKey: string;
	readonly token: string | undefined;
}

/** One consistent set of AWS credentials, in the form of the AWS SDK. `expiration` is by the local clock. */
export interface AwsIdentity {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
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
	/** Returns the current credentials as one consistent set. */
	getFrozenCredentials(request?: CredentialsRequest): Promise<FrozenCredentials>;
	/**
	 * Whether a refresh is due: fewer than `refreshIn` seconds are left. Default: the advisory window. `true` while there are
	 * no credentials.
	 */
	refreshNeeded(refreshIn?: number): boolean;
	/** Returns the current credentials in the form of the AWS SDK. */
	identity(request?: CredentialsRequest): Promise<AwsIdentity>;
	/** Reports that an AWS service rejected this access key id, so that it is not served again. */
	reject(accessKeyId: string): void;
}

/** Credentials that never change: those of {@link EchoStreamSession.setCredentials}. */
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

/** Options of {@link RefreshableCredentials}. */
export interface RefreshableCredentialsOptions extends RefreshWindowOptions {
	readonly method: string;
	/** Fetches new credentials. `interactive` is `false` in the background, where no function may ask a person. */
	readonly fetch: (request: { interactive: boolean; signal: AbortSignal }) => Promise<FetchedCredentials>;
	/** Requests the time from a server, which sets {@link RefreshableCredentialsOptions.serverClock}. */
	readonly requestTime: () => Promise<void>;
	readonly clock: Clock;
	readonly serverClock: Pick<ServerClock, "now" | "offset" | "hasJumped" | "assumeSlept">;
	readonly random: () => number;
	/** Lifetime to request for new credentials, seconds. */
	readonly duration: number;
	/** Deadline of a whole refresh, milliseconds. */
	readonly refreshTimeoutMs: number;
	/** Whether to serve expired credentials while they cannot be refreshed. */
	readonly serveExpired: boolean;
	readonly logger?: Logger | undefined;
	readonly onEvent?: SessionEventListener | undefined;
}

interface KeySet {
	readonly identity: AwsIdentity;
	/** `identity` as a promise that is created once. */
	readonly served: Promise<AwsIdentity>;
	readonly expiresAt: number;
	readonly advisoryAt: number;
	readonly mandatoryAt: number;
}

interface Flight {
	readonly interactive: boolean;
	readonly result: Promise<KeySet>;
}

/** Maximum delay after the first failed refresh. Doubled with each further failure. */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** Time for which credentials that were fresh are served without another check. */
const CHECK_MS = 1_000;
/** Minimum time between two rejections, so that a service that rejects every key does not cause a refresh per call. */
const REJECTION_PAUSE_MS = 5_000;
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
 * | in the mandatory window (the last minute) | waits for new ones. If the refresh fails: the current ones, which are still valid |
 * | expired | waits for new ones. If the refresh fails: `CredentialsExpired`, or the old ones with `serveExpired` |
 * | rejected by a service | the same as without any |
 *
 * All callers share one refresh, which has a deadline. After a failure the next attempt backs off with full jitter, as long
 * as the current credentials are valid. Times are the servers' ({@link ServerClock}).
 */
export class RefreshableCredentials implements SessionCredentials {
	readonly #options: RefreshableCredentialsOptions;
	readonly #clock: Clock;
	#set: KeySet | undefined;
	/** The credentials that were fresh at the last full check, and the local date of that check. */
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
		// Every request of every client comes through here, so it reads one clock, and does a full check once a second. A local
		// date that was set back, or far ahead, does not count as "within the last second".
		const sinceCheck = this.#clock.now() - this.#checkedAt;
		if (sinceCheck >= 0 && sinceCheck < CHECK_MS && this.#served !== undefined && request === undefined) {
			return this.#served;
		}
		const isPlain = request === undefined || !(request.forceRefresh || request.minTtlSeconds || request.signal);
		return (isPlain ? this.#check() : undefined) ?? this.#resolve(request ?? {});
	}

	reject(accessKeyId: string): void {
		const now = this.#options.clock.monotonic();
		if (this.#set?.identity.accessKeyId !== accessKeyId || now < this.#rejectableAt) return;
		this.#rejectableAt = now + REJECTION_PAUSE_MS;
		this.#isRejected = true;
		this.#drop();
	}

	/** Ends every call, including later ones, with `reason`, and removes the credentials from memory. */
	destroy(reason: Error): void {
		this.#closing.abort(reason);
		this.#drop();
	}

	#drop(): void {
		this.#set = undefined;
		this.#served = undefined;
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
		if (this.#set !== undefined && this.#options.serverClock.hasJumped()) {
			await abortable(this.#confirmTime(), signal);
		}
		const set = this.#set;
		const remainingMs = this.#remainingMs(set);
		if (set === undefined || forceRefresh || remainingMs < minTtlSeconds * 1000) {
			const reason = set === undefined ? (this.#isRejected ? "rejected" : "first") : "forced";
			const fresh = await abortable(this.#refresh(reason, true), signal);
			if (this.#remainingMs(fresh) < minTtlSeconds * 1000) {
				throw this.#tooShort(minTtlSeconds, Math.floor(this.#remainingMs(fresh) / 1000));
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
		if (isBackingOff && (remainingMs > 0 || this.#options.serveExpired)) return set.identity;
		try {
			return (await abortable(this.#refresh("mandatory", true), signal)).identity;
		} catch (error) {
			signal?.throwIfAborted();
			this.#closing.signal.throwIfAborted();
			if (this.#set === set && (this.#remainingMs(set) > 0 || this.#options.serveExpired)) return set.identity;
			const cause = safeCause(error);
			throw new CredentialsError(
				"CredentialsExpired",
				`The AWS credentials have expired and could not be refreshed: ${cause.message}`,
				{ cause, transient: isEchoStreamError(error) && error.transient },
			);
		}
	}

	/** New credentials: of the refresh in progress, or of a new one. */
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
			new CredentialsError(
				"RefreshTimedOut",
				`Refreshing the AWS credentials timed out after ${refreshTimeoutMs} ms. Check the network, or raise refreshTimeoutMs.`,
				{ transient: true },
			);
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
		const lifetimeMs = expiresAtMs - serverClock.now();
		if (lifetimeMs <= 0) {
			throw new CredentialsError(
				"InvalidCredentials",
				"AppSync returned AWS credentials that have already expired. Try again later.",
				{ transient: true },
			);
		}
		if (lifetimeMs > duration * 1000 + LIFETIME_TOLERANCE_MS) {
			throw new CredentialsError(
				"InvalidCredentials",
				`AppSync returned AWS credentials that are valid for ${Math.round(lifetimeMs / 1000)} s, but ${duration} s were requested. Check duration.`,
			);
		}
		const windows = refreshWindows(lifetimeMs, this.#options, random());
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
		logger?.debug(`Refreshed the AWS credentials (${reason}): valid for ${Math.round(lifetimeMs / 1000)} s`);
		notify(onEvent, { type: "credentialsRefreshed", reason, expiresInMs: lifetimeMs });
		return this.#set;
	}

	#failed(error: unknown, reason: RefreshReason): void {
		const { clock, random, logger, onEvent } = this.#options;
		const ceiling = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** this.#failures++);
		const expiresInMs = this.#remainingMs(this.#set);
		const isServing = expiresInMs > 0 || (this.#set !== undefined && this.#options.serveExpired);
		const retryInMs = isServing ? random() * ceiling : 0;
		this.#retryAt = clock.monotonic() + retryInMs;
		const known = isEchoStreamError(error) ? error : safeCause(error);
		if (this.#failures === 1) {
			logger?.warn(`Refreshing the AWS credentials failed (${reason}): ${known.message}`);
		}
		notify(onEvent, {
			type: "refreshFailed",
			reason,
			error: known as AnyEchoStreamError | Error,
			expiresInMs,
			retryInMs,
		});
	}

	/** Determines whether the machine slept or the local date was set, by the time of a server if one responds. */
	#confirmTime(): Promise<void> {
		this.#confirming ??= abortable(this.#options.requestTime(), this.#closing.signal)
			.catch(() => {})
			.then(() => {
				if (this.#options.serverClock.hasJumped()) this.#options.serverClock.assumeSlept();
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

function freeze({ accessKeyId, secretAccessKey, sessionToken }: AwsIdentity): FrozenCredentials {
	return Object.freeze({ accessKey: accessKeyId, secretKey: secretAccessKey, token: sessionToken });
}
