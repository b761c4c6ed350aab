import { describe, expect, test } from "@jest/globals";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { UserPool } from "../../src/user-pool/user-pool.ts";
import { PASSWORD, poolWithBob, SrpClient, seededBytes, signIn, summary, tokensOf } from "./pool-sign-in.ts";

const WRONG = "NotAuthorizedException: Incorrect username or password.";
const SUB = "7d1a2f8e-9f0b-4a53-8a39-0c5a52c1f2aa";

describe("a sign-in by SRP with cognito-srp-helper", () => {
	test.each([
		["with the user's own name", {}, "Bob", "Bob"],
		["with the name in another case", {}, "bOB", "Bob"],
		["with an e-mail alias", { aliases: ["bob@example.com"] }, "bob@example.com", "Bob"],
		[
			"with a phone number, of a user named by a UUID",
			{ username: SUB, sub: SUB, aliases: ["+15550100001"] },
			"+15550100001",
			SUB,
		],
	])(
		"a sign-in by SRP %s issues tokens of the name that the pool keeps, with and without a client secret",
		async (_, bob, typed, kept) => {
			for (const clientSecret of [undefined, "s3cret".repeat(5)]) {
				const { pool, clock } = await poolWithBob(clientSecret === undefined ? {} : { clientSecret }, bob);
				const { AccessToken } = tokensOf(await signIn(pool, clock, typed));
				expect(await pool.verify(AccessToken)).toMatchObject({ username: kept, token_use: "access" });
			}
		},
	);

	test.each<[string, "SALT" | "SRP_B", (hex: string) => boolean]>([
		["B is a byte short", "SRP_B", (hex) => hex.length <= 766],
		["B has an odd number of digits", "SRP_B", (hex) => hex.length === 767],
		["B has its highest bit set", "SRP_B", (hex) => hex.length === 768 && /^[89a-f]/.test(hex)],
		["the salt is a byte short", "SALT", (hex) => hex.length <= 30],
		["the salt has its highest bit set", "SALT", (hex) => hex.length === 32 && /^[89a-f]/.test(hex)],
	])("a sign-in by SRP succeeds where %s", async (_, parameter, isWanted) => {
		const { pool, clock } = await poolWithBob();
		const client = new SrpClient(pool, "Bob", PASSWORD);
		while (!isWanted((await client.initiate()).ChallengeParameters?.[parameter] ?? "")) {
			if (parameter === "SALT") pool.setPassword("Bob", PASSWORD);
		}
		expect(summary(await client.prove(clock.now()))).toBe("tokens");
	});

	test("the response to USER_SRP_AUTH has the names for the next step, hex in lower case, and no session", async () => {
		const { pool } = await poolWithBob();
		const { ChallengeParameters, ...rest } = await new SrpClient(pool, "BOB", PASSWORD).initiate();
		expect(rest).toEqual({ ChallengeName: "PASSWORD_VERIFIER" });
		expect(ChallengeParameters).toEqual({
			USERNAME: "Bob",
			USER_ID_FOR_SRP: "Bob",
			SALT: expect.stringMatching(/^[1-9a-f][0-9a-f]*$/),
			SRP_B: expect.stringMatching(/^[1-9a-f][0-9a-f]*$/),
			SECRET_BLOCK: expect.stringMatching(/^[\w+/]+=*$/),
		});
	});
});

