import { CognitoException } from "./cognito-exception.ts";
import type { RandomValues } from "./random-values.ts";
import type { UserPoolSettings } from "./user-pool-options.ts";

/** One login, and all the tokens that come from it. */
export interface Grant {
	/** `origin_jti` of its tokens. */
	readonly originJti: string;
	readonly username: string;
	readonly authTimeSeconds: number;
	readonly expiresMs: number;
	/** The device that was logged in from, where devices are tracked. */
	readonly deviceKey: string | undefined;
	revoked: boolean;
}

/** The refresh tokens of a pool. With rotation each is replaced when it is used, and dies after a grace period. */
export class RefreshGrants {
	readonly #tokens = new Map<string, { readonly grant: Grant; replacedMs?: number }>();
	readonly #byJti = new Map<string, Grant>();
	readonly #settings: UserPoolSettings;
	readonly #random: RandomValues;

	constructor(settings: UserPoolSettings, random: RandomValues) {
		this.#settings = settings;
		this.#random = random;
	}

	/** Begins a login's life. */
	open(username: string, deviceKey: string | undefined, nowMs: number): { grant: Grant; refreshToken: string } {
		const grant: Grant = {
			originJti: this.#random.uuid(),
			username,
			authTimeSeconds: Math.floor(nowMs / 1000),
			expiresMs: nowMs + this.#settings.refreshTokenSeconds * 1000,
			deviceKey,
			revoked: false,
		};
		this.#byJti.set(grant.originJti, grant);
		return { grant, refreshToken: this.#issue(grant) };
	}

	/** The login that a refresh token stands for; throws what Cognito says to a bad one. */
	get(refreshToken: string, nowMs: number): Grant {
		const entry = this.#tokens.get(refreshToken);
		if (entry === undefined) throw new CognitoException("NotAuthorizedException", "Invalid Refresh Token");
		const { grant, replacedMs } = entry;
		if (grant.revoked) throw new CognitoException("NotAuthorizedException", "Refresh Token has been revoked");
		if (nowMs >= grant.expiresMs) throw new CognitoException("NotAuthorizedException", "Refresh Token has expired");
		const graceMs = (this.#settings.refreshTokenRotation?.graceSeconds ?? 0) * 1000;
		if (replacedMs !== undefined && nowMs >= replacedMs + graceMs) {
			throw new CognitoException("RefreshTokenReuseException", "Refresh token has been invalidated by rotation");
		}
		return grant;
	}

	/** Replaces a refresh token. The new one expires when the old one would have. */
	rotate(refreshToken: string, nowMs: number): string {
		const entry = this.#tokens.get(refreshToken);
		if (entry === undefined) throw new CognitoException("NotAuthorizedException", "Invalid Refresh Token");
		entry.replacedMs ??= nowMs;
		return this.#issue(entry.grant);
	}

	/** Whether the login behind a token's `origin_jti` has been revoked. */
	isRevoked(originJti: string): boolean {
		return this.#byJti.get(originJti)?.revoked ?? false;
	}

	/** Revokes what `refreshToken` stands for; one that nobody knows is no error. */
	revoke(refreshToken: string): void {
		const grant = this.#tokens.get(refreshToken)?.grant;
		if (grant !== undefined) grant.revoked = true;
	}

	/** Revokes all that has been issued to a user so far. */
	revokeUser(username: string): void {
		for (const grant of this.#byJti.values()) if (grant.username === username) grant.revoked = true;
	}

	#issue(grant: Grant): string {
		const token = this.#random.opaque(192);
		this.#tokens.set(token, { grant });
		return token;
	}
}
