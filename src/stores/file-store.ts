import { createHash, randomUUID } from "node:crypto";
import {
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { checkedValue } from "./checked-value.ts";
import { ObservedLease } from "./observed-lease.ts";
import { Store } from "./store.ts";
import type { StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./store-engine.ts";

/**
 * Number of replaced versions that keep their file, emptied. A writer that was stopped just before it linked its file may link it to a
 * number whose file has been removed. Then the newest version is further ahead than this, and the writer knows that it was not the next.
 */
const KEPT_VERSIONS = 8;

/** Age after which a temporary file is a leftover of a process that was killed, milliseconds. */
const LEFTOVER_MS = 3_600_000;

/** Pause between two removals of what has expired, milliseconds. */
const SWEEP_MS = 3_600_000;

/**
 * A {@link Store} in a folder, for the processes of one user on one host.
 *
 * Each entry has a folder, named by the SHA-256 of its key, and a file for each version. A writer writes a temporary file and links
 * it to the number of the next version, which fails if another writer was first. So a process that is killed at any moment leaves a
 * complete entry. It may leave a temporary file, which a later write removes after an hour.
 *
 * - **File system.** A local one with hard links, such as ext4, XFS, APFS, NTFS or tmpfs. Not NFS, SMB or EFS: their hosts cache
 *   folders, so that two of them may write the same version. Use {@link RedisStore} or {@link DynamoDBStore} between hosts.
 * - **Rights.** Folders have the mode 0700, files 0600. A folder that another user can write to is rejected, except for root.
 *   Windows relies on the rights of the user's profile.
 * - **Expiry.** By the local clock, which the processes of a host share. The next write of any process removes the content of all expired
 *   entries, unless the process did so within the last hour. An empty file stays for each key.
 * - **Lease.** Compares no clocks: see {@link FileStore.lease}.
 *
 * The methods use Node's synchronous calls, which take about a millisecond on a local disk. They reject with the reason of a signal that was
 * aborted before.
 *
 * In AWS Lambda, pass a folder in `/tmp`, which stays for the next invocations of the same environment.
 *
 * @example
 * ```ts
 * import { FileStore } from "echostream-botocore/stores";
 *
 * const store = new FileStore("/var/cache/my-app/echostream");
 * ```
 */
export class FileStore extends Store {
	readonly #path: string;
	readonly #lease = new ObservedLease(this);
	#sweptAt = Number.NEGATIVE_INFINITY;

	/**
	 * Creates no folder yet. The first write does.
	 *
	 * @param folder - Default: `echostream-botocore` in the user's cache directory, which is `XDG_CACHE_HOME` or `~/.cache`,
	 * `~/Library/Caches` on macOS, and `%LOCALAPPDATA%` on Windows.
	 * @throws TypeError if the folder is empty, or there is no home directory for the default.
	 */
	constructor(folder: string = defaultFolder()) {
		super();
		if (typeof folder !== "string" || folder === "") throw invalidFolder("the folder is invalid");
		this.#path = resolve(folder);
	}

	/**
	 * Returns the entry under a key. `undefined` if there is none, or if its time has passed.
	 *
	 * @throws Error if the folder cannot be read, or if another user can write to it.
	 */
	async read(key: string, { signal }: StoreRequest): Promise<StoreEntry | undefined> {
		signal.throwIfAborted();
		return this.#run(() => (this.#checkFolder() ? newestIn(this.#folderOf(key)).entry : undefined));
	}

	/**
	 * Writes an entry if its version is unchanged.
	 *
	 * @throws Error if the folder cannot be created or written to, if another user can write to it, or if the disk is full. The entry is
	 * unchanged then.
	 * @throws TypeError if the value is longer than 64 KiB, or not printable ASCII.
	 */
	async write(key: string, value: string, { ifVersion, signal, ttlMs }: StoreWrite): Promise<string | undefined> {
		signal.throwIfAborted();
		const version = randomUUID();
		const text = `${version} ${Math.ceil(Date.now() + ttlMs)}\n${checkedValue(value)}\n`;
		return this.#run(() => {
			const folder = this.#folderOf(key);
			mkdirSync(this.#path, { recursive: true, mode: 0o700 });
			this.#checkFolder();
			if (!writeNext(folder, text, ifVersion)) return undefined;
			this.#tidy(folder);
			return version;
		});
	}

	/**
	 * Takes the lease of a key for a holder, or extends it. The lease of a holder that was killed is free once another process has found it
	 * unchanged for its `ttlMs`, so that process must call this method repeatedly.
	 *
	 * @throws Error as {@link FileStore.write} does.
	 */
	lease(key: string, holder: string, request: StoreLease): Promise<boolean> {
		return this.#lease.lease(key, holder, request);
	}

	/**
	 * Ends the lease of a key, if it is still the holder's.
	 *
	 * @throws Error as {@link FileStore.write} does.
	 */
	release(key: string, holder: string, request: StoreRequest): Promise<void> {
		return this.#lease.release(key, holder, request);
	}

	/** The folder of an entry. Keys differ in case, and are longer than names of files may be. */
	#folderOf(key: string): string {
		return join(this.#path, createHash("sha256").update(key).digest("hex"));
	}

	/** Whether the folder exists. Throws if another user can write to it. */
	#checkFolder(): boolean {
		const stats = statSync(this.#path, { throwIfNoEntry: false });
		if (stats === undefined) return false;
		const user = process.geteuid?.();
		if (user === undefined) return true;
		if (stats.uid !== user && stats.uid !== 0) {
			throw new Error(`it belongs to the user ${stats.uid}, and this process runs as the user ${user}`);
		}
		if ((stats.mode & 0o022) !== 0) throw new Error("other users can write to it, which `chmod go-w` prevents");
		return true;
	}

	/** Removes what nobody needs: of this entry always, of all others once an hour. */
	#tidy(folder: string): void {
		const now = performance.now();
		const isDue = now - this.#sweptAt >= SWEEP_MS;
		if (isDue) this.#sweptAt = now;
		const names = isDue ? readdirSync(this.#path).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];
		for (const one of [folder, ...names.map((name) => join(this.#path, name))]) {
			try {
				tidyEntry(one);
			} catch {
				// Another process does it at the same time, or the next write does it.
			}
		}
	}

	#run<T>(work: () => T): T {
		try {
			return work();
		} catch (cause) {
			const { message } = cause as Error;
			throw new Error(
				`The FileStore cannot use the folder ${this.#path}: ${message}. Check its rights and its disk, or pass another folder`,
				{ cause },
			);
		}
	}
}

/** The user's cache directory, with the name of this package. */
function defaultFolder(): string {
	return join(cacheDirectory(), "echostream-botocore");
}

function cacheDirectory(): string {
	const { LOCALAPPDATA = "", XDG_CACHE_HOME = "" } = process.env;
	switch (process.platform) {
		case "win32":
			return isAbsolute(LOCALAPPDATA) ? LOCALAPPDATA : join(homeDirectory(), "AppData", "Local");
		case "darwin":
			return join(homeDirectory(), "Library", "Caches");
		default:
			// The XDG specification ignores a relative path.
			return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homeDirectory(), ".cache");
	}
}

function homeDirectory(): string {
	try {
		const home = homedir();
		if (isAbsolute(home)) return home;
	} catch {
		// The user of a container may have no entry in its list of users.
	}
	throw invalidFolder("this user has no home directory for the default folder");
}

function invalidFolder(reason: string): TypeError {
	return new TypeError(`Cannot create a FileStore: ${reason}. Pass the path of a folder`);
}

/** Writes the next version if the newest is as expected. Returns whether it did. */
function writeNext(folder: string, text: string, ifVersion: string | undefined): boolean {
	for (;;) {
		const temporary = join(folder, `${Date.now()}-${randomUUID()}.tmp`);
		try {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			writeFileSync(temporary, text, { flag: "wx", mode: 0o600 });
			const { entry, number } = newestIn(folder);
			if (entry?.version !== ifVersion) return false;
			const file = join(folder, String(number + 1));
			switch (tryLink(temporary, file)) {
				case "exists":
					return false;
				case "gone":
					continue;
			}
			const [newest = 0] = numbersIn(folder);
			if (newest <= number + 1 + KEPT_VERSIONS) return true;
			// Others have written many versions meanwhile, and the number was free because its file had been removed.
			discard(file);
			return false;
		} finally {
			discard(temporary);
		}
	}
}

/** Removes a file, or leaves it to a later write where another program has opened it, as virus scanners do on Windows. */
function discard(file: string): void {
	try {
		rmSync(file, { force: true });
	} catch {
		// The result of the write is the same.
	}
}

/**
 * Links a file to another name. Returns `exists` if the name is taken, and `gone` if the file or its folder was removed: a process
 * that was stopped for an hour finds its temporary file removed as a leftover.
 */
function tryLink(file: string, name: string): "linked" | "exists" | "gone" {
	try {
		linkSync(file, name);
		return "linked";
	} catch (error) {
		if (codeOf(error) === "EEXIST") return "exists";
		if (codeOf(error) === "ENOENT") return "gone";
		throw error;
	}
}

/** The newest version of an entry, and its content unless it has expired. The number is 0 if there is none. */
function newestIn(folder: string): { readonly number: number; readonly entry: StoreEntry | undefined } {
	for (;;) {
		const [number = 0] = numbersIn(folder);
		if (number === 0) return { number, entry: undefined };
		const entry = entryIn(join(folder, String(number)));
		// A file that has been replaced in the meantime may be empty.
		if (entry !== undefined || numbersIn(folder)[0] === number) return { number, entry };
	}
}

/** The numbers of all versions that have a file, the newest first. */
function numbersIn(folder: string): readonly number[] {
	return namesIn(folder)
		.filter((name) => /^\d{1,15}$/.test(name))
		.map(Number)
		.sort((a, b) => b - a);
}

function namesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		if (codeOf(error) === "ENOENT") return [];
		throw error;
	}
}

