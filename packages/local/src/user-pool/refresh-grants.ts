import type { Records } from "../data/records.ts";
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
	readonly revoked: boolean;
}

/** A refresh token. */
interface RefreshToken {
	/** Its grant. */
	readonly originJti: string;
	readonly replacedMs?: number;
}

/** More are kept as long as they are valid. */
const MAX_EXPIRED = 10_000;

/** The refresh tokens of a pool. With rotation, each is replaced when it is used, and expires after a grace period. */
export class RefreshGrants {
	readonly #tokens: Map<string, RefreshToken>;
	/** By `origin_jti`. */
	readonly #grants: Map<string, Grant>;
	readonly #settings: UserPoolSettings;
	readonly #random: RandomValues;

	constructor(settings: UserPoolSettings, random: RandomValues, records: Records) {
		this.#settings = settings;
		this.#random = random;
		this.#tokens = records.map("pool.refreshTokens");
		this.#grants = records.map("pool.grants");
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
		this.#forgetExpired(nowMs);
		this.#grants.set(grant.originJti, grant);
		return { grant, refreshToken: this.#issue(grant) };
	}

	/** The grant of a refresh token; throws Cognito's exception for an invalid one. */
	get(refreshToken: string, nowMs: number): Grant {
		const { grant, replacedMs } = this.#find(refreshToken);
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
		const { grant, replacedMs = nowMs } = this.#find(refreshToken);
		this.#tokens.set(refreshToken, { originJti: grant.originJti, replacedMs });
		return this.#issue(grant);
	}

	/** Whether the grant of a token, found by its `origin_jti`, has been revoked. */
	isRevoked(originJti: string): boolean {
		return this.#grants.get(originJti)?.revoked ?? false;
	}

	/** Revokes the grant of a refresh token. An unknown token is not an error. */
	revoke(refreshToken: string): void {
		const grant = this.#grants.get(this.#tokens.get(refreshToken)?.originJti ?? "");
		if (grant !== undefined) this.#grants.set(grant.originJti, { ...grant, revoked: true });
	}

	/** Revokes all grants of a user. */
	revokeUser(username: string): void {
		for (const [jti, grant] of this.#grants) {
			if (grant.username === username && !grant.revoked) this.#grants.set(jti, { ...grant, revoked: true });
		}
	}

	#find(refreshToken: string): { readonly grant: Grant; readonly replacedMs?: number } {
		const { originJti = "", ...token } = this.#tokens.get(refreshToken) ?? {};
		const grant = this.#grants.get(originJti);
		if (grant === undefined) throw new CognitoException("NotAuthorizedException", "Invalid Refresh Token");
		return { grant, ...token };
	}

	/** Forgets the oldest grants and tokens, where there are many and they have expired. */
	#forgetExpired(nowMs: number): void {
		for (const [jti, { expiresMs }] of this.#grants) {
			if (this.#grants.size <= MAX_EXPIRED || expiresMs > nowMs) break;
			this.#grants.delete(jti);
		}
		for (const [token, { originJti }] of this.#tokens) {
			if (this.#tokens.size <= MAX_EXPIRED || this.#grants.has(originJti)) break;
			this.#tokens.delete(token);
		}
	}

	#issue(grant: Grant): string {
		const token = this.#random.opaque(192);
		this.#tokens.set(token, { originJti: grant.originJti });
		return token;
	}
}
