import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { DataError } from "./data-error.ts";

const FORMAT = "echostream-local";
const VERSION = 1;
const HEADER = `${FORMAT} ${VERSION}\n`;
const CHECKSUM_LENGTH = 8;
const LINE_FEED = 10;

/**
 * A file of lines that only grows, until it is written anew. A line is there whole or not at all: each begins with a checksum of the
 * rest, and one that the end of a process has cut off is dropped.
 */
export class Journal {
	readonly #path: string;
	#file: number;
	#size: number;

	/**
	 * Opens the journal, and makes it where there is none. Passes each line to `read`.
	 *
	 * @throws DataError when a line other than the last is damaged, or a newer version has written it.
	 */
	static open(path: string, read: (line: string) => void): Journal {
		rmSync(temporary(path), { force: true });
		const file = openSync(path, "a+", 0o600);
		try {
			const size = readLines(path, readFileSync(file), read);
			ftruncateSync(file, size);
			const journal = new Journal(path, file, size);
			if (size === 0) journal.#append(Buffer.from(HEADER));
			return journal;
		} catch (error) {
			closeSync(file);
			throw error;
		}
	}

	private constructor(path: string, file: number, size: number) {
		this.#path = path;
		this.#file = file;
		this.#size = size;
	}

	/** Size of the file in bytes. */
	get size(): number {
		return this.#size;
	}

	/** Adds a line. Where that fails, nothing is added. */
	append(line: string): void {
		this.#append(Buffer.from(withChecksum(line)));
	}

	/** Replaces all lines, at once. Where that fails, the old ones stay. */
	replace(lines: Iterable<string>): void {
		const path = temporary(this.#path);
		const next = new Journal(this.#path, openSync(path, "w", 0o600), 0);
		try {
			next.#append(Buffer.from(HEADER));
			for (const line of lines) next.append(line);
			next.close();
		} catch (error) {
			closeSync(next.#file);
			rmSync(path, { force: true });
			throw error;
		}
		// Windows renames no open file.
		closeSync(this.#file);
		try {
			renameSync(path, this.#path);
			this.#size = next.#size;
		} finally {
			this.#file = openSync(this.#path, "a", 0o600);
		}
	}

	/** Writes everything to the disk, and closes the file. */
	close(): void {
		fsyncSync(this.#file);
		closeSync(this.#file);
		// The system gives its number to the next file, into which nothing of this one may be written.
		this.#file = -1;
	}

	#append(bytes: Buffer): void {
		try {
			for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
		} catch (error) {
			ftruncateSync(this.#file, this.#size);
			throw error;
		}
		this.#size += bytes.length;
	}
}

function temporary(path: string): string {
	return `${path}.new`;
}

function withChecksum(line: string): string {
	return `${checksum(line)}${line}\n`;
}

function checksum(line: string | Uint8Array): string {
	return crc32(line).toString(16).padStart(CHECKSUM_LENGTH, "0");
}

/** Passes each line to `read`. Returns the size without what was cut off at the end. */
function readLines(path: string, bytes: Buffer, read: (line: string) => void): number {
	const headerEnd = bytes.indexOf(LINE_FEED) + 1;
	if (headerEnd === 0 && HEADER.startsWith(bytes.toString())) return 0;
	checkHeader(path, bytes.toString("utf8", 0, headerEnd));
	let damagedAt: number | undefined;
	let end = headerEnd;
	for (let start = headerEnd, next = 0; start < bytes.length; start = next) {
		const lineEnd = bytes.indexOf(LINE_FEED, start);
		next = lineEnd < 0 ? bytes.length : lineEnd + 1;
		const line = bytes.subarray(start + CHECKSUM_LENGTH, next - 1);
		if (lineEnd < 0 || bytes.toString("latin1", start, start + CHECKSUM_LENGTH) !== checksum(line)) {
			damagedAt ??= start;
			continue;
		}
		if (damagedAt !== undefined) {
			throw new DataError(
				`The data in ${path} is damaged at byte ${damagedAt}. Restore a copy of the folder, or set \`data\` to another folder.`,
			);
		}
		read(line.toString());
		end = next;
	}
	return end;
}

function checkHeader(path: string, header: string): void {
	const [format, version] = header.trim().split(" ");
	if (format !== FORMAT || !(Number(version) > 0)) {
		throw new DataError(`The file ${path} is not the data of a tenant. Set \`data\` to another folder.`);
	}
	if (Number(version) > VERSION) {
		throw new DataError(
			`The data in ${path} was written by a newer version of echostream-local (format ${version}). Update echostream-local, or set \`data\` to another folder.`,
		);
	}
}
