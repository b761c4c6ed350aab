import { AuthenticationError, SettingsError } from "../errors.ts";
import type { ServerClock } from "../platform/server-clock.ts";
import type { SharedLogin } from "../stores/shared-login.ts";
import { type CodeDelivery, CognitoAccount, type UserDescription } from "./account.ts";
import { CognitoApi } from "./api/api.ts";
import { unverifiedClaims } from "./api/jwt-claims.ts";
import type { AppClient } from "./login/app-client.ts";
import { codeResponse } from "./login/challenges.ts";
import { LoginPolicy } from "./login/login-policy.ts";
import { type CognitoPassword, PasswordSource } from "./login/password-source.ts";
import { type CognitoOptions, resolveCognitoOptions } from "./options.ts";
import { CognitoRenewal } from "./tokens/renewal.ts";
import { type AccessTokenRequest, TokenSource } from "./tokens/token-source.ts";
import { TokenVerifier, type VerifiedTokens } from "./tokens/verification.ts";

/** The user of a session. Any object with these two members works. */
export interface CognitoUser {
	/** Name of the user, for messages. */
	readonly username: string | undefined;
	/** Returns a valid access token, from memory if possible. */
	getAccessToken(request?: AccessTokenRequest): Promise<string>;
}

/**
 * A user of a Cognito user pool, who signs in by SRP and stays signed in: `pycognito.Cognito`, as far as a session and its
 * user require it.
 *
 * - The constructor validates the options and sends nothing.
 * - Tokens are served from memory until two minutes before they expire, by the servers' clock. Then the refresh token is
 *   exchanged for new ones. If Cognito rejects it, the user signs in again with the password.
 * - A rejected sign-in is not repeated for five minutes, to prevent a lockout. {@link authenticate} repeats it.
 * - If a renewal fails, the access token is used until it expires.
 * - Concurrent callers share one sign-in or renewal. A newer one replaces an older one, which is stopped.
 * - {@link logout} and {@link destroy} remove every secret from memory.
 * - A method that sends requests fails with an {@link AuthenticationError}, or with a {@link ChallengeError} if it signs in.
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
export class Cognito implements CognitoUser {
	/** Id of the user pool. */
	readonly userPoolId: string;
	/** Id of the app client. */
	readonly clientId: string;
	/** Region of the user pool. */
	readonly userPoolRegion: string;

	readonly #client: AppClient;
	readonly #api: CognitoApi;
	readonly #account: CognitoAccount;
	readonly #logins: LoginPolicy;
	readonly #source: TokenSource;
	readonly #verifier: TokenVerifier;
	readonly #serverClock: ServerClock;
	#shared: SharedLogin | undefined;
	/** Number of sign-ins at the last sign-out, after which other processes must not sign the user in again. */
	#signInsAtSignOut: number | undefined;

	/**
	 * Creates a user of a Cognito user pool. It validates the options and sends nothing. The first use signs in.
	 *
	 * @throws {@link SettingsError} that lists all missing and invalid options.
	 */
	constructor(options: CognitoOptions) {
		const { client, connection, login, observers, store, ...parts } = resolveCognitoOptions(options);
		const { answerTimeoutMs, authFlow, loginTimeoutMs } = login;
		const { clock, random, serverClock } = connection;
		this.userPoolId = client.userPoolId;
		this.clientId = client.clientId;
		this.userPoolRegion = connection.region;
		this.#serverClock = serverClock;
		this.#client = client;
		this.#api = new CognitoApi(connection);
		this.#account = new CognitoAccount(this.#api, client);
		const setup = { api: this.#api, client, clock, serverClock, authFlow, loginTimeoutMs };
		this.#logins = new LoginPolicy(setup, parts.passwords, parts.answers, observers.log);
		if (store !== undefined) {
			const { key, store: place, username } = store;
			const { clientId, userPoolId } = client;
			const password = () => this.#logins.passwords.known;
			const { log } = observers;
			this.#shared = place.share({ key, password, userPoolId, clientId, username, clock, random, log });
		}
		this.#source = new TokenSource(
			{
				userPoolId: client.userPoolId,
				username: parts.username,
				logins: this.#logins,
				renewal: new CognitoRenewal(this.#api, client),
				sharing: () => this.sharedLogin?.tokens,
				device: parts.device,
				answerTimeoutMs,
				startSpreadMs: parts.startSpreadMs,
				clock,
				random,
				serverClock,
				...observers,
			},
			parts.kept,
		);
		const { userPoolId, clientId } = client;
		this.#verifier = new TokenVerifier({ userPoolId, clientId, api: this.#api, serverClock });
	}

	/** The configured user name, else that of the access token. */
	get username(): string | undefined {
		return this.#source.username;
	}

	/** The id token that came with the access token. It may have expired. */
	get idToken(): string | undefined {
		return this.#source.tokens.idToken;
	}

	/** The current access token. It may have expired: {@link getAccessToken} returns a valid one. */
	get accessToken(): string | undefined {
		return this.#source.tokens.accessToken;
	}

	/** The refresh token. With rotation it changes at every renewal. */
	get refreshToken(): string | undefined {
		return this.#source.tokens.refreshToken;
	}

	/**
	 * Claims of the id token, decoded and not verified: {@link verifyTokens} returns verified ones. `undefined` without an id
	 * token.
	 */
	get idClaims(): Readonly<Record<string, unknown>> | undefined {
		return unverifiedClaims(this.idToken ?? "");
	}

	/**
	 * Claims of the access token, decoded and not verified: {@link verifyTokens} returns verified ones. `undefined` without an
	 * access token.
	 */
	get accessClaims(): Readonly<Record<string, unknown>> | undefined {
		return unverifiedClaims(this.accessToken ?? "");
	}

	/** The challenge at which {@link authenticate} stopped, and which waits for {@link respondToChallenge}. */
	get challengeName(): string | undefined {
		return this.#source.challengeName;
	}

	/** The servers' time, which the sessions of this user share. @internal */
	get serverClock(): ServerClock {
		return this.#serverClock;
	}

	/** What the user shares with other processes. `undefined` without a store, and between a sign-out and the next sign-in. @internal */
	get sharedLogin(): SharedLogin | undefined {
		return this.signIns === this.#signInsAtSignOut ? undefined : this.#shared;
	}

	/** Number of sign-ins that have succeeded. @internal */
	get signIns(): number {
		return this.#source.signIns;
	}

	/** What {@link EchoStreamSession.status} reports of the user. @internal */
	get tokenStatus(): { readonly expiration: Date | undefined; readonly pauseMs: number } {
		return { expiration: this.#source.tokens.expiration, pauseMs: this.#source.pauseMs };
	}

	/** The time that does not count against the deadlines of sessions. @internal */
	get uncounted(): { readonly passedMs: number } {
		return this.#source.uncounted;
	}

	/**
	 * Signs in, even if the user is signed in already, and keeps the password for when the refresh token expires.
	 *
	 * @param password - Default: the one of the options.
	 * @throws AuthenticationError, ChallengeError if Cognito requires a challenge that `challenges` does not answer, or
	 * SettingsError for a password of another type.
	 */
	async authenticate(
		password?: CognitoPassword,
		{ clientMetadata }: { readonly clientMetadata?: Readonly<Record<string, string>> } = {},
	): Promise<void> {
		if (!["string", "function", "undefined"].includes(typeof password)) {
			const problem = `must be a string or a function, but has type ${password === null ? "null" : typeof password}`;
			throw new SettingsError("a sign-in", [{ option: "password", problem }]);
		}
		const { answers } = this.#logins;
		const passwords = password === undefined ? this.#logins.passwords : new PasswordSource(password);
		const request = { passwords, answers, reason: "requested" as const, clientMetadata };
		await this.#source.login(request, password ?? passwords);
	}

	/** Signs in with a temporary password, and replaces it. */
	async newPasswordChallenge(password: string, newPassword: string): Promise<void> {
		const answers = { ...this.#logins.answers, NEW_PASSWORD_REQUIRED: newPassword };
		await this.#source.login({ passwords: new PasswordSource(password), answers, reason: "requested" });
	}

	/** Finishes a login that stopped at `SOFTWARE_TOKEN_MFA`. */
	async respondToSoftwareTokenMfaChallenge(code: string): Promise<void> {
		await this.#source.respond("SOFTWARE_TOKEN_MFA", codeResponse("SOFTWARE_TOKEN_MFA", code));
	}

	/** Finishes a login that stopped at `SMS_MFA`. */
	async respondToSmsMfaChallenge(code: string): Promise<void> {
		await this.#source.respond("SMS_MFA", codeResponse("SMS_MFA", code));
	}

	/**
	 * Finishes a login that stopped at {@link challengeName}, whichever it is.
	 *
	 * @param responses - `ChallengeResponses` in Cognito's names, without `USERNAME` and `SECRET_HASH`.
	 */
	async respondToChallenge(responses: Readonly<Record<string, string>>): Promise<void> {
		await this.#source.respond(this.challengeName, responses);
	}

	/** Returns a valid access token: from memory, else by the refresh token, else by the password. */
	async getAccessToken(request?: AccessTokenRequest): Promise<string> {
		return this.#source.accessToken(request);
	}

	/**
	 * Returns whether the access token is so close to expiry, or past it, that it must be renewed, and renews it.
	 *
	 * @throws AuthenticationError `NotSignedIn` without an access token.
	 */
	async checkToken({ renew = true }: { readonly renew?: boolean } = {}): Promise<boolean> {
		if (this.accessToken === undefined) throw this.#source.missing("no access token to check");
		if (!this.#source.isDue()) return false;
		if (renew) await this.renewAccessToken();
		return true;
	}

	/** Renews the tokens, even while the current ones are valid. */
	async renewAccessToken(): Promise<void> {
		await this.#source.renew();
	}

	/**
	 * Verifies the id token and the access token like a service: signature, issuer, app client, use, `exp` and `nbf`. Signing
	 * in does not require it.
	 *
	 * The key set is fetched from the user's endpoint by the user's request handler, within `requestTimeoutMs`, and cached for
	 * an hour. It is fetched again for a token with an unknown key, at most once a minute.
	 *
	 * @throws AuthenticationError `InvalidToken`, `InvalidKeySet` if the key set is invalid, or for example
	 * `CognitoUnavailable` if it could not be fetched.
	 */
	async verifyTokens(): Promise<VerifiedTokens> {
		const { idToken, accessToken } = this;
		if (idToken === undefined && accessToken === undefined) throw this.#source.missing("no tokens to verify");
		if (this.#serverClock.hasJumped()) this.#serverClock.assumeSlept();
		return this.#verifier.verify({ idToken, accessToken });
	}

	/**
	 * Signs the user out everywhere, and removes every secret from memory: tokens, password, client secret, device and the
	 * answers to challenges. Only a `storeKey` stays until {@link destroy}. Requests in progress are stopped. The tokens and AWS
	 * credentials that the user's sessions have in the `store` are replaced, while Cognito signs the user out.
	 *
	 * `authenticate(password)` signs in again, unless the app client has a secret. Then it fails with `SignedOut`, and a new
	 * `Cognito` is required.
	 */
	async logout(): Promise<void> {
		const { username = "(without a name)" } = this;
		const { working, refreshToken } = this.#source.tokens;
		const secret = refreshToken === undefined ? undefined : this.#client.secret;
		const written = this.sharedLogin?.signOut();
		this.#signInsAtSignOut = this.signIns;
		this.#source.clear();
		this.#client.forgetSecret(
			new AuthenticationError(
				"SignedOut",
				`User ${username} of user pool ${this.userPoolId} has signed out, which removed the client secret from memory. Create a new Cognito to sign in again.`,
			),
		);
		try {
			if (working !== undefined) await this.#account.signOut(working);
			else if (refreshToken !== undefined) await this.#account.revoke(refreshToken, secret);
		} finally {
			await written;
		}
	}

	/**
	 * Removes every secret from memory, and closes the user's connections, except those of a caller-provided
	 * `requestHandler`. It does not sign the user out. Requests in progress are stopped, and every later call fails,
	 * except {@link logout}, which then has nothing to do.
	 *
	 * @param reason - Error of pending and later calls. Default: an AuthenticationError `UserDestroyed`.
	 */
	destroy(reason: Error = userDestroyed(this.userPoolId)): void {
		this.#source.close(reason);
		this.#shared?.clear();
		this.#shared = undefined;
		this.#client.forgetSecret(reason);
		this.#api.destroy(reason);
	}

	/** Lets `await using` call {@link destroy}. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.destroy();
	}

	/** Creates a user. Returns whether it may sign in already, and where a confirmation code was sent. */
	async register(
		username: string,
		password: string,
		attributes: Readonly<Record<string, string>> = {},
	): Promise<{ readonly isConfirmed: boolean; readonly codeDelivery: CodeDelivery }> {
		return this.#account.register(username, password, attributes);
	}

	/** Confirms a new user with the code that it was sent. */
	async confirmSignUp(confirmationCode: string, username = this.#requiredName()): Promise<void> {
		await this.#account.confirmSignUp(username, confirmationCode);
	}

	/** Sends the code of a new user again. */
	async resendConfirmationCode(username = this.#requiredName()): Promise<CodeDelivery> {
		return this.#account.resendConfirmationCode(username);
	}

	/** Sends a code that allows a new password. */
	async initiateForgotPassword(): Promise<CodeDelivery> {
		return this.#account.initiateForgotPassword(this.#requiredName());
	}

	/** Sets a new password with the code that was sent. From then on the user signs in with it. */
	async confirmForgotPassword(confirmationCode: string, password: string): Promise<void> {
		await this.#account.confirmForgotPassword(this.#requiredName(), confirmationCode, password);
		this.#passwordChanged(password);
	}

	/** Changes the password. From then on the user signs in with the new one. */
	async changePassword(previousPassword: string, proposedPassword: string): Promise<void> {
		await this.#account.changePassword(await this.getAccessToken(), previousPassword, proposedPassword);
		this.#passwordChanged(proposedPassword);
	}

	/** Returns the description of the user from Cognito. */
	async getUser(): Promise<UserDescription> {
		return this.#account.getUser(await this.getAccessToken());
	}

	/** Sets attributes of the user, by their names in the user pool: `email`, `custom:team`. */
	async updateProfile(attributes: Readonly<Record<string, string>>): Promise<void> {
		await this.#account.updateProfile(await this.getAccessToken(), attributes);
	}

	/** Sends a code that verifies an attribute of the user. */
	async sendVerification(attribute = "email"): Promise<CodeDelivery> {
		return this.#account.sendVerification(await this.getAccessToken(), attribute);
	}

	/** Verifies an attribute of the user with the code that was sent. */
	async validateVerification(confirmationCode: string, attribute = "email"): Promise<void> {
		await this.#account.validateVerification(await this.getAccessToken(), attribute, confirmationCode);
	}

	/** Starts setting up an authenticator app. Returns its secret, in base32. */
	async associateSoftwareToken(): Promise<string> {
		return this.#account.associateSoftwareToken(await this.getAccessToken());
	}

	/** Finishes setting up an authenticator app with a code that it shows. Returns whether Cognito accepted it. */
	async verifySoftwareToken(code: string, deviceName = ""): Promise<boolean> {
		return this.#account.verifySoftwareToken(await this.getAccessToken(), code, deviceName);
	}

	/** Turns second factors on and off, and sets the preferred one. */
	async setUserMfaPreference(
		smsMfa: boolean,
		softwareTokenMfa: boolean,
		preferred?: "SMS" | "SOFTWARE_TOKEN",
	): Promise<void> {
		const preference = { sms: smsMfa, softwareToken: softwareTokenMfa, preferred };
		await this.#account.setUserMfaPreference(await this.getAccessToken(), preference);
	}

	/** Sets whether Cognito remembers a device of the user. */
	async updateDeviceStatus(isRemembered: boolean, deviceKey: string): Promise<void> {
		await this.#account.updateDeviceStatus(await this.getAccessToken(), deviceKey, isRemembered);
	}

	/** Makes Cognito forget a device of the user. */
	async forgetDevice(deviceKey: string): Promise<void> {
		await this.#account.forgetDevice(await this.getAccessToken(), deviceKey);
	}

	/** Deletes the user permanently. */
	async deleteUser(): Promise<void> {
		await this.#account.deleteUser(await this.getAccessToken());
	}

	/** Returns the properties of a user that may be shown, without passwords and tokens. */
	toJSON(): object {
		const { userPoolId, clientId, username } = this;
		return { userPoolId, clientId, username, isSignedIn: this.#source.tokens.working !== undefined };
	}

	/** Returns the text for `console.log`. */
	[Symbol.for("nodejs.util.inspect.custom")](): string {
		return `Cognito ${JSON.stringify(this)}`;
	}

	#passwordChanged(password: string): void {
		this.#logins.passwordChanged(password);
		this.#source.endPause();
	}

	#requiredName(): string {
		const { username } = this;
		if (username === undefined) throw this.#source.missing("no user name");
		return username;
	}
}

function userDestroyed(userPoolId: string): AuthenticationError {
	const message = `The Cognito user of user pool ${userPoolId} has been destroyed. Create a new Cognito.`;
	return new AuthenticationError("UserDestroyed", message);
}
