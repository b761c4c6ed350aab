import { SourceTextModule } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { run as runCli } from "../../packages/cli/src/run.ts";
import { run as runLocal } from "../../packages/local/src/command/run.ts";
import { ProgramRunner } from "../support/program-runner.ts";
import { startTenant } from "../support/signed-in.ts";
import { BUILT, bundle, compile, run, type Snippet, shellCommands, snippets, write } from "./snippets.ts";
import { collectingTerminal } from "./terminal.ts";

const all = snippets();
const runnable = all.filter(({ notRun }) => notRun === undefined);
const savedAsIs = all.filter(({ javaScript }) => javaScript !== undefined);

const runner = new ProgramRunner(BUILT);

let tenant: LocalTenant;
let complaints: string;
beforeAll(async () => {
	tenant = await startTenant({ table: "table" });
	write(all);
	complaints = compile(all);
	await bundle(runnable);
});
afterAll(async () => {
	runner[Symbol.dispose]();
	await tenant.stop();
});

/** Whoever makes an ApiSession is an API user, all others are an app. A unit test, which names an endpoint of its own, gets nothing. */
function environmentOf({ code }: Snippet): Record<string, string> {
	if (code.includes("https://echostream.test/graphql")) return {};
	return tenant.environment(code.includes("new ApiSession(") ? { apiUser: "admin" } : { app: "external-app" });
}

describe("the TypeScript in README.md, the guides, the READMEs of the packages and the doc comments", () => {
	test("the TypeScript of the documents compiles against the sources, strictly", () => {
		expect(complaints).toBe("");
	});

	test.each(savedAsIs)("the JavaScript of $place needs no compiler", ({ javaScript = "" }) => {
		expect(() => new SourceTextModule(javaScript)).not.toThrow();
	});

	test.each(runnable)(
		"the TypeScript of $place runs to its end",
		async (snippet) => {
			const { code, output } = await run(runner, snippet, environmentOf(snippet));
			expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
		},
		180_000,
	);
});

describe("the commands in README.md", () => {
	const commands = shellCommands();
	const programs = { "echostream-cli": runCli, "echostream-local": runLocal };
	const ofNpx = commands.flatMap((line) => {
		const [npx, name = "", ...args] = line.split(" ");
		const program = programs[name as keyof typeof programs];
		return npx === "npx" && program !== undefined ? [{ line, program, args }] : [];
	});

	test.each(ofNpx)("the command $line works with the variables of a tenant", async ({ program, args }) => {
		const terminal = collectingTerminal();
		expect(await program(args, terminal)).toBe(0);
		expect(terminal.printed).not.toEqual([]);
	});

	test("every command in README.md is tested", () => {
		expect(ofNpx).toHaveLength(3);
	});
});
