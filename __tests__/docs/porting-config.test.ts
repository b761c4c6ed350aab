import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { ApiSession } from "../../src/index.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";
import { hasPython, runPython } from "./porting-programs.ts";

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
/** Printed by python-config.py, which the last test compares with it. */
const PYTHON = read("__tests__/vectors/python-config.json");
const TABLES: { id: string; rows: { names: string[]; cells: string[]; verdict: string }[] }[] = read(
	"packages/cli/src/port/rows.json",
).tables;
const rowsOf = (id: string) => TABLES.find((table) => table.id === id)?.rows ?? [];

let tenant: LocalTenant;
let session: ApiSession;
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "porting-config-"));
	await writeFile(credentialsFile(), "[far]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n");
	tenant = await startTenant();
	session = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
});
afterAll(async () => {
	session.destroy();
	await Promise.all([tenant.stop(), rm(folder, { recursive: true })]);
});

/** Path of a shared credentials file with the profile far. */
const credentialsFile = (): string => join(folder, "credentials");

/** Runs some work with other environment variables. */
async function withVariables(variables: Record<string, string>, work: () => Promise<void>): Promise<void> {
	const before = { ...process.env };
	Object.assign(process.env, variables);
	try {
		await work();
	} finally {
		process.env = before;
	}
}

