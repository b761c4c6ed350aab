import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { DataError } from "./data-error.ts";

/**
 * A file that names the process that uses a folder. What a process that was killed has left is replaced.
 *
 * @throws DataError when a running process, this one included, uses the folder.
 */
export class FolderLock {
	readonly #path: string;

	constructor(path: string, folder: string) {
		this.#path = path;
		const own = `${path}.${process.pid}`;
		writeFileSync(own, JSON.stringify(identityOf(process.pid)), { mode: 0o600 });
		try {
			if (tryLink(own, path)) return;
			const owner = read(path);
			const pid = Number(owner?.split(/\D+/)[1]);
			if (owner !== undefined && owner === JSON.stringify(identityOf(pid))) throw inUse(folder, pid);
			removeStale(path, owner);
			if (!tryLink(own, path)) throw inUse(folder, pid);
		} finally {
			rmSync(own, { force: true });
		}
	}

	release(): void {
		rmSync(this.#path, { force: true });
	}
}

/** What no later process of the same number has: on Linux its start time. `undefined` for one that does not run. */
function identityOf(pid: number): { readonly pid: number; readonly started: string } | undefined {
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: it runs, for another user.
		if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
	}
	const stat = read(`/proc/${pid}/stat`) ?? "";
	const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
	return { pid, started };
}

/** Removes the file of a process that has ended, unless another process has just replaced it. */
function removeStale(path: string, owner: string | undefined): void {
	const removed = `${path}.${process.pid}.stale`;
	try {
		renameSync(path, removed);
	} catch {
		return;
	}
	if (read(removed) !== owner) tryLink(removed, path);
	rmSync(removed, { force: true });
}

function tryLink(from: string, to: string): boolean {
	try {
		linkSync(from, to);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

function read(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

function inUse(folder: string, pid: number): DataError {
	return new DataError(
		`The data folder ${folder} is in use by another tenant (process ${pid}). Stop that tenant, or set \`data\` to another folder.`,
	);
}
