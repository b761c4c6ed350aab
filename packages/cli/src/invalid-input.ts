import { EXIT } from "./exit-code.ts";

/** An argument, a flag or what standard input contains is invalid. */
export class InvalidInput extends Error {
	readonly exitCode = EXIT.invalid;
}
