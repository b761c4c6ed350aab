import { run } from "../../src/command/run.ts";

export interface CommandOutput {
	readonly code: number;
	readonly printed: string;
	readonly errors: string;
}

/** Runs the command in this process. It is interrupted after `meanwhile`, which receives the URL of the tenant. */
export async function outputOf(
	args: readonly string[],
	meanwhile: (url: string) => Promise<void> = async () => {},
	hasColors = false,
): Promise<CommandOutput> {
	const printed: string[] = [];
	const errors: string[] = [];
	let start: () => void;
	const started = new Promise<void>((resolve) => {
		start = resolve;
	});
	const code = await run(args, {
		print: (text) => printed.push(text),
		printError(text) {
			errors.push(text);
			if (text.startsWith("Console: ")) start();
		},
		hasColors,
		async untilInterrupted() {
			await started;
			const url = /listens on (\S+),/.exec(errors.join("\n"))?.[1] ?? "";
			await meanwhile(url);
		},
	});
	return { code, printed: printed.join("\n"), errors: errors.join("\n") };
}
