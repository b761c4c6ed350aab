import type { StoreEngine, StoreLease, StoreRequest } from "./store-engine.ts";

/** How much longer than the lease its entry is kept, milliseconds: longer than clocks of processes may differ. */
const KEPT_MS = 86_400_000;

/**
 * Leases for an engine that can write on condition, but has no lease of its own. They compare no clocks, which may differ between
 * processes.
 *
 * A process that finds a lease of another holder remembers its version. When it finds the same version once the lease's own time has
 * passed by the monotonic clock of the process, the holder has not extended it, and the process takes it. A released lease is free
 * at once.
 *
 * The lease is an entry of its own. Its value is the time and the holder, or empty after a release.
 *
 * @internal
 */
export class ObservedLease {
	readonly #store: Pick<StoreEngine, "read" | "write">;
	/** The leases of others: the version, and the moment when this process first found it. */
	readonly #observed = new Map<string, { readonly version: string; readonly sinceMs: number }>();

	constructor(store: Pick<StoreEngine, "read" | "write">) {
		this.#store = store;
	}

	/** Implements {@link Store.lease}. */
	async lease(key: string, holder: string, { signal, ttlMs }: StoreLease): Promise<boolean> {
		const name = nameOf(key);
		const entry = await this.#store.read(name, { signal });
		const other = leaseIn(entry?.value);
		if (entry !== undefined && other !== undefined && other.holder !== holder) {
			if (!this.#hasEnded(name, entry.version, other.ttlMs)) return false;
		}
		this.#observed.delete(name);
		const value = `${Math.ceil(ttlMs)} ${holder}`;
		const write = { ifVersion: entry?.version, ttlMs: ttlMs + KEPT_MS, signal };
		if ((await this.#store.write(name, value, write)) !== undefined) return true;
		// An earlier call of this holder may have arrived late, and have extended the lease just now.
		return leaseIn((await this.#store.read(name, { signal }))?.value)?.holder === holder;
	}

	/** Implements {@link Store.release}. */
	async release(key: string, holder: string, { signal }: StoreRequest): Promise<void> {
		const name = nameOf(key);
		const entry = await this.#store.read(name, { signal });
		if (entry === undefined || leaseIn(entry.value)?.holder !== holder) return;
		await this.#store.write(name, "", { ifVersion: entry.version, ttlMs: KEPT_MS, signal });
	}

	#hasEnded(name: string, version: string, ttlMs: number): boolean {
		const now = performance.now();
		const observed = this.#observed.get(name);
		if (observed?.version === version) return now - observed.sinceMs >= ttlMs;
		this.#observed.set(name, { version, sinceMs: now });
		return false;
	}
}

/** The key of a lease's entry, which is no key of a caller, because those have no `#`. */
function nameOf(key: string): string {
	return `${key}#lease`;
}

function leaseIn(value: string | undefined): { readonly ttlMs: number; readonly holder: string } | undefined {
	const [, ttlMs, holder] = /^(\d+) (.+)$/.exec(value ?? "") ?? [];
	return holder === undefined ? undefined : { ttlMs: Number(ttlMs), holder };
}
