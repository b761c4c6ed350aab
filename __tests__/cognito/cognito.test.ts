import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { FaultEffect } from "echostream-local";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import { LambdaValidation, type UserPoolOptions } from "../../packages/local/src/user-pool/user-pool-options.ts";
import { Cognito } from "../../src/cognito/cognito.ts";
import type { CognitoOptions } from "../../src/cognito/options.ts";
import { AuthenticationError, SettingsError } from "../../src/errors.ts";
import type { SessionEvent } from "../../src/platform/events.ts";
import { codeOf, JO, type LocalPool, poolPerTest, settle } from "../support/local-user.ts";

const HOUR_MS = 3_600_000;
const LOGIN = ["InitiateAuth", "RespondToAuthChallenge"];
const RENEWAL = "GetTokensFromRefreshToken";

const start = poolPerTest();

/** The pool's clock, for one who waits through no pause between two attempts. */
function impatient({ clock }: LocalPool): CognitoOptions["clock"] {
	return {
		now: () => clock.now(),
		monotonic: () => clock.monotonic(),
		after: (ms, act, keepsAlive) => (keepsAlive ? clearImmediate.bind(null, setImmediate(act)) : clock.after(ms, act)),
	};
}

describe("making a user", () => {
	const good = { userPoolId: "eu-west-1_AbC", clientId: "client" };

	test("a Cognito user with several invalid options reports all of them at once, and sends nothing", () => {
		const wrong = {
			userPoolId: "eu-west-1",
			clientId: " ",
			userPoolRegion: "europe",
			password: 5,
			endpoint: "localhost",
			maxAttempts: 0,
			requestTimeoutMs: Number.NaN,
			authFlow: "USER_SRP",
			loginTimeoutMs: 0,
			answerTimeoutMs: "long",
			challenges: { SOFTWARE_TOKEN_MFA: { secret: "not base32!" } },
		};
		try {
			new Cognito(wrong as unknown as CognitoOptions);
			throw new Error("made");
		} catch (error) {
			expect(error).toBeInstanceOf(SettingsError);
			expect((error as SettingsError).problems.map(({ option }) => option)).toEqual([
				"userPoolId",
				"clientId",
				"userPoolRegion",
				"endpoint",
				"authFlow",
				"password",
				"challenges.SOFTWARE_TOKEN_MFA.secret",
				"requestTimeoutMs",
				"maxAttempts",
				"loginTimeoutMs",
				"answerTimeoutMs",
			]);
		}
	});

	test("the region of a Cognito user is the user pool's, unless another one is set", () => {
		expect(new Cognito(good).userPoolRegion).toBe("eu-west-1");
		expect(new Cognito({ ...good, userPoolRegion: "us-east-2" }).userPoolRegion).toBe("us-east-2");
	});

	test.each([
		["us-east-1_A", {}, {}, "cognito-idp.us-east-1.amazonaws.com"],
		["us-gov-west-1_A", {}, {}, "cognito-idp.us-gov-west-1.amazonaws.com"],
		["cn-north-1_A", {}, {}, "cognito-idp.cn-north-1.amazonaws.com.cn"],
		["us-iso-east-1_A", {}, {}, "cognito-idp.us-iso-east-1.c2s.ic.gov"],
		["eusc-de-east-1_A", {}, {}, "cognito-idp.eusc-de-east-1.amazonaws.eu"],
		["us-east-1_A", { userPoolRegion: "us-west-2" }, {}, "cognito-idp.us-west-2.amazonaws.com"],
		["us-east-1_A", { endpoint: "https://proxy.example:8443/x" }, {}, "proxy.example:8443"],
		["us-east-1_A", {}, { AWS_ENDPOINT_URL: "http://127.0.0.1:9" }, "127.0.0.1:9"],
		["us-east-1_A", {}, { AWS_USE_FIPS_ENDPOINT: "true" }, "cognito-idp-fips.us-east-1.amazonaws.com"],
	])("%s with %j and %j sends its requests to %s%s", async (userPoolId, options, variables, host) => {
		const asked: string[] = [];
		const requestHandler = {
			async handle({ hostname, port }: { hostname: string; port?: number | undefined }): Promise<never> {
				asked.push(port === undefined ? hostname : `${hostname}:${port}`);
				throw new Error("no network here");
			},
		};
		Object.assign(process.env, variables);
		try {
			const user = new Cognito({
				...good,
				username: "jo",
				password: "p",
				maxAttempts: 1,
				userPoolId,
				requestHandler,
				...options,
			});
			expect(await codeOf(user.getAccessToken())).toBe("CognitoUnavailable");
		} finally {
			for (const name of Object.keys(variables)) delete process.env[name];
		}
		expect(asked).toEqual([host]);
	});

	test("a Cognito user without password and tokens fails with an error that names what is missing", async () => {
		await expect(new Cognito(good).getAccessToken()).rejects.toMatchObject({ code: "NotSignedIn" });
		await expect(new Cognito({ ...good, password: "p" }).getAccessToken()).rejects.toThrow("no user name");
		await expect(new Cognito({ ...good, username: "", password: "p" }).getAccessToken()).rejects.toThrow(
			"no user name",
		);
		await expect(new Cognito({ ...good, username: "jo", password: "" }).getAccessToken()).rejects.toThrow(
			"no password",
		);
		await expect(new Cognito({ ...good, username: "jo" }).authenticate()).rejects.toThrow("no password");
		await expect(new Cognito(good).checkToken()).rejects.toThrow("no access token");
		await expect(new Cognito(good).verifyTokens()).rejects.toThrow("no tokens");
	});

	test("no password and no token shows in inspection, JSON or an enumeration of a Cognito user", async () => {
		const pool = await start();
		const user = pool.user();
		await user.authenticate();
		for (const shown of [
			inspect(user, { depth: 9, showHidden: true }),
			JSON.stringify({ user }),
			Object.entries(user).join(),
		]) {
			for (const secret of [JO.password, user.accessToken, user.idToken, user.refreshToken]) {
				expect(shown).not.toContain(secret);
			}
		}
		expect(JSON.parse(JSON.stringify(user))).toMatchObject({ username: JO.username, isSignedIn: true });
	});
});

