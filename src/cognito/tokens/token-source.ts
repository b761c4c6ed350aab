import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import { Backoff } from "../../platform/backoff.ts";
import type { Clock } from "../../platform/clock.ts";
import { pause, remainingMs, UncountedTime } from "../../platform/deadlines.ts";
import { traced } from "../../platform/diagnostics.ts";
import { notify, type SessionEventListener } from "../../platform/events.ts";
import type { Log } from "../../platform/log.ts";
import type { ServerClock } from "../../platform/server-clock.ts";
import { type Flight, type FlightContext, SingleFlight } from "../../platform/single-flight.ts";
import type { MaySpend, OwnTokens, TokenSharing } from "../../stores/token-sharing.ts";
import { isDefinitive, isForgottenDevice, isNotOffered, isReusedToken } from "../api/exceptions.ts";
import type { UserDevice } from "../login/devices.ts";
import { Interaction } from "../login/interaction.ts";
import type { LoginOutcome } from "../login/login.ts";
import type { LoginPolicy, LoginRequest } from "../login/login-policy.ts";
import type { CognitoRenewal } from "./renewal.ts";
import { type KeptTokens, UserTokens } from "./user-tokens.ts";

/** Options of a call that returns an access token. */
export interface AccessTokenRequest {
	/** A token that a service has just rejected. It is renewed if it is still the current one. */
	readonly rejected?: string | undefined;
	/** Whether functions that may ask a person may be called. Default: `true`. */
	readonly interactive?: boolean | undefined;
	/**
	 * Whether to try although the last attempt has just failed. Otherwise its failure is returned during a pause. A verdict
	 * of Cognito on the password is returned in both cases. Default: `false`.
	 */
	readonly force?: boolean | undefined;
	/** Ends the wait of this caller alone. */
	readonly signal?: AbortSignal | undefined;
}

/** Options of {@link TokenSource}, which does not own them. */
export interface TokenSourceParts {
	readonly userPoolId: string;
	/** Configured name or alias of the user. */
	readonly username: string | undefined;
	readonly logins: LoginPolicy;
	readonly renewal: CognitoRenewal;
	/** Where the user shares its tokens with other processes. */
	readonly sharing: () => TokenSharing | undefined;
	readonly device: UserDevice;
	/** Maximum delay of the first sign-in, milliseconds. */
	readonly startSpreadMs: number;
	/** Deadline of each call of a function that may ask a person, milliseconds. */
	readonly answerTimeoutMs: number | undefined;
	readonly clock: Clock;
	readonly random: () => number;
	readonly serverClock: ServerClock;
	readonly log: Log;
	readonly onEvent: SessionEventListener | undefined;
}

/** Errors of a renewal or login that sent nothing. */
const UNSENT: ReadonlySet<string> = new Set(["InteractionRequired", "InvalidSettings", "NotSignedIn"]);

/** Time without a rejected token after which the next one is renewed at once. */
const REJECTIONS_END_MS = 120_000;

/**
 * The tokens of a user: fresh ones from memory, else new ones by the refresh token, else by a login.
 *
 * - One renewal or login is in progress at a time. Its outcome is applied only if nothing newer has taken its place.
 * - After a failure the next attempt backs off: meanwhile callers get the current token while it is valid, else the failure.
 *   So do renewals of tokens that services reject one after the other. Explicit calls, such as {@link login}, do not wait.
 */
export class TokenSource {
	readonly #parts: TokenSourceParts;
	readonly #flights = new SingleFlight<string>();
	readonly #failures: Backoff;
	readonly #rejections: Backoff;
	#rejectedAt = Number.NEGATIVE_INFINITY;
	#tokens: UserTokens;
	#renewalError: Error | undefined;
	#closed: Error | undefined;
	readonly #uncounted: UncountedTime;
	/** Maximum delay of the first sign-in, milliseconds. */
	#startSpreadMs: number;
	#signIns = 0;
	/** Whether a renewal replaces the refresh token. `undefined` before the first one. */
	#isRotated: boolean | undefined;
	/** The device of tokens that another process has received. */
	#sharedDeviceKey: string | undefined;

	constructor(parts: TokenSourceParts, kept: KeptTokens) {
		this.#parts = parts;
		this.#failures = new Backoff(parts.clock, parts.random);
		this.#rejections = new Backoff(parts.clock, parts.random);
		this.#uncounted = new UncountedTime(parts.clock);
		this.#startSpreadMs = parts.startSpreadMs;
		this.#tokens = new UserTokens(parts.serverClock, kept);
	}

	/** The current tokens. */
	get tokens(): UserTokens {
		return this.#tokens;
	}

	/** The configured user name, else that of the access token. */
	get username(): string | undefined {
		return this.#parts.username || this.#tokens.username;
	}

