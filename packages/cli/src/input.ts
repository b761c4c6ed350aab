import { createReadStream, readFileSync } from "node:fs";
import { InvalidInput } from "./invalid-input.ts";
import type { Terminal } from "./terminal.ts";

/** Where a text comes from: an argument, a file or standard input. */
interface TextSource {
	/** The text itself, or `-` for standard input. */
	readonly argument: string | undefined;
	/** A file, instead of the argument. */
	readonly file: string | undefined;
	/** What the text is, for messages, such as `message`. */
	readonly name: string;
}

/**
 * The text of an argument, a file or standard input. Standard input is read without an argument only if it is no terminal, because a
 * person would not know that the command waits.
 *
 * @throws InvalidInput if there is none, or it is not UTF-8.
 */
export async function readText({ argument, file, name }: TextSource, { stdin }: Terminal): Promise<string> {
	if (argument !== undefined && file !== undefined) {
		throw new InvalidInput(`Pass the ${name} as the argument or with --file, not both.`);
	}
	if (file !== undefined) return readTextFile(file);
	if (argument !== undefined && argument !== "-") return argument;
	if (argument === undefined && stdin.isTTY) {
		throw new InvalidInput(`The ${name} is missing. Pass it as the argument, with --file, or on standard input.`);
	}
	let text = "";
	for await (const part of decoded(stdin, "Standard input")) text += part;
	return text;
}

/**
 * The text of a file.
 *
 * @throws InvalidInput if it cannot be read, or is not UTF-8.
 */
export function readTextFile(path: string): string {
	let bytes: Uint8Array;
	try {
		bytes = readFileSync(path);
	} catch (error) {
		throw unreadable(path, error);
	}
	return decoderOf(path)(bytes);
}

/**
 * The lines of a file or of standard input, as they come, without their line breaks.
 *
 * @throws InvalidInput if the file cannot be read, or it is not UTF-8.
 */
export async function* readLines(file: string | undefined, { stdin }: Terminal): AsyncGenerator<string> {
	let rest = "";
	for await (const part of decoded(file === undefined ? stdin : chunksOf(file), file ?? "Standard input")) {
		const lines = (rest + part).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) yield line.replace(/\r$/, "");
	}
	if (rest !== "") yield rest;
}

async function* chunksOf(file: string): AsyncGenerator<unknown> {
	try {
		yield* createReadStream(file);
	} catch (error) {
		throw unreadable(file, error);
	}
}

async function* decoded(chunks: AsyncIterable<unknown>, source: string): AsyncGenerator<string> {
	const decode = decoderOf(source);
	for await (const chunk of chunks) yield typeof chunk === "string" ? chunk : decode(chunk as Uint8Array, true);
	yield decode(new Uint8Array());
}

/** Decodes bytes. What is not UTF-8 is an error, because it would be sent with other characters in its place. */
function decoderOf(source: string): (bytes: Uint8Array, stream?: boolean) => string {
	const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
	return (bytes, stream = false) => {
		try {
			return decoder.decode(bytes, { stream });
		} catch {
			throw new InvalidInput(`${source} is not valid UTF-8.`);
		}
	};
}

function unreadable(path: string, error: unknown): InvalidInput {
	return new InvalidInput(`The file ${path} could not be read: ${(error as Error).message}`);
}
