import { Readable } from "node:stream";
import { run } from "../../src/run.ts";
import { ECHOSTREAM, type Workplace } from "./workplace.ts";

/** What a command printed, and its exit code. */
export interface Output {
	readonly status: number;
	readonly printed: string;
	readonly errors: string;
}

/** Runs a command in this process, without a terminal. */
export async function outputOf(args: readonly string[], stdin = ""): Promise<Output> {
	const printed: string[] = [];
	const errors: string[] = [];
	const status = await run(args, {
		print: (text) => printed.push(text),
		printError: (text) => errors.push(text),
		stdin: Readable.from([stdin]),
		isInteractive: false,
		showsProgress: false,
		emphasized: (text) => text,
	});
	return { status, printed: printed.join("\n"), errors: errors.join("\n") };
}

/** Runs a command in this process with the variables of a workplace, changed by `variables`, and in its home folder. */
export async function outputIn(
	{ environment, home }: Workplace,
	args: readonly string[],
	variables: NodeJS.ProcessEnv = {},
): Promise<Output> {
	const before = { arguments: process.argv, environment: process.env, folder: process.cwd() };
	process.argv = [process.execPath, ECHOSTREAM, ...args];
	process.env = { ...environment, ...variables };
	for (const [name, value] of Object.entries(variables)) if (value === undefined) delete process.env[name];
	process.chdir(home);
	try {
		return await outputOf(args);
	} finally {
		process.chdir(before.folder);
		process.env = before.environment;
		process.argv = before.arguments;
	}
}