describe("signing in", () => {
	test("a sign-in takes two requests, which a hundred simultaneous callers share", async () => {
		const pool = await start();
		const events: SessionEvent[] = [];
		const user = pool.user({ onEvent: (event) => events.push(event) });
		expect(pool.requestLog.length).toBe(0);
		const tokens = await Promise.all(Array.from({ length: 100 }, () => user.getAccessToken()));
		expect(new Set([...tokens, user.accessToken]).size).toBe(1);
		await user.getAccessToken();
		expect(pool.requestLog.operations()).toEqual(LOGIN);
		expect(events).toEqual([{ type: "signIn", reason: "first", username: JO.username }]);
		await expect(pool.pool.verify(user.accessToken as string)).resolves.toMatchObject({ username: JO.username });
	});

	test.each([
		["a space at both ends", " P@ssw0rd "],
		["quotes and backslashes", `"quo'ted\\back\\"`],
		["emoji", "🔑🗝️ P1a!"],
		["composed", "Passw0rd é"],
		["decomposed", "Passw0rd e\u0301"],
		["256 characters", "aB3$".repeat(64)],
		["a newline", "P@ss\nword1"],
	])("a sign-in works with a password with %s", async (_, password) => {
		const pool = await start({ jo: { password } });
		const warnings: unknown[] = [];
		const logger = { debug() {}, info() {}, error() {}, warn: (...content: unknown[]) => warnings.push(content) };
		await pool.user({ password, logger }).getAccessToken();
		expect(warnings).toHaveLength(password.trim() === password ? 0 : 1);
		const other = password.normalize(password.normalize("NFC") === password ? "NFD" : "NFC").trim();
		if (other !== password)
			expect(await codeOf(pool.user({ password: other }).getAccessToken())).toBe("SignInRejected");
	});

	test("a wrong password is proven once for any number of callers, until authenticate() or until five minutes pass", async () => {
		const pool = await start();
		const user = pool.user({ password: "wrong" });
		const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(user.getAccessToken())));
		for (let i = 0; i < 50; i++) codes.push(await codeOf(user.getAccessToken({ interactive: i % 2 === 0 })));
		expect(new Set(codes)).toEqual(new Set(["SignInRejected"]));
		expect(pool.requestLog.operations()).toEqual(LOGIN);
		expect(await codeOf(user.authenticate())).toBe("SignInRejected");
		expect(pool.requestLog.length).toBe(4);
		await pool.clock.advance(301_000);
		expect(await codeOf(user.getAccessToken())).toBe("SignInRejected");
		expect(pool.requestLog.length).toBe(6);
		await user.authenticate(JO.password);
		await user.getAccessToken();
		expect(pool.requestLog.length).toBe(8);
	});

	test("too many wrong passwords have another error than a wrong one", async () => {
		const pool = await start();
		const codes: string[] = [];
		for (let i = 0; i < 6; i++) codes.push(await codeOf(pool.user().authenticate("wrong")));
		expect(codes).toEqual([...Array.from({ length: 5 }, () => "SignInRejected"), "UserLockedOut"]);
	});

	test("a password function is called when a sign-in needs it, once for all callers, and once more after a changed password", async () => {
		const pool = await start();
		let password = JO.password;
		let asked = 0;
		const ask = async () => {
			asked++;
			return password;
		};
		const user = pool.user({ password: ask });
		await Promise.all([user.getAccessToken(), user.getAccessToken()]);
		await user.authenticate();
		expect(asked).toBe(1);
		password = "N3w-password";
		pool.pool.setPassword(JO.username, password);
		pool.pool.revokeRefreshTokens(JO.username);
		await pool.clock.advance(HOUR_MS);
		const mark = pool.requestLog.length;
		await user.getAccessToken();
		expect(asked).toBe(2);
		expect(pool.requestLog.operations(mark)).toEqual([RENEWAL, ...LOGIN, ...LOGIN]);
	});

	test("a rejected password that the function returns again is not proven again, and the function is not called twice for a new one", async () => {
		const pool = await start();
		let asked = 0;
		const ask = (password: string) => () => {
			asked++;
			return password;
		};
		const user = pool.user({ password: ask(JO.password) });
		await user.getAccessToken();
		pool.pool.setPassword(JO.username, "N3w-password");
		pool.pool.revokeRefreshTokens(JO.username);
		await pool.clock.advance(HOUR_MS);
		const mark = pool.requestLog.length;
		expect(await codeOf(user.getAccessToken())).toBe("SignInRejected");
		expect(await codeOf(user.getAccessToken())).toBe("SignInRejected");
		expect([asked, ...pool.requestLog.operations(mark)]).toEqual([2, RENEWAL, ...LOGIN]);
		const fresh = pool.user({ password: ask("wrong") });
		expect(await codeOf(fresh.getAccessToken())).toBe("SignInRejected");
		expect(asked).toBe(3);
	});

	test("a password function is not called in the background, but by the next caller that waits", async () => {
		const pool = await start();
		let asked = 0;
		const ask = (password: string) => () => {
			asked++;
			return password;
		};
		const user = pool.user({ password: ask(JO.password) });
		expect(await codeOf(user.getAccessToken({ interactive: false }))).toBe("InteractionRequired");
		const [background, foreground] = [user.getAccessToken({ interactive: false }), user.getAccessToken()];
		expect(await Promise.all([codeOf(background), codeOf(foreground)])).toEqual(["InteractionRequired", "none"]);
		expect([asked, ...pool.requestLog.operations()]).toEqual([1, ...LOGIN]);
	});

	test("an error that a password function throws is the cause of a typed error, and a value that is no password is a typed error", async () => {
		const pool = await start();
		const cancelled = new Error("cancelled");
		const throwing = () => Promise.reject(cancelled);
		const code = "PasswordUnavailable";
		const thrown = await pool
			.user({ password: throwing })
			.getAccessToken()
			.catch((error: unknown) => error);
		expect(thrown).toMatchObject({ name: "AuthenticationError", code });
		expect((thrown as Error).cause).toBe(cancelled);
		await expect(pool.user({ password: () => "" }).getAccessToken()).rejects.toMatchObject({ code });
		expect(pool.requestLog.length).toBe(0);
	});

	test("authenticate() stops a sign-in that is in progress, whose password is not proven any more", async () => {
		const pool = await start();
		const user = pool.user({ password: "wrong" });
		const first = user.getAccessToken();
		await settle(() => pool.requestLog.length === 1);
		const second = user.authenticate(JO.password);
		expect(await Promise.all([first, second])).toEqual([user.accessToken, undefined]);
		await pool.user().getAccessToken();
		expect(pool.requestLog.operations()).toEqual(["InitiateAuth", ...LOGIN, ...LOGIN]);
		expect(await user.getAccessToken()).toBe(await first);
	});

	test("two simultaneous calls of authenticate() with the same password share one sign-in, and show no one a password", async () => {
		const pool = await start();
		const user = pool.user({ password: undefined });
		await Promise.all([user.authenticate(JO.password), user.authenticate(JO.password), user.getAccessToken()]);
		expect(pool.requestLog.operations()).toEqual(LOGIN);
	});

	test("a listener or logger that throws does not disturb a sign-in", async () => {
		const pool = await start();
		const onEvent = () => {
			throw new Error("listener");
		};
		await pool.user({ onEvent }).getAccessToken();
	});
});

