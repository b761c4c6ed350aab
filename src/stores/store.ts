import { SharedLogin, type SharedLoginOptions } from "./shared-login.ts";
import type { StoreEngine, StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./store-engine.ts";

/**
 * A place where processes share one login: option `store` of sessions and of `Cognito`. `FileStore`, `RedisStore` and
 * `DynamoDBStore` are stores. For another engine, extend this class.
 *
 * The values are encrypted before the store receives them. Keys are up to 200 characters of letters, digits, `-`, `_` and `:`.
 * Any method may reject. The session then goes on without the store, and tries it again later.
 */
export abstract class Store implements StoreEngine {
	/** Returns the entry under a key. `undefined` if there is none, or if its time has passed. */
	abstract read(key: string, request: StoreRequest): Promise<StoreEntry | undefined>;
	/**
	 * Writes an entry if its version is unchanged. Of two writers with the same version, at most one succeeds.
	 *
	 * @returns The new version. `undefined` if the version has changed, and nothing was written.
	 */
	abstract write(key: string, value: string, request: StoreWrite): Promise<string | undefined>;
	/**
	 * Takes the lease of a key for a holder, or extends it if it is the holder's already.
	 *
	 * @param holder - A random text, one per process and piece of work.
	 * @returns Whether the holder has the lease now. At most one holder does.
	 */
	abstract lease(key: string, holder: string, request: StoreLease): Promise<boolean>;
	/** Ends the lease of a key, if it is still the holder's. */
	abstract release(key: string, holder: string, request: StoreRequest): Promise<void>;

	/** What the processes of a user share in this store. The code is here, so that programs without a store do not load it. @internal */
	share(options: SharedLoginOptions): SharedLogin {
		return new SharedLogin(this, options);
	}
}
