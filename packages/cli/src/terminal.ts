/** Where a command prints. */
export interface Terminal {
	/** Prints a result. */
	readonly print: (text: string) => void;
	/** Prints everything else: usage, errors. */
	readonly printError: (text: string) => void;
}