describe("renewing", () => {
	test.each([
		["3600 s", 3600, 120],
		["300 s", 300, 60],
		["one day", 86_400, 120],
	])(
		"a token with a lifetime of %s is renewed close to its expiry, once for a hundred callers, and no key set is fetched",
		async (_, life, margin) => {
			const pool = await start({ accessTokenSeconds: life });
			const user = pool.user();
			const first = await user.getAccessToken();
			await pool.clock.advance((life - margin - 1) * 1000);
			expect([await user.getAccessToken(), await user.checkToken()]).toEqual([first, false]);
			await pool.clock.advance(1001);
			const mark = pool.requestLog.length;
			const tokens = await Promise.all(Array.from({ length: 100 }, () => user.getAccessToken()));
			expect(new Set(tokens).size).toBe(1);
			expect(tokens[0]).not.toBe(first);
			expect(pool.requestLog.operations(mark)).toEqual([RENEWAL]);
			expect(await user.checkToken()).toBe(false);
			await pool.clock.advance(life * 1000);
			expect(await user.checkToken({ renew: false })).toBe(true);
			expect(await user.checkToken()).toBe(true);
			expect(pool.requestLog.operations(mark)).toEqual([RENEWAL, RENEWAL]);
		},
	);

	test.each([-2 * HOUR_MS, -600_000, 0, 600_000, 2 * HOUR_MS, 40 * 24 * HOUR_MS])(
		"a local clock that is %i ms ahead changes no renewal",
		async (skewMs) => {
			const pool = await start();
			const user = pool.user({ clock: pool.clock.skewed(skewMs) });
			for (let minute = 0; minute <= 180; minute += 10) {
				await pool.pool.verify(await user.getAccessToken());
				await pool.clock.advance(600_000);
			}
			expect(pool.requestLog.operations()).toEqual([...LOGIN, RENEWAL, RENEWAL, RENEWAL]);
		},
	);

	test("without a Date header the token's own time is used", async () => {
		const pool = await start();
		const handler = new NodeHttpHandler();
		const requestHandler = {
			async handle(...request: Parameters<typeof handler.handle>) {
				const { response } = await handler.handle(...request);
				const { date: _, ...headers } = response.headers;
				return { response: Object.assign(response, { headers }) };
			},
		};
		const user = pool.user({ requestHandler, clock: pool.clock.skewed(240_000) });
		// Cognito checks the signed time, so the first login only works within its tolerance.
		await user.getAccessToken();
		await pool.clock.advance(HOUR_MS - 120_001);
		expect(await user.checkToken({ renew: false })).toBe(false);
		await pool.clock.advance(1);
		expect(await user.checkToken({ renew: false })).toBe(true);
	});

	test("a computer that slept renews the token at once, without a timer", async () => {
		const pool = await start();
		const user = pool.user();
		await user.getAccessToken();
		pool.clock.jump(3 * HOUR_MS);
		await pool.pool.verify(await user.getAccessToken());
		expect(pool.requestLog.operations()).toEqual([...LOGIN, RENEWAL]);
		expect(pool.clock.pending).toBe(0);
	});

	test("a token that a service rejected is renewed, once, and an older one is not", async () => {
		const pool = await start();
		const user = pool.user();
		const rejected = await user.getAccessToken();
		const renewed = await Promise.all([user.getAccessToken({ rejected }), user.getAccessToken({ rejected })]);
		expect(await user.getAccessToken({ rejected })).toBe(renewed[0]);
		expect(renewed[0]).not.toBe(rejected);
		expect(pool.requestLog.operations()).toEqual([...LOGIN, RENEWAL]);
	});

	test("a stored access token is used, then a stored refresh token", async () => {
		const pool = await start();
		const earlier = pool.user();
		await earlier.authenticate();
		const { accessToken, idToken, refreshToken } = earlier;
		const kept = { accessToken, idToken, refreshToken, username: undefined, password: undefined };
		const user = pool.user(kept);
		expect([await user.getAccessToken(), user.username]).toEqual([accessToken, JO.username]);
		const onlyRefresh = pool.user({ ...kept, accessToken: undefined, idToken: undefined });
		await pool.pool.verify(await onlyRefresh.getAccessToken());
		expect(pool.requestLog.operations()).toEqual([...LOGIN, RENEWAL]);
		expect(await pool.user({ ...kept, accessToken: "opaque" }).getAccessToken()).toBe("opaque");
	});

	test("an expired refresh token causes one sign-in, and without a password an error that names the reason", async () => {
		const pool = await start();
		const events: SessionEvent[] = [];
		const user = pool.user({ onEvent: (event) => events.push(event) });
		await user.getAccessToken();
		const { refreshToken } = user;
		pool.pool.revokeRefreshTokens(JO.username);
		await pool.clock.advance(HOUR_MS);
		const mark = pool.requestLog.length;
		await Promise.all([user.getAccessToken(), user.getAccessToken({ interactive: false })]);
		expect(pool.requestLog.operations(mark)).toEqual([RENEWAL, ...LOGIN]);
		expect(events.at(-1)).toEqual({ type: "signIn", reason: "refreshTokenRejected", username: JO.username });
		const hopeless = pool.user({ refreshToken, password: undefined });
		for (let i = 0; i < 3; i++) {
			await expect(hopeless.getAccessToken()).rejects.toMatchObject({
				code: "RefreshTokenRejected",
				cause: { cause: { name: "NotAuthorizedException" } },
			});
		}
		expect(pool.requestLog.operations(mark)).toEqual([RENEWAL, ...LOGIN, RENEWAL]);
	});

	test("a refresh token that another process has used is reported as a warning with its cause, and the password signs in", async () => {
		const pool = await start({ refreshTokenRotation: { graceSeconds: 0 } });
		const warnings: unknown[][] = [];
		const logger = { debug() {}, info() {}, error() {}, warn: (...content: unknown[]) => void warnings.push(content) };
		const user = pool.user({ logger });
		await user.getAccessToken();
		await pool.user({ refreshToken: user.refreshToken, password: undefined }).getAccessToken();
		await pool.clock.advance(HOUR_MS);
		await pool.pool.verify(await user.getAccessToken());
		expect(warnings).toEqual([
			[
				expect.objectContaining({
					message: expect.stringContaining("refresh token was used before"),
					event: "refreshTokenReused",
					username: JO.username,
					error: {
						name: "AuthenticationError",
						code: "RefreshTokenRejected",
						message: expect.any(String),
						cause: { name: "RefreshTokenReuseException", message: expect.any(String) },
					},
				}),
			],
		]);
	});

	test("a user stays signed in for a year of refresh tokens that live 30 days", async () => {
		const pool = await start();
		const user = pool.user();
		for (let day = 0; day < 365; day += 5) {
			await pool.pool.verify(await user.getAccessToken());
			await pool.clock.advance(5 * 24 * HOUR_MS);
		}
		expect(pool.requestLog.count("RespondToAuthChallenge")).toBeGreaterThan(10);
	});

	test("a user who is deleted, disabled or has to reset the password has an error of its own", async () => {
		for (const [act, code] of [
			[(pool: LocalPool) => pool.pool.removeUser(JO.username), "UserNotFound"],
			[(pool: LocalPool) => pool.pool.disableUser(JO.username), "UserDisabled"],
			[(pool: LocalPool) => pool.pool.addUser({ ...JO, status: "RESET_REQUIRED" }), "PasswordResetRequired"],
		] as const) {
			const pool = await start();
			const user = pool.user();
			await user.getAccessToken();
			pool.pool.revokeRefreshTokens(JO.username);
			act(pool);
			await pool.clock.advance(HOUR_MS);
			expect(await codeOf(user.getAccessToken())).toBe(code);
			const mark = pool.requestLog.length;
			expect(await codeOf(user.getAccessToken())).toBe(code);
			expect(pool.requestLog.length).toBe(mark);
		}
	});

	const passing: [string, FaultEffect][] = [
		["a 500", { status: 500, body: { __type: "InternalErrorException", message: "Something went wrong" } }],
		["a 503 of a proxy", { status: 503, body: "<html>" }],
		["throttling", { status: 400, body: { __type: "TooManyRequestsException", message: "Rate exceeded" } }],
		["a broken connection", { drop: "before" }],
		["a lost answer", { drop: "after" }],
		["half an answer", { drop: "midway" }],
		["no JSON", { corrupt: "html" }],
		["an empty answer", { corrupt: "empty" }],
	];
	test.each(passing)(
		"%s removes nothing: the old token is served while it works, and the refresh token is kept",
		async (_, effect) => {
			const pool = await start();
			const user = pool.user();
			const first = await user.getAccessToken();
			await pool.clock.advance(HOUR_MS - 60_000);
			const fault = pool.faults.add({ ...effect, service: "cognito" });
			expect([await user.getAccessToken(), await user.getAccessToken()]).toEqual([first, first]);
			expect(fault.met).toBe(1);
			await pool.clock.advance(61_000);
			const failure = await user.getAccessToken().catch((error: unknown) => error);
			expect(failure).toMatchObject({ transient: true, message: expect.stringContaining(pool.pool.id) });
			expect(inspect(failure, { depth: 9 })).not.toContain(user.refreshToken);
			fault.remove();
			await pool.clock.advance(60_000);
			const mark = pool.requestLog.length;
			await user.getAccessToken();
			expect(pool.requestLog.operations(mark)).toEqual([RENEWAL]);
		},
	);

	test("a renewal without a response ends at the deadline, for all that wait, and the next call starts again", async () => {
		const pool = await start();
		const user = pool.user({ requestTimeoutMs: 5000 });
		const fault = pool.faults.add({ hang: true, service: "cognito" });
		const waiting = [codeOf(user.getAccessToken()), codeOf(user.getAccessToken())];
		await settle(() => fault.met === 1);
		await pool.clock.advance(5000);
		expect(await Promise.all(waiting)).toEqual(["CognitoUnavailable", "CognitoUnavailable"]);
		fault.remove();
		await user.getAccessToken();
	});

	test("a caller that aborts stops waiting, and no other caller does", async () => {
		const pool = await start();
		const user = pool.user();
		const gaveUp = new AbortController();
		const waiting = [codeOf(user.getAccessToken({ signal: gaveUp.signal })), codeOf(user.getAccessToken())];
		gaveUp.abort();
		expect(await Promise.all(waiting)).toEqual([DOMException.ABORT_ERR, "none"]);
		await expect(user.getAccessToken({ signal: gaveUp.signal })).rejects.toThrow(/abort/);
		expect(pool.requestLog.operations()).toEqual(LOGIN);
	});

	test.each([
		["GetTokensFromRefreshToken", {}, "GetTokensFromRefreshToken"],
		["REFRESH_TOKEN_AUTH, where the former is not enabled", { disabledOperations: [RENEWAL] }, "InitiateAuth"],
	] as [string, UserPoolOptions, string][])(
		"a token is renewed three times by %s, with a client secret and an alias",
		async (_, options, operation) => {
			const pool = await start({ ...options, clientSecret: "s3cr3t-".repeat(5) });
			const user = pool.user({ username: "jo@example.com" });
			await user.getAccessToken();
			for (let i = 0; i < 3; i++) {
				await pool.clock.advance(HOUR_MS);
				await pool.pool.verify(await user.getAccessToken());
			}
			const tried = operation === "InitiateAuth" ? [RENEWAL] : [];
			expect(pool.requestLog.operations()).toEqual([...LOGIN, ...tried, operation, operation, operation]);
			expect(user.username).toBe("jo@example.com");
		},
	);

	test("where neither renewal operation is offered, the password is used", async () => {
		const pool = await start({ disabledOperations: [RENEWAL], authFlows: ["USER_SRP_AUTH"] });
		const user = pool.user();
		await user.getAccessToken();
		await user.renewAccessToken();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, RENEWAL, "InitiateAuth", ...LOGIN]);
	});

	test.each([0, 60])(
		"a hundred rotated refresh tokens are used once each, with a grace of %i s",
		async (graceSeconds) => {
			const pool = await start({ refreshTokenRotation: { graceSeconds } });
			const user = pool.user();
			await user.getAccessToken();
			const seen = new Set([user.refreshToken]);
			for (let i = 0; i < 100; i++) {
				await user.renewAccessToken();
				seen.add(user.refreshToken);
			}
			expect(seen.size).toBe(101);
			expect(pool.requestLog.count("RespondToAuthChallenge")).toBe(1);
		},
	);

	test.each([
		[0, 1],
		[60, 0],
	])("a lost response with a rotated token, with a grace of %i s, costs %i sign-in", async (graceSeconds, logins) => {
		const pool = await start({ refreshTokenRotation: { graceSeconds } });
		const user = pool.user();
		await user.getAccessToken();
		pool.faults.add({ drop: "after", operation: RENEWAL, times: 1 });
		expect(await codeOf(user.renewAccessToken())).toBe("CognitoUnavailable");
		await user.renewAccessToken();
		expect(pool.requestLog.count("RespondToAuthChallenge")).toBe(1 + logins);
	});

	test.each([
		[0, [RENEWAL, RENEWAL, ...LOGIN]],
		[60, [RENEWAL, RENEWAL]],
	])(
		"a lost response within the attempts of one renewal, with a grace of %i s: %j",
		async (graceSeconds, operations) => {
			const pool = await start({ refreshTokenRotation: { graceSeconds } });
			const user = pool.user({ maxAttempts: 3, clock: impatient(pool) });
			await user.getAccessToken();
			pool.faults.add({ drop: "after", operation: RENEWAL, times: 1 });
			const mark = pool.requestLog.length;
			await user.renewAccessToken();
			expect(pool.requestLog.operations(mark)).toEqual(operations);
		},
	);

	test("a proof whose response got lost is not repeated until the user is locked out: the sign-in starts over", async () => {
		const pool = await start();
		pool.faults.add({ drop: "after", operation: "RespondToAuthChallenge", times: 1 });
		await pool.user({ maxAttempts: 3, clock: impatient(pool) }).getAccessToken();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, "RespondToAuthChallenge", ...LOGIN]);
		const mark = pool.requestLog.length;
		pool.faults.add({ drop: "after", operation: "RespondToAuthChallenge", times: 1 });
		const mistaken = pool.user({ password: "wrong", maxAttempts: 3, clock: impatient(pool) });
		expect(await codeOf(mistaken.getAccessToken())).toBe("SignInRejected");
		expect(pool.requestLog.operations(mark)).toEqual([...LOGIN, "RespondToAuthChallenge", ...LOGIN]);
	});

	test("a rotated refresh token is stored before any listener is notified of the renewal", async () => {
		const pool = await start({ refreshTokenRotation: { graceSeconds: 0 } });
		const held: (string | undefined)[] = [];
		const user: Cognito = pool.user({ onEvent: () => held.push(user.refreshToken) });
		await user.getAccessToken();
		await user.renewAccessToken();
		expect(held).toEqual([expect.any(String), user.refreshToken]);
		expect(held[0]).not.toBe(held[1]);
	});
});

