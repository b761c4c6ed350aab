import { Readable } from "node:stream";
import { run } from "../../src/run.ts";

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
