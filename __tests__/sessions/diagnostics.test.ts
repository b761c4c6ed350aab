import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import { copyFileSync } from "node:fs";
import { gql } from "@apollo/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import { apolloClient } from "../../src/apollo.ts";
import { AppSession, Cognito } from "../../src/index.ts";
import { buildProgram, runProgram } from "../support/program.ts";
import { codeOf, optionsOf, startTenant } from "../support/signed-in.ts";
import { sharedConnections, until, WatchedSession } from "../support/watched-session.ts";

const MINUTE = 60_000;
const NAMES = ["refresh", "query", "sign-in", "renewal"] as const;

/** An operation that was published: its message, and the operation in which it started. */
interface Published {
	readonly name: (typeof NAMES)[number];
	readonly message: Record<string, unknown>;
	readonly within: string | undefined;
	readonly phases: string[];
}

/** Records the operations of all channels. */
class Recorder {
	readonly operations: Published[] = [];
	readonly #context = new AsyncLocalStorage<string>();
	readonly #ends: (() => void)[] = [];

	constructor() {
		for (const name of NAMES) {
			const channel = tracingChannel(`echostream-botocore:${name}`);
			const note = (phase: string) => (message: unknown) =>
				void this.operations.find((one) => one.message === message)?.phases.push(phase);
			const subscribers = {
				start: note("start"),
				end: note("end"),
				asyncStart: note("asyncStart"),
				asyncEnd: note("asyncEnd"),
				error: note("error"),
			};
			channel.start.bindStore(this.#context, (message): string => {
				const within = this.#context.getStore();
				this.operations.push({ name, message: message as Record<string, unknown>, within, phases: [] });
				return name;
			});
			channel.subscribe(subscribers);
			this.#ends.push(() => {
				channel.unsubscribe(subscribers);
				channel.start.unbindStore(this.#context);
			});
		}
	}

	/** Runs a step of a program in a context of its own. */
	run<T>(name: string, step: () => Promise<T>): Promise<T> {
		return this.#context.run(name, step);
	}

	/** Each operation and the one around it, such as `query in refresh`. */
	tree(): string[] {
		return this.operations.map(({ name, within }) => `${name} in ${within}`);
	}

	clear(): void {
		this.operations.length = 0;
	}

	end(): void {
		for (const end of this.#ends) end();
	}
}

let clock: ManualClock;
let tenant: LocalTenant;
let connections: ReturnType<typeof sharedConnections>;
let recorder: Recorder;
let watched: WatchedSession;
/** The package in one file. */
let packageFile: string;
beforeAll(async () => {
	packageFile = await buildProgram("first-copy", 'export * from "./src/index.ts"');
	clock = new ManualClock();
	tenant = await startTenant({ clock });
	connections = sharedConnections();
});
beforeEach(() => {
	recorder = new Recorder();
	watched = new WatchedSession(tenant, clock, connections.handler);
});
afterEach(() => {
	recorder.end();
	watched.destroy();
	tenant.faults.clear();
});
afterAll(async () => {
	connections.close();
	await tenant.stop();
});

const SUBJECT = { username: "external-app-user", tenant: "local", app: "external-app" };

test("the first call of a session publishes a refresh with a query with a sign-in, in the context of the caller", async () => {
	await recorder.run("caller", () => watched.key());
	expect(recorder.tree()).toEqual(["refresh in caller", "query in refresh", "sign-in in query"]);
	expect(recorder.operations.map(({ message }) => message)).toEqual([
		{ ...SUBJECT, reason: "first", expiresInMs: 3_600_000 },
		{ ...SUBJECT, operationName: "getAwsCredentials" },
		{ username: SUBJECT.username, reason: "first" },
	]);
	for (const { phases } of recorder.operations) expect(phases).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
});

test("10,000 concurrent callers publish one refresh, one query and one sign-in", async () => {
	await Promise.all(Array.from({ length: 10_000 }, () => watched.key()));
	expect(recorder.operations.map(({ name }) => name)).toEqual(["refresh", "query", "sign-in"]);
});

