import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "./data-error.ts";
import { FolderLock } from "./folder-lock.ts";
import { FolderRecords } from "./folder-records.ts";

const FOLDER_MODE = 0o700;

/**
 * A folder that a tenant keeps its data in: `journal`, with everything but the bodies of S3's objects, which are files in `bodies`. Only its owner may
 * read it. One tenant uses it at a time.
 */
export class DataFolder {
	readonly records: FolderRecords;
	readonly #folder: string;
	readonly #bodies: string;
	readonly #lock: FolderLock;

	/** @throws DataError when the folder is in use, damaged, or cannot be written. */
	constructor(folder: string) {
		this.#folder = folder;
		this.#bodies = join(folder, "bodies");
		try {
			mkdirSync(this.#bodies, { recursive: true, mode: FOLDER_MODE });
			this.#lock = new FolderLock(join(realpathSync(folder), "lock"), folder);
		} catch (error) {
			throw DataError.from(error, folder, "opened");
		}
		try {
			this.records = new FolderRecords(join(folder, "journal"), folder);
		} catch (error) {
			this.#lock.release();
			throw DataError.from(error, folder, "opened");
		}
	}

	/** Writes a body. Returns its name. */
	writeBody(body: Uint8Array): string {
		const name = randomUUID();
		try {
			writeFileSync(join(this.#bodies, name), body, { mode: 0o600, flag: "wx" });
		} catch (error) {
			this.deleteBody(name);
			throw DataError.from(error, this.#folder, "written");
		}
		return name;
	}

	readBody(name: string): Buffer {
		return readFileSync(join(this.#bodies, name));
	}

	deleteBody(name: string): void {
		rmSync(join(this.#bodies, name), { force: true });
	}

	/** Deletes the bodies that a tenant has left that was killed: all but those that are `used`. */
	deleteBodiesExcept(used: ReadonlySet<string>): void {
		for (const name of readdirSync(this.#bodies)) if (!used.has(name)) this.deleteBody(name);
	}

	/** Writes all changes, and lets another tenant use the folder. */
	close(): void {
		try {
			this.records.close();
		} finally {
			this.#lock.release();
		}
	}
}
