import { expect, test } from "@jest/globals";
import { codeOf, JO, type LocalPool, poolPerTest } from "../support/local-user.ts";

const start = poolPerTest();

/** A user whose requests have three attempts, without a pause. */
const userOf = (pool: LocalPool, options: object = {}) =>
	pool.user({ clock: undefined, maxAttempts: 3, random: () => 0, ...options });

test.each([
	["a lost response", { drop: "after" }],
	["the page of a gateway", { status: 504, body: "<html>" }],
] as const)("register() is sent once where it may have succeeded: %s", async (_, effect) => {
	const pool = await start();
	const fault = pool.faults.add({ ...effect, operation: "SignUp" });
	expect(await codeOf(userOf(pool).register("ann", "P@ssw0rd-1"))).toBe("CognitoUnavailable");
	expect(fault.met).toBe(1);
});

test("register() is sent again where Cognito has throttled it", async () => {
	const pool = await start();
	const body = { __type: "TooManyRequestsException", message: "Rate exceeded" };
	const fault = pool.faults.add({ status: 400, body, operation: "SignUp", times: 2 });
	await userOf(pool).register("ann", "P@ssw0rd-1");
	expect(fault.met).toBe(2);
});

test("logout() succeeds where its first response was lost", async () => {
	const pool = await start();
	const user = userOf(pool);
	await user.authenticate();
	const fault = pool.faults.add({ drop: "after", operation: "GlobalSignOut", times: 1 });
	await user.logout();
	expect([fault.met, pool.requestLog.count("GlobalSignOut")]).toEqual([1, 2]);
});

test("a sign-in whose response to a new password was lost goes on with the new password", async () => {
	const pool = await start({ jo: { status: "FORCE_CHANGE_PASSWORD" } });
	const user = userOf(pool, { challenges: { NEW_PASSWORD_REQUIRED: "N3w-password" } });
	const fault = pool.faults.add({ drop: "after", challenge: "NEW_PASSWORD_REQUIRED", times: 1 });
	await user.authenticate();
	expect(fault.met).toBe(1);
	await pool.pool.verify(await user.getAccessToken());
	await pool.user({ password: "N3w-password" }).authenticate();
	expect(await codeOf(pool.user({ password: JO.password }).authenticate())).toBe("SignInRejected");
});
