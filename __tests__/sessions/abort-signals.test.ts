import { getEventListeners } from "node:events";
import { afterEach, expect, test } from "@jest/globals";
import { codeOf } from "../support/signed-in.ts";
import { tenantPerFile } from "../support/tenant-per-file.ts";
import { until, WatchedSession } from "../support/watched-session.ts";

const CALLERS = 100;

const local = tenantPerFile();
const { clock, connections } = local;
let watched: WatchedSession;
afterEach(() => {
	watched.destroy();
	local.tenant.faults.clear();
});

type Call = (watched: WatchedSession, signal: AbortSignal) => Promise<unknown>;
const CALLS: readonly (readonly [name: string, hanging: string, call: Call])[] = [
	[
		"session.query()",
		"describeApp",
		({ session }, signal) => {
			const document =
				"query describeApp($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { __typename } }";
			return session.query(document, { tenant: session.tenant, app: session.app }, { signal });
		},
	],
	[
		"getCredentials().identity()",
		"getAwsCredentials",
		({ session }, signal) => session.getCredentials().identity({ signal }),
	],
	["session.ready()", "getAwsCredentials", ({ session }, signal) => session.ready({ signal })],
	["cognito.getAccessToken()", "InitiateAuth", ({ cognito }, signal) => cognito.getAccessToken({ signal })],
];

test.each(CALLS)(
	"%s with one signal for 100 callers adds few listeners to the signal, and leaves none",
	async (_, hanging, call) => {
		watched = new WatchedSession(local.tenant, clock, connections.handler);
		const controller = new AbortController();
		const listeners = () => getEventListeners(controller.signal, "abort").length;
		const fault = local.tenant.faults.add({ operation: hanging, hang: true });
		const ends = Array.from({ length: CALLERS }, () =>
			call(watched, controller.signal).catch((error: unknown) => error),
		);
		await until(() => fault.met > 0);
		// Node warns of a leak at the eleventh.
		expect(listeners()).toBeLessThanOrEqual(10);
		const stopped = new Error("stopped");
		controller.abort(stopped);
		expect((await Promise.all(ends)).filter((end) => end !== stopped)).toEqual([]);
		expect(listeners()).toBe(0);
	},
);

test.each(CALLS)(
	"%s leaves at most one listener on the signal of 100 callers that succeed",
	async (_, _hanging, call) => {
		watched = new WatchedSession(local.tenant, clock, connections.handler);
		const { signal } = new AbortController();
		const peak = { listeners: 0 };
		const ends = Array.from({ length: CALLERS }, async () => {
			const result = call(watched, signal);
			peak.listeners = Math.max(peak.listeners, getEventListeners(signal, "abort").length);
			return codeOf(result);
		});
		expect(new Set(await Promise.all(ends))).toEqual(new Set(["none"]));
		expect(peak.listeners).toBeLessThanOrEqual(10);
		expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
	},
);
