import type { Resource } from "./echos.ts";
import type { Journal } from "./journal.ts";

/** What a collection needs to know of its tenant. */
export interface CollectionOptions<T> {
	/** Name of the collection in the journal. */
	readonly part: string;
	readonly records: Map<string, T>;
	/** The resources that every tenant has and none can change. Default: none. */
	readonly system?: ReadonlyMap<string, T>;
	readonly journal: Journal;
	keyOf(record: T): string;
	now(): number;
}

/** A resource that is to be created: without its stamps. */
export type New<T extends Resource> = Omit<T, "created" | "lastModified">;

/** The error of a change to a resource that was deleted or renamed meanwhile. */
export class GoneError extends Error {
	override readonly name = "GoneError";
}

/** The resources of one kind, by key. Every change is written to the journal. */
export class Collection<T extends Resource> {
	readonly #options: CollectionOptions<T>;

	constructor(options: CollectionOptions<T>) {
		this.#options = options;
	}

	get(key: string): T | undefined {
		return this.#options.records.get(key) ?? this.#options.system?.get(key);
	}

	/** All resources: those of the system, then the tenant's own in the order of their creation. */
	all(): T[] {
		return [...(this.#options.system?.values() ?? []), ...this.#options.records.values()];
	}

	/** The last state of a resource, even if it no longer exists. */
	lastKnown(key: string): T | undefined {
		return this.get(key) ?? (this.#options.journal.lastOf(this.#options.part, key) as T | undefined);
	}

	/** Creates a resource without a change in the journal, as those that a tenant starts with. */
	seed(fields: New<T>, by: string): T {
		const stamp = this.#stamp(by);
		const record = { ...fields, created: stamp, lastModified: stamp } as unknown as T;
		this.#options.records.set(this.#options.keyOf(record), record);
		return record;
	}

	create(fields: New<T>, by: string): T {
		const record = this.seed(fields, by);
		this.#write(null, record, by);
		return record;
	}

	/**
	 * Replaces fields of a resource, and keeps what others have changed since it was read. A field that is part of its key gives it
	 * another key.
	 *
	 * @throws GoneError when it no longer exists.
	 */
	update(record: T, fields: Partial<New<T>>, by: string): T {
		const { keyOf, records } = this.#options;
		const key = keyOf(record);
		const current = records.get(key);
		if (current === undefined) throw new GoneError(`${record.__typename} ${key} was not found`);
		const updated = { ...current, ...fields, lastModified: this.#stamp(by) };
		if (keyOf(updated) !== key) records.delete(key);
		records.set(keyOf(updated), updated);
		this.#write(current, updated, by);
		return updated;
	}

	delete(record: T, by: string): void {
		if (this.#options.records.delete(this.#options.keyOf(record))) this.#write(record, null, by);
	}

	#write(before: T | null, after: T | null, by: string): void {
		const { journal, keyOf, part } = this.#options;
		const keys = [before, after].flatMap((record) => (record === null ? [] : [keyOf(record)]));
		journal.write({ ...this.#stamp(by), part, keys: [...new Set(keys)], before, after });
	}

	#stamp(by: string) {
		return { at: new Date(this.#options.now()).toISOString(), by };
	}
}
