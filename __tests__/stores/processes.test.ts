import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { ApiSession } from "../../src/index.ts";
import { STORE_KEY } from "../support/fleet.ts";
import { buildWholeProgram } from "../support/program.ts";
import { Seeded } from "../support/seeded.ts";
import { optionsOf } from "../support/signed-in.ts";
import { installed, RedisServer } from "./redis-server.ts";

const PROCESSES = 8;
/** Sessions of each process. The emulator of DynamoDB serves a hundred requests a second, where the service has no such limit. */
const SESSIONS = { file: 25, redis: 25, dynamodb: 4 };
type Store = keyof typeof SESSIONS;
const TABLE = "logins";

const PROGRAM = `
	import { AppSession } from "./src/index.ts";
	import { FileStore, RedisStore, DynamoDBStore } from "./src/stores.ts";

	const { FOLDER, REDIS, SESSIONS, TABLE } = process.env;
	const stores = {
		async file() {
			return new FileStore(FOLDER);
		},
		async redis() {
			const { default: { createClient } } = await import("redis");
			const client = createClient({ url: REDIS });
			client.on("error", () => {});
			return new RedisStore(await client.connect());
		},
		async dynamodb() {
			const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
			return new DynamoDBStore(new DynamoDBClient({}), TABLE);
		},
	};
	const store = await stores[process.argv[2]]();
	const sessions = Array.from({ length: Number(SESSIONS) }, () => new AppSession({ store }));
	if (process.argv[3] === "forever") {
		console.log("started");
		for (;;) await sessions[0].credentials({ forceRefresh: true });
	}
	const all = await Promise.all(sessions.map((session) => session.credentials()));
	console.log([...new Set(all.map(({ accessKeyId }) => accessKeyId))].join());
	process.exit();
`;

let tenant: LocalTenant;
let redis: RedisServer | undefined;
let folder: string;
let file: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
	tenant = await LocalTenant.start({ userPool: { refreshTokenRotation: { graceSeconds: 0 } } });
	file = await buildWholeProgram("fleet-process", PROGRAM);
	const [program] = installed;
	redis = program === undefined ? undefined : await RedisServer.start(program);
	process.env.AWS_ENDPOINT_URL = tenant.url;
	const owner = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
	const { accessKeyId, secretAccessKey, sessionToken = "" } = await owner.credentials();
	await owner.client(DynamoDBClient, { region: "us-east-1" }).send(
		new CreateTableCommand({
			TableName: TABLE,
			AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
			KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
			BillingMode: "PAY_PER_REQUEST",
		}),
	);
	owner.destroy();
	tenant.requestLog.clear();
	env = {
		...process.env,
		...tenant.environment({ app: "external-app" }),
		...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken },
		...{
			AWS_REGION: "us-east-1",
			REDIS: `redis://127.0.0.1:${redis?.port}`,
			SESSIONS: String(SESSIONS),
			STORE_KEY,
			TABLE,
		},
	};
});
afterAll(async () => {
	await redis?.stop();
	await tenant.stop();
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
	tenant.requestLog.clear();
});

function run(store: Store, ...args: string[]): ChildProcessWithoutNullStreams & { output: Promise<string> } {
	const child = spawn(process.execPath, [file, store, ...args], {
		env: { ...env, FOLDER: folder, SESSIONS: String(SESSIONS[store]) },
	});
	const output = (async () => {
		let text = "";
		for await (const chunk of child.stdout) text += chunk;
		for await (const chunk of child.stderr) text += chunk;
		return text.trim();
	})();
	return Object.assign(child, { output });
}

const logins = () => tenant.requestLog.since().filter(({ service }) => service !== "dynamodb");

const STORES: readonly Store[] = ["file", "dynamodb", ...(installed.length > 0 ? (["redis"] as const) : [])];

describe.each(STORES)("with the store %s", (store) => {
	test(`of ${PROCESSES * SESSIONS[store]} sessions in ${PROCESSES} processes that start at once, one signs in and queries`, async () => {
		folder = mkdtempSync(join(tmpdir(), "fleet-"));
		const outputs = await Promise.all(Array.from({ length: PROCESSES }, () => run(store).output));
		expect(new Set(outputs).size).toBe(1);
		expect(outputs[0]).toMatch(/^ASIA\w+$/);
		expect(logins().map(({ operation }) => operation)).toEqual([
			"InitiateAuth",
			"RespondToAuthChallenge",
			"getAwsCredentials",
		]);
	});

	test("a process that starts later sends nothing to Cognito and AppSync", async () => {
		folder = mkdtempSync(join(tmpdir(), "fleet-"));
		const first = await run(store).output;
		tenant.requestLog.clear();
		expect(await run(store).output).toBe(first);
		expect(logins()).toEqual([]);
	});

	test("processes that are killed while they refresh leave the others a login, and no refresh token is sent twice", async () => {
		folder = mkdtempSync(join(tmpdir(), "fleet-"));
		const random = new Seeded(5);
		for (let round = 0; round < 12; round++) {
			const killed = run(store, "forever");
			await Promise.race([once(killed.stdout, "data"), killed.output]);
			await pause(200 * random.next());
			killed.kill("SIGKILL");
			expect(await killed.output).toBe("started");
		}
		expect(await run(store).output).toMatch(/^ASIA\w+$/);
		expect(logins().filter(({ status = 200 }) => status >= 400)).toEqual([]);
	});
});

test("where no Redis and no Valkey is installed, the other stores are tested alone", () => {
	expect(installed.length > 0).toBe(redis !== undefined);
});
