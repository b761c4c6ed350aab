import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { UserPool } from "../../src/user-pool/user-pool.ts";
import type { UserPoolOptions } from "../../src/user-pool/user-pool-options.ts";
import { type Call, type HandClock, type Outcome, PASSWORD, poolWithBob, summary, tokensOf } from "./pool-sign-in.ts";

interface SignedIn {
	readonly pool: UserPool;
	readonly clock: HandClock;
	readonly call: Call;
	readonly tokens: ReturnType<typeof tokensOf>;
	renew(refreshToken: string, extra?: Record<string, unknown>): Promise<Outcome>;
	renewOldWay(refreshToken: string, extra?: Record<string, unknown>): Promise<Outcome>;
}

function secretHash(pool: UserPool, name: string): Record<string, string> {
	if (pool.clientSecret === undefined) return {};
	return {
		SECRET_HASH: createHmac("sha256", pool.clientSecret)
			.update(name + pool.clientId)
			.digest("base64"),
	};
}

/** Bob, signed in. */
async function signedInBob(options: UserPoolOptions = {}): Promise<SignedIn> {
	const authFlows = ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"] as const;
	const { pool, clock, call } = await poolWithBob({ authFlows, ...options });
	const AuthParameters = { USERNAME: "Bob", PASSWORD, ...secretHash(pool, "Bob") };
	const signedIn = await call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters });
	return {
		pool,
		clock,
		call,
		tokens: tokensOf(signedIn),
		renew: (RefreshToken, extra) => call("GetTokensFromRefreshToken", { RefreshToken, ...extra }),
		renewOldWay: (REFRESH_TOKEN, extra) =>
			call("InitiateAuth", { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN, ...extra } }),
	};
}

const REVOKED = "NotAuthorizedException: Refresh Token has been revoked";

describe("without rotation", () => {
	test("without rotation both operations issue new tokens of the same sign-in, and no refresh token", async () => {
		const { pool, clock, tokens, renew, renewOldWay } = await signedInBob();
		const first = await pool.verify(tokens.AccessToken);
		clock.forward(3600);
		for (const response of [await renew(tokens.RefreshToken), await renewOldWay(tokens.RefreshToken)]) {
			const { AccessToken, ...others } = tokensOf(response);
			expect(Object.keys(others)).toEqual(["IdToken", "ExpiresIn", "TokenType"]);
			const { auth_time, origin_jti, jti, iat } = await pool.verify(AccessToken);
			expect({ auth_time, origin_jti }).toEqual({ auth_time: first.auth_time, origin_jti: first.origin_jti });
			expect(jti).not.toBe(first.jti);
			expect(iat).toBe(first.iat + 3600);
		}
	});

	test("a refresh token that has expired, was revoked or was never issued is rejected", async () => {
		const { pool, clock, tokens, renew, renewOldWay } = await signedInBob({ refreshTokenSeconds: 3600 });
		const both = async (token: string): Promise<string[]> => [
			summary(await renew(token)),
			summary(await renewOldWay(token)),
		];
		const twice = (text: string): string[] => [text, text];
		expect(await both("made-up")).toEqual(twice("NotAuthorizedException: Invalid Refresh Token"));
		pool.disableUser("Bob");
		expect(await both(tokens.RefreshToken)).toEqual(twice("NotAuthorizedException: User is disabled."));
		pool.disableUser("Bob", false);
		pool.removeUser("Bob");
		expect(await both(tokens.RefreshToken)).toEqual(twice("UserNotFoundException: User does not exist."));
		pool.addUser({ username: "Bob", password: PASSWORD });
		clock.forward(3599);
		expect(await both(tokens.RefreshToken)).toEqual(twice("tokens"));
		clock.forward(1);
		expect(await both(tokens.RefreshToken)).toEqual(twice("NotAuthorizedException: Refresh Token has expired"));
		pool.revokeRefreshTokens("Bob");
		expect(await both(tokens.RefreshToken)).toEqual(twice(REVOKED));
	});

	test("GetTokensFromRefreshToken requires the client secret, and REFRESH_TOKEN_AUTH its hash with the user name", async () => {
		const { pool, tokens, renew, renewOldWay } = await signedInBob({ clientSecret: "s3cret" });
		const { RefreshToken } = tokens;
		expect(summary(await renew(RefreshToken))).toMatch(/^NotAuthorizedException: .*secret/);
		expect(summary(await renew(RefreshToken, { ClientSecret: "other" }))).toMatch(/^NotAuthorizedException: .*secret/);
		expect(summary(await renew(RefreshToken, { ClientSecret: "s3cret" }))).toBe("tokens");
		expect(summary(await renewOldWay(RefreshToken, secretHash(pool, "b@x")))).toBe(
			`NotAuthorizedException: Unable to verify secret hash for client ${pool.clientId}`,
		);
		expect(summary(await renewOldWay(RefreshToken, secretHash(pool, "Bob")))).toBe("tokens");
	});
});

