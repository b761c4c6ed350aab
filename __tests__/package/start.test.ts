import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { Consumer } from "./consumer.ts";

let tenant: LocalTenant;
let environment: Record<string, string>;

beforeAll(async () => {
	tenant = await LocalTenant.start();
	environment = tenant.environment({ app: "external-app" });
});

afterAll(() => tenant.stop());

const temporaryFolder = () => mkdtempSync(join(tmpdir(), "start-"));

/** Runs a program until its first credentials, and returns the files of packages that Node has loaded. */
async function loadedFiles(program: string): Promise<readonly string[]> {
	const coverage = temporaryFolder();
	const consumer = new Consumer("plain", { ...environment, NODE_V8_COVERAGE: coverage });
	expect(await consumer.node(program)).toBe("ASIA");
	const reports = readdirSync(coverage).map((file) => JSON.parse(readFileSync(join(coverage, file), "utf8")));
	const scripts: { readonly url: string }[] = reports.flatMap(({ result }) => result);
	const paths = scripts.map(({ url }) => /\/node_modules\/(.*)$/.exec(url)?.[1]);
	return paths.filter((path) => path !== undefined).sort();
}

test("the packed package loads nothing for the network where the credentials are in a FileStore", async () => {
	const folder = temporaryFolder();
	const consumer = new Consumer("plain", { ...environment, STORE_KEY: "00".repeat(32) });
	expect(await consumer.node("stored-credentials.mjs", folder)).toMatch(/^ASIA [1-9]/);
	expect(await consumer.node("stored-credentials.mjs", folder)).toBe("ASIA 0");
});

describe.each([
	["imported", "esm", "credentials.mjs"],
	["required", "cjs", "credentials.cjs"],
])("the packed package, %s", (_, format, program) => {
	test(`the packed package in ${format} loads four files up to the first credentials, and none of its dependencies`, async () => {
		const folder = `echostream-botocore/dist/${format}`;
		expect(await loadedFiles(program)).toEqual([
			`${folder}/index.js`,
			`${folder}/platform/request-handler.js`,
			...Array(2).fill(expect.stringMatching(/\/shared-[A-Z0-9]{8}\.js$/)),
		]);
	});

	test(`the packed package in ${format} is read from the compile cache at the second start, where Node has one`, async () => {
		const cache = temporaryFolder();
		const hasCache = "enableCompileCache" in module;
		const consumer = new Consumer("plain", { ...environment, NODE_DEBUG_NATIVE: "COMPILE_CACHE" });
		const start = () => consumer.node("compile-cache.mjs", cache, `./${program}`);
		const isRead = (printed: string) =>
			printed.split(/\r?\n/).some((line) => /dist.(esm|cjs).index\.js was accepted/.test(line));
		const [first, second] = [await start(), await start()];
		expect([first, second].every((printed) => /^ASIA$/m.test(printed))).toBe(true);
		expect([isRead(first), isRead(second)]).toEqual([false, hasCache]);
	});
});
