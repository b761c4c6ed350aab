import type { Command } from "commander";
import { type CommandContext, examples } from "./command-context.ts";
import { secondsOf } from "./seconds.ts";
import { withSessionFlags } from "./settings-flags.ts";

/** Adds the command that finds out what is wrong. */
export function addDoctorCommand(program: Command, { run, terminal }: CommandContext): void {
	withSessionFlags(program.command("doctor"))
		.summary("check everything, and say what is wrong")
		.description(
			"Checks the settings, the cache, the network, the clock, the sign-in, a query and the AWS credentials, one by one, and prints what is wrong and how to mend it. Signs in once, without the cache. Exits with 1 if a check fails.",
		)
		.option("--timeout <seconds>", "limit of each check", secondsOf, 10)
		.option("--json", "print the checks as JSON")
		.addHelpText("after", examples("echostream doctor", "echostream doctor --profile prod --json"))
		.action(run(async (flags) => (await import("../doctor/doctor.ts")).doctor(flags, terminal)));
}