describe("what the pool rejects", () => {
	test("a wrong password is rejected", async () => {
		const { pool, clock } = await poolWithBob();
		expect(summary(await signIn(pool, clock, "Bob", `${PASSWORD} `))).toBe(WRONG);
	});

	test("a proof for another pool is rejected", async () => {
		const { pool, clock } = await poolWithBob();
		const client = new SrpClient(pool, "Bob", PASSWORD, "us-east-1_OtherPool");
		await client.initiate();
		expect(summary(await client.prove(clock.now()))).toBe(WRONG);
	});

	test.each([
		["is rejected with a padded day", "Tue Nov 03 04:05:06 UTC 2026", WRONG],
		["is rejected with a wrong weekday", "Mon Nov 3 04:05:06 UTC 2026", WRONG],
		["is rejected with a day that does not exist", "Tue Nov 31 04:05:06 UTC 2026", WRONG],
		["is rejected with an hour of one digit", "Tue Nov 3 4:05:06 UTC 2026", WRONG],
		["is rejected ten minutes later", "Tue Nov 3 03:55:06 UTC 2026", WRONG],
		[
			"is an invalid parameter in German",
			"Di Nov 3 04:05:06 UTC 2026",
			"InvalidParameterException: TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
		],
		["is accepted in the format of Cognito", "Tue Nov 3 04:05:06 UTC 2026", "tokens"],
	])("a signed timestamp %s", async (_, TIMESTAMP, expected) => {
		const { pool, clock } = await poolWithBob();
		const client = new SrpClient(pool, "Bob", PASSWORD);
		await client.initiate();
		expect(summary(await client.prove(clock.now(), { TIMESTAMP }))).toBe(expected);
	});

	test("a proof that was used or has expired is rejected", async () => {
		const { pool, clock } = await poolWithBob({ authSessionSeconds: 180 });
		const client = new SrpClient(pool, "Bob", PASSWORD);
		await client.initiate();
		expect(summary(await client.prove(clock.now()))).toBe("tokens");
		expect(summary(await client.prove(clock.now()))).toBe(WRONG);
		await client.initiate();
		clock.forward(180);
		expect(summary(await client.prove(clock.now()))).toBe(
			"NotAuthorizedException: Invalid session for the user, session is expired.",
		);
	});

	test("an A that is zero modulo N is rejected, since it would make the key public", async () => {
		const { pool, call } = await poolWithBob();
		const { getDiffieHellman } = await import("node:crypto");
		const N = getDiffieHellman("modp15").getPrime("hex");
		const twice = (2n * BigInt(`0x${N}`)).toString(16);
		for (const SRP_A of ["0", N, twice, "no number"]) {
			const AuthParameters = { USERNAME: "Bob", SRP_A };
			const response = await call("InitiateAuth", { AuthFlow: "USER_SRP_AUTH", AuthParameters });
			expect(response.__type).toBe("InvalidParameterException");
		}
		expect(pool.sentCodes).toEqual([]);
	});

	test("a secret hash has to be made from the name that was typed, then from the name that the pool keeps", async () => {
		const { pool, clock } = await poolWithBob({ clientSecret: "s3cret" }, { aliases: ["b@x"] });
		const client = new SrpClient(pool, "b@x", PASSWORD);
		const wrong = `NotAuthorizedException: Unable to verify secret hash for client ${pool.clientId}`;
		expect(summary(await client.initiate(client.hash("Bob")))).toBe(wrong);
		await client.initiate();
		expect(summary(await client.prove(clock.now(), client.hash("b@x")))).toBe(wrong);
		expect(summary(await client.prove(clock.now()))).toBe("tokens");
	});

	test.each([
		["an unknown user", {}, "nobody", "UserNotFoundException: User does not exist."],
		["a user by its sub", { sub: SUB }, SUB, "UserNotFoundException: User does not exist."],
		["a disabled user", { disabled: true }, "Bob", "NotAuthorizedException: User is disabled."],
		[
			"an unconfirmed user",
			{ status: "UNCONFIRMED" as const },
			"Bob",
			"UserNotConfirmedException: User is not confirmed.",
		],
		[
			"a user whose password was reset",
			{ status: "RESET_REQUIRED" as const },
			"Bob",
			"PasswordResetRequiredException: Password reset required for the user",
		],
	])("%s cannot sign in", async (_, bob, typed, expected) => {
		const { pool, clock } = await poolWithBob({}, bob);
		expect(summary(await signIn(pool, clock, typed))).toBe(expected);
	});

	test("an unknown user gets the error of a wrong password where the pool hides who exists", async () => {
		const { pool, clock } = await poolWithBob({ preventUserExistenceErrors: "ENABLED" });
		const salts = new Set<unknown>();
		for (let i = 0; i < 2; i++) {
			const client = new SrpClient(pool, "nobody", PASSWORD);
			salts.add((await client.initiate()).ChallengeParameters?.SALT);
			expect(summary(await client.prove(clock.now()))).toBe(WRONG);
		}
		expect(salts.size).toBe(1);
	});

	test.each([
		[{ ClientId: "other" }, "ResourceNotFoundException: User pool client other does not exist."],
		[
			{ AuthFlow: "USER_PASSWORD_AUTH" },
			"InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client",
		],
		[{ AuthFlow: "USER_SRP_AUTH" }, "InvalidParameterException: USER_SRP_AUTH is not enabled for the client."],
		[{ AuthFlow: "MAGIC" }, "InvalidParameterException: Initiate Auth method not supported."],
		[{ AuthParameters: {} }, "InvalidParameterException: Missing required parameter USERNAME"],
	])("InitiateAuth with %j is rejected", async (change, expected) => {
		const { call } = await poolWithBob({ authFlows: ["CUSTOM_AUTH"] });
		const input = { AuthFlow: "CUSTOM_AUTH", AuthParameters: { USERNAME: "Bob" }, ...change };
		expect(summary(await call("InitiateAuth", input))).toBe(expected);
	});

	test("operations that are unknown or disabled get status 400", async () => {
		const { pool } = await poolWithBob({ disabledOperations: ["GetUser"] });
		expect(await pool.respond("constructor", {})).toMatchObject({
			status: 400,
			body: { __type: "UnknownOperationException" },
		});
		expect(await pool.respond("GetUser", {})).toMatchObject({
			status: 400,
			body: { __type: "OperationNotEnabledException" },
		});
	});
});

