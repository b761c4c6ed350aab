import type { JWK, JWTPayload } from "jose";
import { loadEsmPeer } from "../peers.ts";
import type { RandomValues } from "./random-values.ts";
import type { Grant } from "./refresh-grants.ts";
import type { PoolAccount } from "./user-directory.ts";
import type { UserPoolSettings } from "./user-pool-options.ts";

/** What an access or id token says. */
export interface TokenClaims {
	readonly sub: string;
	readonly iss: string;
	readonly token_use: "access" | "id";
	/** The user's name, which id tokens have as `cognito:username`. */
	readonly username: string;
	/** The app client, which id tokens have as `aud`. */
	readonly client_id: string;
	readonly origin_jti: string;
	readonly jti: string;
	readonly auth_time: number;
	readonly iat: number;
	readonly exp: number;
	readonly device_key?: string;
	readonly [claim: string]: unknown;
}

const REFUSALS = {
	missing: "There is no token",
	unparsable: "This is not a token",
	expired: "The token has expired",
	foreign: "The token is not from this user pool, or not for this app client",
	revoked: "The token has been revoked",
} as const;

/** A token that is no good. */
export class InvalidTokenError extends Error {
	override readonly name = "InvalidTokenError";
	readonly reason: keyof typeof REFUSALS;

	constructor(reason: keyof typeof REFUSALS) {
		super(REFUSALS[reason]);
		this.reason = reason;
	}
}

type Jose = typeof import("jose");

interface Keys {
	readonly privateKey: CryptoKey;
	readonly publicKey: CryptoKey;
	readonly jwk: JWK & { readonly kid: string };
}

/** Signs the tokens of a user pool, and checks them. */
export class TokenIssuer {
	readonly #jose: Jose;
	readonly #settings: UserPoolSettings;
	readonly #random: RandomValues;
	readonly #keys: Keys;

	static async create(settings: UserPoolSettings, random: RandomValues): Promise<TokenIssuer> {
		const jose = await loadEsmPeer<Jose>("jose");
		const { privateKey, publicKey } = await jose.generateKeyPair("RS256");
		const exported = await jose.exportJWK(publicKey);
		const jwk = { ...exported, kid: await jose.calculateJwkThumbprint(exported), alg: "RS256", use: "sig" };
		return new TokenIssuer(jose, settings, random, { privateKey, publicKey, jwk });
	}

	private constructor(jose: Jose, settings: UserPoolSettings, random: RandomValues, keys: Keys) {
		this.#jose = jose;
		this.#settings = settings;
		this.#random = random;
		this.#keys = keys;
	}

	/** The JSON web key set. */
	keySet(): { keys: object[] } {
		return { keys: [{ ...this.#keys.jwk }] };
	}

	/** Issues an access and an id token of one login. */
	async issue(account: PoolAccount, grant: Grant, nowMs: number): Promise<{ accessToken: string; idToken: string }> {
		const { clientId, issuerUrl, accessTokenSeconds, idTokenSeconds, triggers } = this.#settings;
		const iat = Math.floor(nowMs / 1000);
		const shared = {
			...triggers?.preTokenGeneration?.(account.username),
			sub: account.sub,
			iss: issuerUrl,
			origin_jti: grant.originJti,
			event_id: this.#random.uuid(),
			auth_time: grant.authTimeSeconds,
			iat,
		};
		const access = {
			...shared,
			...(grant.deviceKey === undefined ? {} : { device_key: grant.deviceKey }),
			client_id: clientId,
			token_use: "access",
			scope: "aws.cognito.signin.user.admin",
			exp: iat + accessTokenSeconds,
			jti: this.#random.uuid(),
			username: account.username,
		};
		const attributes = [...account.attributes].map(([name, value]) => [
			name,
			name.endsWith("_verified") ? value === "true" : value,
		]);
		const id = {
			...Object.fromEntries(attributes),
			...shared,
			aud: clientId,
			token_use: "id",
			exp: iat + idTokenSeconds,
			jti: this.#random.uuid(),
			"cognito:username": account.username,
		};
		const [accessToken, idToken] = await Promise.all([this.#sign(access), this.#sign(id)]);
		return { accessToken, idToken };
	}

	/** Checks signature, issuer, app client and age; throws a {@link InvalidTokenError}. */
	async verify(token: string, nowMs: number): Promise<TokenClaims> {
		if (token === "") throw new InvalidTokenError("missing");
		const { errors } = this.#jose;
		const { payload } = await this.#jose
			.jwtVerify(token, this.#keys.publicKey, {
				issuer: this.#settings.issuerUrl,
				algorithms: ["RS256"],
				currentDate: new Date(nowMs),
				requiredClaims: ["sub", "exp", "token_use", "origin_jti"],
			})
			.catch((error: unknown) => {
				if (error instanceof errors.JWTExpired) throw new InvalidTokenError("expired");
				const isUnparsable = error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid;
				throw new InvalidTokenError(isUnparsable ? "unparsable" : "foreign");
			});
		const client = payload.client_id ?? payload.aud;
		if (client !== this.#settings.clientId) throw new InvalidTokenError("foreign");
		const username = payload.username ?? payload["cognito:username"];
		return { ...payload, username, client_id: client } as unknown as TokenClaims;
	}

	#sign(claims: JWTPayload): Promise<string> {
		const { privateKey, jwk } = this.#keys;
		return new this.#jose.SignJWT(claims).setProtectedHeader({ kid: jwk.kid, alg: "RS256" }).sign(privateKey);
	}
}
