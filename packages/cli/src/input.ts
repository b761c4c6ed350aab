import { InvalidInput } from "./invalid-input.ts";

/**
 * All text of standard input.
 *
 * @throws InvalidInput if it is not UTF-8.
 */
export async function readText(stdin: AsyncIterable<unknown>): Promise<string> {
	let text = "";
	for await (const part of decoded(stdin)) text += part;
	return text;
}

/**
 * The lines of standard input, without their line breaks.
 *
 * @throws InvalidInput if it is not UTF-8.
 */
export async function* readLines(stdin: AsyncIterable<unknown>): AsyncGenerator<string> {
	let rest = "";
	for await (const part of decoded(stdin)) {
		const lines = (rest + part).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) yield line.replace(/\r$/, "");
	}
	if (rest !== "") yield rest;
}

/** What replaced a byte that is not UTF-8 would be sent in its place, so that invalid input is an error. */
async function* decoded(stdin: AsyncIterable<unknown>): AsyncGenerator<string> {
	const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
	const decode = (chunk?: Uint8Array) => {
		try {
			return decoder.decode(chunk, { stream: chunk !== undefined });
		} catch {
			throw new InvalidInput("Standard input is not valid UTF-8.");
		}
	};
	for await (const chunk of stdin) yield typeof chunk === "string" ? chunk : decode(chunk as Uint8Array);
	yield decode();
}
