import { InvalidArgumentError } from "commander";

/** The seconds of a flag. */
export function secondsOf(text: string): number {
	if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text);
	throw new InvalidArgumentError("It must be a number of seconds greater than 0.");
}
