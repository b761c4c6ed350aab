import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import type { Command } from "commander";
import { isInstalled } from "../../../__tests__/support/installed.ts";
import { createProgram } from "../src/run.ts";
import { outputOf } from "./support/output-of.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const printed: string[] = [];
const program = createProgram({
	terminal: {
		print: (text) => printed.push(text),
		printError: () => {},
		stdin: (async function* () {})(),
		isInteractive: false,
		showsProgress: false,
		emphasized: (text) => text,
	},
	run: () => async () => {},
});
const commands = commandsBelow(program).map((command) => ({ name: command.name(), command }));

function commandsBelow(command: Command): Command[] {
	return command.commands.flatMap((one) => [one, ...commandsBelow(one)]);
}

describe("the help of each command", () => {
	test.each(commands)("$name has a summary, a description that is a sentence, and examples", ({ command, name }) => {
		expect(command.summary()).toMatch(/^[a-z].+[^.]$/);
		expect(command.description()).toMatch(/^[A-Z].+\.$/);
		printed.length = 0;
		command.outputHelp();
		expect(printed.join("\n")).toMatch(new RegExp(`\nExamples:\n(  \\$ .*echostream ${name}.*\n?)+$`));
	});

	test.each(commands)("$name describes its arguments and options", ({ command }) => {
		const parts = [...command.registeredArguments, ...command.options];
		expect(parts.filter(({ description }) => !/^[a-z].*[^.]$/i.test(description))).toEqual([]);
		printed.length = 0;
		command.outputHelp();
		expect(printed.join("\n")).toContain("print this help");
	});

	test("the help of all commands ends with examples", async () => {
		const { printed, status } = await outputOf(["--help"]);
		expect([status, printed]).toEqual([0, expect.stringMatching(/\nExamples:\n( {2}\$ echostream .*\n?)+$/)]);
	});

	test("an unknown command is an error with a suggestion", async () => {
		expect(await outputOf(["qurey"])).toEqual({
			status: 2,
			printed: "",
			errors: "unknown command 'qurey'\n(Did you mean query?)\nRun echostream --help for all commands.",
		});
	});

	test("an unknown option is an error with a suggestion", async () => {
		const { errors, status } = await outputOf(["queues", "--count"]);
		expect([status, errors]).toEqual([2, expect.stringContaining("(Did you mean --counts?)")]);
	});
});

describe("the manual page", () => {
	test("is that of the commands as they are", () => {
		const { status, stderr } = spawnSync(process.execPath, ["scripts/man-page.mjs", "--check"], {
			cwd: ROOT,
			encoding: "utf8",
		});
		expect([status, stderr]).toEqual([0, ""]);
	});

	if (isInstalled("groff")) {
		test("renders without a warning of groff", () => {
			const { status, stderr, stdout } = spawnSync("groff", ["-man", "-ww", "-Tutf8", "packages/cli/echostream.1"], {
				cwd: ROOT,
				encoding: "utf8",
			});
			expect([status, stderr]).toEqual([0, ""]);
			expect(stdout).toContain("ECHOSTREAM(1)");
		});
	} else {
		process.stderr.write("Not run: the rendering of the manual page, because groff is not in PATH\n");
		test("was not rendered, because groff is not in PATH", () => {
			expect(isInstalled("groff")).toBe(false);
		});
	}
});
