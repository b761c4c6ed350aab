import { CognitoException } from "./cognito-exception.ts";
import type { RandomValues } from "./random-values.ts";
import type { UserPoolSettings } from "./user-pool-options.ts";

/** One sign-in, and all tokens that were issued for it. */
export interface Grant {
	/** `origin_jti` of its tokens. */
	readonly originJti: string;
	readonly username: string;
	readonly authTimeSeconds: number;
	readonly expiresMs: number;
	/** The device, where devices are tracked. */
	readonly deviceKey: string | undefined;
	revoked: boolean;
}

/** The refresh tokens of a pool. With rotation, each is replaced when it is used, and expires after a grace period. */
export class RefreshGrants {
	readonly #tokens = new Map<string, { readonly grant: Grant; replacedMs?: number }>();
	readonly #byJti = new Map<string, Grant>();
	readonly #settings: UserPoolSettings;
	readonly #random: RandomValues;

	constructor(settings: UserPoolSettings, random: RandomValues) {
		this.#settings = settings;
		this.#random = random;
	}

	/** Creates the grant of a new sign-in. */
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

	/** The grant of a refresh token; throws Cognito's exception for an invalid one. */
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

	/** Replaces a refresh token. The new one expires when the old one would have expired. */
	rotate(refreshToken: string, nowMs: number): string {
		const entry = this.#tokens.get(refreshToken);
		if (entry === undefined) throw new CognitoException("NotAuthorizedException", "Invalid Refresh Token");
		entry.replacedMs ??= nowMs;
		return this.#issue(entry.grant);
	}

	/** Whether the grant of a token, found by its `origin_jti`, has been revoked. */
	isRevoked(originJti: string): boolean {
		return this.#byJti.get(originJti)?.revoked ?? false;
	}

	/** Revokes the grant of a refresh token. An unknown token is not an error. */
	revoke(refreshToken: string): void {
		const grant = this.#tokens.get(refreshToken)?.grant;
		if (grant !== undefined) grant.revoked = true;
	}

	/** Revokes all grants of a user. */
	revokeUser(username: string): void {
		for (const grant of this.#byJti.values()) if (grant.username === username) grant.revoked = true;
	}

	#issue(grant: Grant): string {
		const token = this.#random.opaque(192);
		this.#tokens.set(token, { grant });
		return token;
	}
}
