import { CognitoException } from "./cognito-exception.ts";
import { inputString, type OperationInput } from "./operation-input.ts";
import type { PoolState } from "./pool-state.ts";
import { InvalidTokenError, type TokenClaims } from "./token-issuer.ts";
import type { PoolAccount } from "./user-directory.ts";

const WORDING = { expired: "Access Token has expired", revoked: "Access Token has been revoked" };

/** Checks a token of the pool, its revocation included; throws a {@link InvalidTokenError}. */
export async function verifyToken(pool: PoolState, token: string): Promise<TokenClaims> {
	const claims = await pool.tokens.verify(token, pool.now());
	if (pool.grants.isRevoked(claims.origin_jti)) throw new InvalidTokenError("revoked");
	return claims;
}

/** The user whose `AccessToken` an operation was sent with; throws what Cognito says to a bad one. */
export async function signedInUser(
	pool: PoolState,
	input: OperationInput,
): Promise<{ account: PoolAccount; claims: TokenClaims }> {
	const claims = await verifyToken(pool, inputString(input, "AccessToken")).catch((error: unknown) => {
		const reason = error instanceof InvalidTokenError ? error.reason : undefined;
		const wording = reason === "expired" || reason === "revoked" ? WORDING[reason] : "Invalid Access Token";
		throw new CognitoException("NotAuthorizedException", wording);
	});
	if (claims.token_use !== "access") throw new CognitoException("NotAuthorizedException", "Invalid Access Token");
	const account = pool.users.get(claims.username);
	if (account.disabled) throw new CognitoException("NotAuthorizedException", "User is disabled.");
	return { account, claims };
}
