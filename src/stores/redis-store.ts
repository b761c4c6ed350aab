import { abortable } from "../platform/deadlines.ts";
import { checkedValue } from "./checked-value.ts";
import { Store } from "./store.ts";
import type { StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./store-engine.ts";

/**
 * The part of a client of the package `redis` (node-redis), version 4 or later, that a {@link RedisStore} uses. Clients, pools, clusters
 * and sentinels have it.
 */
export interface NodeRedisClient {
	/** Gets the value of a key. */
	get(key: string): Promise<unknown>;
	/** Runs a script. */
	eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>;
	/** By this method a {@link RedisStore} recognizes the package. */
	readonly pExpire: unknown;
}

/** The part of a client or a cluster of the package `ioredis`, version 5 or later, that a {@link RedisStore} uses. */
export interface IoRedisClient {
	/** Gets the value of a key. */
	get(key: string): Promise<unknown>;
	/** Runs a script. */
	eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
	/** By this method a {@link RedisStore} recognizes the package. */
	readonly defineCommand: unknown;
}

/** Options of a {@link RedisStore}. */
export interface RedisStoreOptions {
	/** Start of the name of every key. Default: `echostream:`. */
	readonly prefix?: string;
}

/**
 * Writes an entry, `<version> <value>`, if it has the expected version. A command that the client sends twice, because the connection
 * broke before the response, finds its own version, and succeeds again.
 */
const WRITE = `
local entry = redis.call("GET", KEYS[1])
local version = entry and string.match(entry, "^[^ ]*") or ""
if version == ARGV[2] then return 1 end
if version ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2] .. " " .. ARGV[3], "PX", ARGV[4])
return 1`;

/** Sets the holder of a lease, and its time, unless there is another holder. */
const LEASE = `
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1`;

/** Deletes a lease of this holder. */
const RELEASE = `
if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("DEL", KEYS[1]) end
return 1`;

/**
 * A {@link Store} in Redis or Valkey, for processes on any number of hosts.
 *
 * - **Client.** The caller's own, of the package `redis` 4 or later, or of `ioredis` 5 or later. The caller connects it, handles its `error`
 *   events, and closes it. Its deadlines and retries apply, and the calls of a session end by the session's own deadline.
 * - **Keys.** `echostream:entry:<key>` and `echostream:lease:<key>`, both strings. Each command uses one key, so that a cluster needs no
 *   hash tags.
 * - **Rights.** With ACLs: `~echostream:* +get +set +del +eval`.
 * - **Expiry and lease.** By the server's clock (`PX`). The clocks of the processes are not used.
 * - **Replicas.** A primary that fails before it has replicated a write loses the write. Processes may then sign in once more, or two of them
 *   may hold a lease. Do not route reads to replicas.
 *
 * A command that is aborted while the client waits for a connection may still be sent later. It changes nothing if the version has changed
 * meanwhile.
 *
 * @example
 * <!-- not run: it needs a Redis server -->
 * ```ts
 * import { RedisStore } from "echostream-botocore/stores";
 * import { createClient } from "redis";
 *
 * const client = createClient({ url: "rediss://cache.example.com:6379" });
 * client.on("error", console.error);
 * await client.connect();
 * const store = new RedisStore(client);
 * ```
 */
export class RedisStore extends Store {
	readonly #client: NodeRedisClient | IoRedisClient;
	readonly #prefix: string;

	/**
	 * Sends nothing.
	 *
	 * @throws TypeError if the client is of neither package, or the prefix is not a string.
	 */
	constructor(client: NodeRedisClient | IoRedisClient, { prefix = "echostream:" }: RedisStoreOptions = {}) {
		super();
		if (!isClient(client)) {
			throw new TypeError(
				"Cannot create a RedisStore: the client is invalid. Pass a client of the package redis, version 4 or later, or of ioredis, version 5 or later",
			);
		}
		if (typeof prefix !== "string") {
			throw new TypeError("Cannot create a RedisStore: the prefix is invalid. Pass a string");
		}
		this.#client = client;
		this.#prefix = prefix;
	}

	/**
	 * Returns the entry under a key. `undefined` if there is none, or if its time has passed.
	 *
	 * @throws The client's own error if the command fails.
	 */
	async read(key: string, { signal }: StoreRequest): Promise<StoreEntry | undefined> {
		signal.throwIfAborted();
		const entry = String((await abortable(this.#client.get(this.#entryKey(key)), signal)) ?? "");
		const [version = ""] = entry.split(" ", 1);
		return version === "" ? undefined : { value: entry.slice(version.length + 1), version };
	}

	/**
	 * Writes an entry if its version is unchanged.
	 *
	 * @throws The client's own error if the command fails.
	 * @throws TypeError if the value is longer than 64 KiB, or not printable ASCII.
	 */
	async write(key: string, value: string, { ifVersion = "", signal, ttlMs }: StoreWrite): Promise<string | undefined> {
		const version = crypto.randomUUID();
		const isWritten = await this.#run(WRITE, this.#entryKey(key), signal, [
			ifVersion,
			version,
			checkedValue(value),
			String(Math.ceil(ttlMs)),
		]);
		return isWritten ? version : undefined;
	}

	/**
	 * Takes the lease of a key for a holder, or extends it.
	 *
	 * @throws The client's own error if the command fails.
	 */
	lease(key: string, holder: string, { signal, ttlMs }: StoreLease): Promise<boolean> {
		return this.#run(LEASE, this.#leaseKey(key), signal, [holder, String(Math.ceil(ttlMs))]);
	}

	/**
	 * Ends the lease of a key, if it is still the holder's.
	 *
	 * @throws The client's own error if the command fails.
	 */
	async release(key: string, holder: string, { signal }: StoreRequest): Promise<void> {
		await this.#run(RELEASE, this.#leaseKey(key), signal, [holder]);
	}

	async #run(script: string, key: string, signal: AbortSignal, values: string[]): Promise<boolean> {
		signal.throwIfAborted();
		const client = this.#client;
		const result =
			"defineCommand" in client
				? client.eval(script, 1, key, ...values)
				: client.eval(script, { keys: [key], arguments: values });
		return Number(await abortable(result, signal)) === 1;
	}

	#entryKey(key: string): string {
		return `${this.#prefix}entry:${key}`;
	}

	#leaseKey(key: string): string {
		return `${this.#prefix}lease:${key}`;
	}
}

function isClient(client: unknown): boolean {
	const { defineCommand, eval: run, get, pExpire } = (client ?? {}) as Readonly<Record<string, unknown>>;
	const isFunction = (method: unknown) => typeof method === "function";
	return isFunction(get) && isFunction(run) && (isFunction(defineCommand) || isFunction(pExpire));
}
