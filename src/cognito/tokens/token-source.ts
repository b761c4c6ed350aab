import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import type { Clock, ServerTime } from "../../platform/clock.ts";
import { abortable } from "../../platform/deadlines.ts";
import { type Logger, notify, type SessionEvent, type SessionEventListener } from "../../platform/events.ts";
import { type Flight, type FlightContext, SingleFlight } from "../../platform/single-flight.ts";
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
	readonly device: UserDevice;
	/** Deadline of each call of a function that answers a challenge, milliseconds. */
	readonly answerTimeoutMs: number;
	readonly clock: Clock;
	readonly serverClock: ServerTime;
	readonly logger: Logger | undefined;
	readonly onEvent: SessionEventListener | undefined;
}

/** Delay before the next attempt after a failed renewal, while the current token is valid. */
const RETRY_RENEWAL_MS = 10_000;

/**
 * The tokens of a user: fresh ones from memory, else new ones by the refresh token, else by a login. One renewal or login is
 * in progress at a time. Its outcome is applied only if nothing newer has taken its place.
 */
export class TokenSource {
	readonly #parts: TokenSourceParts;
	readonly #flights = new SingleFlight<string>();
	#tokens: UserTokens;
	#retryRenewalAt = Number.NEGATIVE_INFINITY;
	#renewalError: Error | undefined;
	#closed: Error | undefined;

