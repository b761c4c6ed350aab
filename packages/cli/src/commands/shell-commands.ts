import { Argument, type Command } from "commander";
import { SHELLS } from "../completion/shells.ts";
import { type CommandContext, examples } from "./command-context.ts";

/** Adds the commands for the shell itself. */
export function addShellCommands(program: Command, { run, terminal }: CommandContext): void {
	program
		.command("complete")
		.summary("print the completion script of a shell")
		.description(
			"Prints the script by which a shell completes commands, options and the names of profiles. Run it at the start of the shell.",
		)
		.addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
		.addHelpText(
			"after",
			examples(
				"echo 'source <(echostream complete bash)' >> ~/.bashrc",
				"echo 'source <(echostream complete zsh)' >> ~/.zshrc",
				"echostream complete fish > ~/.config/fish/completions/echostream.fish",
				"echostream complete powershell >> $PROFILE",
			),
		)
		.action(
			run(async (_flags, shell: (typeof SHELLS)[number]) =>
				(await import("../completion/script.ts")).printScript(shell, terminal),
			),
		);
	program.helpCommand("help [command]", "print the help of a command");
}
