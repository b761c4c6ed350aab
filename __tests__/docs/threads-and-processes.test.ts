import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { AppSession } from "../../src/index.ts";
import { buildProgram } from "../support/program.ts";
import { startTenant } from "../support/signed-in.ts";
import { programOf } from "./snippets.ts";

const RECIPE = "docs/recipes/threads-and-processes.md";

let tenant: LocalTenant;
let home: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(async () => {
	home = await mkdtemp(join(tmpdir(), "threads-"));
	env = { ...process.env, HOME: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home };
	tenant.requestLog.clear();
});
afterEach(() => rm(home, { recursive: true }));

const run = (file: string) => promisify(execFile)(process.execPath, [file], { env });

test("the threads of the recipe, each with a session and one store, cause one sign-in and write their items", async () => {
	await run(await programOf(RECIPE, "new Worker("));
	expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
	await using session = new AppSession();
	const client = session.client(DynamoDBClient);
	const { Items = [] } = await client.send(new ScanCommand({ TableName: tenant.table }));
	expect(Items.map(({ sk }) => sk?.S).sort()).toEqual(["1", "2", "3"]);
});

test("a child process of the recipe works with credentials in its environment, without the password", async () => {
	await run(await programOf(RECIPE, "execFile"));
	expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
});

test("threads without a store sign in by themselves", async () => {
	const file = await buildProgram(
		"thread-of-its-own",
		`import { AppSession } from "./src/index.ts"; await using session = new AppSession(); await session.ready();`,
	);
	const ended = () =>
		new Promise((resolve, reject) => new Worker(file, { env }).on("error", reject).on("exit", resolve));
	expect(await Promise.all([ended(), ended()])).toEqual([0, 0]);
	expect(tenant.requestLog.count("InitiateAuth")).toBe(2);
});

test("a session, a client and the provider cannot be sent to a thread, a user arrives without methods, and the credentials arrive", async () => {
	await using session = new AppSession();
	const credentials = await session.credentials();
	expect(structuredClone(credentials)).toEqual(credentials);
	expect(structuredClone(session.cognito)).not.toHaveProperty("getAccessToken");
	for (const one of [session, session.client(DynamoDBClient), session.credentials]) {
		expect(() => structuredClone(one)).toThrow(expect.objectContaining({ name: "DataCloneError" }));
	}
});