/** The content of a file. `undefined` if it has expired, or is incomplete after a power failure, or is gone. */
function entryIn(file: string): StoreEntry | undefined {
	try {
		const text = readFileSync(file, "latin1");
		const [, version, expires, value] = /^([0-9a-f-]{36}) (\d+)\n([ -~]*)\n$/.exec(text) ?? [];
		if (version === undefined || value === undefined || Number(expires) <= Date.now()) return undefined;
		return { value, version };
	} catch (error) {
		if (codeOf(error) === "ENOENT") return undefined;
		throw error;
	}
}

/** Removes old versions and leftovers of an entry. Empties the versions before the newest, and the newest if it has expired. */
function tidyEntry(folder: string): void {
	const [newest = 0, ...replaced] = numbersIn(folder);
	for (const number of replaced) {
		const file = join(folder, String(number));
		if (number < newest - KEPT_VERSIONS) unlinkSync(file);
		else truncateSync(file);
	}
	const newestFile = join(folder, String(newest));
	if (newest > 0 && entryIn(newestFile) === undefined) truncateSync(newestFile);
	for (const name of namesIn(folder)) {
		const [, createdAt] = /^(\d+)-[0-9a-f-]{36}\.tmp$/.exec(name) ?? [];
		if (Date.now() - Number(createdAt) > LEFTOVER_MS) unlinkSync(join(folder, name));
	}
}

function codeOf(error: unknown): unknown {
	return (error as NodeJS.ErrnoException).code;
}