describe("every exception of Cognito has its code", () => {
	test.each([
		["AliasExistsException", "UserExists"],
		["CodeMismatchException", "ChallengeRejected"],
		["EnableSoftwareTokenMFAException", "ChallengeRejected"],
		["ForbiddenException", "RequestBlocked"],
		["InternalErrorException", "CognitoUnavailable"],
		["InvalidLambdaResponseException", "LambdaFailed"],
		["InvalidParameterException", "CognitoException"],
		["InvalidPasswordException", "InvalidPassword"],
		["LimitExceededException", "Throttled"],
		["NotAuthorizedException", "SignInRejected"],
		["OperationNotEnabledException", "OperationNotEnabled"],
		["PasswordHistoryPolicyViolationException", "InvalidPassword"],
		["PasswordResetRequiredException", "PasswordResetRequired"],
		["ResourceNotFoundException", "UserPoolNotFound"],
		["SomeFutureException", "CognitoException"],
		["TooManyRequestsException", "Throttled"],
		["UnexpectedLambdaException", "LambdaFailed"],
		["UserLambdaValidationException", "LambdaRejected"],
		["UserNotConfirmedException", "UserNotConfirmed"],
		["UserNotFoundException", "UserNotFound"],
		["UsernameExistsException", "UserExists"],
	])("an exception of Cognito has its code: %s: %s", async (name, code) => {
		const pool = await start();
		const status = name === "ForbiddenException" ? 403 : name === "InternalErrorException" ? 500 : 400;
		const body = { __type: name, message: "Said by Cognito" };
		const fault = pool.faults.add({ service: "cognito", operation: "RespondToAuthChallenge", status, body });
		const error = await pool
			.user()
			.getAccessToken()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code, transient: ["CognitoUnavailable", "Throttled"].includes(code) });
		if (code !== "ChallengeRejected") {
			expect(error).toMatchObject({ cause: { name }, message: expect.stringContaining("Said by Cognito") });
		}
		expect(fault.met).toBe(1);
	});

	test.each([
		["NotAuthorizedException", "Password attempts exceeded", "UserLockedOut"],
		["NotAuthorizedException", "User is disabled.", "UserDisabled"],
		["NotAuthorizedException", "Unable to verify secret hash for client 1", "ClientSecretRejected"],
		["NotAuthorizedException", "Auth flow not enabled for this client", "FlowNotEnabled"],
		[
			"NotAuthorizedException",
			"Temporary password has expired and must be reset by an administrator.",
			"PasswordResetRequired",
		],
		["InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.", "FlowNotEnabled"],
	])("an exception of Cognito in an operation has its code: %s, %s: %s", async (__type, message, code) => {
		const pool = await start();
		pool.faults.add({ service: "cognito", status: 400, body: { __type, message } });
		expect(await codeOf(pool.user().getAccessToken())).toBe(code);
	});

	test("a request that a web application firewall blocks is not retried, nor by the SDK", async () => {
		const pool = await start();
		const fault = pool.faults.add({ service: "cognito", status: 403, body: "<html>Request blocked</html>" });
		const user = pool.user({ maxAttempts: 3 });
		expect([await codeOf(user.getAccessToken()), await codeOf(user.getAccessToken())]).toEqual([
			"RequestBlocked",
			"RequestBlocked",
		]);
		expect(fault.met).toBe(1);
	});

	test("a value that Cognito quotes from the request is not repeated in the error", async () => {
		const pool = await start();
		const user = pool.user();
		await user.getAccessToken();
		const message = `Value '${user.refreshToken}' at 'refreshToken' failed to satisfy constraint`;
		pool.faults.add({ service: "cognito", status: 400, body: { __type: "InvalidParameterException", message } });
		const error = await user.renewAccessToken().catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: "CognitoException" });
		expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(user.refreshToken);
	});

	test("the message of a Lambda trigger of the user pool is in the error", async () => {
		const preAuthentication = () => {
			throw new LambdaValidation("Only from the office, please");
		};
		const pool = await start({ triggers: { preAuthentication } });
		await expect(pool.user().getAccessToken()).rejects.toThrow("Only from the office, please");
	});

	test.each([
		["another app client", {}, { clientId: "other" }, "UserPoolNotFound"],
		["no client secret", { clientSecret: "x".repeat(30) }, { clientSecret: undefined }, "ClientSecretRejected"],
		["a wrong client secret", { clientSecret: "x".repeat(30) }, { clientSecret: "y" }, "ClientSecretRejected"],
		["a client secret too many", {}, { clientSecret: "y" }, "ClientSecretRejected"],
		["a flow that is off", { authFlows: [] }, {}, "FlowNotEnabled"],
		["an unknown user", {}, { username: "nobody" }, "UserNotFound"],
		["an unknown user, hidden", { preventUserExistenceErrors: "ENABLED" }, { username: "nobody" }, "SignInRejected"],
		["another pool's part of the id", {}, { userPoolId: "us-east-1_Other" }, "SignInRejected"],
		["a replica", { disabledOperations: ["InitiateAuth"] }, {}, "OperationNotEnabled"],
	] as [string, UserPoolOptions, Partial<CognitoOptions>, string][])(
		"an exception of Cognito reaches the caller: %s",
		async (_, poolOptions, options, code) => {
			const pool = await start(poolOptions);
			expect(await codeOf(pool.user(options).getAccessToken())).toBe(code);
		},
	);
});

