import { Readable } from "node:stream";

/** A terminal for a command, which collects the printed lines. */
export function collectingTerminal() {
	const printed: string[] = [];
	return {
		printed,
		print: (text: string) => void printed.push(text),
		printError: () => {},
		untilInterrupted: async () => {},
		stdin: Readable.from([]),
		isInteractive: false,
		showsProgress: false,
		emphasized: (text: string) => text,
	};
}
