import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { record } from "../../scripts/record.mjs";
import { ROOT } from "../repository/workflow-files.ts";
import { Consumer } from "./consumer.ts";

const JEST = "node_modules/jest/bin/jest.js";
const MOCHA = ["node_modules/mocha/bin/mocha.js", "--no-exit"];
const VITEST = ["node_modules/vitest/vitest.mjs", "run", "--root", "vitest"];
const NODE_TEST = ["--test", "--test-concurrency", "2", "--test-reporter", "spec"];

/** Runs two test files, which wait for each other. Returns what was printed, and the tenant of each. */
async function runBoth(...args: readonly string[]) {
	const meeting = await mkdtemp(join(tmpdir(), "meeting-"));
	try {
		const printed = await new Consumer("runners", { MEETING: meeting }).node(...args);
		const files = await readdir(meeting);
		const read = files.map(async (file) => JSON.parse(await readFile(join(meeting, file), "utf8")));
		return { printed, met: await Promise.all(read) };
	} finally {
		await rm(meeting, { recursive: true });
	}
}

test.each([
	["of jest, in CommonJS", [JEST, "--rootDir", "jest", "-c", "jest/jest.config.js"]],
	[
		"of jest, in ES modules",
		["--experimental-vm-modules", JEST, "--rootDir", "jest-esm", "-c", "jest-esm/jest.config.mjs"],
	],
	["of mocha", [...MOCHA, "--parallel", "--jobs", "2", "--require", "./mocha/tenant.mjs", "mocha/*.test.mjs"]],
	["of vitest, in processes", VITEST],
	["of vitest, in threads", [...VITEST, "--pool", "threads"]],
	["of Node, by import", [...NODE_TEST, "node-test/a.test.mjs", "node-test/b.test.mjs"]],
	[
		"of Node, in CommonJS, by --import",
		[
			...NODE_TEST,
			"--import",
			"echostream-local/node-test",
			"node-test-import/a.test.cjs",
			"node-test-import/b.test.cjs",
		],
	],
])("each of two parallel test files %s has a tenant of its own, and ends by itself", async (title, args) => {
	const { met, printed } = await runBoth(...args);
	expect(printed).toMatch(/Tests:? +2 passed|ℹ pass 2|2 passing/);
	expect(printed).not.toMatch(/did not exit|failed to exit|force exited|close timed out/i);
	expect(new Set(met.map(({ endpoint }) => endpoint)).size).toBe(2);
	const runner = /^of (jest|mocha|vitest)/.exec(title)?.[1];
	if (runner === undefined) record("test runners", "node:test", process.versions.node);
	else record("test runners", runner, new Consumer("runners").version(runner));
});

test("the recipe for mocha shows the file that gives the test files their tenants", async () => {
	const recipe = await readFile(join(ROOT, "docs/recipes/integration-tests.md"), "utf8");
	expect(recipe).toContain(await readFile(new Consumer("runners").path("mocha/tenant.mjs"), "utf8"));
});

test("the tenant of each test runner has the type LocalTenant", async () => {
	const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--types", "node"];
	const file = ["types.mts", "--skipLibCheck"];
	expect(await new Consumer("runners").node("node_modules/typescript/bin/tsc", ...options, ...file)).toBe("");
});

test("a test file that imports the tenant of jest without the preset fails, and the message names the preset", async () => {
	const run = new Consumer("runners").node("-e", 'require("echostream-local/jest")');
	await expect(run).rejects.toThrow('Set preset: "echostream-local/jest" in the configuration of jest');
});