	/** The challenge at which a login stopped. */
	get challengeName(): string | undefined {
		return this.#parts.logins.pending?.login.challengeName;
	}

	/** Returns a valid access token. */
	async accessToken({ rejected, interactive = true, force = false, signal }: AccessTokenRequest = {}): Promise<string> {
		signal?.throwIfAborted();
		this.#followJump();
		if (rejected !== undefined) this.#reject(rejected);
		const isBackingOff = this.#failures.remainingMs > 0;
		const token = isBackingOff ? this.#tokens.working : this.#tokens.fresh;
		if (token !== undefined) return token;
		if (isBackingOff && !force && this.#flights.current === undefined) throw this.#failures.error;
		return this.#flights.join(interactive, signal, (flight) => this.#renewOrServe(flight));
	}

	/** Number of sign-ins that have succeeded. */
	get signIns(): number {
		return this.#signIns;
	}

	/** Time until the next attempt may be made, milliseconds. 0 outside a pause. */
	get pauseMs(): number {
		return Math.max(this.#failures.remainingMs, this.#parts.logins.rejectedForMs);
	}

	/** The time in which functions run that may ask a person, and in which the first sign-in is delayed. */
	get uncounted(): UncountedTime {
		return this.#uncounted;
	}

	/** Whether the access token should be renewed. */
	isDue(): boolean {
		this.#followJump();
		return this.#tokens.fresh === undefined;
	}

	/** Renews the tokens, even while the current ones are fresh. */
	async renew(): Promise<void> {
		const { current } = this.#flights;
		if (current?.interactive) return this.#wait(current);
		await this.#wait(this.#start((flight) => this.#renewOrLogin(flight)));
	}

	/**
	 * Signs in, even if the user is signed in already.
	 *
	 * @param purpose - Callers with the same one share one login.
	 */
	async login(request: LoginRequest, purpose?: unknown): Promise<void> {
		const { current } = this.#flights;
		if (purpose !== undefined && current?.purpose === purpose) return this.#wait(current);
		this.#parts.logins.clearRejection();
		await this.#wait(this.#start((flight) => this.#publish(flight, this.#login(flight, request)), { purpose }));
	}

	/** Sends the caller's response to the challenge that a login stopped at, and finishes that login. */
	async respond(challengeName: string | undefined, responses: Readonly<Record<string, string>>): Promise<void> {
		const { pending } = this.#parts.logins;
		if (pending === undefined || challengeName !== pending.login.challengeName) {
			throw this.missing(`no ${challengeName ?? "challenge"} that waits for a response`);
		}
		const { login, request } = pending;
		const resume = (flight: FlightContext) =>
			this.#signIn(flight, request, () => login.resume(responses, this.#interaction(flight)));
		await this.#wait(this.#start((flight) => this.#publish(flight, resume(flight))));
	}

	/** Allows the next attempt at once. */
	endPause(): void {
		this.#failures.succeeded();
	}

	/** Stops what is in progress, and removes every secret from memory. */
	clear(): void {
		this.#flights.abandon();
		this.endPause();
		this.#parts.logins.clear();
		this.#parts.device.clear();
		this.#renewalError = undefined;
		this.#tokens = new UserTokens(this.#parts.serverClock);
	}

	/** Calls {@link clear}. Every later call fails with `reason`. */
	close(reason: Error): void {
		this.#closed ??= reason;
		this.#flights.close(this.#closed);
		this.clear();
	}

	/** The error for a user who lacks something to sign in with. */
	missing(what: string): Error {
		if (this.#closed !== undefined) return this.#closed;
		const subject = `User ${this.username ?? "(without a name)"} of user pool ${this.#parts.userPoolId}`;
		if (this.#renewalError !== undefined) {
			return new AuthenticationError(
				"RefreshTokenRejected",
				`${subject} can no longer be signed in: Cognito rejected the refresh token, and there is ${what} to sign in with. Call authenticate(password), or set \`username\` and \`password\`.`,
				{ cause: this.#renewalError },
			);
		}
		return new AuthenticationError(
			"NotSignedIn",
			`${subject} is not signed in, and there is ${what}. Call authenticate(password), or set \`username\` and \`password\`.`,
		);
	}

	/** Notes that a service rejected a token. One that follows another too soon is kept. */
	#reject(token: string): void {
		const now = this.#parts.clock.monotonic();
		if (now - this.#rejectedAt > REJECTIONS_END_MS) this.#rejections.succeeded();
		if (this.#rejections.remainingMs > 0 || !this.#tokens.reject(token)) return;
		this.#rejectedAt = now;
		this.#rejections.failed(undefined, now);
	}

	#start(
		run: (flight: FlightContext) => Promise<string>,
		{ interactive = true, purpose }: { readonly interactive?: boolean; readonly purpose?: unknown } = {},
	): Flight<string> {
		return this.#flights.start({ interactive, purpose }, (flight) => this.#backingOff(flight, run));
	}

	/** Waits for a flight, or for what took its place. */
	async #wait(flight: Flight<string>): Promise<void> {
		if ((await flight.result) === undefined) await this.accessToken();
	}

	async #renewOrServe(flight: FlightContext): Promise<string> {
		try {
			return await this.#backingOff(flight, (one) => this.#renewOrLogin(one));
		} catch (error) {
			const { working } = this.#tokens;
			if (working === undefined || flight.signal.aborted) throw error;
			this.#parts.log.warn(
				"renewalFailed",
				"Renewing the access token failed. The current one is valid and is used until it expires",
				{ username: this.username, expiresInMs: this.#tokens.remainingMs, error },
			);
			return working;
		}
	}

	/** Runs a renewal or a login. Its failure begins a pause, and its success ends one. */
	async #backingOff(flight: FlightContext, run: (flight: FlightContext) => Promise<string>): Promise<string> {
		const startedAt = this.#parts.clock.monotonic();
		try {
			const token = await run(flight);
			if (!flight.signal.aborted) this.#failures.succeeded();
			return token;
		} catch (error) {
			const isUnsent = isEchoStreamError(error) && UNSENT.has(error.code);
			const isNew = error !== this.#failures.error;
			if (!flight.signal.aborted && !isUnsent && isNew) this.#failures.failed(error, startedAt);
			throw error;
		}
	}

	async #renewOrLogin(flight: FlightContext): Promise<string> {
		const sharing = this.#parts.sharing();
		if (sharing === undefined) return this.#renewOrLoginAlone(flight);
		const renew = async (maySpend: MaySpend) => {
			await this.#renewOrLoginAlone(flight, maySpend);
		};
		await sharing.renew(this.#ownTokens(flight), renew, this.#caller(flight));
		return this.#tokens.accessToken ?? "";
	}

	async #renewOrLoginAlone(flight: FlightContext, maySpend?: MaySpend): Promise<string> {
		const hadTokens = this.#tokens.refreshToken !== undefined || this.#renewalError !== undefined;
		const renewed = await this.#renew(flight, maySpend);
		if (renewed !== undefined) return renewed;
		// With the configured password and answers to challenges.
		const { answers, passwords } = this.#parts.logins;
		const request = { passwords, answers, reason: hadTokens ? "refreshTokenRejected" : "first" } as const;
		try {
			return await this.#login(flight, request);
		} catch (error) {
			// Only the refresh token is left, although another process may have sent it.
			const isRejected = isEchoStreamError(error) && error.code === "SignInRejected";
			const token = maySpend !== undefined && isRejected ? await this.#renew(flight) : undefined;
			if (token === undefined) throw error;
			return token;
		}
	}

