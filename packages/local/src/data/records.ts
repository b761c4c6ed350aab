/**
 * Maps of JSON values by key: what a tenant has to remember. A value is replaced with `set`, and never changed in place, so that
 * a map that is kept in a folder sees every change.
 */
export interface Records {
	/** Returns the map of this name: the same one each time. */
	map<T>(name: string): Map<string, T>;
}

/** Records in memory, which end with the process. */
export class MemoryRecords implements Records {
	readonly #maps = new Map<string, Map<string, unknown>>();

	map<T>(name: string): Map<string, T> {
		const map = this.#maps.get(name) ?? new Map<string, unknown>();
		this.#maps.set(name, map);
		return map as Map<string, T>;
	}
}
