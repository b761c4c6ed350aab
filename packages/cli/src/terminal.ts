import { styleText } from "node:util";

/** Where a command reads and prints. */
export interface Terminal {
	/** Prints a result, to standard output. */
	readonly print: (text: string) => void;
	/** Prints everything else, to standard error: usage, progress, errors. */
	readonly printError: (text: string) => void;
	/** Standard input. */
	readonly stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean };
	/** Whether a person sits at it: standard input and standard error are terminals. */
	readonly isInteractive: boolean;
	/** Whether standard error is a terminal, which shows progress. */
	readonly showsProgress: boolean;
	/** Emphasizes a text of standard output, if that is a terminal with colors. */
	readonly emphasized: (text: string) => string;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
	print: (text) => console.log(text),
	printError: (text) => console.error(text),
	stdin: process.stdin,
	isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
	showsProgress: process.stderr.isTTY === true,
	// Only if standard output is a terminal, and neither NO_COLOR nor NODE_DISABLE_COLORS is set.
	emphasized: (text) => styleText("bold", text, { stream: process.stdout }),
};

/** The spinner that turns now. */
let spinner: { text: string; stop(): unknown } | undefined;

/**
 * Runs work while a spinner turns on standard error, if that is a terminal.
 *
 * @param work - Receives a function that changes the message.
 */
export async function withSpinner<T>(
	terminal: Terminal,
	message: string,
	work: (show: (message: string) => void) => Promise<T>,
): Promise<T> {
	const show = (text: string) => {
		if (spinner !== undefined) spinner.text = text;
	};
	if (!terminal.showsProgress || process.env.NO_COLOR) return work(show);
	const { default: yoctoSpinner } = await import("yocto-spinner");
	spinner = yoctoSpinner({ text: message, stream: process.stderr }).start();
	try {
		return await work(show);
	} finally {
		stopSpinner();
	}
}

/** Removes the spinner, before something else is shown. */
export function stopSpinner(): void {
	spinner?.stop();
	spinner = undefined;
}