	/** The new access token. `undefined` where only a login helps. */
	async #renew({ signal }: FlightContext, maySpend?: MaySpend): Promise<string | undefined> {
		const { device, log, logins, onEvent } = this.#parts;
		const { refreshToken } = this.#tokens;
		if (refreshToken === undefined) return undefined;
		if (maySpend !== undefined && !(await maySpend()) && logins.maySignIn) return undefined;
		try {
			const token = await traced(
				"echostream-botocore:renewal",
				() => ({ username: this.username }),
				() => this.#exchange(refreshToken, signal),
				() => ({ expiresInMs: Math.round(this.#tokens.remainingMs) }),
			);
			const expiresInMs = this.#tokens.remainingMs;
			const message = `Renewed the tokens of user ${this.username}: valid for ${Math.round(expiresInMs / 1000)} s`;
			log.info("tokensRenewed", message, { username: this.username, expiresInMs });
			notify(onEvent, { type: "tokensRenewed", expiresInMs });
			return token;
		} catch (error) {
			if (signal.aborted || !(isDefinitive(error) || isNotOffered(error))) throw error;
			if (isForgottenDevice(error)) device.forget();
			if (isDefinitive(error)) this.#tokens.dropRefreshToken(refreshToken);
			if (isReusedToken(error)) {
				log.warn(
					"refreshTokenReused",
					"The refresh token was used before, perhaps by another process or by somebody who copied it",
					{ username: this.username, error },
				);
			}
			this.#renewalError = error as Error;
			return undefined;
		}
	}

	/** Exchanges the refresh token for new tokens. */
	async #exchange(refreshToken: string, signal: AbortSignal): Promise<string> {
		const { device, renewal } = this.#parts;
		const username = this.#tokens.username ?? this.#parts.username ?? "";
		const deviceKey = this.#sharedDeviceKey ?? device.current?.deviceKey;
		const tokens = await renewal.renew({ refreshToken, username, deviceKey }, signal);
		signal.throwIfAborted();
		this.#isRotated = tokens.RefreshToken !== undefined && tokens.RefreshToken !== refreshToken;
		this.#tokens.accept(tokens);
		this.#renewalError = undefined;
		return tokens.AccessToken;
	}

	async #login(flight: FlightContext, request: LoginRequest): Promise<string> {
		const { device, logins } = this.#parts;
		const { passwords } = request;
		logins.throwRejection(passwords);
		if (logins.requiresPassword && !passwords.isSet) throw this.missing("no password");
		const { username } = this;
		if (username === undefined) throw this.missing("no user name");
		if (request.reason === "first") await this.#spread(flight.signal);
		const subject = { username, device: device.current, keepsDevice: device.isKept };
		return this.#signIn(flight, request, () => logins.login(request, subject, this.#interaction(flight)));
	}

