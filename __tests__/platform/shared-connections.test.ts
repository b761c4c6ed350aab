import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { AppSession, Cognito } from "../../src/index.ts";
import { buildModules, runFile } from "../support/program.ts";
import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";
import { until } from "../support/watched-session.ts";

/** Connections that one session may have to a service at a time, as in the AWS SDK. */
const PER_SESSION = 50;

let tenant: LocalTenant;
let opened = 0;
let mostOpen = 0;
const open = new Set<Socket>();
const sessions: AppSession[] = [];

const count = (message: unknown) => {
	const { socket } = message as { socket: Socket };
	opened++;
	open.add(socket);
	mostOpen = Math.max(mostOpen, [...open].filter(({ destroyed }) => !destroyed).length);
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
	mostOpen = 0;
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
	expect(mostOpen).toBeLessThanOrEqual(200);
	await until(() => open.size <= 50);
});

describe("A session that is dropped without destroy()", () => {
	let folder: string;
	beforeAll(async () => {
		folder = await buildModules("shared-connections", {
			library: "src/index.ts",
			dynamodb: "@aws-sdk/client-dynamodb",
			s3: "@aws-sdk/client-s3",
		});
	});

	function run(name: string, program: string): Promise<unknown> {
		const contents = `
			import { subscribe } from "node:diagnostics_channel";
			import { DescribeTableCommand, DynamoDBClient } from "./dynamodb.mjs";
			import { ApiSession } from "./library.mjs";
			let opened = 0;
			subscribe("net.client.socket", () => opened++);
			const start = () => new ApiSession({ regionName: "us-east-1" });
			const read = (client) => client.send(new DescribeTableCommand({ TableName: process.env.TABLE }));
			const use = async (session) => void (await read(session.client(DynamoDBClient)));
			/** Lets the engine collect, and the callbacks of what was collected run. */
			const collect = async () => {
				for (let n = 0; n < 20; n++) {
					await new Promise((resolve) => setTimeout(resolve, 1));
					gc();
				}
			};
			${program}`;
		const file = join(folder, `${name}.mjs`);
		writeFileSync(file, contents);
		return runFile(file, {
			...process.env,
			...tenant.environment({ apiUser: "admin" }),
			TABLE: tenant.table,
		});
	}

	test("does not raise the limit of connections of other sessions after it is collected", async () => {
		const connections = await run(
			"limit",
			`
			for (let n = 0; n < 10; n++) await use(start());
			await collect();
			const session = start();
			await use(session);
			const before = opened;
			const clients = Array.from({ length: 200 }, () => session.client(DynamoDBClient));
			await Promise.all(clients.map(read));
			// One of them was open.
			console.log(opened - before + 1);`,
		);
		expect(connections).toBe(PER_SESSION);
	});

	test("does not close the connections of others when it was destroyed before it is collected", async () => {
		const connections = await run(
			"destroyed",
			`
			const other = start();
			await use(other);
			const drop = async () => {
				const session = start();
				await use(session);
				session.destroy();
			};
			await drop();
			await collect();
			await use(other);
			console.log(opened);`,
		);
		expect(connections).toBe(OF_ONE_SESSION);
	});

	test.each([
		["the session's", "{}"],
		["its own", '{ region: "us-east-1", credentials: { ...(await start().credentials()) } }'],
	])(
		"keeps its connections as long as the program holds a client with %s credentials",
		async (whose, config) => {
			const connections = await run(
				`client-with-${whose.replace(/\W/g, "-")}`,
				`
			const client = start().client(DynamoDBClient, ${config});
			await read(client);
			const other = start();
			await collect();
			other.destroy();
			await read(client);
			console.log(opened);`,
			);
			expect(connections).toBe(OF_ONE_SESSION);
		},
		20_000,
	);

	test("keeps its connections until a response that the program reads has ended", async () => {
		const size = await run(
			"response",
			`
			import { GetObjectCommand, PutObjectCommand, S3Client } from "./s3.mjs";
			const size = 5_000_000;
			const open = async () => {
				const s3 = start().client(S3Client, { forcePathStyle: true });
				const object = { Bucket: "bulk-data", Key: "large" };
				await s3.send(new PutObjectCommand({ ...object, Body: Buffer.alloc(size) }));
				return (await s3.send(new GetObjectCommand(object))).Body;
			};
			const body = await open();
			const other = start();
			await collect();
			other.destroy();
			let received = 0;
			for await (const chunk of body) received += chunk.length;
			console.log(received);`,
		);
		expect(size).toBe(5_000_000);
	});

	test("keeps its connections until a sign-in that the program waits for has ended", async () => {
		tenant.faults.add({ operation: "InitiateAuth", delayMs: 500, times: 1 });
		const result = await run(
			"sign-in",
			`
			const signingIn = start().credentials();
			await new Promise((resolve) => setTimeout(resolve, 100));
			const other = start();
			await collect();
			other.destroy();
			const { accessKeyId } = await signingIn;
			console.log(JSON.stringify([accessKeyId.slice(0, 4), opened]));`,
		);
		expect(result).toEqual(["ASIA", 1]);
	});
});
