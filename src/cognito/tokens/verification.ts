import { AuthenticationError, isEchoStreamError, safeCause } from "../../errors.ts";
import { KeySet, type KeySetOptions, type SigningKey } from "./key-set.ts";

type VerifiedClaims = Readonly<Record<string, unknown>>;

/** The verified claims of the available tokens. */
export interface VerifiedTokens {
	/** Claims of the id token. Absent if there is none. */
	readonly id?: Readonly<Record<string, unknown>>;
	/** Claims of the access token. Absent if there is none. */
	readonly access?: Readonly<Record<string, unknown>>;
}

/** Options of {@link TokenVerifier}. */
export interface TokenVerifierOptions extends KeySetOptions {
	readonly clientId: string;
}

/** Verifies tokens of one user pool and app client with the pool's published keys, like a service. */
export class TokenVerifier {
	readonly #options: TokenVerifierOptions;
	readonly #keySet: KeySet;

	constructor(options: TokenVerifierOptions) {
		this.#options = options;
		this.#keySet = new KeySet(options);
	}

	/**
	 * Checks signature, issuer, app client, use and age of the tokens that are there.
	 *
	 * @throws AuthenticationError `InvalidToken`, `InvalidKeySet`, or the failure of the request for the key set.
	 */
	async verify(tokens: {
		readonly idToken: string | undefined;
		readonly accessToken: string | undefined;
	}): Promise<VerifiedTokens> {
		const { idToken, accessToken } = tokens;
		return {
			...(idToken === undefined ? {} : { id: await this.#verify("id", idToken) }),
			...(accessToken === undefined ? {} : { access: await this.#verify("access", accessToken) }),
		};
	}

	async #verify(use: "id" | "access", token: string): Promise<VerifiedClaims> {
		const { api, clientId, userPoolId } = this.#options;
		const [{ verifyJwt }, { JwtParseError }] = await Promise.all([
			import("aws-jwt-verify/jwt-verifier"),
			import("aws-jwt-verify/error"),
		]);
		const checks = {
			issuer: issuersOf(userPoolId, await api.endpoint()),
			audience: use === "id" ? clientId : null,
			// The times are checked below, by the servers' clock, because the local clock may be wrong.
			graceSeconds: Number.MAX_SAFE_INTEGER,
		};
		try {
			// verifyJwt() downloads nothing, because the function that finds the key is passed to it. verifyJwtSync() is missing in
			// browsers.
			const claims = await verifyJwt(token, "", checks, (_, { header }) => this.#keyOf(header));
			this.#checkClaims(use, claims);
			return claims;
		} catch (error) {
			if (isEchoStreamError(error)) throw error;
			// A parser quotes its input, which may be a valid token.
			const cause = error instanceof JwtParseError ? new Error("It is not a JSON Web Token") : safeCause(error);
			const message = `The ${use} token is invalid for user pool ${userPoolId} and client ${clientId}: ${cause.message}`;
			throw new AuthenticationError("InvalidToken", message, { cause });
		}
	}

	async #keyOf({ kid }: { readonly kid?: string }): Promise<SigningKey> {
		const key = kid === undefined ? undefined : await this.#keySet.find(kid);
		if (key === undefined) throw new Error("It is not signed with a key of the user pool");
		return key;
	}

	/** Checks the claims that aws-jwt-verify does not. It has checked that times are numbers. */
	#checkClaims(use: "id" | "access", { token_use, client_id, exp, nbf }: VerifiedClaims): void {
		const now = this.#options.serverClock.now();
		if (token_use !== use) throw new Error(`It is not an ${use} token`);
		if (use === "access" && client_id !== this.#options.clientId) throw new Error("It belongs to another app client");
		if (typeof exp !== "number") throw new Error("It never expires");
		if (exp * 1000 <= now) throw new Error("It has expired");
		if (typeof nbf === "number" && nbf * 1000 > now) throw new Error("It is not valid yet");
	}
}

/** The issuers of the user pool's tokens. Pools with replicas in other regions have another issuer. */
function issuersOf(userPoolId: string, endpoint: string): string[] {
	const region = userPoolId.split("_")[0];
	const domain = new URL(endpoint).hostname.replace(/^.*?(amazonaws\..*|amazonwebservices\..*)$/, "$1");
	const domains = domain.startsWith("amazon") ? [domain] : [domain, "amazonaws.com"];
	const hosts = domains.flatMap((one) => [`cognito-idp.${region}.${one}`, `issuer-cognito-idp.${region}.${one}`]);
	return [...hosts.map((host) => `https://${host}/${userPoolId}`), `${endpoint}/${userPoolId}`];
}
