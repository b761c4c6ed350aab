import type { Command } from "commander";
import { type CommandContext, examples } from "./command-context.ts";
import { withSessionFlags } from "./settings-flags.ts";

/** Adds the commands that look into a tenant. */
export function addTenantCommands(program: Command, { run, terminal }: CommandContext): void {
	withSessionFlags(program.command("whoami"))
		.summary("print the user, the tenant and the app")
		.description("Prints the user, the tenant, the app, their region and table, and how long the credentials last.")
		.option("--json", "print JSON, with the config of the app")
		.addHelpText("after", examples("echostream whoami", "echostream whoami --json"))
		.action(run(async (flags) => (await import("../tenant/whoami.ts")).whoami(flags, terminal)));
}