test("a renewal is published in the context of its caller, with the lifetime of the new token", async () => {
	await watched.key();
	recorder.clear();
	await clock.advance(59 * MINUTE);
	await recorder.run("later caller", () => watched.session.cognito.getAccessToken());
	expect(recorder.tree()).toEqual(["renewal in later caller"]);
	expect(recorder.operations[0]?.message).toEqual({ username: SUBJECT.username, expiresInMs: 3_600_000 });
});

test("a call in the advisory window is the context of the refresh in the background that it begins", async () => {
	await watched.key();
	recorder.clear();
	await clock.advance(50 * MINUTE);
	await recorder.run("later caller", () => watched.key());
	await until(() => recorder.operations[0]?.phases.includes("asyncEnd") ?? false);
	expect(recorder.tree()).toEqual(["refresh in later caller", "query in refresh"]);
	expect(recorder.operations[0]?.message).toMatchObject({ reason: "advisory", expiresInMs: 3_600_000 });
});

test("a query that fails has the error of the caller in its message", async () => {
	await watched.key();
	recorder.clear();
	tenant.faults.add({ operation: "getTable", status: 503 });
	const failure = await watched.session.query("query getTable { GetTable { name } }").catch((error: unknown) => error);
	expect(recorder.operations).toHaveLength(1);
	const { message, phases } = recorder.operations[0] as Published;
	expect(message).toEqual({ ...SUBJECT, operationName: "getTable", error: failure });
	expect(message.error).toBe(failure);
	expect(phases).toEqual(["start", "end", "error", "asyncStart", "asyncEnd"]);
});

test("an error of a caller's own user is published without what it holds", async () => {
	const failure = Object.assign(new Error("no token"), { request: { headers: { authorization: "canary" } } });
	const cognito = { username: "own", getAccessToken: () => Promise.reject(failure) };
	const session = new AppSession({ ...optionsOf(tenant, { app: "external-app" }), cognito });
	await expect(session.ready()).rejects.toBe(failure);
	expect(recorder.operations.map(({ message }) => message.error)).toEqual([
		expect.objectContaining({ message: "no token" }),
		expect.objectContaining({ message: "no token" }),
	]);
	for (const { message } of recorder.operations) expect(message.error).not.toHaveProperty("request");
	session.destroy();
});

test.each([
	["query named($a: Int) { GetTenant(tenant: 1) { name } }", "named"],
	["# query comment { a }\n  query  second { a }", "second"],
	["fragment F on T { a }\nmutation third { a }", "third"],
	["{ GetTenant { name } }", undefined],
	["query ($tenant: String!) { GetTenant(tenant: $tenant) { name } }", undefined],
])("a query is published with the name of its operation: %j", async (document, operationName) => {
	tenant.faults.add({ operation: "*", status: 400, body: { errors: [{ message: "any" }] } });
	await codeOf(watched.session.query(document));
	expect(recorder.operations.at(0)?.message.operationName).toBe(operationName);
});

test("a query that contains a text of 10 MB is published with the name of its operation", async () => {
	tenant.faults.add({ operation: "*", status: 400, body: { errors: [{ message: "any" }] } });
	await codeOf(watched.session.query(`query long { GetTenant(tenant: "${"x".repeat(10_000_000)}") { name } }`));
	expect(recorder.operations.at(0)?.message.operationName).toBe("long");
});

test("a query of Apollo is published with the name of its operation", async () => {
	const query = gql`query ofApollo($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { name } }`;
	await apolloClient(watched.session).query({ query });
	expect(recorder.tree()).toEqual(["query in undefined", "sign-in in query"]);
	expect(recorder.operations[0]?.message).toEqual({ ...SUBJECT, operationName: "ofApollo" });
});

