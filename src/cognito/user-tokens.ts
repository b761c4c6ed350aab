import type { ServerTime } from "../clock.ts";
import { jwtClaims } from "./jwt-claims.ts";

/** A token is renewed when less than this is left of its life, as Amplify and Cognito's mobile SDKs do it. */
const MARGIN_MS = 120_000;

/** A token of a short life is not renewed before this share of it is left. */
const MARGIN_SHARE = 0.2;

const DEFAULT_LIFE_MS = 3_600_000;

/** The tokens that a program kept from an earlier run. */
export interface KeptTokens {
	readonly idToken?: string | undefined;
	readonly accessToken?: string | undefined;
	readonly refreshToken?: string | undefined;
}

/** Tokens as they came from Cognito. */
export interface IssuedTokens {
	readonly AccessToken?: string | undefined;
	readonly IdToken?: string | undefined;
	readonly RefreshToken?: string | undefined;
	readonly ExpiresIn?: number | undefined;
}

/** The tokens of a user, and how old they are by the servers' clock. They are opaque but for what they say of time and name. */
export class UserTokens {
	readonly #serverTime: ServerTime;
	#tokens: KeptTokens;
	#expiresAt = Number.POSITIVE_INFINITY;
	#lifeMs = DEFAULT_LIFE_MS;
	#rejected: string | undefined;

	constructor(serverTime: ServerTime, kept: KeptTokens = {}) {
		this.#serverTime = serverTime;
		this.#tokens = { ...kept };
		const { exp, iat } = jwtClaims(kept.accessToken ?? "");
		if (exp === undefined) return;
		this.#expiresAt = exp * 1000;
		if (iat !== undefined && iat < exp) this.#lifeMs = (exp - iat) * 1000;
	}

	get idToken(): string | undefined {
		return this.#tokens.idToken;
	}

	get accessToken(): string | undefined {
		return this.#tokens.accessToken;
	}

	get refreshToken(): string | undefined {
		return this.#tokens.refreshToken;
	}

	/** The user's name as Cognito knows it, from the access token. */
	get username(): string | undefined {
		return jwtClaims(this.#tokens.accessToken ?? "").username;
	}

	/** What is left of the access token's life, milliseconds. */
	get remainingMs(): number {
		return this.#expiresAt - this.#serverTime.now();
	}

	/** The access token, if it has not expired and no service has refused it. */
	get working(): string | undefined {
		const { accessToken } = this.#tokens;
		return accessToken !== this.#rejected && this.remainingMs > 0 ? accessToken : undefined;
	}

	/** The access token, if it works and is not so near its end that a new one should be fetched. */
	get fresh(): string | undefined {
		return this.remainingMs > Math.min(MARGIN_MS, MARGIN_SHARE * this.#lifeMs) ? this.working : undefined;
	}

	/** Takes new tokens; what they lack stays as it was. Says whether there is an access token among them. */
	accept({ AccessToken, IdToken, RefreshToken, ExpiresIn }: IssuedTokens): boolean {
		if (!AccessToken) return false;
		const { exp, iat } = jwtClaims(AccessToken);
		const seconds = exp !== undefined && iat !== undefined ? exp - iat : ExpiresIn;
		this.#lifeMs = seconds !== undefined && seconds > 0 ? seconds * 1000 : DEFAULT_LIFE_MS;
		this.#expiresAt = this.#serverTime.now() + this.#lifeMs;
		this.#tokens = {
			accessToken: AccessToken,
			idToken: IdToken ?? this.#tokens.idToken,
			refreshToken: RefreshToken ?? this.#tokens.refreshToken,
		};
		return true;
	}

	/** Notes that a service refused the access token. One that is no longer the current one changes nothing. */
	reject(accessToken: string): void {
		if (accessToken === this.#tokens.accessToken) this.#rejected = accessToken;
	}

	/** Forgets the refresh token, if it is still this one. */
	dropRefreshToken(refreshToken: string): void {
		if (refreshToken === this.#tokens.refreshToken) this.#tokens = { ...this.#tokens, refreshToken: undefined };
	}
}
