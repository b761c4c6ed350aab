import type { Command } from "commander";
import { type CommandContext, examples } from "./command-context.ts";
import { secondsOf } from "./seconds.ts";

/** Adds the commands for those who port Python programs. */
export function addPortingCommands(program: Command, { run, terminal }: CommandContext): void {
	program
		.command("port")
		.summary("list what a Python program uses, and how to port it")
		.description(
			"Lists what Python programs use of boto3, botocore, pycognito and gql, and how to port it. Runs and sends nothing.",
		)
		.argument("<programs...>", "Python files, folders, or - for standard input")
		.option("--json", "print the uses, the lines and the packages as JSON")
		.addHelpText("after", examples("echostream port program.py", "echostream port --json src/ > port.json"))
		// Its own module, because only it needs a parser of Python.
		.action(
			run(async (flags, paths: string[]) => (await import("../port/run-port.ts")).runPort(paths, flags, terminal)),
		);
	program
		.command("parity")
		.summary("run two programs, and compare what they do")
		.description(
			"Runs each program against a fresh tenant of echostream-local, and compares their output, their requests and what they store.",
		)
		.argument("<first>", "a Python or JavaScript program")
		.argument("<second>", "its port")
		.option("--app <name>", "app that the programs sign in as. Default: external-app")
		.option("--api-user <name>", "API user that they sign in as instead, such as admin")
		.option("--python <command>", "command that runs Python. Default: python3, on Windows python")
		.option("--timeout <seconds>", "limit of each program", secondsOf, 60)
		.option("--json", "print the differences, and what each program did, as JSON")
		.addHelpText("after", examples("echostream parity program.py program.mjs"))
		.action(
			run(async (flags, first: string, second: string) =>
				(await import("../parity/run-parity.ts")).runParity([first, second], flags, terminal),
			),
		);
}
