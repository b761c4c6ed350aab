import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type Cognito } from "../../src/index.ts";
import { LyingServer, userOf } from "../support/lying-server.ts";
import { APP, optionsOf, startTenant } from "../support/signed-in.ts";

let tenant: LocalTenant;
const clock = new ManualClock();
beforeAll(async () => {
	tenant = await startTenant({ clock });
});
afterAll(() => tenant.stop());
beforeEach(() => tenant.faults.clear());

/** What a server may name as its date, by mistake or on purpose. */
const DATES: readonly (readonly [string, number])[] = [
	["the last date that JavaScript has", 8.64e15],
	["the year 9999", Date.UTC(9999, 11, 31)],
	["2100", Date.UTC(2100, 0)],
	["1970", 0],
	["the year 1", Date.UTC(1, 0)],
];

describe("an implausible date of a server is ignored", () => {
	test.each(DATES)(
		"a session signs in and gets credentials with an implausible date from every service: %s",
		async (_, date) => {
			tenant.faults.add({ dateSkewMs: date - clock.now() });
			const session = new AppSession({ ...optionsOf(tenant, { app: APP }), clock });
			const { expiration } = await session.credentials();
			expect(Number(expiration) - clock.now()).toBe(3_600_000);
			expect((session.cognito as Cognito).serverClock.offset()).toBe(0);
			session.destroy();
		},
	);

	test.each([
		["one too far ahead to be written down otherwise", "Sat, 13 Sep 275760 00:00:00 GMT"],
		["15,000 brackets", "(".repeat(15_000)],
		["words", "Invalid Date"],
		["a number", "0"],
	])("a Date header that is implausible is ignored: %s", async (_, date) => {
		await using server = await LyingServer.start(() => ({ status: 400, headers: { date }, body: {} }));
		const user = userOf(server.url, { clock });
		await expect(user.getAccessToken()).rejects.toMatchObject({ code: "CognitoException" });
		expect(user.serverClock.offset()).toBe(0);
		user.destroy();
	});

	test.each([8.64e12, 1e308, -1, 0])(
		"the implausible time of a token that was issued %d s after 1970 is ignored, without a Date header",
		async (iat) => {
			const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
			const AccessToken = `e30.${part({ iat, exp: iat + 3600 })}.x`;
			const body = JSON.stringify({ AuthenticationResult: { AccessToken, ExpiresIn: 3600 } });
			const requestHandler = { handle: async () => ({ response: { statusCode: 200, headers: {}, body } }) };
			const user = userOf("https://cognito.example", { clock, requestHandler, refreshToken: "kept" });
			expect(await user.getAccessToken()).toBe(AccessToken);
			expect(user.serverClock.offset()).toBe(0);
		},
	);
});
