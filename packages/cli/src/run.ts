import { Command, CommanderError } from "commander";
import { addAccessCommands } from "./commands/access-commands.ts";
import { type CommandContext, examples } from "./commands/command-context.ts";
import { addDoctorCommand } from "./commands/doctor-command.ts";
import { addPortingCommands } from "./commands/porting-commands.ts";
import { addShellCommands } from "./commands/shell-commands.ts";
import { addTenantCommands } from "./commands/tenant-commands.ts";
import { describeFailure } from "./failure.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** Runs one command on the terminal of this process, and returns its exit code. */
export function runOnTerminal(args: readonly string[]): Promise<number> {
	return run(args, processTerminal);
}

/** Runs one command and returns its exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
	let exitCode = 0;
	const context: CommandContext = {
		terminal,
		run:
			(action) =>
			async (...received) => {
				// Commander passes the arguments, the flags and the command.
				const [flags] = received.slice(-2);
				const result = await action(flags as never, ...(received.slice(0, -2) as never));
				if (typeof result === "number") exitCode = result;
			},
	};
	try {
		// A shell that completes a command line. The words behind the -- are not arguments.
		if (args[0] === "complete" && args[1] === "--") {
			const { suggest } = await import("./completion/suggest.ts");
			suggest(createProgram(context), args.slice(2));
			return exitCode;
		}
		await createProgram(context).parseAsync([...args], { from: "user" });
		return exitCode;
	} catch (error) {
		// Commander has printed its own: help and version end with 0.
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		const { message, exitCode: code } = await describeFailure(error);
		terminal.printError(message);
		return code;
	}
}

/** All commands, with their flags and help. */
export function createProgram(context: CommandContext): Command {
	const { terminal } = context;
	const program = new Command("echostream")
		.description("The command line of EchoStream: AWS credentials of a tenant or an app for every AWS tool.")
		.version(VERSION, "-v, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.enablePositionalOptions()
		.addHelpText(
			"after",
			examples("echostream configure", "echostream exec -- aws sts get-caller-identity", "echostream help exec"),
		)
		.showHelpAfterError("Run echostream --help for all commands.")
		.configureOutput({
			writeOut: (text) => terminal.print(text.trimEnd()),
			writeErr: (text) => terminal.printError(text.trimEnd()),
			outputError: (text, write) => write(text.replace(/^error: /, "")),
		})
		.exitOverride();
	program.commandsGroup("AWS credentials:");
	addAccessCommands(program, context);
	program.commandsGroup("The tenant:");
	addTenantCommands(program, context);
	addDoctorCommand(program, context);
	program.commandsGroup("Python programs:");
	addPortingCommands(program, context);
	program.commandsGroup("The command line:");
	addShellCommands(program, context);
	return program;
}