test("wrong passwords lock the user out from the fifth on, for twice as long each time, until a correct one", async () => {
	const { pool, clock, call } = await poolWithBob({ authFlows: ["USER_PASSWORD_AUTH"] });
	const attempt = async (PASSWORD_: string): Promise<string> =>
		summary(
			await call("InitiateAuth", {
				AuthFlow: "USER_PASSWORD_AUTH",
				AuthParameters: { USERNAME: "Bob", PASSWORD: PASSWORD_ },
			}),
		);
	const locked = "NotAuthorizedException: Password attempts exceeded";
	for (let i = 0; i < 5; i++) expect(await attempt("wrong")).toBe(WRONG);
	expect(await attempt(PASSWORD)).toBe(locked);
	for (const seconds of [1, 2, 4]) {
		clock.forward(seconds - 0.001);
		expect(await attempt(PASSWORD)).toBe(locked);
		clock.forward(0.001);
		expect(await attempt("wrong")).toBe(WRONG);
	}
	clock.forward(8);
	expect(await attempt(PASSWORD)).toBe("tokens");
	expect(await attempt("wrong")).toBe(WRONG);
	expect(await attempt(PASSWORD)).toBe("tokens");
	for (let i = 0; i < 30; i++) {
		await attempt("wrong");
		clock.forward(900);
	}
	clock.forward(0.001);
	expect(await attempt(PASSWORD)).toBe("tokens");
	pool.setPassword("Bob", "another one");
	expect(await attempt(PASSWORD)).toBe(WRONG);
});

