import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isInstalled } from "../../../__tests__/support/installed.ts";
import { PseudoTerminal } from "./support/pseudo-terminal.ts";
import { ECHOSTREAM, Workplace } from "./support/workplace.ts";

let workplace: Workplace;
beforeAll(() => {
	workplace = new Workplace({});
	const { home } = workplace;
	mkdirSync(join(home, "bin"));
	writeFileSync(join(home, "bin/echostream"), `#!/bin/sh\nexec '${process.execPath}' '${ECHOSTREAM}' "$@"\n`);
	chmodSync(join(home, "bin/echostream"), 0o755);
	workplace.environment.PATH = `${join(home, "bin")}:${workplace.environment.PATH}`;
	mkdirSync(join(home, "config/profiles"), { recursive: true });
	for (const name of ["production", "staging"]) writeFileSync(join(home, `config/profiles/${name}.env`), "");
	writeFileSync(join(home, "settings.env"), "");
});
afterAll(() => workplace[Symbol.dispose]());

/** Command lines with the end that is completed, and what they become. */
const COMPLETED = [
	["a command", "echostream whoa", "mi"],
	["an option of a command", "echostream queues --cou", "nts"],
	["a choice of an option", "echostream env --format dot", "env"],
	["the name of a profile", "echostream whoami --profile stag", "ing"],
	["a file of an option", "echostream whoami --dotenv sett", "ings.env"],
	["a shell", "echostream complete power", "shell"],
] as const;

describe("the suggestions of echostream complete", () => {
	test.each([
		["the commands", [""], ["credentials", "exec", "whoami", "query", "tail", "complete", "help"]],
		["the profiles", ["tail", "--profile", ""], ["production", "staging"]],
		["the profiles after =", ["tail", "--profile="], ["production", "staging"]],
		["the choices of --format", ["serve", "--format", ""], ["posix", "fish", "powershell", "dotenv", "json"]],
		["the options", ["tables", "--j"], ["--json"]],
		["the commands that help explains", ["help", "qu"], ["query", "queues"]],
	])("contain %s", async (_, words, expected) => {
		const { errors, printed, status } = await workplace.echostream(["complete", "--", ...words]);
		expect([status, errors]).toEqual([0, ""]);
		const lines = printed.trimEnd().split("\n");
		expect(lines.pop()).toBe(":4");
		expect(lines.map((line) => line.split("\t")[0])).toEqual(expect.arrayContaining(expected));
	});

	test.each([
		["a file of an option", ["query", "--file", ""]],
		["a program of exec", ["exec", ""]],
		["the arguments of that program", ["exec", "--", "aws", "--pro"]],
		["a program to port", ["port", "--json", "prog"]],
	])("leave %s to the shell", async (_, words) => {
		expect(await workplace.echostream(["complete", "--", ...words])).toMatchObject({ status: 0, printed: ":0\n" });
	});

	test("are none for the value of an option that has no choices", async () => {
		expect(await workplace.echostream(["complete", "--", "whoami", "--tenant", ""])).toMatchObject({ printed: ":4\n" });
	});

	test("an unknown shell exits with 2", async () => {
		const { errors, status } = await workplace.echostream(["complete", "csh"]);
		expect([status, errors]).toEqual([2, expect.stringContaining("Allowed choices are bash, zsh, fish, powershell.")]);
	});

	test("the script for PowerShell registers a completer", async () => {
		const { printed } = await workplace.echostream(["complete", "powershell"]);
		expect(printed).toContain("Register-ArgumentCompleter -CommandName 'echostream'");
	});
});

/** How a shell starts without files of its user, and what loads the completions. */
const SHELLS = {
	bash: { args: ["--norc", "--noprofile", "-i"], load: "source <(echostream complete bash)" },
	zsh: { args: ["-f", "-i"], load: "autoload -U compinit && compinit -u && source <(echostream complete zsh)" },
	fish: { args: ["--no-config", "-i"], load: "echostream complete fish | source" },
};

for (const [shell, { args, load }] of Object.entries(SHELLS)) {
	if (!isInstalled(shell)) {
		process.stderr.write(`Not run: the completions of ${shell}, which is not in PATH\n`);
		test(`no completion of ${shell} was tested, because it is not in PATH`, () => {
			expect(isInstalled(shell)).toBe(false);
		});
		continue;
	}
	test.each(COMPLETED)(`${shell} completes %s at the Tab key`, async (_, line, rest) => {
		using terminal = new PseudoTerminal(shell, args, workplace, { PS1: "$ " });
		// The echo of the command has other quotes than its output.
		terminal.type(`${load}; echo 'loa''ded'\r`);
		await terminal.shows("loaded");
		terminal.type(`${line}\t`);
		// At the start of the completed line.
		terminal.type("\u0001echo result: \r");
		await terminal.shows(`result: ${line}${rest}`);
	});
}

if (isInstalled("bash")) {
	test("the script for bash can be loaded twice in a shell", async () => {
		const load = "source <(echostream complete bash)";
		expect(await workplace.run("bash", ["--norc", "-c", `${load} && ${load} && complete -p echostream`])).toEqual({
			status: 0,
			signal: null,
			printed: "complete -o default -F __echostream_complete echostream\n",
			errors: "",
		});
	});
}
