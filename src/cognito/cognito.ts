import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { type Clock, ServerClock, type ServerTime, systemClock } from "../clock.ts";
import { AuthenticationError, isEchoStreamError } from "../errors.ts";
import { type SessionEvent, tell } from "../events.ts";
import type { HttpHandler } from "../http-handler.ts";
import { unlessAborted } from "../waiting.ts";
import { codeResponse } from "./challenges.ts";
import { type AccountAccess, CognitoAccount } from "./cognito-account.ts";
import { CognitoApi } from "./cognito-api.ts";
import { isDefinitive, isForgottenDevice, isNotOffered } from "./cognito-exceptions.ts";
import { type CognitoOptions, settleCognitoOptions } from "./cognito-options.ts";
import { CognitoRenewal } from "./cognito-renewal.ts";
import { CognitoSignIn, type LoginRequest } from "./cognito-sign-in.ts";
import { jwtClaims } from "./jwt-claims.ts";
import { type Password, PasswordSource } from "./password-source.ts";
import { type Course, type Flight, SingleFlight } from "./single-flight.ts";
import { TokenVerifier, type VerifiedTokens } from "./token-verification.ts";
import { UserTokens } from "./user-tokens.ts";

export type { CognitoOptions } from "./cognito-options.ts";
export type { Password } from "./password-source.ts";

/** How a caller wants an access token. */
export interface AccessTokenRequest {
	/** A token that a service has just refused: it is renewed if it is still the current one. */
	readonly rejected?: string | undefined;
	/** Whether functions that may ask a person may be called. Default: `true`. */
	readonly interactive?: boolean | undefined;
	/** Ends this caller's waiting, and nobody else's. */
	readonly signal?: AbortSignal | undefined;
}

/** What a session needs of its user. */
export interface CognitoUser {
	readonly username: string | undefined;
	/** What time it is for the servers. */
	readonly serverClock: ServerTime;
	/** What sends the user's requests; the session's use it, too. */
	readonly requestHandler: HttpHandler;
	/** An access token that works, from memory where it can be. */
	getAccessToken(request?: AccessTokenRequest): Promise<string>;
}

/** After a failed renewal the old token, while it works, is served for so long before the next try. */
const RETRY_RENEWAL_MS = 10_000;

/**
 * A user of a Cognito user pool, who signs in by SRP and stays signed in: `pycognito.Cognito`, in the part that a session
 * and its user need.
 *
 * - Making one checks the options and sends nothing.
 * - Tokens come from memory until two minutes before their end, by the servers' clock. Then the refresh token gets new
 *   ones; where Cognito will not take it any more, the password does.
 * - A refused login is not repeated by itself for five minutes, so that nobody is locked out: {@link authenticate} does it.
 * - A renewal that fails takes nothing away: the access token is served as long as it works.
 * - However many ask at once, there is one login or renewal; a newer one takes an older one's place.
 *
 * @example
 * ```ts
 * import { AppSession, Cognito } from "echostream-botocore";
 *
 * const { USER_POOL_ID = "", CLIENT_ID = "", USER_NAME, PASSWORD } = process.env;
 * const user = new Cognito({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID, username: USER_NAME, password: PASSWORD });
 * const session = new AppSession({ cognito: user }); // and others may share the user
 * await session.ready();
 * console.log(await user.getUser());
 * ```
 */
export class Cognito extends CognitoAccount implements CognitoUser {
	/** Id of the user pool. */
	readonly userPoolId: string;
	/** Id of the app client. */
	readonly clientId: string;
	/** Region of the user pool. */
	readonly userPoolRegion: string;
	/** What time it is for the servers. */
	readonly serverClock: ServerTime;

	readonly #options: Omit<CognitoOptions, "password" | "device">;
	readonly #clock: Clock;
	readonly #api: CognitoApi;
	readonly #renewal: CognitoRenewal;
	readonly #signIn: CognitoSignIn;
	readonly #verifier: TokenVerifier;
	readonly #flights = new SingleFlight<string>();
	#tokens: UserTokens;
	#retryRenewalAt = Number.NEGATIVE_INFINITY;
	#lost: Error | undefined;

