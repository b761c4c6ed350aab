import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type Cognito, isEchoStreamError } from "../../src/index.ts";
import { APP, optionsOf, startTenant } from "../support/signed-in.ts";

let tenant: LocalTenant;
const clock = new ManualClock();
beforeAll(async () => {
	tenant = await startTenant({ clock });
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});

/** A session whose pauses have their full length, and no attempt is repeated. */
function sessionWith(options: object = {}): AppSession {
	return new AppSession({ ...optionsOf(tenant, { app: APP }), clock, random: () => 1, maxAttempts: 1, ...options });
}

const failureOf = (call: Promise<unknown>) => call.then(String, (error: unknown) => error);

test("a failed sign-in is returned again during a pause, and a forced refresh signs in at once", async () => {
	await using session = sessionWith();
	const fault = tenant.faults.add({ service: "cognito", status: 503 });
	const failure = await failureOf(session.credentials());
	expect(failure).toMatchObject({ code: "CognitoUnavailable", transient: true });
	expect(await failureOf(session.credentials())).toBe(failure);
	expect(await failureOf(session.query("query version { GetVersion }"))).toBe(failure);
	expect(fault.met).toBe(1);
	fault.remove();
	await session.credentials({ forceRefresh: true });
	await session.query("query version { GetVersion }");
});

test("authenticate() signs in during the pause after a failed sign-in, and ends it", async () => {
	await using session = sessionWith();
	const fault = tenant.faults.add({ service: "cognito", status: 503 });
	const failure = await failureOf(session.credentials());
	fault.remove();
	expect(await failureOf(session.credentials())).toBe(failure);
	await (session.cognito as Cognito).authenticate();
	await session.credentials();
});

test("authenticate() ends the pause after AppSync has rejected every token", async () => {
	await using session = sessionWith();
	const fault = tenant.faults.add({ operation: "getAwsCredentials", status: 401, body: "" });
	const failure = await failureOf(session.credentials());
	expect(failure).toMatchObject({ code: "TokenRejected" });
	fault.remove();
	expect(await failureOf(session.credentials())).toBe(failure);
	await (session.cognito as Cognito).authenticate();
	await session.credentials();
});

test("fifty callers that try again every millisecond cause four sign-ins in ten seconds", async () => {
	await using session = sessionWith();
	const fault = tenant.faults.add({ service: "cognito", status: 503 });
	const codes = new Set<unknown>();
	for (let ms = 0; ms < 10_000; ms += 50) {
		const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(session.credentials())));
		for (const failure of failures) codes.add(isEchoStreamError(failure) && failure.code);
		await clock.advance(50);
	}
	expect([...codes]).toEqual(["CognitoUnavailable"]);
	// After 0, 1, 3 and 7 seconds.
	expect(fault.met).toBe(4);
});

test("an AppSync that rejects every token causes few renewals, however often a refresh is forced", async () => {
	await using session = sessionWith();
	tenant.faults.add({
		operation: "getAwsCredentials",
		status: 401,
		body: { errors: [{ errorType: "UnauthorizedException", message: "Planned" }] },
	});
	for (let ms = 0; ms < 60_000; ms += 100) {
		expect(await failureOf(session.credentials({ forceRefresh: true }))).toMatchObject({ code: "TokenRejected" });
		await clock.advance(100);
	}
	// After 0, 1, 3, 7, 15 and 31 seconds.
	expect(tenant.requestLog.count("GetTokensFromRefreshToken")).toBe(6);
});
