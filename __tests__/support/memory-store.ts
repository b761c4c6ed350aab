import { Store, type StoreEntry, type StoreLease, type StoreWrite } from "../../src/stores.ts";

interface Kept extends StoreEntry {
	readonly until: number;
}

/** A store in this process, which processes of a test share. */
export class MemoryStore extends Store {
	readonly entries = new Map<string, Kept>();
	readonly leases = new Map<string, { readonly holder: string; readonly until: number }>();
	/** The calls so far, in order. */
	readonly calls: string[] = [];
	/** Runs before each call: throws, waits, or changes the store. */
	before: (call: "lease" | "read" | "release" | "write", key: string) => unknown = () => {};
	readonly #now: () => number;
	#versions = 0;

	constructor(now: () => number = () => performance.now()) {
		super();
		this.#now = now;
	}

	async read(key: string): Promise<StoreEntry | undefined> {
		await this.#enter("read", key);
		const kept = this.entries.get(key);
		return kept !== undefined && kept.until > this.#now() ? { value: kept.value, version: kept.version } : undefined;
	}

	async write(key: string, value: string, { ifVersion, ttlMs }: StoreWrite): Promise<string | undefined> {
		await this.#enter("write", key);
		const kept = this.entries.get(key);
		const current = kept !== undefined && kept.until > this.#now() ? kept.version : undefined;
		if (current !== ifVersion) return undefined;
		const version = String(++this.#versions);
		this.entries.set(key, { value, version, until: this.#now() + ttlMs });
		return version;
	}

	async lease(key: string, holder: string, { ttlMs }: StoreLease): Promise<boolean> {
		await this.#enter("lease", key);
		const lease = this.leases.get(key);
		if (lease !== undefined && lease.holder !== holder && lease.until > this.#now()) return false;
		this.leases.set(key, { holder, until: this.#now() + ttlMs });
		return true;
	}

	async release(key: string, holder: string): Promise<void> {
		await this.#enter("release", key);
		if (this.leases.get(key)?.holder === holder) this.leases.delete(key);
	}

	async #enter(call: "lease" | "read" | "release" | "write", key: string): Promise<void> {
		this.calls.push(call);
		await this.before(call, key);
	}
}
