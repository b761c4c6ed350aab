import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { record } from "../../scripts/record.mjs";
import { Consumer } from "./consumer.ts";

let tenant: LocalTenant;
let environment: Record<string, string>;
let signedIn: string;

beforeAll(async () => {
	tenant = await LocalTenant.start();
	signedIn = `ASIA ${tenant.table}`;
	environment = { ...tenant.environment({ app: "external-app" }), EXPECTED: signedIn };
});

afterAll(() => tenant.stop());

describe("the packed package signs in", () => {
	test.each([
		["imported", ["main.mjs"]],
		["required", ["main.cjs"]],
		["imported and required in one process, each knowing the other's errors and users", ["both.mjs"]],
		["under tsx, from TypeScript", ["node_modules/tsx/dist/cli.mjs", "main.ts"]],
	])("the packed package signs in: %s", async (_, args) => {
		expect(await new Consumer("plain", environment).node(...args)).toBe(signedIn);
	});

	test("the packed package signs in, required with Apollo, on a tenant of its own", async () => {
		expect(await new Consumer("apollo").node("main.cjs")).toBe(signedIn);
	});

	test.each(["esbuild", "rolldown", "rollup", "vite", "webpack"])(
		"the packed package signs in, bundled by %s",
		async (bundler) => {
			const consumer = new Consumer("plain", environment);
			const output = `bundled/${bundler}.${bundler === "vite" ? "mjs" : "cjs"}`;
			expect(await consumer.node("bundle.mjs", bundler, output)).toBe("");
			expect(await consumer.node(output)).toBe(signedIn);
			record("bundlers", bundler, consumer.version(bundler));
		},
	);

	test.each([
		["jest", ["node_modules/jest/bin/jest.js"]],
		["vitest", ["node_modules/vitest/vitest.mjs", "run", "--globals"]],
	])("the packed package signs in, in a test of %s without configuration", async (runner, args) => {
		const consumer = new Consumer("plain", environment);
		expect(await consumer.node(...args)).toMatch(/Tests:? +1 passed/);
		record("test runners", runner, consumer.version(runner));
	});

	test("the packed package signs in, in a test of jest that SWC compiles", async () => {
		const consumer = new Consumer("plain", environment);
		const transform = ["--transform", JSON.stringify({ "\\.ts$": "@swc/jest" })];
		const args = ["node_modules/jest/bin/jest.js", "--testRegex", "swc-test", ...transform];
		expect(await consumer.node(...args)).toMatch(/Tests: +1 passed/);
		record("test runners", "@swc/jest", consumer.version("@swc/jest"));
	});

	test("the packed package signs in, in a test of jest that starts a local tenant of its own", async () => {
		const jest = ["node_modules/jest/bin/jest.js", "--testTimeout=60000"];
		const tests = await new Consumer("apollo", environment).node(...jest);
		expect(tests).toMatch(/Tests: +1 passed/);
	});
});

describe("the packed local tenant", () => {
	test("the packed local tenant, imported, serves its key set and AWS, and rejects a query without a token", async () => {
		expect(await new Consumer("local").node("main.mjs")).toBe("1 401 200 200 200 200");
	});

	test("the packed local tenant, compiled from TypeScript to CommonJS, starts on a clock of the test", async () => {
		const consumer = new Consumer("local");
		await consumer.node("node_modules/typescript/bin/tsc", ...compile("nodenext", "main.cts"), "--skipLibCheck");
		expect(await consumer.node("main.cjs")).toBe("admin");
	});

	test("the packed local tenant serves AWS in a test of jest without configuration, and nothing is warned of", async () => {
		const tests = await new Consumer("local").node("node_modules/jest/bin/jest.js");
		expect(tests).toMatch(/Tests: +1 passed/);
		expect(tests).not.toContain("Warning");
	});

	test("the command of the packed local tenant prints the variables of an app", async () => {
		const consumer = new Consumer("local");
		expect(await consumer.node("node_modules/echostream-local/dist/esm/command/main.js", "--help")).toContain(
			"Usage: echostream-local",
		);
	});
});

describe("the packed boto3", () => {
	test("the packed boto3, compiled from TypeScript with the checks of its declarations, works, and names a missing package", async () => {
		const consumer = new Consumer("boto3", { ...environment, ...tenant.environment({ apiUser: "admin" }) });
		await consumer.node("node_modules/typescript/bin/tsc", ...compile("nodenext", "main.ts"));
		expect((await consumer.node("main.js")).split("\n")).toEqual([
			"10",
			"uploaded",
			"AWS.SimpleQueueService.NonExistentQueue",
			`search() needs the package jmespath, which is missing. Run: ${["npm", "install", "jmespath"].join(" ")}`,
			'TypeError: Table has no member "put_item". Use "putItem".',
		]);
	});

	test("the packed boto3 loads no package but the one that a call needs", async () => {
		expect(JSON.parse(await new Consumer("boto3").node("loaded.cjs"))).toEqual({
			imported: ["echostream-boto3"],
			created: ["echostream-boto3"],
			called: ["@aws-sdk/lib-dynamodb", "@aws-sdk/util-dynamodb", "echostream-boto3"],
		});
	});
});

test("the packed command line prints the credentials of an app for credential_process", async () => {
	const printed = await new Consumer("cli", environment).node(
		"node_modules/echostream-cli/dist/cjs/main.js",
		"credentials",
	);
	expect(JSON.parse(printed)).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
});

describe("from TypeScript, compiled and run, it signs in", () => {
	test.each([
		["with clients of two versions of the AWS SDK", "two-sdk-versions"],
		["with graphql 17, jose 5 and rxjs 6 installed, and no Apollo", "graphql-17"],
		["asked by Apollo, on a tenant of its own", "apollo"],
	])("the packed package signs in, from TypeScript that was compiled: %s", async (_, name) => {
		const consumer = new Consumer(name, environment);
		await consumer.node("node_modules/typescript/bin/tsc", ...compile("nodenext", "main.ts"), "--skipLibCheck");
		expect(await consumer.node("main.js")).toContain(signedIn);
		if (name === "apollo") record("libraries", "@apollo/client", consumer.version("@apollo/client"));
	});
});

test.each([
	["of August 2023", "client-dynamodb-398"],
	["of October 2023", "client-dynamodb-425"],
	["of February 2025", "@aws-sdk/client-dynamodb"],
])(
	"a client of the AWS SDK %s signs by the servers' clock, and replaces revoked and static credentials at once",
	async (_, client) => {
		const printed = await new Consumer("older-sdk-versions").node("main.mjs", client);
		expect(printed.split(", ")).toEqual(["read 10 1", "read 20 1", "read 10 0", "UnrecognizedClientException 10 0"]);
	},
);

test.each(["client-dynamodb-398", "client-dynamodb-425", "@aws-sdk/client-dynamodb"])(
	"a client of %s emits botocore's events in their order, and signs what their handlers add",
	async (client) => {
		const printed = await new Consumer("older-sdk-versions").node("events.mjs", client);
		expect(printed).toBe(
			"provide-client-params before-parameter-build before-call request-created before-sign before-send true response-received after-call",
		);
	},
);

function compile(module: string, ...files: string[]): string[] {
	return ["--strict", "--target", "es2022", "--module", module, "--types", "node", ...files];
}
