import "../platform/globals.ts";

/** Options of each call of a store. */
export interface StoreRequest {
	/** Aborted when the session no longer waits for the call. A store may end its work then. */
	readonly signal: AbortSignal;
}

/** What a store has under a key. */
export interface StoreEntry {
	/** The text that was written: up to 64 KiB, printable ASCII. */
	readonly value: string;
	/** A text that is different after every write. */
	readonly version: string;
}

/** Options of {@link StoreEngine.write}. */
export interface StoreWrite extends StoreRequest {
	/** The version that the entry must still have. `undefined` if there must be none. */
	readonly ifVersion: string | undefined;
	/** Time after which the store removes the entry, milliseconds. */
	readonly ttlMs: number;
}

/** Options of {@link StoreEngine.lease}. */
export interface StoreLease extends StoreRequest {
	/** Time after which the lease ends unless its holder extends it, milliseconds. */
	readonly ttlMs: number;
}

/** What a store does. Any engine that can write on condition will do. */
export interface StoreEngine {
	/** Returns the entry under a key. `undefined` if there is none, or if its time has passed. */
	read(key: string, request: StoreRequest): Promise<StoreEntry | undefined>;
	/**
	 * Writes an entry if its version is unchanged. Of two writers with the same version, at most one succeeds.
	 *
	 * @returns The new version. `undefined` if the version has changed, and nothing was written.
	 */
	write(key: string, value: string, request: StoreWrite): Promise<string | undefined>;
	/**
	 * Takes the lease of a key for a holder, or extends it if it is the holder's already.
	 *
	 * @param holder - A random text, one per process and piece of work.
	 * @returns Whether the holder has the lease now. At most one holder does.
	 */
	lease(key: string, holder: string, request: StoreLease): Promise<boolean>;
	/** Ends the lease of a key, if it is still the holder's. */
	release(key: string, holder: string, request: StoreRequest): Promise<void>;
}