describe("the table of Config", () => {
	const options = [...rowsOf("config"), ...rowsOf("s3 config"), ...rowsOf("client arguments")].flatMap(
		({ cells: [python = "", here = ""], verdict }) => {
			const [, option] = /^`(\w+)(?:: [^`]*)?`/.exec(here) ?? [];
			return verdict === "impossible" || option === undefined ? [] : [{ python, option }];
		},
	);
	// Options that only clients of some services have, which are not installed here, or that no client keeps under this name.
	const OTHERS = [
		"customUserAgent",
		"requestMinCompressionSizeBytes",
		"disableRequestCompression",
		"credentials",
		"region",
		"endpoint",
		"accountId",
	];

	test.each(options.filter(({ option }) => !OTHERS.includes(option)))(
		"a client has the option for $python: $option",
		({ option }) => {
			const keys = [DynamoDB, S3, SQS, Lambda].flatMap((service) => Object.keys(session.client(service).config));
			expect(keys).toContain(option);
		},
	);

	test("max_attempts n of botocore sends as many requests as maxAttempts n + 1, and total_max_attempts n as n", async () => {
		tenant.faults.add({ operation: "ListQueues", status: 503, times: 99 });
		for (const [option, maxAttempts] of [
			["max_attempts 1", 2],
			["total_max_attempts 1", 1],
		] as const) {
			const mark = tenant.requestLog.length;
			const failure = await session
				.client(SQS, { maxAttempts })
				.listQueues({})
				.catch((error) => error);
			expect(tenant.requestLog.count("ListQueues", mark)).toBe(PYTHON.attempts[option].requests);
			expect(failure.$metadata.attempts).toBe(PYTHON.attempts[option].RetryAttempts + 1);
		}
	});

	test("the default retry mode, and the default number of attempts, are those of botocore", async () => {
		const { config } = session.client(SQS);
		expect(PYTHON.defaults.retries).toEqual({ mode: "standard" });
		const { retryMode } = config;
		expect(typeof retryMode === "function" ? await retryMode() : retryMode).toBe("standard");
		expect(await config.maxAttempts()).toBe(3);
	});
});

describe("the table of events", () => {
	test("the events of a call come in the order of the rows", () => {
		const rows = rowsOf("events").map(({ names: [name = ""] }) => name.replace("event:", ""));
		expect(PYTHON.events.filter((event: string) => rows.includes(event))).toEqual(
			rows.filter((event) => PYTHON.events.includes(event)),
		);
	});

	test.each(
		rowsOf("events").map(({ names: [name = ""], cells, verdict }) => [name.slice("event:".length), cells[3], verdict]),
	)("session.register() accepts the name %s if its row has a handler", (event = "", cell = "", verdict = "") => {
		const register = () => session.register(event as "*", () => {});
		if (cell.startsWith("none")) expect(register).toThrow(/emits no event/);
		else expect(register).not.toThrow();
		expect(verdict === "same").toBe(!cell.startsWith("none"));
	});

	test("the middleware of each row runs in the order of the rows", async () => {
		const client = session.client(DynamoDB, { maxAttempts: 2 });
		const order: string[] = [];
		const expected: string[] = [];
		for (const {
			cells: [, cell = ""],
			names: [event = ""],
		} of rowsOf("events")) {
			const [, step] = /^`(\w+)`/.exec(cell) ?? [];
			if (step === undefined || event === "event:after-call-error") continue;
			const priority = /priority: "(\w+)"/.exec(cell)?.[1] ?? "normal";
			expected.push(event);
			client.middlewareStack.add(
				(next) => async (args) => {
					if (step !== "deserialize") order.push(event);
					const result = await next(args);
					if (step === "deserialize") order.push(event);
					return result;
				},
				{ step: step as "build", priority: priority as "low", name: event },
			);
		}
		await client.getItem({ TableName: tenant.table, Key: { pk: { S: "a" }, sk: { S: "1" } } });
		expect(order).toEqual(expected);
	});

	test("a header that a middleware adds at the step of before-sign is signed", async () => {
		const row = rowsOf("events").find(({ names }) => names.includes("event:before-sign"));
		const [, step] = /^`(\w+)`$/.exec(row?.cells[1] ?? "") ?? [];
		const client = session.client(SQS, { maxAttempts: 3 });
		let signed = "";
		client.middlewareStack.add(
			(next) => (args) => {
				(args.request as { headers: Record<string, string> }).headers["x-trace"] = "42";
				return next(args);
			},
			{ step: step as "build" },
		);
		client.middlewareStack.add(
			(next) => (args) => {
				signed = (args.request as { headers: Record<string, string> }).headers.authorization ?? "";
				return next(args);
			},
			{ step: "finalizeRequest", priority: "low" },
		);
		await client.listQueues({ MaxResults: 1 }).catch(() => undefined);
		expect(signed).toContain("x-trace");
	});
});

test("botocore reads AWS_DEFAULT_REGION only, and a session here AWS_REGION first", async () => {
	expect(PYTHON.regions).toEqual({ AWS_REGION: null, "AWS_REGION and AWS_DEFAULT_REGION": "eu-west-2" });
	await withVariables({ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" }, async () => {
		expect(await new ApiSession(optionsOf(tenant, { apiUser: "admin" })).regionName()).toBe("eu-west-1");
	});
});

test("an access key of the environment precedes AWS_PROFILE in botocore, and follows it in the SDK", async () => {
	expect(PYTHON["AWS_PROFILE and AWS_ACCESS_KEY_ID"]).toBe("AKIAENVIRONMENT");
	const variables = {
		AWS_PROFILE: "far",
		AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT",
		AWS_SECRET_ACCESS_KEY: "secret",
		AWS_SHARED_CREDENTIALS_FILE: credentialsFile(),
		AWS_CONFIG_FILE: join(folder, "none"),
	};
	const silent = () => {};
	const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };
	await withVariables(variables, async () => {
		expect((await defaultProvider({ ignoreCache: true, logger })()).accessKeyId).toBe("AKIAPROFILE");
	});
});

test("duration 0 and set_credentials do nothing in Python, and are an error and a change here", () => {
	expect(PYTHON.set_credentials).toBe("EchoStreamAwsCredentials");
	const options = optionsOf(tenant, { apiUser: "admin" });
	expect(() => new ApiSession({ ...options, duration: 0 })).toThrow("duration: must be a whole number");
	const own = new ApiSession(options);
	own.setCredentials("AKIAOWN", "secret");
	expect(own.getCredentials().method).toBe("explicit");
});

test("Python reports the facts that the tables of options and events were made from", async () => {
	tenant.faults.clear();
	tenant.faults.add({ operation: "ListQueues", status: 503, times: 99 });
	const environment = {
		...tenant.environment({ apiUser: "admin" }),
		CREDENTIALS: credentialsFile(),
		REGION: tenant.region,
		TABLE: tenant.table,
	};
	// Without a Python environment, the recorded facts stand for it.
	const [facts] = hasPython ? await runPython("../../__tests__/docs/python-config", environment) : [PYTHON];
	expect(facts).toEqual(PYTHON);
});
