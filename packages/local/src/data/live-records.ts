import type { Records } from "./records.ts";
import { fromJson, toJson } from "./rich-json.ts";

/** How a value that changes in place is written and read. Maps, sets and big integers may be in what is written. */
export interface RecordForm<T> {
	write(value: T): unknown;
	/** Returns `undefined` for what cannot be read any more. */
	read(written: unknown): T | undefined;
}

interface Entry<T> {
	readonly value: T;
	readonly collect: () => void;
}

/** A map of values that change in place: each one that a request was given is recorded where it has changed. */
export class LiveRecords<T> {
	readonly #entries = new Map<string, Entry<T>>();
	readonly #written: Map<string, unknown>;
	readonly #records: Records;
	readonly #form: RecordForm<T>;

	constructor(records: Records, name: string, form: RecordForm<T>) {
		this.#records = records;
		this.#written = records.map(name);
		this.#form = form;
		for (const [key, written] of this.#written) {
			const value = form.read(fromJson(written));
			if (value === undefined) this.#written.delete(key);
			else this.#entries.set(key, this.#entry(key, value, JSON.stringify(written)));
		}
	}

	get(key: string): T | undefined {
		const entry = this.#entries.get(key);
		if (entry !== undefined) this.#records.watch(entry.collect);
		return entry?.value;
	}

	set(key: string, value: T): void {
		const entry = this.#entry(key, value);
		this.#entries.set(key, entry);
		this.#records.watch(entry.collect);
	}

	delete(key: string): void {
		this.#entries.delete(key);
		this.#written.delete(key);
	}

	/** Keys and values in the order in which they were set. What changes one has to `get` it. */
	*[Symbol.iterator](): Iterator<readonly [string, T]> {
		for (const [key, { value }] of this.#entries) yield [key, value];
	}

	#entry(key: string, value: T, json?: string): Entry<T> {
		let last = json;
		const entry: Entry<T> = {
			value,
			collect: () => {
				if (this.#entries.get(key) !== entry) return;
				const written = toJson(this.#form.write(value));
				const next = JSON.stringify(written);
				if (next !== last) this.#written.set(key, written);
				last = next;
			},
		};
		return entry;
	}
}
