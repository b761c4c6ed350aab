import type { ServerClock } from "../../platform/server-clock.ts";
import { jwtClaims } from "../api/jwt-claims.ts";
import type { IssuedTokens } from "../api/response-validation.ts";

/** Remaining lifetime below which a token is renewed, like in Amplify and Cognito's mobile SDKs. */
const MARGIN_MS = 120_000;

/** Remaining share of the lifetime below which a short-lived token is renewed. */
const MARGIN_SHARE = 0.2;

const DEFAULT_LIFETIME_MS = 3_600_000;

/** Tokens of an earlier run. */
export interface KeptTokens {
	readonly idToken?: string | undefined;
	readonly accessToken?: string | undefined;
	readonly refreshToken?: string | undefined;
}

/** The tokens of a user, and their expiry by the servers' clock. Only their times and the user name are read. */
export class UserTokens {
	readonly #serverClock: ServerClock;
	#idToken: string | undefined;
	#accessToken: string | undefined;
	#refreshToken: string | undefined;
	#username: string | undefined;
	#expiresAt = Number.POSITIVE_INFINITY;
	#lifetimeMs = DEFAULT_LIFETIME_MS;
	#rejected: string | undefined;

	constructor(serverClock: ServerClock, { idToken, accessToken, refreshToken }: KeptTokens = {}) {
		this.#serverClock = serverClock;
		this.#idToken = idToken;
		this.#accessToken = accessToken;
		this.#refreshToken = refreshToken;
		const { exp, iat, username } = jwtClaims(accessToken ?? "");
		this.#username = username;
		if (exp === undefined) return;
		this.#expiresAt = exp * 1000;
		if (iat !== undefined && iat < exp) this.#lifetimeMs = (exp - iat) * 1000;
	}

	get idToken(): string | undefined {
		return this.#idToken;
	}

	get accessToken(): string | undefined {
		return this.#accessToken;
	}

	get refreshToken(): string | undefined {
		return this.#refreshToken;
	}

	/** The user's name, as Cognito knows it. */
	get username(): string | undefined {
		return this.#username;
	}

	/** Time to the access token's expiry, milliseconds. */
	get remainingMs(): number {
		return this.#expiresAt - this.#serverClock.now();
	}

	/** Expiry of the access token by the local clock. `undefined` while it is unknown. */
	get expiration(): Date | undefined {
		return Number.isFinite(this.#expiresAt) ? new Date(this.#expiresAt - this.#serverClock.offset()) : undefined;
	}

	/** The access token, if it has not expired and no service has rejected it. */
	get working(): string | undefined {
		return this.#accessToken !== this.#rejected && this.remainingMs > 0 ? this.#accessToken : undefined;
	}

	/** The access token, if it is valid and not close to expiry. */
	get fresh(): string | undefined {
		return this.remainingMs > Math.min(MARGIN_MS, MARGIN_SHARE * this.#lifetimeMs) ? this.working : undefined;
	}

	/**
	 * Replaces the tokens. Missing ones stay as they were.
	 *
	 * @param username - The name that Cognito gave the user in a login. Otherwise the first access token that has a name
	 * decides: a renewal does not change it, because a `SECRET_HASH` is made for it.
	 */
	accept({ AccessToken, IdToken, RefreshToken, ExpiresIn }: IssuedTokens, username = this.#username): void {
		const claims = jwtClaims(AccessToken);
		const { exp, iat } = claims;
		if (iat !== undefined) this.#serverClock.prove(iat * 1000);
		const seconds = exp !== undefined && iat !== undefined ? exp - iat : ExpiresIn;
		this.#lifetimeMs = seconds !== undefined && seconds > 0 ? seconds * 1000 : DEFAULT_LIFETIME_MS;
		this.#expiresAt = this.#serverClock.now() + this.#lifetimeMs;
		this.#username = username ?? claims.username;
		this.#accessToken = AccessToken;
		this.#idToken = IdToken ?? this.#idToken;
		this.#refreshToken = RefreshToken ?? this.#refreshToken;
	}

	/** Notes that a service rejected the access token. Returns whether it was the current one. */
	reject(accessToken: string): boolean {
		if (accessToken !== this.#accessToken) return false;
		this.#rejected = accessToken;
		return true;
	}

	/** Forgets the refresh token, if it is still this one. */
	dropRefreshToken(refreshToken: string): void {
		if (refreshToken === this.#refreshToken) this.#refreshToken = undefined;
	}
}
