import { CognitoException, noSuchDevice } from "./cognito-exception.ts";
import type { PoolState } from "./pool-state.ts";
import type { Grant } from "./refresh-grants.ts";
import {
	checkAuthFlow,
	checkClientId,
	checkClientSecret,
	checkSecretHash,
	inputString,
	type OperationInput,
	type ParameterMap,
	parameter,
} from "./request.ts";
import type { PoolAccount } from "./user-directory.ts";

/** Issues the tokens of a sign-in. */
export async function issueTokens(
	pool: PoolState,
	account: PoolAccount,
	grant: Grant,
	extra: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
	const { accessToken, idToken } = await pool.tokens.issue(
		account,
		grant,
		pool.groups.of(account.username),
		pool.now(),
	);
	return {
		AuthenticationResult: {
			AccessToken: accessToken,
			IdToken: idToken,
			ExpiresIn: pool.settings.accessTokenSeconds,
			TokenType: "Bearer",
			...extra,
		},
		ChallengeParameters: {},
	};
}

/** `InitiateAuth` with `REFRESH_TOKEN_AUTH`. An app client that rotates refresh tokens cannot allow it. */
export async function renewTokens(pool: PoolState, parameters: ParameterMap): Promise<Record<string, unknown>> {
	const { settings } = pool;
	const authFlows = settings.authFlows.filter(
		(flow) => flow !== "REFRESH_TOKEN_AUTH" || settings.refreshTokenRotation === undefined,
	);
	checkAuthFlow({ ...settings, authFlows }, "REFRESH_TOKEN_AUTH");
	const grant = pool.grants.get(parameter(parameters, "REFRESH_TOKEN"), pool.now());
	checkSecretHash(settings, parameters.SECRET_HASH ?? undefined, grant.username);
	return issueTokens(pool, checkGrant(pool, grant, parameters.DEVICE_KEY), grant);
}

/** `GetTokensFromRefreshToken`: requires the client secret itself, and rotates where the app client does. */
export async function getTokensFromRefreshToken(
	pool: PoolState,
	input: OperationInput,
): Promise<Record<string, unknown>> {
	checkClientId(pool.settings, input.ClientId);
	const refreshToken = inputString(input, "RefreshToken");
	checkClientSecret(pool.settings, input.ClientSecret);
	const grant = pool.grants.get(refreshToken, pool.now());
	const account = checkGrant(pool, grant, input.DeviceKey);
	const isRotating = pool.settings.refreshTokenRotation !== undefined;
	const extra = isRotating ? { RefreshToken: pool.grants.rotate(refreshToken, pool.now()) } : {};
	const { AuthenticationResult } = await issueTokens(pool, account, grant, extra);
	return { AuthenticationResult };
}

/** Rejects the refresh token of a disabled user, and of a forgotten or unconfirmed device. */
function checkGrant(pool: PoolState, grant: Grant, deviceKey: unknown): PoolAccount {
	const account = pool.users.get(grant.username);
	if (account.disabled) throw new CognitoException("NotAuthorizedException", "User is disabled.");
	if (grant.deviceKey === undefined) return account;
	const device = account.devices.get(grant.deviceKey);
	if (deviceKey !== grant.deviceKey) throw new CognitoException("NotAuthorizedException", "Invalid Refresh Token");
	if (device === undefined) throw noSuchDevice();
	if (device.verifier === undefined) throw new CognitoException("NotAuthorizedException", "Invalid Refresh Token");
	return account;
}
