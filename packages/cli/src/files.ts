import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** The text of a file. `undefined` if there is none. */
export function textOf(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

/**
 * Replaces a file whole: a process that is killed at any moment leaves the old content or the new one, and perhaps a temporary file beside it,
 * whose name ends with `.tmp`.
 *
 * @param mode - Mode of the file. Default: only its user can read it.
 */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): void {
	const temporary = `${path}.${randomBytes(8).toString("hex")}.tmp`;
	try {
		writeFileSync(temporary, content, { mode });
		chmodSync(temporary, mode);
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}
