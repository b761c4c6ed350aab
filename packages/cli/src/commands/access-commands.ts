import { type Command, InvalidArgumentError, Option } from "commander";
import { FORMATS } from "../tools/env-formats.ts";
import { type CommandContext, examples } from "./command-context.ts";
import { withSessionFlags, withSettingsFlags } from "./settings-flags.ts";

/** Adds the commands that give AWS credentials to other tools. */
export function addAccessCommands(program: Command, { run, terminal }: CommandContext): void {
	withSessionFlags(program.command("credentials"))
		.summary("print AWS credentials for credential_process")
		.description(
			"Prints AWS credentials as JSON, in the format of credential_process in the AWS config file. They are cached until a refresh is due.",
		)
		.addHelpText("after", examples("echostream credentials --profile prod"))
		.action(run(async (flags) => (await import("../tools/print-credentials.ts")).printCredentials(flags, terminal)));
	withSettingsFlags(program.command("configure"))
		.summary("create a profile, and one for AWS tools")
		.description(
			"Creates a profile, checks it by a sign-in, and writes a profile of AWS tools into the AWS config file, which gets its credentials from it. Prompts for what the flags do not name.",
		)
		.option(
			"--aws-profile <name>",
			"name of the profile in the AWS config file. Default: echostream, or echostream-<profile>",
			awsProfileOf,
		)
		.option("--no-verify", "do not sign in")
		.option("--force", "replace profiles that exist")
		.addHelpText(
			"after",
			examples(
				"echostream configure",
				"echostream configure --profile prod --dotenv prod.env --password-command 'pass show echostream'",
			),
		)
		.action(run(async (flags) => (await import("../tools/configure.ts")).configure(flags, terminal)));
	withSessionFlags(program.command("exec"))
		.summary("run a program with AWS credentials that stay fresh")
		.description(
			"Runs a program whose AWS credentials stay fresh however long it runs: its AWS SDK requests them from an endpoint on this machine. Signals are passed on. The exit code is the program's.",
		)
		.argument("<command>", "the program")
		.argument("[args...]", "its arguments")
		.option("--env", "set the credentials themselves as variables, for programs that know nothing else. They expire")
		.passThroughOptions()
		.addHelpText(
			"after",
			examples("echostream exec -- aws sts get-caller-identity", "echostream exec --profile prod -- terraform plan"),
		)
		.action(
			run(async (flags, command: string, args: string[]) =>
				(await import("../tools/exec.ts")).exec(command, args, flags, terminal),
			),
		);
	withSessionFlags(program.command("serve"))
		.summary("serve AWS credentials on this machine")
		.description(
			"Serves AWS credentials to the programs of this machine that have its random token, and prints the variables by which an AWS SDK finds them.",
		)
		.addOption(new Option("--port <number>", "port on 127.0.0.1").argParser(portOf).default(0, "any free port"))
		.addOption(formatOption())
		.addHelpText("after", examples("echostream serve --port 9911"))
		.action(run(async (flags) => (await import("../tools/serve.ts")).serve(flags, terminal)));
	withSessionFlags(program.command("env"))
		.summary("print AWS credentials as variables")
		.description("Prints AWS credentials and the region as variables. The credentials expire. Prefer exec.")
		.addOption(formatOption())
		.addHelpText(
			"after",
			examples(
				'eval "$(echostream env)"',
				"echostream env --format fish | source",
				"echostream env --format dotenv > .env",
			),
		)
		.action(run(async (flags) => (await import("../tools/env.ts")).printEnvironment(flags, terminal)));
	withSettingsFlags(program.command("logout"))
		.summary("sign out, and remove what is cached")
		.description("Signs the user out everywhere, and removes the cached tokens and credentials.")
		.option("--local", "only remove what is cached")
		.addHelpText("after", examples("echostream logout --profile prod"))
		.action(run(async (flags) => (await import("../tools/logout.ts")).logout(flags, terminal)));
}

function formatOption(): Option {
	return new Option("--format <name>", "syntax of the variables").choices(FORMATS).default("posix");
}

function awsProfileOf(text: string): string {
	if (/^[\w.@/+-]+$/.test(text)) return text;
	throw new InvalidArgumentError("It must be letters, digits and the characters _ . @ / + -.");
}

function portOf(text: string): number {
	if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
	throw new InvalidArgumentError("It must be a number from 0 to 65535.");
}