	constructor(parts: TokenSourceParts, kept: KeptTokens) {
		this.#parts = parts;
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
	async accessToken({ rejected, interactive = true, signal }: AccessTokenRequest = {}): Promise<string> {
		signal?.throwIfAborted();
		this.#followJump();
		if (rejected !== undefined) this.#tokens.reject(rejected);
		const isBackingOff = this.#parts.clock.monotonic() < this.#retryRenewalAt;
		const token = isBackingOff ? this.#tokens.working : this.#tokens.fresh;
		return token ?? abortable(this.#obtain(interactive, signal), signal);
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
		await this.#wait(this.#start((flight) => this.#login(flight, request), { purpose }));
	}

	/** Sends the caller's response to the challenge that a login stopped at, and finishes that login. */
	async respond(challengeName: string | undefined, responses: Readonly<Record<string, string>>): Promise<void> {
		const { pending } = this.#parts.logins;
		if (pending === undefined || challengeName !== pending.login.challengeName) {
			throw this.missing(`no ${challengeName ?? "challenge"} that waits for a response`);
		}
		const { login, request } = pending;
		const resume = async (flight: FlightContext) =>
			this.#apply(flight, request, await login.resume(responses, this.#interaction(flight)));
		await this.#wait(this.#start(resume));
	}

	/** Stops what is in progress, and removes every secret from memory. */
	clear(): void {
		this.#flights.abandon();
		this.#parts.logins.clear();
		this.#parts.device.clear();
		this.#renewalError = undefined;
		this.#tokens = new UserTokens(this.#parts.serverClock);
	}

	/** Calls {@link clear}. Every later call fails with `reason`. */
	close(reason: Error): void {
		this.#closed ??= reason;
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

	async #obtain(interactive: boolean, signal: AbortSignal | undefined): Promise<string> {
		for (;;) {
			signal?.throwIfAborted();
			const flight = this.#flights.current ?? this.#start((one) => this.#renewOrServe(one), { interactive });
			try {
				const token = await flight.result;
				if (token !== undefined) return token;
			} catch (error) {
				// A flight in the background calls no function that may ask a person. For a caller that waits, another one may.
				const mayRetryInteractively = interactive && !flight.interactive && isEchoStreamError(error);
				if (!mayRetryInteractively || error.code !== "InteractionRequired") throw error;
			}
		}
	}

	#start(
		run: (flight: FlightContext) => Promise<string>,
		{ interactive = true, purpose }: { readonly interactive?: boolean; readonly purpose?: unknown } = {},
	): Flight<string> {
		if (this.#closed !== undefined) throw this.#closed;
		return this.#flights.start({ interactive, purpose }, run);
	}

	/** Waits for a flight, or for what took its place. */
	async #wait(flight: Flight<string>): Promise<void> {
		if ((await flight.result) === undefined) await this.#obtain(true, undefined);
	}

	async #renewOrServe(flight: FlightContext): Promise<string> {
		try {
			return await this.#renewOrLogin(flight);
		} catch (error) {
			const { working } = this.#tokens;
			if (working === undefined || flight.signal.aborted) throw error;
			this.#retryRenewalAt = this.#parts.clock.monotonic() + RETRY_RENEWAL_MS;
			this.#parts.logger?.warn(
				"Renewing the access token failed. The current one is valid and is used until it expires",
				error,
			);
			return working;
		}
	}

	async #renewOrLogin(flight: FlightContext): Promise<string> {
		const hadTokens = this.#tokens.refreshToken !== undefined || this.#renewalError !== undefined;
		const renewed = await this.#renew(flight);
		if (renewed !== undefined) return renewed;
		// With the configured password and answers to challenges.
		const { answers, passwords } = this.#parts.logins;
		return this.#login(flight, { passwords, answers, reason: hadTokens ? "refreshTokenRejected" : "first" });
	}

	/** The new access token. `undefined` where only a login helps. */
	async #renew({ signal }: FlightContext): Promise<string | undefined> {
		const { device, logger, renewal } = this.#parts;
		const { refreshToken } = this.#tokens;
		if (refreshToken === undefined) return undefined;
		try {
			const username = this.#tokens.username ?? this.#parts.username ?? "";
			const tokens = await renewal.renew({ refreshToken, username, deviceKey: device.current?.deviceKey }, signal);
			signal.throwIfAborted();
			this.#tokens.accept(tokens);
			this.#renewalError = undefined;
			this.#notify({ type: "tokensRenewed", expiresInMs: this.#tokens.remainingMs });
			return tokens.AccessToken;
		} catch (error) {
			if (signal.aborted || !(isDefinitive(error) || isNotOffered(error))) throw error;
			if (isForgottenDevice(error)) device.forget();
			if (isDefinitive(error)) this.#tokens.dropRefreshToken(refreshToken);
			if (isReusedToken(error)) {
				logger?.warn(
					"The refresh token was used before, perhaps by another process or by somebody who copied it",
					error,
				);
			}
			this.#renewalError = error as Error;
			return undefined;
		}
	}

	async #login(flight: FlightContext, request: LoginRequest): Promise<string> {
		const { device, logins } = this.#parts;
		const { passwords } = request;
		logins.throwRejection(passwords);
		if (logins.requiresPassword && !passwords.isSet) throw this.missing("no password");
		const { username } = this;
		if (username === undefined) throw this.missing("no user name");
		const subject = { username, device: device.current, keepsDevice: device.isKept };
		return this.#apply(flight, request, await logins.login(request, subject, this.#interaction(flight)));
	}

	/** Applies the outcome of a login, unless something newer has taken its place. */
	#apply({ signal }: FlightContext, request: LoginRequest, outcome: LoginOutcome): string {
		signal.throwIfAborted();
		if ("tokens" in outcome) {
			this.#tokens.accept(outcome.tokens, outcome.username);
			this.#renewalError = undefined;
		}
		this.#parts.logins.apply(outcome, request);
		this.#parts.device.apply(outcome.device);
		if ("error" in outcome) throw outcome.error;
		this.#notify({ type: "signIn", reason: request.reason, username: outcome.username });
		return outcome.tokens.AccessToken;
	}

	#interaction({ interactive, signal }: FlightContext): Interaction {
		const { answerTimeoutMs, clock } = this.#parts;
		return new Interaction({ clock, answerTimeoutMs, isAllowed: interactive, signal });
	}

	#followJump(): void {
		const { serverClock } = this.#parts;
		if (serverClock.hasJumped()) serverClock.assumeSlept();
	}

	#notify(event: SessionEvent): void {
		this.#parts.logger?.info(`Cognito user ${this.username}: ${event.type}`);
		notify(this.#parts.onEvent, event);
	}
}
