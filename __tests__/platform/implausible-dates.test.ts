import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type HttpHandler } from "../../src/index.ts";
import { OwnConnections } from "../../src/platform/connections.ts";
import { ServerClock } from "../../src/platform/server-clock.ts";
import { LyingServer, userOf } from "../support/lying-server.ts";
import { APP, optionsOf, startTenant } from "../support/signed-in.ts";

let tenant: LocalTenant;
const clock = new ManualClock();
beforeAll(async () => {
	tenant = await startTenant({ clock });
});
afterAll(() => tenant.stop());
beforeEach(() => tenant.faults.clear());

/** A clock of the servers' time that a test can read, and what shares it with a user. */
function ownerWith(handler: HttpHandler) {
	const serverClock = new ServerClock(clock);
	return {
		serverClock,
		owner: { serverClock, endpointSettings: () => ({}), connections: new OwnConnections(handler) },
	};
}

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
			expect([3600, 3601].map((seconds) => session.getCredentials().refreshNeeded(seconds))).toEqual([false, true]);
			session.destroy();
		},
	);

	test.each([
		["one too far ahead to be written down otherwise", "Sat, 13 Sep 275760 00:00:00 GMT"],
		["15,000 brackets", "(".repeat(15_000)],
		["words", "Invalid Date"],
		["a number", "0"],
	])("a Date header that is implausible is ignored: %s", async (_, date) => {
		await using server = await LyingServer.start(() => ({
			status: 400,
			headers: { date },
			body: { __type: "NewException" },
		}));
		const { owner, serverClock } = ownerWith(new NodeHttpHandler());
		const user = userOf(server.url, { clock, owner });
		await expect(user.getAccessToken()).rejects.toMatchObject({ code: "CognitoException" });
		expect(serverClock.offset()).toBe(0);
		user.destroy();
	});

	test.each([8.64e12, 1e308, -1, 0])(
		"the implausible time of a token that was issued %d s after 1970 is ignored, without a Date header",
		async (iat) => {
			const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
			const AccessToken = `e30.${part({ iat, exp: iat + 3600 })}.x`;
			const body = JSON.stringify({ AuthenticationResult: { AccessToken, ExpiresIn: 3600 } });
			const requestHandler = { handle: async () => ({ response: { statusCode: 200, headers: {}, body } }) };
			const { owner, serverClock } = ownerWith(requestHandler);
			const user = userOf("https://cognito.example", { clock, owner, refreshToken: "kept" });
			expect(await user.getAccessToken()).toBe(AccessToken);
			expect(serverClock.offset()).toBe(0);
		},
	);
});