describe("the claims of a user", () => {
	test("the claims of a user are those of the tokens, and are undefined without them", async () => {
		const pool = await start();
		const user = pool.user();
		expect([user.idClaims, user.accessClaims]).toEqual([undefined, undefined]);
		await user.authenticate();
		expect(user.idClaims).toEqual(decodeJwt(user.idToken ?? ""));
		expect(user.accessClaims).toEqual(decodeJwt(user.accessToken ?? ""));
		expect(user.accessClaims).toMatchObject({ token_use: "access", username: JO.username });
		expect(pool.requestLog.count("GetKeySet")).toBe(0);
		await user.logout();
		expect([user.idClaims, user.accessClaims]).toEqual([undefined, undefined]);
	});

	test.each(["opaque", "a.b.c", `a.${btoa("[1]")}.c`, `a.${btoa("null")}.c`])(
		"the claims of a token that is no JSON Web Token, %s, are undefined",
		async (accessToken) => {
			const pool = await start();
			const user = pool.user({ accessToken, idToken: accessToken, refreshToken: undefined });
			expect([user.idClaims, user.accessClaims]).toEqual([undefined, undefined]);
		},
	);
});

describe("verifyTokens()", () => {
	test.each(["ORIGINAL", "UPDATED"] as const)(
		"verifyTokens() accepts the tokens of an issuer in its %s form",
		async (issuer) => {
			const pool = await start({ issuer });
			const user = pool.user({ clock: pool.clock.skewed(-60_000) });
			await user.authenticate();
			const { id, access } = await user.verifyTokens();
			expect([id?.aud, access?.username]).toEqual([pool.pool.clientId, JO.username]);
			expect(pool.requestLog.count("GetKeySet")).toBe(1);
		},
	);

	test("verifyTokens() rejects a token that is forged, expired, of another pool or app client, or of the wrong use", async () => {
		const [pool, other] = [await start(), await start()];
		const user = pool.user();
		await user.authenticate();
		const foreign = other.user();
		await foreign.authenticate();
		const accessToken = String(user.accessToken);
		const tokens = { idToken: undefined, refreshToken: undefined };
		const [head, body, signature = ""] = accessToken.split(".");
		const forged = `${head}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
		for (const options of [
			{ ...tokens, accessToken: forged },
			{ ...tokens, accessToken: "no token" },
			{ ...tokens, accessToken: foreign.accessToken },
			{ ...tokens, accessToken: user.idToken },
			{ ...tokens, accessToken, clientId: "other" },
		]) {
			expect(await codeOf(pool.user(options).verifyTokens())).toBe("InvalidToken");
		}
		await pool.pool.verify(accessToken);
		await pool.clock.advance(HOUR_MS);
		expect(await codeOf(user.verifyTokens())).toBe("InvalidToken");
	});

	test("verifyTokens() rejects a token that never expires", async () => {
		const pool = await start();
		const user = pool.user();
		await user.authenticate();
		const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
		const keys = [{ ...(await exportJWK(publicKey)), kid: "key", use: "sig", alg: "RS256" }];
		pool.faults.add({ operation: "GetKeySet", status: 200, body: { keys } });
		const signed = (claims: object) =>
			new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: "key" }).sign(privateKey);
		const { exp, ...endless } = decodeJwt(String(user.accessToken));
		const tokens = { idToken: undefined, refreshToken: undefined };
		const { access } = await pool.user({ ...tokens, accessToken: await signed({ ...endless, exp }) }).verifyTokens();
		expect(access?.exp).toBe(exp);
		expect(await codeOf(pool.user({ ...tokens, accessToken: await signed(endless) }).verifyTokens())).toBe(
			"InvalidToken",
		);
	});
});

describe("leaving", () => {
	test("logout() signs out everywhere and removes tokens and password", async () => {
		const pool = await start();
		const user = pool.user();
		const token = await user.getAccessToken();
		await user.logout();
		await expect(pool.pool.verify(token)).rejects.toThrow();
		expect([user.accessToken, user.idToken, user.refreshToken]).toEqual([undefined, undefined, undefined]);
		expect(await codeOf(user.getAccessToken())).toBe("NotSignedIn");
		await user.authenticate(JO.password);
	});

	test("logout() stops a sign-in that is in progress, and leaves its callers signed out", async () => {
		const pool = await start();
		const user = pool.user();
		const waiting = codeOf(user.getAccessToken());
		await settle(() => pool.requestLog.length === 1);
		await user.logout();
		expect(await waiting).toBe("NotSignedIn");
		await pool.user().getAccessToken();
		expect(pool.requestLog.operations()).toEqual(["InitiateAuth", ...LOGIN]);
		expect(user.accessToken).toBeUndefined();
	});

	test("logout() with an app client that has a secret requires a new user to sign in again, and the error recommends one", async () => {
		const pool = await start({ clientSecret: "x".repeat(30) });
		const user = pool.user();
		await user.getAccessToken();
		await user.logout();
		const mark = pool.requestLog.length;
		for (const call of [user.authenticate(JO.password), user.initiateForgotPassword(), user.register("a", "b")]) {
			await expect(call).rejects.toMatchObject({ code: "SignedOut", message: expect.stringContaining("new Cognito") });
		}
		expect(pool.requestLog.length).toBe(mark);
	});

	test("after logout() no answer to a challenge is left", async () => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const user = pool.user({ challenges: { SMS_MFA: () => pool.pool.sentCodes.at(-1)?.code ?? "" } });
		await user.getAccessToken();
		await user.logout();
		await expect(user.authenticate(JO.password)).rejects.toMatchObject({ code: "ChallengeUnanswered" });
		await user.respondToSmsMfaChallenge(pool.pool.sentCodes.at(-1)?.code ?? "");
		await pool.pool.verify(await user.getAccessToken());
	});

	test.each([[42], [null], [{}], [true]])(
		"authenticate(%j) is a settings error that names the password, and sends nothing",
		async (password) => {
			const pool = await start();
			await expect(pool.user().authenticate(password as never)).rejects.toMatchObject({
				name: "SettingsError",
				problems: [{ option: "password", problem: expect.stringContaining("must be a string or a function") }],
			});
			expect(pool.requestLog.length).toBe(0);
		},
	);

	test("destroy() stops what is in progress, and every later call fails with its reason, without a request", async () => {
		const pool = await start({ clientSecret: "x".repeat(30) });
		const [user, other] = [pool.user(), pool.user()];
		await user.getAccessToken();
		const fault = pool.faults.add({ hang: true, service: "cognito" });
		const waiting = [codeOf(user.renewAccessToken()), codeOf(user.getUser()), codeOf(other.getAccessToken())];
		await settle(() => fault.met === 3);
		user.destroy();
		const reason = new Error("no longer needed");
		other.destroy(reason);
		expect(await Promise.all(waiting)).toEqual(["UserDestroyed", "UserDestroyed", "Error"]);
		fault.remove();
		const mark = pool.requestLog.length;
		for (const call of [
			() => other.getAccessToken(),
			() => other.authenticate(JO.password),
			() => other.renewAccessToken(),
			() => other.respondToSmsMfaChallenge("1"),
			() => other.checkToken(),
			() => other.verifyTokens(),
			() => other.getUser(),
			() => other.register("a", "b"),
			() => other.confirmSignUp("1"),
			() => other.initiateForgotPassword(),
			() => other.confirmForgotPassword("1", "b"),
		]) {
			await expect(call()).rejects.toBe(reason);
		}
		await other.logout();
		expect([user.accessToken, user.idToken, user.refreshToken]).toEqual([undefined, undefined, undefined]);
		expect(pool.requestLog.length).toBe(mark);
	});

	test("logout() with an expired access token revokes the refresh token", async () => {
		const pool = await start();
		const user = pool.user();
		await user.getAccessToken();
		const { refreshToken } = user;
		await pool.clock.advance(HOUR_MS);
		await user.logout();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, "RevokeToken"]);
		expect(await codeOf(pool.user({ refreshToken, password: undefined }).getAccessToken())).toBe(
			"RefreshTokenRejected",
		);
	});
});

describe("the account", () => {
	test("attributes, password, second factors and devices of the account have pycognito's names", async () => {
		const pool = await start({ jo: { attributes: { email: "jo@example.com" } } });
		const user = pool.user();
		expect(await user.getUser()).toMatchObject({ username: JO.username, attributes: { email: "jo@example.com" } });
		await user.updateProfile({ name: "Jo" });
		expect((await user.getUser()).attributes).toMatchObject({ name: "Jo" });
		const { destination } = await user.sendVerification();
		expect(destination).toBe("j***@e***");
		await user.validateVerification(pool.pool.sentCodes.at(-1)?.code ?? "");
		expect(await codeOf(user.validateVerification("000000"))).toBe("CodeRejected");
	});

	test("a changed password is the one to sign in with", async () => {
		const pool = await start();
		const user = pool.user();
		expect(await codeOf(user.changePassword("wrong", "N3w-password"))).toBe("SignInRejected");
		await user.changePassword(JO.password, "N3w-password");
		pool.pool.revokeRefreshTokens(JO.username);
		await pool.clock.advance(HOUR_MS);
		await user.getAccessToken();
		expect(pool.requestLog.count("RespondToAuthChallenge")).toBe(2);
	});

	test("a forgotten password is replaced with the code that was sent", async () => {
		const pool = await start({ clientSecret: "x".repeat(30) });
		const user = pool.user({ password: undefined });
		await user.initiateForgotPassword();
		expect(await codeOf(user.confirmForgotPassword("000000", "N3w-password"))).toBe("CodeRejected");
		await user.confirmForgotPassword(pool.pool.sentCodes.at(-1)?.code ?? "", "N3w-password");
		await user.authenticate("N3w-password");
	});

	test("a user can register, confirm, sign in and delete the account", async () => {
		const pool = await start();
		const user = pool.user({ username: "newcomer", password: "P@ssw0rd-1" });
		const { isConfirmed } = await user.register("newcomer", "P@ssw0rd-1", { email: "new@example.com" });
		expect(isConfirmed).toBe(false);
		expect(await codeOf(user.register("newcomer", "P@ssw0rd-1"))).toBe("UserExists");
		expect(await codeOf(user.authenticate())).toBe("UserNotConfirmed");
		await user.resendConfirmationCode();
		await user.confirmSignUp(pool.pool.sentCodes.at(-1)?.code ?? "");
		await user.authenticate();
		await user.deleteUser();
		expect(await codeOf(user.authenticate())).toBe("UserNotFound");
	});
});

test("an AuthenticationError has Cognito's message, and not the SDK's request and response", async () => {
	const pool = await start();
	const error = await pool
		.user({ password: "wrong" })
		.getAccessToken()
		.catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(AuthenticationError);
	expect((error as AuthenticationError).cause).toMatchObject({ name: "NotAuthorizedException", status: 400 });
	expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/SRP|SIGNATURE|\$response/);
});
