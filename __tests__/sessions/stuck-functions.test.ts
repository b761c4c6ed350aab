import { afterEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ManualClock } from "echostream-local";
import { AppSession, type AppSessionOptions, type CognitoUser, type HttpHandler } from "../../src/index.ts";

import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";
import { until } from "../support/watched-session.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0).reverse()) await stop();
});

/** A tenant and a session with one clock. */
async function start(options: AppSessionOptions = {}) {
	const clock = new ManualClock();
	const tenant = await startTenant({ clock });
	const session = new AppSession({ ...optionsOf(tenant, { app: APP }), clock, random: () => 0, ...options });
	stops.push(
		() => tenant.stop(),
		() => session.destroy(),
	);
	return { clock, tenant, session };
}

const never = () => new Promise<never>(() => {});

/** Lets the clock run until something has happened. */
async function untilBy(clock: ManualClock, isOver: () => boolean): Promise<void> {
	for (let ms = 0; ms < 20_000 && !isOver(); ms++) await clock.advance(1);
	await until(isOver);
}

/** How a promise ended, or `undefined` while it is pending. */
function watched(promise: Promise<unknown>): { code: string | undefined } {
	const state: { code: string | undefined } = { code: undefined };
	void codeOf(promise).then((code) => {
		state.code = code;
	});
	return state;
}

const CALLS: Readonly<Record<string, (session: AppSession) => Promise<unknown>>> = {
	"ready()": (session) => session.ready(),
	"credentials()": (session) => session.credentials(),
	"query()": (session) => session.query("query version { GetVersion }"),
	"describeTenant()": (session) => session.describeTenant(),
	"regionName()": (session) => session.regionName(),
};

describe("a getAccessToken() of a caller-provided user that never settles", () => {
	test.each(Object.entries(CALLS))("%s ends at totalTimeoutMs, and the next call starts again", async (_, call) => {
		const { clock, tenant, session: own } = await start();
		const signals: (AbortSignal | undefined)[] = [];
		const cognito: CognitoUser = {
			username: "jo",
			getAccessToken(request) {
				signals.push(request?.signal);
				return signals.length === 1 ? never() : own.cognito.getAccessToken(request);
			},
		};
		const session = new AppSession({ ...optionsOf(tenant, { app: APP }), cognito, clock, totalTimeoutMs: 20_000 });
		stops.push(() => session.destroy());
		const first = watched(call(session));
		const second = watched(call(session));
		await until(() => signals.length > 0);
		const count = signals.length;
		await clock.advance(19_999);
		expect([first.code, signals[0]?.aborted]).toEqual([undefined, false]);
		await clock.advance(1);
		await until(() => first.code !== undefined && second.code !== undefined);
		expect(first.code).toMatch(/^(AppSyncUnavailable|RefreshTimedOut)$/);
		expect(signals[0]?.aborted).toBe(true);
		const next = watched(call(session));
		await until(() => signals.length > count);
		await untilBy(clock, () => next.code !== undefined);
		expect(next.code).toBe("none");
	});
});

describe("a promise of a request handler that never settles", () => {
	const steps = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"] as const;
	test.each(steps)("the first handle() for %s fails no call", async (step) => {
		const real: HttpHandler = new NodeHttpHandler();
		stops.push(() => real.destroy?.());
		let stuck = 0;
		const requestHandler: HttpHandler = {
			handle(request, options) {
				const text = `${request.headers["x-amz-target"]} ${request.body}`;
				if (stuck > 0 || !text.includes(step)) return real.handle(request, options);
				stuck++;
				return never();
			},
		};
		const { clock, session } = await start({ requestHandler });
		const ready = watched(session.ready());
		await until(() => stuck === 1);
		await clock.advance(15_000);
		await untilBy(clock, () => ready.code !== undefined);
		expect(ready.code).toBe("none");
	});

	test("a handle() that never settles any more ends each call at totalTimeoutMs, and leaves no timer", async () => {
		const { clock, session } = await start({ requestHandler: { handle: never } });
		for (let call = 0; call < 2; call++) {
			const ready = watched(session.ready({ forceRefresh: true }));
			await clock.advance(0);
			await clock.advance(60_000);
			await until(() => ready.code !== undefined);
			expect(ready.code).not.toBe("none");
			expect(clock.pending).toBe(0);
		}
	});
});

describe("a function that asks a person", () => {
	test.each(Object.entries(CALLS))("%s waits for a password that takes ten minutes", async (_, call) => {
		let type = (_: string) => {};
		let calls = 0;
		const password = () => {
			calls++;
			return answer;
		};
		const { clock, session, tenant } = await start({ answerTimeoutMs: 900_000, password });
		const answer = new Promise<string>((resolve) => {
			type = resolve;
		});
		const waiting = watched(call(session));
		await until(() => calls === 1);
		for (let minute = 0; minute < 10; minute++) await clock.advance(60_000);
		expect(waiting.code).toBeUndefined();
		type(String(optionsOf(tenant, { app: APP }).password));
		await until(() => waiting.code !== undefined);
		expect(waiting.code).toBe("none");
	});

	test("a password function that never settles ends in AnswerTimedOut after 60 s, and the next call asks again", async () => {
		const signals: AbortSignal[] = [];
		let password = "";
		const { clock, session, tenant } = await start({
			password({ signal }) {
				signals.push(signal);
				return signals.length === 1 ? never() : password;
			},
		});
		password = String(optionsOf(tenant, { app: APP }).password);
		const callers = Object.values(CALLS).map((call) => watched(call(session)));
		await until(() => signals.length === 1);
		await clock.advance(59_999);
		expect(callers.map(({ code }) => code)).toEqual(callers.map(() => undefined));
		await clock.advance(1);
		await until(() => callers.every(({ code }) => code !== undefined));
		expect(new Set(callers.map(({ code }) => code))).toEqual(new Set(["AnswerTimedOut"]));
		expect([signals.length, signals[0]?.aborted]).toEqual([1, true]);
		expect(clock.pending).toBe(0);
		await session.ready();
		expect(signals.length).toBe(2);
	});

	test("a challenge function that never settles ends in AnswerTimedOut after 15 minutes, and the next call asks again", async () => {
		const clock = new ManualClock();
		const users = [
			{ username: "external-app-user", password: "Local-1!", mfa: [{ type: "SMS", destination: "+15550100" }] },
		] as const;
		const tenant = await startTenant({
			clock,
			userPool: { users: users.map((user) => ({ ...user, mfa: [...user.mfa] })) },
		});
		const signals: AbortSignal[] = [];
		const session = new AppSession({
			...optionsOf(tenant, { app: APP }),
			clock,
			challenges: {
				SMS_MFA({ signal }) {
					signals.push(signal);
					return signals.length === 1 ? never() : (tenant.userPool.sentCodes.at(-1)?.code ?? "");
				},
			},
		});
		stops.push(
			() => tenant.stop(),
			() => session.destroy(),
		);
		const ready = watched(session.ready());
		await until(() => signals.length === 1);
		await clock.advance(899_999);
		expect([ready.code, signals[0]?.aborted]).toEqual([undefined, false]);
		await clock.advance(1);
		await until(() => ready.code !== undefined);
		expect([ready.code, signals[0]?.aborted]).toEqual(["AnswerTimedOut", true]);
		const next = watched(session.ready());
		await untilBy(clock, () => next.code !== undefined);
		expect([next.code, signals.length]).toEqual(["none", 2]);
	});
});