describe("the tokens", () => {
	test("tokens have the claims of Cognito's tokens, in both forms of issuer", async () => {
		const { pool, clock } = await poolWithBob(
			{ id: "eu-west-1_Abc", issuer: "UPDATED", accessTokenSeconds: 300, idTokenSeconds: 600 },
			{ sub: SUB, attributes: { email: "b@x", email_verified: "true" } },
		);
		const { AccessToken, IdToken, ExpiresIn } = tokensOf(await signIn(pool, clock));
		const now = clock.now() / 1000;
		const iss = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc";
		const shared = { sub: SUB, iss, iat: now, auth_time: now, jti: expect.any(String), origin_jti: expect.any(String) };
		expect(ExpiresIn).toBe(300);
		expect(pool).toMatchObject({ region: "eu-west-1", issuer: iss });
		const keys = createLocalJWKSet(pool.keySet() as JSONWebKeySet);
		const at = { currentDate: new Date(clock.now()) };
		expect((await jwtVerify(AccessToken, keys, at)).payload).toMatchObject({
			...shared,
			client_id: pool.clientId,
			exp: now + 300,
			scope: "aws.cognito.signin.user.admin",
			token_use: "access",
			username: "Bob",
		});
		expect((await jwtVerify(IdToken, keys, at)).payload).toMatchObject({
			...shared,
			aud: pool.clientId,
			"cognito:username": "Bob",
			email: "b@x",
			email_verified: true,
			exp: now + 600,
			token_use: "id",
		});
	});

	test("tokens are valid for aws-jwt-verify", async () => {
		const { pool, clock } = await poolWithBob();
		clock.ms = Date.now();
		const { AccessToken, IdToken } = tokensOf(await signIn(pool, clock));
		for (const [tokenUse, token] of [
			["access", AccessToken],
			["id", IdToken],
		] as const) {
			const verifier = CognitoJwtVerifier.create({ userPoolId: pool.id, clientId: pool.clientId, tokenUse });
			verifier.cacheJwks(pool.keySet() as Parameters<typeof verifier.cacheJwks>[0]);
			expect(verifier.verifySync(token).sub).toBe((await pool.verify(token)).sub);
		}
	});

	test("an invalid token is rejected with its reason", async () => {
		const { pool, clock } = await poolWithBob();
		const same = { id: pool.id, clientId: pool.clientId, users: [{ username: "Bob", password: PASSWORD }] };
		const other = await UserPool.create(same, clock);
		const { AccessToken } = tokensOf(await signIn(pool, clock));
		const foreign = tokensOf(await signIn(other, clock)).AccessToken;
		const [header, , signature] = AccessToken.split(".");
		const forged = [header, foreign.split(".")[1], signature].join(".");
		const reason = (token: string): Promise<unknown> =>
			pool.verify(token).then(
				() => "good",
				(error) => error.reason,
			);
		expect(await reason(AccessToken)).toBe("good");
		expect(await reason("")).toBe("missing");
		expect(await reason("abc")).toBe("unparsable");
		expect(await reason(`Bearer ${AccessToken}`)).toMatch(/unparsable|foreign/);
		expect(await reason(foreign)).toBe("foreign");
		expect(await reason(forged)).toBe("foreign");
		clock.forward(3600);
		expect(await reason(AccessToken)).toBe("expired");
		clock.forward(-1);
		expect(await reason(AccessToken)).toBe("good");
		pool.revokeRefreshTokens("Bob");
		expect(await reason(AccessToken)).toBe("revoked");
	});
});

test("two pools in one process share no users, and the same seed makes the same client id", async () => {
	const options = { random: seededBytes("twin") };
	const [one, other] = [await poolWithBob(options), await poolWithBob({ random: seededBytes("twin") })];
	expect(one.pool.clientId).toBe(other.pool.clientId);
	expect(one.pool.clientId).toMatch(/^[a-z0-9]{26}$/);
	one.pool.removeUser("Bob");
	expect(summary(await signIn(one.pool, one.clock))).toBe("UserNotFoundException: User does not exist.");
	expect(summary(await signIn(other.pool, other.clock))).toBe("tokens");
});

test.each([
	{ accessTokenSeconds: 299 },
	{ idTokenSeconds: 86_401 },
	{ refreshTokenSeconds: 3599 },
	{ authSessionSeconds: 10 },
	{ refreshTokenRotation: { graceSeconds: 61 } },
	{ id: "nowhere" },
])("a pool with %j is rejected with a RangeError", async (options) => {
	await expect(UserPool.create(options, Date)).rejects.toThrow(RangeError);
});
