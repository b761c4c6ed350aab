/**
 * Maps of JSON values by key: what a tenant has to remember. A value is replaced with `set`, and never changed in place, so that
 * a map that is kept in a folder sees every change.
 */
export interface Records {
	/** Whether they survive the end of the process. */
	readonly areKept: boolean;
	/** Returns the map of this name: the same one each time. */
	map<T>(name: string): Map<string, T>;
	/**
	 * Calls `collect` before changes are written, until all requests have ended that run now: for a value that they may change in
	 * place, to set what has changed.
	 */
	watch(collect: () => void): void;
	/**
	 * Runs a request, and then writes all changes, so that they survive the end of the process.
	 *
	 * @throws DataError when they cannot be written. They stay in memory, and the next request tries again.
	 */
	during<T>(request: () => Promise<T>): Promise<T>;
}

/** Records in memory, which end with the process. */
export class MemoryRecords implements Records {
	readonly areKept = false;
	readonly #maps = new Map<string, Map<string, unknown>>();

	map<T>(name: string): Map<string, T> {
		const map = this.#maps.get(name) ?? new Map<string, unknown>();
		this.#maps.set(name, map);
		return map as Map<string, T>;
	}

	watch(): void {}

	during<T>(request: () => Promise<T>): Promise<T> {
		return request();
	}
}
