import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock, RunningClock } from "echostream-local";
import { parseTotpSecret, totp } from "../../src/cognito/login/totp.ts";
import { AppSession, Cognito, type CognitoOptions } from "../../src/index.ts";
import { ProgramRunner } from "../support/program-runner.ts";
import { APP, codeOf, startTenant } from "../support/signed-in.ts";
import { RecipeServer } from "./recipe-server.ts";
import { BUILT, bundle, program, run, type Snippet, write } from "./snippets.ts";

const USER = `${APP}-user`;
const HOUR = 3_600_000;

/** After a program's own code: two refreshes, between which the test changes something. */
const ROTATION = `
	const step = (name: string) => fetch(\`\${process.env.STEP_URL}/\${name}\`, { method: "POST" });
	await session.ready();
	await step("rotate");
	await session.credentials({ forceRefresh: true });
	await step("endTokens");
	await session.credentials({ forceRefresh: true });
`;

const PROGRAMS = {
	secretsManager: program("rotating-password", "SecretsManagerClient", ROTATION),
	vault: program("rotating-password", "VAULT_ADDR", ROTATION),
	file: program("rotating-password", "PASSWORD_FILE", ROTATION),
	reset: program("rotating-password", "ResetPassword"),
	totp: program("mfa-in-a-service", "TOTP_SECRET"),
	setUp: program("mfa-in-a-service", "associateSoftwareToken"),
	device: program("mfa-in-a-service", "onDevice"),
};

const runner = new ProgramRunner(BUILT);

let folder: string;
let server: RecipeServer;
let tenant: LocalTenant;
beforeAll(async () => {
	const all = Object.values(PROGRAMS);
	write(all);
	await bundle(all);
	folder = await mkdtemp(join(tmpdir(), "echostream-recipes-"));
});
afterAll(async () => {
	runner[Symbol.dispose]();
	await rm(folder, { recursive: true });
});
beforeEach(async () => {
	server = await RecipeServer.start();
});
afterEach(async () => {
	await tenant.stop();
	await server[Symbol.asyncDispose]();
});

/** Runs a program as the app, or as an admin. */
async function ran(
	snippet: Snippet,
	variables: Record<string, string> = {},
	of: "app" | "admin" = "app",
): Promise<void> {
	const settings = tenant.environment(of === "app" ? { app: APP } : { apiUser: "admin" });
	const { code, output } = await run(runner, snippet, { ...settings, ...server.environment, ...variables });
	expect({ code, output }).toEqual({ code: 0, output: "" });
}

/** Number of sign-ins of the app's user, and how many of them Cognito rejected. */
function signIns(): { readonly begun: number; readonly rejected: number } {
	const ofUser = tenant.requestLog.since().filter(({ user }) => user === USER);
	const count = (name: string, isCounted = (_: number | undefined) => true) =>
		ofUser.filter(({ operation, status }) => operation === name && isCounted(status)).length;
	return { begun: count("InitiateAuth"), rejected: count("RespondToAuthChallenge", (status) => status === 400) };
}

/** A user of the app. */
function userOf(clock: ManualClock, options: Partial<CognitoOptions> = {}): Cognito {
	const { USER_POOL_ID = "", CLIENT_ID = "", USER_NAME: username, PASSWORD: password } = process.env;
	return new Cognito({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID, username, password, clock, ...options });
}