describe.each([0, 60])("with rotation and %d s of grace", (graceSeconds) => {
	const options = { refreshTokenRotation: { graceSeconds }, refreshTokenSeconds: 7200 };
	const REUSED = /^RefreshTokenReuseException: /;

	test("REFRESH_TOKEN_AUTH is rejected where refresh tokens rotate", async () => {
		const { tokens, renewOldWay } = await signedInBob(options);
		expect(summary(await renewOldWay(tokens.RefreshToken))).toBe(
			"InvalidParameterException: REFRESH_TOKEN_AUTH is not enabled for the client.",
		);
	});

	test("each renewal replaces the refresh token, and the old one is rejected after the grace period", async () => {
		const { clock, tokens, renew } = await signedInBob(options);
		const second = tokensOf(await renew(tokens.RefreshToken)).RefreshToken;
		expect(second).not.toBe(tokens.RefreshToken);
		if (graceSeconds > 0) {
			clock.forward(graceSeconds - 0.001);
			expect(summary(await renew(tokens.RefreshToken))).toBe("tokens");
			clock.forward(0.001);
		}
		expect(summary(await renew(tokens.RefreshToken))).toMatch(REUSED);
		expect(summary(await renew(second))).toBe("tokens");
	});

	test("a rotated refresh token expires when the first one would have expired", async () => {
		const { clock, tokens, renew } = await signedInBob(options);
		clock.forward(7000);
		const { RefreshToken } = tokensOf(await renew(tokens.RefreshToken));
		clock.forward(200);
		expect(summary(await renew(RefreshToken))).toBe("NotAuthorizedException: Refresh Token has expired");
	});
});

describe("signing out", () => {
	test.each<[string, (bob: SignedIn) => Promise<Outcome>]>([
		["GlobalSignOut", ({ call, tokens }) => call("GlobalSignOut", { AccessToken: tokens.AccessToken })],
		["RevokeToken", ({ call, tokens }) => call("RevokeToken", { Token: tokens.RefreshToken })],
	])("%s revokes the refresh token and the access tokens that were issued with it", async (_, signOut) => {
		const bob = await signedInBob();
		const renewed = tokensOf(await bob.renew(bob.tokens.RefreshToken)).AccessToken;
		expect(await signOut(bob)).toEqual({});
		expect(summary(await bob.renew(bob.tokens.RefreshToken))).toBe(REVOKED);
		for (const AccessToken of [bob.tokens.AccessToken, renewed]) {
			expect(summary(await bob.call("GetUser", { AccessToken }))).toBe(
				"NotAuthorizedException: Access Token has been revoked",
			);
			await expect(bob.pool.verify(AccessToken)).rejects.toMatchObject({ reason: "revoked" });
		}
	});

	test("RevokeToken rejects an access token, and ignores an unknown refresh token", async () => {
		const { call, tokens } = await signedInBob();
		expect(summary(await call("RevokeToken", { Token: tokens.AccessToken }))).toMatch(/^UnsupportedTokenTypeException/);
		expect(await call("RevokeToken", { Token: "made-up" })).toEqual({});
	});
});
