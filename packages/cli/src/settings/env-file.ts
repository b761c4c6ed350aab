import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { InvalidInput } from "../invalid-input.ts";

/**
 * The variables of a file of lines `NAME=value`, as Node and docker read it.
 *
 * @throws InvalidInput if the file cannot be read.
 */
export function readVariables(path: string): Record<string, string | undefined> {
	try {
		// Without a byte order mark, which would belong to the first name.
		return parseEnv(readFileSync(path, "utf8").replace(/^\uFEFF/, "")) as Record<string, string | undefined>;
	} catch (error) {
		const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "it was not found" : (error as Error).message;
		throw new InvalidInput(`The file ${path} could not be read: ${reason}.`);
	}
}

/** Lines `NAME=value` of these variables, which {@link readVariables} reads. */
export function envLines(values: Readonly<Record<string, string | undefined>>): string {
	return Object.entries(values)
		.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(name, value)}\n`]))
		.join("");
}

/** A value in the quotes that it does not contain, because the format has no escapes for them. */
function quoted(name: string, value: string): string {
	if (/^[\w@%+=:,./-]+$/.test(value)) return value;
	const quote = ["'", '"', "`"].find((one) => !value.includes(one) && !(one === '"' && value.includes("\\n")));
	if (quote === undefined) {
		throw new InvalidInput(`${name} contains all three kinds of quotes, which a file of variables cannot express.`);
	}
	return `${quote}${value}${quote}`;
}