describe("the recipe for a password that rotates", () => {
	beforeEach(async () => {
		tenant = await startTenant();
		server.secret = String(tenant.environment({ app: APP }).PASSWORD);
	});

	test.each(["secretsManager", "vault"] as const)(
		"a session with the password of %s signs in with the new one after ResetPassword, and reads it only then",
		async (source) => {
			const reads: number[] = [];
			server.steps = {
				rotate: () => ran(PROGRAMS.reset, {}, "admin"),
				endTokens: () => {
					reads.push(server.reads);
					tenant.userPool.revokeRefreshTokens(USER);
				},
			};
			await ran(PROGRAMS[source], { PASSWORD: "" });
			expect([...reads, server.reads]).toEqual([1, 2]);
			expect(signIns()).toEqual({ begun: 3, rejected: 1 });
		},
	);

	test("a session with the password of a file signs in with the new one after ResetPassword", async () => {
		const file = join(folder, "password");
		writeFileSync(file, `${server.secret}\n`);
		server.steps = {
			rotate: async () => {
				await ran(PROGRAMS.reset, {}, "admin");
				writeFileSync(file, `${server.secret}\n`);
			},
			endTokens: () => tenant.userPool.revokeRefreshTokens(USER),
		};
		await ran(PROGRAMS.file, { PASSWORD: "", PASSWORD_FILE: file });
		expect(readFileSync(file, "utf8")).not.toContain(tenant.environment({ apiUser: "admin" }).PASSWORD);
		expect(signIns()).toEqual({ begun: 3, rejected: 1 });
	});

	test("a store that still has the old password ends in SignInRejected, after which nothing is sent", async () => {
		let password = server.secret;
		await using session = new AppSession({ password: () => password });
		await session.ready();
		tenant.userPool.setPassword(USER, "New-12345!");
		tenant.userPool.revokeRefreshTokens(USER);
		expect(await codeOf(session.credentials({ forceRefresh: true }))).toBe("SignInRejected");
		const sent = tenant.requestLog.length;
		password = "New-12345!";
		expect(await codeOf(session.credentials({ forceRefresh: true }))).toBe("SignInRejected");
		expect(tenant.requestLog.length).toBe(sent);
		await (session.cognito as Cognito).authenticate();
		expect(await codeOf(session.credentials({ forceRefresh: true }))).toBe("none");
	});

	test("a store that fails is a transient error, and fails no call while the credentials are valid", async () => {
		const passwords = [() => server.secret, () => Promise.reject(new Error("Vault returned HTTP 503"))];
		await using session = new AppSession({ password: () => passwords.shift()?.() ?? "" });
		await session.ready();
		tenant.userPool.setPassword(USER, "New-12345!");
		tenant.userPool.revokeRefreshTokens(USER);
		await expect(session.credentials({ forceRefresh: true })).rejects.toMatchObject({
			code: "PasswordUnavailable",
			transient: true,
		});
		expect(await codeOf(session.credentials())).toBe("none");
	});
});

describe("the recipe for signing out", () => {
	const clock = new ManualClock();
	beforeEach(async () => {
		tenant = await startTenant({ clock });
	});

	function sessionOf(cognito: Cognito): AppSession {
		return new AppSession({ cognito, clock });
	}

	test("a session returns its AWS credentials after logout() until they expire", async () => {
		await using user = userOf(clock);
		await using session = sessionOf(user);
		const { accessKeyId } = await session.credentials();
		await user.logout();
		expect([user.accessToken, user.refreshToken]).toEqual([undefined, undefined]);
		expect((await session.credentials()).accessKeyId).toBe(accessKeyId);
		await clock.advance(2 * HOUR);
		await expect(session.credentials()).rejects.toMatchObject({
			code: "CredentialsExpired",
			cause: expect.objectContaining({ code: "NotSignedIn" }),
		});
	});

	test("logout() ends the refresh tokens of other processes, which sign in again with the password", async () => {
		await using user = userOf(clock);
		await using other = userOf(clock);
		await Promise.all([user.authenticate(), other.authenticate()]);
		const { refreshToken } = other;
		await user.logout();
		const options = { userPoolId: user.userPoolId, clientId: user.clientId, clock };
		await using copy = new Cognito({ ...options, refreshToken });
		expect(await codeOf(copy.getAccessToken())).toBe("RefreshTokenRejected");
		await other.renewAccessToken();
		expect(other.refreshToken).not.toBe(refreshToken);
	});

	test("destroy() sends nothing, and leaves the refresh token and the AWS credentials valid", async () => {
		const user = userOf(clock);
		const session = sessionOf(user);
		const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
		const { refreshToken, userPoolId, clientId } = user;
		const sent = tenant.requestLog.length;
		session.destroy();
		user.destroy();
		expect(tenant.requestLog.length).toBe(sent);
		expect([await codeOf(session.credentials()), await codeOf(user.getAccessToken())]).toEqual([
			"SessionDestroyed",
			"UserDestroyed",
		]);
		await using copy = new Cognito({ userPoolId, clientId, refreshToken, clock });
		expect(await copy.getAccessToken()).toEqual(expect.any(String));
		const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
		const dynamodb = new DynamoDBClient({
			region: tenant.region,
			endpoint: tenant.url,
			credentials,
			systemClockOffset: clock.now() - Date.now(),
		});
		const Key = { pk: { S: "a" }, sk: { S: "b" } };
		expect(await codeOf(dynamodb.send(new GetItemCommand({ TableName: tenant.table, Key })))).toBe("none");
		dynamodb.destroy();
	});

	test("destroy() of a session leaves a Cognito that it was given signed in", async () => {
		await using user = userOf(clock);
		const session = sessionOf(user);
		await session.ready();
		session.destroy();
		expect(await user.getUser()).toMatchObject({ username: USER });
	});

	test("Cognito rejects an access token after logout(), and its signature stays valid until it expires", async () => {
		await using user = userOf(clock);
		await user.authenticate();
		const { accessToken, userPoolId, clientId } = user;
		await user.logout();
		await using copy = new Cognito({ userPoolId, clientId, accessToken, clock });
		expect(await codeOf(copy.getUser())).not.toBe("none");
		expect((await copy.verifyTokens()).access).toMatchObject({ username: USER });
		await clock.advance(2 * HOUR);
		expect(await codeOf(copy.verifyTokens())).toBe("InvalidToken");
	});

	test("logout() without a network removes the secrets from memory, and fails with CognitoUnavailable", async () => {
		const user = userOf(clock, { maxAttempts: 1 });
		await user.authenticate();
		tenant.faults.add({ operation: "GlobalSignOut", drop: "before" });
		expect(await codeOf(user.logout())).toBe("CognitoUnavailable");
		expect([user.accessToken, user.refreshToken]).toEqual([undefined, undefined]);
		expect(await codeOf(user.getAccessToken())).toBe("NotSignedIn");
		user.destroy();
	});
});