	/** @throws SettingsError that lists everything wrong with the options. */
	constructor(options: CognitoOptions) {
		super();
		const { userPoolId, clientId, userPoolRegion, ...limits } = settleCognitoOptions(options);
		const { clock = systemClock, random = Math.random, password, device, ...rest } = options;
		this.userPoolId = userPoolId;
		this.clientId = clientId;
		this.userPoolRegion = userPoolRegion;
		this.serverClock = new ServerClock(clock);
		this.#options = rest;
		this.#clock = clock;
		const serverTime = this.serverClock;
		const region = userPoolRegion;
		this.#api = new CognitoApi({ ...rest, ...limits, userPoolId, region, clock, random, serverTime });
		this.#renewal = new CognitoRenewal({ api: this.#api, clientId, clientSecret: rest.clientSecret });
		this.#signIn = new CognitoSignIn({
			api: this.#api,
			clock,
			serverTime,
			user: { ...rest, ...(device === undefined ? {} : { device }) },
			password,
			username: () => this.username,
			accept: (course, result) => this.#accept(course, result),
			nothing: (what) => this.#nothing(what),
			emit: (event) => this.#emit(event),
		});
		this.#tokens = new UserTokens(serverTime, options);
		this.#verifier = new TokenVerifier({ api: this.#api, userPoolId, clientId, serverTime });
	}

	/** The user's name as it was given, else as the access token has it. */
	get username(): string | undefined {
		return this.#options.username || this.#tokens.username;
	}

	/** The id token that came with the access token. It may have expired. */
	get idToken(): string | undefined {
		return this.#tokens.idToken;
	}

	/** The access token as it is. It may have expired: {@link getAccessToken} gives one that works. */
	get accessToken(): string | undefined {
		return this.#tokens.accessToken;
	}

	/** The refresh token. With rotation it changes at every renewal. */
	get refreshToken(): string | undefined {
		return this.#tokens.refreshToken;
	}

	/** The challenge that {@link authenticate} stopped at, and that waits for {@link respondToChallenge}. */
	get challengeName(): string | undefined {
		return this.#signIn.challengeName;
	}

	/** What sends the user's requests. */
	get requestHandler(): HttpHandler {
		return this.#api.requestHandler;
	}

	/**
	 * Signs in, whatever there was before, and keeps the password for the day the refresh token dies.
	 *
	 * @param password - Default: the one of the options.
	 * @throws AuthenticationError, or ChallengeError where Cognito asks for something that `challenges` does not answer.
	 */
	async authenticate(
		password?: Password,
		{ clientMetadata }: { readonly clientMetadata?: Readonly<Record<string, string>> } = {},
	): Promise<void> {
		const underWay = this.#flights.current;
		const purpose = password ?? this.#signIn.passwords;
		if (underWay?.purpose === purpose) return this.#wait(underWay);
		const source = password === undefined ? this.#signIn.passwords : new PasswordSource(password);
		const answers = this.#options.challenges ?? {};
		return this.#logIn({ source, answers, reason: "requested", clientMetadata }, purpose);
	}

	/** Signs in with a temporary password, and replaces it. */
	async newPasswordChallenge(password: string, newPassword: string): Promise<void> {
		const answers = { ...this.#options.challenges, NEW_PASSWORD_REQUIRED: newPassword };
		await this.#logIn({ source: new PasswordSource(password), answers, reason: "requested" }, undefined);
	}

	/** Finishes a login that stopped at `SOFTWARE_TOKEN_MFA`. */
	async respondToSoftwareTokenMfaChallenge(code: string): Promise<void> {
		await this.#respond("SOFTWARE_TOKEN_MFA", codeResponse("SOFTWARE_TOKEN_MFA", code));
	}

	/** Finishes a login that stopped at `SMS_MFA`. */
	async respondToSmsMfaChallenge(code: string): Promise<void> {
		await this.#respond("SMS_MFA", codeResponse("SMS_MFA", code));
	}

	/**
	 * Finishes a login that stopped at {@link challengeName}, whichever it is.
	 *
	 * @param responses - `ChallengeResponses` in Cognito's names, less `USERNAME` and `SECRET_HASH`.
	 */
	async respondToChallenge(responses: Readonly<Record<string, string>>): Promise<void> {
		await this.#respond(this.challengeName, responses);
	}

	/** An access token that works: from memory, else by the refresh token, else by the password. */
	async getAccessToken({ rejected, interactive = true, signal }: AccessTokenRequest = {}): Promise<string> {
		signal?.throwIfAborted();
		if (this.serverClock.hasJumped()) this.serverClock.assumeSlept();
		if (rejected !== undefined) this.#tokens.reject(rejected);
		const isResting = this.#clock.monotonic() < this.#retryRenewalAt;
		const token = isResting ? this.#tokens.working : this.#tokens.fresh;
		return token ?? unlessAborted(this.#obtain(interactive, signal), signal);
	}

	/**
	 * Says whether the access token has come so near its end, or past it, that it must be renewed, and renews it.
	 *
	 * @throws AuthenticationError `NothingToSignInWith` where there is no access token.
	 */
	async checkToken({ renew = true }: { readonly renew?: boolean } = {}): Promise<boolean> {
		if (this.#tokens.accessToken === undefined) throw this.#nothing("no access token to check");
		if (this.serverClock.hasJumped()) this.serverClock.assumeSlept();
		if (this.#tokens.fresh !== undefined) return false;
		if (renew) await this.renewAccessToken();
		return true;
	}

	/** Gets new tokens, also where the present ones are still good. */
	async renewAccessToken(): Promise<void> {
		const { current } = this.#flights;
		if (current?.interactive) return this.#wait(current);
		await this.#wait(this.#flights.launch(true, undefined, (course) => this.#renewOrLogIn(course)));
	}

	/**
	 * Checks the id token and the access token as a service would: signature, issuer, app client, use, `exp` and `nbf`. The
	 * user itself never needs it.
	 *
	 * The key set comes from the user's own endpoint through its own request handler, within `requestTimeoutMs`, and is kept
	 * for an hour. It is fetched again for a token that names an unknown key, at most once a minute.
	 *
	 * @throws AuthenticationError `InvalidToken`; `InvalidKeySet` where the key set is malformed; `CognitoUnavailable` and the
	 * like where it could not be fetched.
	 */
	async verifyTokens(): Promise<VerifiedTokens> {
		const { idToken, accessToken } = this.#tokens;
		if (idToken === undefined && accessToken === undefined) throw this.#nothing("no tokens to verify");
		if (this.serverClock.hasJumped()) this.serverClock.assumeSlept();
		return this.#verifier.verify({ idToken, accessToken });
	}

	/** Signs the user out of everything, and forgets tokens and password. */
	async logout(): Promise<void> {
		const { working, refreshToken } = this.#tokens;
		this.#flights.abandon();
		this.#signIn.forget();
		this.#lost = undefined;
		this.#tokens = new UserTokens(this.serverClock);
		if (working !== undefined) {
			await this.#api.send("GlobalSignOut", { AccessToken: working }, "account");
		} else if (refreshToken !== undefined) {
			const { clientSecret } = this.#options;
			const secret = clientSecret === undefined ? {} : { ClientSecret: clientSecret };
			const input = { Token: refreshToken, ClientId: this.clientId, ...secret };
			await this.#api.send("RevokeToken", input, "account");
		}
	}

	/** Closes the user's connections, unless they are of a `requestHandler` that was given. */
	destroy(): void {
		this.#api.destroy();
	}

	/** Lets `await using` call {@link destroy}. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.destroy();
	}

	/** What may be shown of a user: no password and no token. */
	toJSON(): object {
		const { userPoolId, clientId, username } = this;
		return { userPoolId, clientId, username, isSignedIn: this.#tokens.working !== undefined };
	}

	/** What `console.log` shows. */
	[Symbol.for("nodejs.util.inspect.custom")](): string {
		return `Cognito ${JSON.stringify(this)}`;
	}

	/** @internal */
	protected override account(): AccountAccess {
		return {
			api: this.#api,
			clientId: this.clientId,
			clientSecret: this.#options.clientSecret,
			username: () => {
				const { username } = this;
				if (username === undefined) throw this.#nothing("no user name");
				return username;
			},
			accessToken: () => this.getAccessToken(),
			passwordChanged: (password) => this.#signIn.passwordChanged(password),
		};
	}

	async #obtain(interactive: boolean, signal: AbortSignal | undefined): Promise<string> {
		for (;;) {
			signal?.throwIfAborted();
			const { current } = this.#flights;
			const flight = current ?? this.#flights.launch(interactive, undefined, (course) => this.#renewOrServe(course));
			try {
				const token = await flight.result;
				if (token !== undefined) return token;
			} catch (error) {
				// What a background flight may not ask, a caller who waits may.
				const isShy = interactive && !flight.interactive && isEchoStreamError(error);
				if (!isShy || error.code !== "InteractionNeeded") throw error;
			}
		}
	}

	/** Waits for a flight, or for what took its place. */
	async #wait(flight: Flight<string>): Promise<void> {
		if ((await flight.result) === undefined) await this.#obtain(true, undefined);
	}

	async #renewOrServe(course: Course): Promise<string> {
		try {
			return await this.#renewOrLogIn(course);
		} catch (error) {
			const { working } = this.#tokens;
			if (working === undefined || !course.isCurrent()) throw error;
			this.#retryRenewalAt = this.#clock.monotonic() + RETRY_RENEWAL_MS;
			this.#options.logger?.warn("The access token could not be renewed, and still works", error);
			return working;
		}
	}

	async #renewOrLogIn(course: Course): Promise<string> {
		const hadTokens = this.#tokens.refreshToken !== undefined || this.#lost !== undefined;
		const renewed = await this.#renew(course);
		if (renewed !== undefined) return renewed;
		return this.#signIn.logIn(course, {
			source: this.#signIn.passwords,
			answers: this.#options.challenges ?? {},
			reason: hadTokens ? "refreshTokenRejected" : "first",
		});
	}

	/** The new access token; nothing where only a login helps. */
	async #renew(course: Course): Promise<string | undefined> {
		const { refreshToken } = this.#tokens;
		if (refreshToken === undefined) return undefined;
		try {
			const name = this.#tokens.username ?? this.#signIn.name ?? this.#options.username ?? "";
			const result = await this.#renewal.renew({ refreshToken, name, deviceKey: this.#signIn.deviceKey });
			const token = this.#accept(course, result);
			this.#emit({ type: "tokensRenewed", expiresInMs: this.#tokens.remainingMs });
			return token;
		} catch (error) {
			if (!course.isCurrent() || !(isDefinitive(error) || isNotOffered(error))) throw error;
			if (isForgottenDevice(error)) this.#signIn.forgetDevice();
			if (isDefinitive(error)) this.#tokens.dropRefreshToken(refreshToken);
			this.#lost = error as Error;
			return undefined;
		}
	}

	#accept(course: Course, result: AuthenticationResultType): string {
		const { AccessToken = "" } = result;
		if (!course.isCurrent()) return AccessToken;
		const { iat } = jwtClaims(AccessToken);
		if (!this.#api.toldTime && iat !== undefined) this.serverClock.observe(iat * 1000);
		if (this.#tokens.accept(result)) {
			this.#lost = undefined;
			return AccessToken;
		}
		throw new AuthenticationError(
			"InvalidCognitoAnswer",
			`Cognito (user pool ${this.userPoolId}) sent no access token`,
			{ transient: true },
		);
	}

	async #logIn(request: LoginRequest, purpose: unknown): Promise<void> {
		this.#signIn.forgive();
		await this.#wait(this.#flights.launch(true, purpose, (course) => this.#signIn.logIn(course, request)));
	}

	async #respond(challengeName: string | undefined, responses: Readonly<Record<string, string>>): Promise<void> {
		if (challengeName === undefined || challengeName !== this.challengeName) {
			throw this.#nothing(`no ${challengeName ?? "challenge"} that waits for an answer`);
		}
		await this.#wait(this.#flights.launch(true, undefined, (course) => this.#signIn.resume(course, responses)));
	}

	#emit(event: SessionEvent): void {
		this.#options.logger?.info(`Cognito user ${this.username}: ${event.type}`);
		tell(this.#options.onEvent, event);
	}

	#nothing(what: string): AuthenticationError {
		const subject = `User ${this.username ?? "(without a name)"} of user pool ${this.userPoolId}`;
		if (this.#lost !== undefined) {
			return new AuthenticationError(
				"RefreshTokenRejected",
				`${subject} cannot stay signed in: Cognito takes its refresh token no more, and there is ${what} to sign in with again`,
				{ cause: this.#lost },
			);
		}
		return new AuthenticationError(
			"NothingToSignInWith",
			`${subject} is not signed in, and there is ${what}: call authenticate(password), or set username and password`,
		);
	}
}
