/** Where a command reads and prints. */
export interface Terminal {
	/** Prints a result, to standard output. */
	readonly print: (text: string) => void;
	/** Prints everything else, to standard error: usage, progress, errors. */
	readonly printError: (text: string) => void;
	/** Standard input. */
	readonly stdin: AsyncIterable<unknown>;
	/** Whether a person sits at it: standard input and standard error are terminals. */
	readonly isInteractive: boolean;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
	print: (text) => console.log(text),
	printError: (text) => console.error(text),
	stdin: process.stdin,
	isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
};

/** The spinner that turns now. */
let spinner: { stop(): unknown } | undefined;

/** Runs work while a spinner turns on standard error, if a person sits at it. */
export async function withSpinner<T>(terminal: Terminal, message: string, work: () => Promise<T>): Promise<T> {
	if (!terminal.isInteractive || process.env.NO_COLOR) return work();
	const { default: yoctoSpinner } = await import("yocto-spinner");
	spinner = yoctoSpinner({ text: message, stream: process.stderr }).start();
	try {
		return await work();
	} finally {
		stopSpinner();
	}
}

/** Removes the spinner, before something else is shown. */
export function stopSpinner(): void {
	spinner?.stop();
	spinner = undefined;
}