describe("the recipe for MFA in a service", () => {
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
	const password = "Guarded-1!";

	test("a service that has set up an authenticator signs in with its secret", async () => {
		const clock = new RunningClock();
		tenant = await startTenant({ clock });
		server.code = async (about) => {
			const key = parseTotpSecret(about) ?? new Uint8Array();
			return totp(key, Math.floor(clock.now() / 30_000));
		};
		await ran(PROGRAMS.setUp);
		expect(server.codes).toBe(1);
		clock.jump(60_000); // a code is accepted once
		await ran(PROGRAMS.totp, { TOTP_SECRET: server.secret });
		await expect(ran(PROGRAMS.totp, { TOTP_SECRET: "" })).rejects.toThrow("SOFTWARE_TOKEN_MFA");
	});

	test("a device that is remembered replaces the code at the second start", async () => {
		const users = [{ username: USER, password, mfa: [{ type: "SMS" as const, destination: "+15550100" }] }];
		tenant = await startTenant({ userPool: { devices: "optIn", users } });
		server.code = () => tenant.userPool.sentCodes.at(-1)?.code ?? "";
		await ran(PROGRAMS.device);
		await ran(PROGRAMS.device);
		expect([server.codes, tenant.userPool.sentCodes.length]).toEqual([1, 1]);
	});

	test.each([
		["the secret of an authenticator signs in in the background", true, 2],
		["a function that answers a challenge is not called in the background", false, 1],
	])("%s", async (_, isSecret, signInsInAll) => {
		const clock = new ManualClock();
		const users = [{ username: USER, password, mfa: [{ type: "TOTP" as const, secret }] }];
		tenant = await startTenant({ clock, userPool: { users } });
		const code = () => totp(parseTotpSecret(secret) ?? new Uint8Array(), Math.floor(clock.now() / 30_000));
		await using session = new AppSession({
			clock,
			challenges: { SOFTWARE_TOKEN_MFA: isSecret ? { secret } : code },
		});
		const { accessKeyId } = await session.credentials();
		const first = session.status().lastRefresh?.at.getTime();
		tenant.userPool.revokeRefreshTokens(USER);
		await clock.advance(HOUR - 5 * 60_000); // in the advisory window
		expect((await session.credentials()).accessKeyId).toBe(accessKeyId);
		while (session.status().lastRefresh?.at.getTime() === first) await new Promise(setImmediate);
		expect(signIns().begun).toBe(signInsInAll);
		await clock.advance(5 * 60_000);
		expect((await session.credentials()).accessKeyId).not.toBe(accessKeyId);
	});
});