test("a sign-in that waits for a response to a challenge fails, and the response is another one", async () => {
	const { clientId = "", userPoolId = "" } = optionsOf(tenant, { app: "external-app" });
	tenant.userPool.addUser({ username: "new", password: "Temp0rary!", status: "FORCE_CHANGE_PASSWORD" });
	const user = new Cognito({ clientId, userPoolId, username: "new", clock, requestHandler: connections.handler });
	expect(await codeOf(user.authenticate("Temp0rary!"))).toBe("ChallengeUnanswered");
	await user.respondToChallenge({ NEW_PASSWORD: "Permanent1!" });
	expect(recorder.operations.map(({ name, message }) => [name, message.reason, "error" in message])).toEqual([
		["sign-in", "requested", true],
		["sign-in", "requested", false],
	]);
	user.destroy();
});

test("operations in progress end with an AbortError when the session is destroyed", async () => {
	const password = () => new Promise<string>(() => {});
	const session = new AppSession({ ...optionsOf(tenant, { app: "external-app" }), password });
	const code = codeOf(session.ready());
	await until(() => recorder.operations.length === 3);
	session.destroy();
	expect(await code).toBe("SessionDestroyed");
	await until(() => recorder.operations.every(({ phases }) => phases.includes("asyncEnd")));
	expect(recorder.operations.map(({ message }) => (message.error as Error).name)).toEqual([
		"AbortError",
		"AbortError",
		"AbortError",
	]);
});

test("a subscriber that changes and freezes a message changes no call", async () => {
	const channel = tracingChannel("echostream-botocore:refresh");
	const spoil = (message: unknown) => void Object.freeze(Object.assign(message as object, { expiresInMs: -1 }));
	channel.start.subscribe(spoil);
	expect(await codeOf(watched.key())).toBe("none");
	channel.start.unsubscribe(spoil);
});

test("a subscriber that unsubscribes while it is called changes nothing", async () => {
	const channel = tracingChannel("echostream-botocore:query");
	const once = () => void channel.start.unsubscribe(once);
	channel.start.subscribe(once);
	expect(await codeOf(watched.key())).toBe("none");
	expect(channel.start.unsubscribe(once)).toBe(false);
});

const FAILING = `
import { subscribe, tracingChannel } from "node:diagnostics_channel";
const { AppSession } = await import(process.env.PACKAGE);
const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error.message));
for (const name of ["refresh", "query", "sign-in"]) {
	const channel = tracingChannel("echostream-botocore:" + name);
	for (const phase of ["start", "end", "asyncStart", "asyncEnd"]) {
		channel[phase].subscribe(() => { throw new Error(phase); });
	}
}
const session = new AppSession();
const { accessKeyId } = await session.credentials();
session.destroy();
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ hasKey: accessKeyId.length > 0, uncaught: uncaught.sort() }));
`;

test("a subscriber that throws changes no call, and its error is an uncaught exception, as Node has it", async () => {
	const environment = { ...process.env, ...tenant.environment({ app: "external-app" }), PACKAGE: packageFile };
	const phases = ["asyncEnd", "asyncStart", "end", "start"];
	expect(await runProgram("failing-subscribers", FAILING, environment)).toEqual({
		hasKey: true,
		uncaught: phases.flatMap((phase) => [phase, phase, phase]),
	});
});

const TWO_COPIES = (copies: readonly string[]) => `
import { tracingChannel } from "node:diagnostics_channel";
const names = [];
tracingChannel("echostream-botocore:refresh").start.subscribe(({ app }) => names.push(app));
for (const copy of ${JSON.stringify(copies)}) {
	const { AppSession } = await import(copy);
	const session = new AppSession();
	await session.ready();
	session.destroy();
}
console.log(JSON.stringify(names));
`;

test("the sessions of two copies of the package publish to the same channels", async () => {
	const secondFile = packageFile.replace("first", "second");
	copyFileSync(packageFile, secondFile);
	const environment = { ...process.env, ...tenant.environment({ app: "external-app" }) };
	expect(await runProgram("two-copies", TWO_COPIES([packageFile, secondFile]), environment)).toEqual([
		"external-app",
		"external-app",
	]);
});
