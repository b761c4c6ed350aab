import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";

/** What a command gets from the program. */
export interface CommandContext {
	readonly terminal: Terminal;
	/** Makes the action of a command, whose flags come first. A number that it returns is the exit code. Default: 0. */
	run<Flags, Args extends unknown[]>(
		action: (flags: Flags, ...args: Args) => Promise<unknown>,
	): (...received: [...Args, Flags, Command]) => Promise<void>;
}

/** The examples of a command's help. */
export function examples(...lines: string[]): string {
	return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}
