import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { Cognito } from "../../src/cognito/cognito.ts";
import type { CognitoOptions } from "../../src/cognito/options.ts";
import { type AccessTokenRequest, AppSession, type CognitoUser } from "../../src/index.ts";
import { settle } from "../support/local-user.ts";
import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";

const LOGIN = ["InitiateAuth", "RespondToAuthChallenge"];
const RENEWAL = "GetTokensFromRefreshToken";
const KEYS = "getAwsCredentials";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(() => tenant.requestLog.clear());

function userOf(options: Partial<CognitoOptions> = {}): Cognito {
	const { clientId = "", userPoolId = "", username, password } = optionsOf(tenant, { app: APP });
	return new Cognito({ clientId, userPoolId, username, password: String(password), ...options });
}

const nothing = { username: undefined, password: undefined };

test("a session with a signed-in user needs one request, for its credentials", async () => {
	await using cognito = userOf();
	await cognito.authenticate();
	await new AppSession({ cognito }).credentials();
	expect(tenant.requestLog.operations()).toEqual([...LOGIN, KEYS]);
});

test("a user with stored tokens does not sign in again, and one with a refresh token only renews", async () => {
	await using earlier = userOf();
	await earlier.authenticate();
	const { accessToken, refreshToken } = earlier;
	tenant.requestLog.clear();
	await using kept = userOf({ ...nothing, accessToken });
	await new AppSession({ cognito: kept }).credentials();
	expect(tenant.requestLog.operations()).toEqual([KEYS]);
	await using renewing = userOf({ ...nothing, refreshToken });
	await new AppSession({ cognito: renewing }).credentials();
	expect(tenant.requestLog.operations()).toEqual([KEYS, RENEWAL, KEYS]);
});

test("a fresh user signs in at the session's first use", async () => {
	await using cognito = userOf();
	await new AppSession({ cognito }).credentials();
	expect(tenant.requestLog.operations()).toEqual([...LOGIN, KEYS]);
});

test.each([
	["no password", nothing],
	["no password", { password: undefined }],
	["no user name", { username: undefined }],
])(
	"at the first use of a session whose user has %s, the error names that, and nothing is sent: %j",
	async (missing, options) => {
		await using cognito = userOf(options);
		const session = new AppSession({ cognito });
		for (let i = 0; i < 2; i++) {
			const failure = { code: "NotSignedIn", message: expect.stringContaining(missing) };
			await expect(session.credentials()).rejects.toMatchObject(failure);
		}
		expect(tenant.requestLog.length).toBe(0);
	},
);

test("a session goes on when its user signs in later", async () => {
	await using cognito = userOf({ password: undefined });
	const session = new AppSession({ cognito });
	expect(await codeOf(session.credentials())).toBe("NotSignedIn");
	await cognito.authenticate(String(optionsOf(tenant, { app: APP }).password));
	await session.credentials();
	expect(tenant.requestLog.operations()).toEqual([...LOGIN, KEYS]);
});

test("one user in several sessions signs in once, then renews once", async () => {
	await using cognito = userOf();
	const sessions = Array.from({ length: 5 }, () => new AppSession({ cognito }));
	await Promise.all(sessions.map((session) => session.credentials()));
	const rejected = String(cognito.accessToken);
	await Promise.all(sessions.map((session) => session.cognito.getAccessToken({ rejected })));
	await Promise.all(sessions.map((session) => session.credentials({ forceRefresh: true })));
	expect([...LOGIN, RENEWAL, KEYS].map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 1, 10]);
	for (const session of sessions) session.destroy();
	expect(await codeOf(cognito.getAccessToken())).toBe("none");
});

test("a session works for anything with a username and getAccessToken(), on connections of its own", async () => {
	await using source = userOf();
	await source.authenticate();
	const requests: AccessTokenRequest[] = [];
	const cognito: CognitoUser = {
		username: "somebody",
		getAccessToken(request = {}) {
			requests.push(request);
			return source.getAccessToken(request);
		},
	};
	const session = new AppSession({ cognito, requestHandler: {} });
	const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
	await session.credentials();
	await session.describeApp();
	expect(tenant.requestLog.operations()).toEqual([...LOGIN, KEYS, "describeApp"]);
	expect(requests.map(({ rejected }) => rejected)).toEqual([undefined, undefined]);
	expect(JSON.parse(JSON.stringify(session))).toMatchObject({ username: "somebody" });
	const open = sockets();
	session.destroy();
	await settle(() => sockets() < open);
	await expect(session.query("{ a }")).rejects.toMatchObject({ code: "SessionDestroyed" });
	await expect(source.getAccessToken()).resolves.toBe(source.accessToken);
});
