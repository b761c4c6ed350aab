import { createHash, type JsonWebKey, sign, verify } from "node:crypto";
import { promisify } from "node:util";
import type { Records } from "../data/records.ts";
import { parseObject } from "../json.ts";
import type { Group } from "./groups.ts";
import type { RandomValues } from "./random-values.ts";
import type { Grant } from "./refresh-grants.ts";
import { type SigningKeys, signingKeysOf } from "./signing-keys.ts";
import type { PoolAccount } from "./user-directory.ts";
import type { UserPoolSettings } from "./user-pool-options.ts";

/** The claims of an access or id token. */
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

const REASONS = {
	missing: "The token is missing",
	unparsable: "The token is malformed",
	expired: "The token has expired",
	foreign: "The token is not from this user pool, or not for this app client",
	revoked: "The token has been revoked",
} as const;

/** A token that is invalid. */
export class InvalidTokenError extends Error {
	override readonly name = "InvalidTokenError";
	readonly reason: keyof typeof REASONS;

	constructor(reason: keyof typeof REASONS) {
		super(REASONS[reason]);
		this.reason = reason;
	}
}

const signAsync = promisify(sign);
const ALGORITHM = "RSA-SHA256";

/** Signs the tokens of a user pool with RS256, and verifies them. */
export class TokenIssuer {
	readonly #settings: UserPoolSettings;
	readonly #random: RandomValues;
	readonly #keys: SigningKeys;
	#isClosed = false;
	readonly #jwk: JsonWebKey & { readonly kid: string };

	/** Creates an issuer, with keys of its own until {@link close}. */
	static async create(settings: UserPoolSettings, random: RandomValues, records: Records): Promise<TokenIssuer> {
		return new TokenIssuer(settings, random, await signingKeysOf(records, settings.issuerUrl));
	}

	private constructor(settings: UserPoolSettings, random: RandomValues, keys: SigningKeys) {
		this.#settings = settings;
		this.#random = random;
		this.#keys = keys;
		const jwk = keys.publicKey.export({ format: "jwk" });
		const { e, kty, n } = jwk;
		// The thumbprint of RFC 7638, which is over the members in this order.
		const kid = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
		this.#jwk = { ...jwk, kid, alg: "RS256", use: "sig" };
	}

	/** Lets another pool have the keys. No token may be issued after this. */
	close(): void {
		if (!this.#isClosed) this.#keys.release();
		this.#isClosed = true;
	}

	/** The JSON web key set. */
	keySet(): { keys: object[] } {
		return { keys: [{ ...this.#jwk }] };
	}

	/** Issues the access token and the id token of one sign-in. */
	async issue(
		account: PoolAccount,
		grant: Grant,
		groups: readonly Group[],
		nowMs: number,
	): Promise<{ accessToken: string; idToken: string }> {
		const { clientId, issuerUrl, accessTokenSeconds, idTokenSeconds, triggers } = this.#settings;
		const iat = Math.floor(nowMs / 1000);
		const shared = {
			...(groups.length > 0 && { "cognito:groups": groups.map(({ name }) => name) }),
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
			...roleClaims(groups),
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

	/** Checks signature, issuer, app client and age; throws an {@link InvalidTokenError}. */
	async verify(token: string, nowMs: number): Promise<TokenClaims> {
		if (token === "") throw new InvalidTokenError("missing");
		const [header = "", payload = "", signature, ...more] = token.split(".");
		const { alg } = parseObject(fromBase64Url(header)) ?? {};
		if (alg === undefined || signature === undefined || more.length > 0) throw new InvalidTokenError("unparsable");
		const signed = Buffer.from(`${header}.${payload}`);
		// Takes less time than another thread takes to wake up.
		const isGenuine = alg === "RS256" && verify(ALGORITHM, signed, this.#keys.publicKey, fromBase64Url(signature));
		const claims = isGenuine ? (parseObject(fromBase64Url(payload)) as TokenClaims | undefined) : undefined;
		if (claims === undefined || claims.iss !== this.#settings.issuerUrl) throw new InvalidTokenError("foreign");
		if (claims.exp <= Math.floor(nowMs / 1000)) throw new InvalidTokenError("expired");
		const client = claims.client_id ?? claims.aud;
		if (client !== this.#settings.clientId) throw new InvalidTokenError("foreign");
		return { ...claims, username: claims.username ?? String(claims["cognito:username"]), client_id: client };
	}

	async #sign(claims: object): Promise<string> {
		const content = [{ kid: this.#jwk.kid, alg: "RS256" }, claims].map(toBase64Url).join(".");
		const signature = await signAsync(ALGORITHM, Buffer.from(content), this.#keys.privateKey);
		return `${content}.${signature.toString("base64url")}`;
	}
}

/** The roles of groups in an id token. The preferred one is that of the group that comes first. */
function roleClaims(groups: readonly Group[]): Record<string, unknown> {
	const roles = groups.flatMap(({ roleArn }) => roleArn ?? []);
	return roles.length === 0 ? {} : { "cognito:roles": roles, "cognito:preferred_role": roles[0] };
}

function toBase64Url(content: object): string {
	return Buffer.from(JSON.stringify(content)).toString("base64url");
}

function fromBase64Url(text: string): Buffer {
	return Buffer.from(text, "base64url");
}
