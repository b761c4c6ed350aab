/** What became of a key. */
export type Lookup<T> =
	| { readonly state: "live"; readonly value: T }
	| { readonly state: "unknown" | "expired" | "used" };

/** Values that are good for a while and once. Remembers for as long again what was used or has expired. */
export class ExpiringStore<T> {
	readonly #entries = new Map<string, { value: T | undefined; readonly expiresMs: number }>();
	readonly #lifeMs: number;
	readonly #now: () => number;

	constructor(lifeMs: number, now: () => number) {
		this.#lifeMs = lifeMs;
		this.#now = now;
	}

	put(key: string, value: T): void {
		const nowMs = this.#now();
		for (const [oldest, { expiresMs }] of this.#entries) {
			if (expiresMs + this.#lifeMs > nowMs) break;
			this.#entries.delete(oldest);
		}
		this.#entries.set(key, { value, expiresMs: nowMs + this.#lifeMs });
	}

	find(key: string): Lookup<T> {
		const entry = this.#entries.get(key);
		if (entry === undefined) return { state: "unknown" };
		if (entry.value === undefined) return { state: "used" };
		return entry.expiresMs > this.#now() ? { state: "live", value: entry.value } : { state: "expired" };
	}

	useUp(key: string): void {
		const entry = this.#entries.get(key);
		if (entry !== undefined) entry.value = undefined;
	}
}
