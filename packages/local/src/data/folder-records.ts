import { DataError } from "./data-error.ts";
import { Journal } from "./journal.ts";
import type { Records } from "./records.ts";

/** A change of a map, as the journal has it: a value that was set, a key that was deleted, or the whole map cleared. */
type Change =
	| readonly [map: string, key: string, value: unknown]
	| readonly [map: string, key: string]
	| readonly [map: string];

const MIN_COMPACTION_BYTES = 4 * 1024 * 1024;
const CHANGES_OF_A_LINE = 500;

/** Records that are kept in a journal: the changes of a request are one line of it, which is there whole or not at all. */
export class FolderRecords implements Records {
	readonly areKept = true;
	readonly #maps = new Map<string, RecordedMap>();
	readonly #folder: string;
	readonly #journal: Journal;
	/** The numbers of the requests that run, in the order of their starts. */
	readonly #running = new Set<number>();
	/** What {@link watch} was called with, and the number of the last request that had started then. The newest are last. */
	readonly #watched = new Map<() => void, number>();
	#lastRequest = 0;
	/** Changes that are not written yet, as JSON. */
	#pending: string[] = [];
	#compactedSize = 0;
	#isScheduled = false;

	/** @param folder - as messages name it. */
	constructor(path: string, folder: string) {
		this.#folder = folder;
		this.#journal = Journal.open(path, (line) => {
			for (const change of JSON.parse(line) as readonly Change[]) this.#apply(change);
		});
		this.#compact();
	}

	map<T>(name: string): Map<string, T> {
		return this.#map(name) as Map<string, unknown> as Map<string, T>;
	}

	watch(collect: () => void): void {
		this.#watched.delete(collect);
		this.#watched.set(collect, this.#lastRequest);
		this.#schedule();
	}

	async during<T>(request: () => Promise<T>): Promise<T> {
		const number = ++this.#lastRequest;
		this.#running.add(number);
		try {
			return await request();
		} finally {
			this.#running.delete(number);
			this.#commit();
		}
	}

	/** Writes the changes since the last commit. */
	#commit(): void {
		for (const collect of this.#watched.keys()) collect();
		const [oldest = Number.POSITIVE_INFINITY] = this.#running;
		for (const [collect, started] of this.#watched) {
			if (started >= oldest) break;
			this.#watched.delete(collect);
		}
		if (this.#pending.length === 0) return;
		try {
			this.#journal.append(`[${this.#pending.join(",")}]`);
		} catch (error) {
			throw DataError.from(error, this.#folder, "written");
		}
		this.#pending = [];
		if (this.#journal.size > Math.max(MIN_COMPACTION_BYTES, 3 * this.#compactedSize)) this.#compactIfPossible();
	}

	/** Writes all changes to the disk, and closes the journal. */
	close(): void {
		try {
			this.#commit();
		} finally {
			this.#journal.close();
		}
	}

	#map(name: string): RecordedMap {
		const map = this.#maps.get(name) ?? new RecordedMap((...change) => this.#record([name, ...change]));
		this.#maps.set(name, map);
		return map;
	}

	#apply([name, ...change]: Change): void {
		const map = this.#map(name);
		if (change.length === 2) map.restore(...change);
		else if (change.length === 1) map.restoreDeletion(...change);
		else map.restoreDeletion();
	}

	#record(change: Change): void {
		this.#pending.push(JSON.stringify(change));
		this.#schedule();
	}

	/** Writes changes soon that no request makes, such as those of `userPool.addUser`. */
	#schedule(): void {
		if (this.#isScheduled || this.#running.size > 0) return;
		this.#isScheduled = true;
		setImmediate(() => {
			this.#isScheduled = false;
			try {
				this.#commit();
			} catch {
				// The changes are kept. The next request, or the stop of the tenant, reports it.
			}
		});
	}

	/** Writes the journal anew, without what was replaced or deleted. */
	#compact(): void {
		this.#journal.replace(this.#lines());
		this.#compactedSize = this.#journal.size;
	}

	/** Where there is no space for a second journal, the first one is complete. */
	#compactIfPossible(): void {
		try {
			this.#compact();
		} catch {
			this.#compactedSize = this.#journal.size;
		}
	}

	*#lines(): Iterable<string> {
		let changes: string[] = [];
		for (const [name, map] of this.#maps) {
			for (const [key, value] of map) {
				changes.push(JSON.stringify([name, key, value]));
				if (changes.length < CHANGES_OF_A_LINE) continue;
				yield `[${changes.join(",")}]`;
				changes = [];
			}
		}
		if (changes.length > 0) yield `[${changes.join(",")}]`;
	}
}

/** A map that reports its changes. */
class RecordedMap extends Map<string, unknown> {
	readonly #report: (...change: [key: string, value: unknown] | [key: string] | []) => void;

	constructor(report: (...change: [key: string, value: unknown] | [key: string] | []) => void) {
		super();
		this.#report = report;
	}

	override set(key: string, value: unknown): this {
		this.#report(key, value);
		return super.set(key, value);
	}

	override delete(key: string): boolean {
		const isDeleted = super.delete(key);
		if (isDeleted) this.#report(key);
		return isDeleted;
	}

	override clear(): void {
		super.clear();
		this.#report();
	}

	/** Sets a value as the journal has it. */
	restore(key: string, value: unknown): void {
		super.set(key, value);
	}

	/** Deletes a key, or all, as the journal has it. */
	restoreDeletion(key?: string): void {
		if (key === undefined) super.clear();
		else super.delete(key);
	}
}
