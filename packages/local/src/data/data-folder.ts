import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "./data-error.ts";
import { FolderLock } from "./folder-lock.ts";
import { FolderRecords } from "./folder-records.ts";

/** A folder that a tenant keeps its data in. Only its owner may read it, and one tenant uses it at a time. */
export class DataFolder {
	readonly records: FolderRecords;
	readonly #lock: FolderLock;
	#isClosed = false;

	/** @throws DataError when the folder is in use, damaged, or cannot be written. */
	constructor(folder: string) {
		let lock: FolderLock | undefined;
		try {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			lock = new FolderLock(join(realpathSync(folder), "lock"), folder);
			this.records = new FolderRecords(join(folder, "journal"), folder);
			this.#lock = lock;
		} catch (error) {
			lock?.release();
			throw DataError.from(error, folder, "opened");
		}
	}

	/** Writes all changes, and lets another tenant use the folder. */
	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		try {
			this.records.close();
		} finally {
			this.#lock.release();
		}
	}
}
