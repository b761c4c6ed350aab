import { RootCommand } from "@bomb.sh/tab";
import type { Command, Option } from "commander";
import { profileNames } from "../settings/profiles.ts";

/** The response to a shell that leaves the completion to the shell itself: names of files. */
const FILES = ":0";

/**
 * Prints what may come next on a command line, in the format that the scripts of `echostream complete` read.
 *
 * @param words - The words after `echostream`. The last one is incomplete, and may be empty.
 */
export function suggest(program: Command, words: readonly string[]): void {
	if (isFile(program, words)) console.log(FILES);
	else rootOf(program).parse([...words]);
}

/** The commands as the library needs them. */
function rootOf(program: Command): RootCommand {
	const root = new RootCommand();
	const commands = commandsOf(program);
	for (const option of optionsOf(program)) addOption(root, option);
	for (const command of commands) {
		const added = root.command(command.name(), command.summary() || command.description());
		for (const option of optionsOf(command)) addOption(added, option);
		for (const { argChoices = [], name } of command.registeredArguments.map((one) => ({
			argChoices: command.name() === "help" ? commands.map((other) => other.name()) : one.argChoices,
			name: one.name(),
		}))) {
			added.argument(name, (complete) => {
				for (const choice of argChoices) complete(choice, "");
			});
		}
	}
	return root;
}

function addOption(command: Pick<RootCommand, "option">, option: Option): void {
	const name = option.long?.slice("--".length) ?? "";
	const alias = option.short?.slice("-".length);
	const { description } = option;
	if (!takesValue(option)) {
		command.option(name, description, alias);
		return;
	}
	const values = name === "profile" ? profileNames : () => option.argChoices ?? [];
	const complete = (suggestion: (value: string, description: string) => void) => {
		for (const value of values()) suggestion(value, "");
	};
	command.option(name, description, complete, alias);
}

/** Whether the last word is a file, or something else that the shell itself knows, such as a program. */
function isFile(program: Command, words: readonly string[]): boolean {
	const command = commandsOf(program).find((one) => one.name() === words.find((word) => !word.startsWith("-")));
	if (command === undefined || words.length < 2) return false;
	// Behind it are the words of another program.
	if (words.slice(0, -1).includes("--")) return true;
	const [previous = "", last = ""] = words.slice(-2);
	const options = optionsOf(command);
	const named = (word: string) => options.find(({ long, short }) => word === long || word === short);
	const option = last.startsWith("-") ? named(last.split("=")[0] ?? "") : named(previous);
	if (option !== undefined && takesValue(option)) {
		return /<(file|path)>/.test(option.flags) && (!last.startsWith("-") || last.includes("="));
	}
	if (last.startsWith("-") || command.name() === "help") return false;
	return command.registeredArguments.some(({ argChoices }) => argChoices === undefined);
}

function commandsOf(program: Command): readonly Command[] {
	return program.createHelp().visibleCommands(program);
}

function optionsOf(command: Command): readonly Option[] {
	return command.createHelp().visibleOptions(command);
}

function takesValue({ optional, required }: Option): boolean {
	return required || optional;
}
