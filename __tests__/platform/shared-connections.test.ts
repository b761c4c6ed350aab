import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { AppSession, Cognito } from "../../src/index.ts";
import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";
import { until } from "../support/watched-session.ts";

/** Connections that one session may have to a service at a time, as in the AWS SDK. */
const PER_SESSION = 50;

let tenant: LocalTenant;
let opened = 0;
const open = new Set<Socket>();
const sessions: AppSession[] = [];

const count = (message: unknown) => {
	const { socket } = message as { socket: Socket };
	opened++;
	open.add(socket);
	socket.once("close", () => open.delete(socket));
};

beforeAll(async () => {
	tenant = await startTenant();
	subscribe("net.client.socket", count);
});
afterAll(async () => {
	unsubscribe("net.client.socket", count);
	await tenant.stop();
});
beforeEach(() => {
	opened = 0;
});
afterEach(() => {
	for (const session of sessions.splice(0)) session.destroy();
	tenant.faults.clear();
	tenant.requestLog.clear();
});

function start(): AppSession {
	const session = new AppSession({ ...optionsOf(tenant, { app: APP }), regionName: "us-east-1" });
	sessions.push(session);
	return session;
}

const read = (session: AppSession, abortSignal?: AbortSignal) =>
	session
		.client(DynamoDBClient)
		.send(new DescribeTableCommand({ TableName: tenant.table }), abortSignal === undefined ? {} : { abortSignal });

/** The connections of a session: one for its sign-ins and queries, and one for its clients. */
const OF_ONE_SESSION = 2;

test("sessions and users of one process share their connections, which are closed with the last of them", async () => {
	for (let i = 0; i < 20; i++) await read(start());
	const { userPoolId, clientId, username, password } = optionsOf(tenant, { app: APP });
	const user = new Cognito({ userPoolId: `${userPoolId}`, clientId: `${clientId}`, username, password });
	await user.getAccessToken();
	expect([opened, open.size]).toEqual([OF_ONE_SESSION, OF_ONE_SESSION]);
	const [last, ...others] = sessions;
	for (const session of others) session.destroy();
	user.destroy();
	await read(last as AppSession);
	expect([opened, open.size]).toEqual([OF_ONE_SESSION, OF_ONE_SESSION]);
	last?.destroy();
	last?.destroy();
	await until(() => open.size === 0);
	await read(start());
	expect(opened).toBe(2 * OF_ONE_SESSION);
});

test("destroy() ends the calls of its session's clients, and none of another session", async () => {
	const [one, other] = [start(), start()];
	await Promise.all([read(one), read(other)]);
	const fault = tenant.faults.add({ hang: true, operation: "DescribeTable", times: 2 });
	const calls = [codeOf(read(one)), codeOf(read(one, new AbortController().signal))];
	await until(() => fault.met === 2);
	one.destroy();
	expect(await Promise.all(calls)).toEqual(["SessionDestroyed", "SessionDestroyed"]);
	expect(await codeOf(read(other))).toBe("none");
});

test("the abort signal of a call ends this call only", async () => {
	const session = start();
	await read(session);
	const fault = tenant.faults.add({ hang: true, operation: "DescribeTable", times: 1 });
	const controller = new AbortController();
	const call = codeOf(read(session, controller.signal));
	await until(() => fault.met === 1);
	const next = read(session, new AbortController().signal);
	controller.abort();
	expect(await call).toBe("AbortError");
	await next;
});

test("an abort signal of the SDK's first releases, which has onabort only, ends its call", async () => {
	const session = start();
	await read(session);
	const fault = tenant.faults.add({ hang: true, operation: "DescribeTable", times: 1 });
	const signal: { aborted: boolean; onabort?: () => void } = { aborted: false };
	const call = codeOf(read(session, signal as unknown as AbortSignal));
	await until(() => fault.met === 1);
	signal.aborted = true;
	signal.onabort?.();
	expect(await call).toBe("AbortError");
});

test("a client that is created after destroy() keeps no connections of the process open", async () => {
	const session = start();
	session.destroy();
	await expect(read(session)).rejects.toMatchObject({ code: "SessionDestroyed" });
	const other = start();
	await read(other);
	other.destroy();
	await until(() => open.size === 0);
});

test("the many calls of a session cause no warning of a leak", async () => {
	const warnings: Error[] = [];
	const note = (warning: Error) => void warnings.push(warning);
	process.on("warning", note);
	const session = start();
	await Promise.all(Array.from({ length: 100 }, () => read(session)));
	await new Promise((resolve) => setImmediate(resolve));
	process.off("warning", note);
	expect(warnings).toEqual([]);
});

test("calls of one session that wait for long leave connections to the others", async () => {
	const [waiting, other] = [start(), start()];
	await Promise.all([read(waiting), read(other)]);
	const fault = tenant.faults.add({ hang: true, operation: "DescribeTable", times: PER_SESSION });
	const calls = Array.from({ length: PER_SESSION }, () => codeOf(read(waiting)));
	await until(() => fault.met === PER_SESSION);
	await read(other);
	waiting.destroy();
	expect(new Set(await Promise.all(calls))).toEqual(new Set(["SessionDestroyed"]));
});

test("sessions that sign in at the same time share a bounded number of connections", async () => {
	await Promise.all(Array.from({ length: 300 }, () => start().ready()));
	expect(opened).toBeLessThanOrEqual(200);
	await until(() => open.size <= 50);
});
