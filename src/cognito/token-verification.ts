import type { ServerTime } from "../clock.ts";
import { AuthenticationError, isEchoStreamError, safeCause } from "../errors.ts";
import type { CognitoApi } from "./cognito-api.ts";

/** The claims of a token, verified. */
export type VerifiedClaims = Readonly<Record<string, unknown>>;

/** What `verifyTokens()` found: the claims of the tokens that there are. */
export interface VerifiedTokens {
	readonly id?: VerifiedClaims;
	readonly access?: VerifiedClaims;
}

interface Verification {
	readonly api: CognitoApi;
	readonly userPoolId: string;
	readonly clientId: string;
	readonly serverTime: ServerTime;
}

/** Where the user pool's tokens may come from: pools with replicas in other regions name another issuer. */
function issuersOf(userPoolId: string, endpoint: string): string[] {
	const region = userPoolId.split("_")[0];
	const domain = new URL(endpoint).hostname.replace(/^.*?(amazonaws\..*|amazonwebservices\..*)$/, "$1");
	const domains = domain.startsWith("amazon") ? [domain] : [domain, "amazonaws.com"];
	const hosts = domains.flatMap((one) => [`cognito-idp.${region}.${one}`, `issuer-cognito-idp.${region}.${one}`]);
	return [...hosts.map((host) => `https://${host}/${userPoolId}`), `${endpoint}/${userPoolId}`];
}

function invalid(what: string, cause: unknown): AuthenticationError {
	return new AuthenticationError("InvalidToken", what, { cause: safeCause(cause) });
}

/** Checks signature, issuer, app client, use and age of the tokens that are there. */
export async function verifyTokens(
	tokens: { readonly idToken: string | undefined; readonly accessToken: string | undefined },
	{ api, userPoolId, clientId, serverTime }: Verification,
): Promise<VerifiedTokens> {
	const { JwtVerifier } = await import("aws-jwt-verify");
	const endpoint = await api.endpoint();
	const jwksUri = `${endpoint}/${userPoolId}/.well-known/jwks.json`;
	const keys = await api.getJson(jwksUri);
	const issuers = issuersOf(userPoolId, endpoint);

	const verify = async (use: "id" | "access", token: string): Promise<VerifiedClaims> => {
		const jwt = JwtVerifier.create({
			issuer: null,
			audience: use === "id" ? clientId : null,
			jwksUri,
			// The age is judged below, by the servers' clock: this machine's may be wrong.
			graceSeconds: Number.MAX_SAFE_INTEGER,
		});
		try {
			jwt.cacheJwks(keys as unknown as Parameters<typeof jwt.cacheJwks>[0]);
			const claims: VerifiedClaims = await jwt.verify(token);
			if (claims.token_use !== use) throw new Error(`it is no ${use} token`);
			if (!issuers.includes(String(claims.iss))) throw new Error(`its issuer is ${claims.iss}`);
			if (use === "access" && claims.client_id !== clientId) throw new Error("it is another app client's");
			if (typeof claims.exp !== "number") throw new Error("it never expires");
			if (claims.exp * 1000 <= serverTime.now()) throw new Error("it has expired");
			return claims;
		} catch (error) {
			if (isEchoStreamError(error)) throw error;
			const cause = safeCause(error);
			throw invalid(`The ${use} token is not valid for user pool ${userPoolId}: ${cause.message}`, cause);
		}
	};

	const { idToken, accessToken } = tokens;
	return {
		...(idToken === undefined ? {} : { id: await verify("id", idToken) }),
		...(accessToken === undefined ? {} : { access: await verify("access", accessToken) }),
	};
}
