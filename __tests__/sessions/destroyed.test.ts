import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type Cognito, type HttpHandler } from "../../src/index.ts";
import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";
import { until } from "../support/watched-session.ts";

let tenant: LocalTenant;
const real: HttpHandler = new NodeHttpHandler();
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(async () => {
	real.destroy?.();
	await tenant.stop();
});
beforeEach(() => tenant.requestLog.clear());

/** Runs `act` when request number `number` is on its way, before or after the tenant has responded. */
function interrupted(
	number: number,
	when: "before" | "after",
	act: () => void,
): { sent: number; handler: HttpHandler } {
	const state = {
		sent: 0,
		handler: {
			async handle(...request: Parameters<HttpHandler["handle"]>) {
				state.sent++;
				const isIt = state.sent === number;
				if (isIt && when === "before") act();
				const result = await real.handle(...request);
				if (isIt && when === "after") act();
				return result;
			},
		},
	};
	return state;
}

const MOMENTS = [1, 2, 3].flatMap((number) => [[number, "before"] as const, [number, "after"] as const]);

describe("a session that is destroyed while it signs in", () => {
	test.each(MOMENTS)(
		"a destroy() at request %d, %s its response, is followed by no request and no token",
		async (number, when) => {
			let sent = 0;
			const network = interrupted(number, when, () => {
				session.destroy();
				sent = network.sent;
			});
			const session = new AppSession({ ...optionsOf(tenant, { app: APP }), requestHandler: network.handler });
			const calls = [session.credentials(), session.query("query version { GetVersion }"), session.regionName()];
			expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => "SessionDestroyed"));
			for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
			expect(network.sent).toBe(sent);
			const { accessToken, idToken, refreshToken } = session.cognito as Cognito;
			expect([accessToken, idToken, refreshToken]).toEqual([undefined, undefined, undefined]);
			expect(await codeOf(session.credentials())).toBe("SessionDestroyed");
			expect(network.sent).toBe(sent);
		},
	);
});

test("a session that is destroyed between two attempts of a request sends no other one", async () => {
	const clock = new ManualClock();
	let sent = 0;
	const requestHandler: HttpHandler = {
		async handle() {
			sent++;
			throw new Error("connection lost");
		},
	};
	const session = new AppSession({ ...optionsOf(tenant, { app: APP }), clock, requestHandler });
	const waiting = codeOf(session.credentials());
	await until(() => sent === 1 && clock.pending > 0);
	session.destroy();
	expect(await waiting).toBe("SessionDestroyed");
	await clock.advance(60_000);
	expect(sent).toBe(1);
});
