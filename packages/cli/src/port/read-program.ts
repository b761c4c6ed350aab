import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file that could be read, or why it could not. */
export type ReadFile =
	| { readonly path: string; readonly text: string }
	| { readonly path: string; readonly text?: undefined; readonly problem: string };

/** Larger files are not programs. */
const MAX_BYTES = 5_000_000;
const SKIPPED = new Set(["node_modules", "site-packages", "__pycache__", "venv"]);

/** Reads Python programs: files, all `*.py` in folders, or standard input for `-`. */
export async function readPrograms(paths: readonly string[], stdin: AsyncIterable<unknown>): Promise<ReadFile[]> {
	const files: ReadFile[] = [];
	for (const path of paths) {
		if (path === "-") files.push(decode("-", await contentOf(stdin)));
		else files.push(...(await readPath(path)));
	}
	return files;
}

async function readPath(path: string): Promise<ReadFile[]> {
	try {
		const found = await stat(path);
		if (!found.isDirectory()) {
			if (found.size > MAX_BYTES) return [{ path, problem: `is larger than ${MAX_BYTES / 1_000_000} MB` }];
			return [decode(path, await readFile(path))];
		}
		const entries = await readdir(path, { withFileTypes: true });
		const names = entries
			.filter((entry) =>
				entry.isDirectory() ? !SKIPPED.has(entry.name) && !entry.name.startsWith(".") : /\.pyw?$/.test(entry.name),
			)
			.map(({ name }) => name);
		return (await Promise.all(names.sort().map((name) => readPath(join(path, name))))).flat();
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		return [{ path, problem: code === "ENOENT" ? "was not found" : `could not be read: ${message}` }];
	}
}

async function contentOf(stdin: AsyncIterable<unknown>): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
	return Buffer.concat(chunks);
}

/** The encoding is UTF-8, unless a comment in the first two lines names another, as Python requires. */
function decode(path: string, bytes: Uint8Array): ReadFile {
	const start = Buffer.from(bytes.subarray(0, 500)).toString("latin1").split("\n").slice(0, 2).join("\n");
	const encoding = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/m.exec(start)?.[1] ?? "utf-8";
	try {
		// Single bytes always have a character, so that only UTF-8 can be invalid.
		const label = /^(iso-?)?latin-?1$/i.test(encoding) ? "latin1" : encoding;
		const text = new TextDecoder(label, { fatal: /^utf-?8/i.test(encoding) }).decode(bytes);
		if (text.includes("\0")) return { path, problem: "is not a Python program: it contains null bytes" };
		return { path, text: text.replace(/\r\n?/g, "\n") };
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ERR_ENCODING_NOT_SUPPORTED")
			return { path, problem: `has the encoding ${encoding}, which is not supported` };
		return {
			path,
			problem: `is not valid ${encoding}. Name its encoding in the first line: # -*- coding: latin-1 -*-`,
		};
	}
}