	/** Runs a login, or its rest, and applies its outcome. */
	#signIn(flight: FlightContext, request: LoginRequest, run: () => Promise<LoginOutcome>): Promise<string> {
		const { reason } = request;
		return traced(
			"echostream-botocore:sign-in",
			() => ({ username: this.username, reason }),
			async () => this.#apply(flight, request, await run()),
		);
	}

	/** Delays the first sign-in of a process by a random time. Processes that share one need no delay. */
	async #spread(signal: AbortSignal): Promise<void> {
		const { clock, random, sharing } = this.#parts;
		const spreadMs = this.#startSpreadMs;
		this.#startSpreadMs = 0;
		if (spreadMs > 0 && sharing() === undefined) {
			await this.#uncounted.run(() => pause(random() * spreadMs, clock, signal));
		}
	}

	/** Applies the outcome of a login, unless something newer has taken its place. */
	#apply({ signal }: FlightContext, request: LoginRequest, outcome: LoginOutcome): string {
		signal.throwIfAborted();
		if ("tokens" in outcome) {
			this.#tokens.accept(outcome.tokens, outcome.username);
			this.#renewalError = undefined;
			this.#sharedDeviceKey = undefined;
		}
		this.#parts.logins.apply(outcome, request);
		this.#parts.device.apply(outcome.device);
		if ("error" in outcome) throw outcome.error;
		this.#signIns++;
		const { log, onEvent } = this.#parts;
		const { reason } = request;
		const { username } = outcome;
		log.info("signIn", `Signed in user ${username} (${reason})`, {
			username,
			reason,
			expiresInMs: this.#tokens.remainingMs,
		});
		notify(onEvent, { type: "signIn", reason, username });
		return outcome.tokens.AccessToken;
	}

	/** Shares the tokens of a login. */
	async #publish(flight: FlightContext, login: Promise<string>): Promise<string> {
		const token = await login;
		await this.#parts.sharing()?.publish(this.#ownTokens(flight), this.#caller(flight));
		return token;
	}

	/** Who waits for a flight, with the earliest deadline of its callers. */
	#caller({ interactive, signal }: FlightContext) {
		const { clock, logins } = this.#parts;
		// Without a password, only a refresh token helps, which another process may be sending.
		return { interactive, signal, remainingMs: () => remainingMs(signal, clock), isPatient: !logins.maySignIn };
	}

	#ownTokens({ signal }: FlightContext): OwnTokens {
		const { device, serverClock } = this.#parts;
		const { accessToken: former } = this.#tokens;
		return {
			current: () => {
				const { accessToken, idToken, refreshToken } = this.#tokens;
				const deviceKey = this.#sharedDeviceKey ?? device.current?.deviceKey;
				return { accessToken, idToken, refreshToken, deviceKey, isRotated: this.#isRotated };
			},
			isNew: (tokens) => tokens.accessToken !== former && new UserTokens(serverClock, tokens).fresh !== undefined,
			isLater: (tokens) =>
				this.#tokens.accessToken === undefined ||
				new UserTokens(serverClock, tokens).remainingMs > this.#tokens.remainingMs,
			adopt: (tokens) => {
				signal.throwIfAborted();
				this.#tokens = new UserTokens(serverClock, tokens);
				this.#sharedDeviceKey = tokens?.deviceKey;
				this.#isRotated = tokens?.isRotated ?? this.#isRotated;
				this.#renewalError = undefined;
			},
		};
	}

	#interaction({ interactive, signal }: FlightContext): Interaction {
		const { answerTimeoutMs, clock } = this.#parts;
		const uncounted = this.#uncounted;
		return new Interaction({ clock, answerTimeoutMs, isAllowed: interactive, signal, uncounted });
	}

	#followJump(): void {
		const { serverClock } = this.#parts;
		if (serverClock.hasJumped()) serverClock.assumeSlept();
	}
}
