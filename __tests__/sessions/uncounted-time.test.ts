import { afterEach, expect, test } from "@jest/globals";
import { AppSession, type AppSessionOptions } from "../../src/index.ts";
import { passing } from "../support/fleet.ts";
import { codeOf, optionsOf } from "../support/signed-in.ts";
import { tenantPerFile } from "../support/tenant-per-file.ts";

const local = tenantPerFile();
const sessions: AppSession[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.destroy();
	local.tenant.requestLog.clear();
	local.tenant.faults.clear();
});

function start(options: AppSessionOptions): AppSession {
	const session = new AppSession({
		...optionsOf(local.tenant, { app: "external-app" }),
		clock: local.clock,
		...options,
	});
	sessions.push(session);
	return session;
}

/** How a session got its credentials, and after how many seconds. */
async function ready(session: AppSession): Promise<{ code: string; seconds: number }> {
	const startedAt = local.clock.monotonic();
	const code = await codeOf(passing(local.clock, session.ready()));
	return { code, seconds: Math.round((local.clock.monotonic() - startedAt) / 1000) };
}

test.each([0.1, 0.4, 0.995])(
	"the first sign-in is delayed by a random part of startSpreadSeconds, %d of it, which counts against no deadline",
	async (share) => {
		const session = start({ startSpreadSeconds: 120, random: () => share });
		const { code, seconds } = await ready(session);
		expect(code).toBe("none");
		expect(seconds).toBeGreaterThanOrEqual(Math.floor(120 * share));
		expect(seconds).toBeLessThan(120 * share + 10);
	},
);

test("only the first sign-in is delayed", async () => {
	const session = start({ startSpreadSeconds: 120, random: () => 0.5 });
	await ready(session);
	await local.clock.advance(40 * 24 * 3_600_000);
	const { code, seconds } = await ready(session);
	expect(code).toBe("none");
	expect(seconds).toBeLessThan(10);
});

test("processes that start together with startSpreadSeconds sign in at different times", async () => {
	const shares = Array.from({ length: 12 }, (_, index) => index / 12);
	const all = shares.map((share) => start({ startSpreadSeconds: 60, random: () => share }));
	await Promise.all(all.map((session) => passing(local.clock, session.ready())));
	const times = local.tenant.requestLog.since().filter(({ operation }) => operation === "InitiateAuth");
	const seconds = new Set(times.map(({ at }) => Math.round(at / 1000)));
	expect(seconds.size).toBeGreaterThan(10);
});

test.each([59, 61, 119, 121])(
	"a person who needs %i s for the password leaves the whole deadline to the requests",
	async (seconds) => {
		local.tenant.faults.add({ operation: "getAwsCredentials", delayMs: 12_000, times: 1 });
		const password = String(optionsOf(local.tenant, { app: "external-app" }).password);
		const asked = () =>
			new Promise<string>((resolve) => void local.clock.after(seconds * 1000, () => resolve(password)));
		const session = start({ password: asked, answerTimeoutMs: 300_000, totalTimeoutMs: 60_000 });
		expect((await ready(session)).code).toBe("none");
	},
);

test("the deadline ends a query that hangs, counted from its start without the time of the person", async () => {
	local.tenant.faults.add({ operation: "getAwsCredentials", hang: true, times: 10 });
	const password = String(optionsOf(local.tenant, { app: "external-app" }).password);
	const asked = () => new Promise<string>((resolve) => void local.clock.after(100_000, () => resolve(password)));
	const session = start({ password: asked, answerTimeoutMs: 300_000, totalTimeoutMs: 20_000 });
	const { code, seconds } = await ready(session);
	expect(code).toBe("RefreshTimedOut");
	expect(seconds).toBeGreaterThanOrEqual(119);
	expect(seconds).toBeLessThan(126);
});
