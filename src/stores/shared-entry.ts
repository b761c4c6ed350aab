import type { Clock } from "../platform/clock.ts";
import { pause } from "../platform/deadlines.ts";
import { isRecord } from "../platform/http-exchange.ts";
import type { Log } from "../platform/log.ts";
import { MAX_LENGTH } from "./checked-value.ts";
import type { EntryCipher } from "./entry-cipher.ts";
import { type StoreAccess, type StoreCaller, UNAVAILABLE } from "./store-access.ts";
import type { StoreEntry } from "./store-engine.ts";

/** Time after which the work of a process that died is taken over, milliseconds. */
const LEASE_MS = 6_000;
/** A holder extends its lease at this interval, and the others try to take it, milliseconds. */
const EXTEND_MS = 2_000;
/** Longest wait for the work of another process, milliseconds. Less than the deadlines of a login and of a refresh. */
const WAIT_MS = 20_000;
/** The pause between two looks at a lease that another process holds: doubled from the first, with jitter, milliseconds. */
const FIRST_LOOK_MS = 100;
const MAX_LOOK_MS = 1_000;

/** What an entry contains. */
export type Content = Readonly<Record<string, unknown>>;

/** The work of one process, on behalf of all. */
export interface Turn<T> {
	/** What the entry contains at the start. */
	readonly latest: T | undefined;
	/**
	 * Writes what others must know before the work goes on. Returns whether it was written, if the store is available. If another
	 * process wrote meanwhile, the work of the holder of the lease ends, and begins again with what that one wrote.
	 */
	note(content: T): Promise<boolean | typeof UNAVAILABLE>;
}

/** Who waits for a renewal. */
export interface RenewalCaller extends StoreCaller {
	/** Whether to wait longer than for half of the caller's time, because the work is not safe while another process may do it. */
	readonly isPatient: boolean;
}

/** One piece of work, for which a lease is taken. */
interface Holder {
	readonly id: string;
	/** Settles when no call for the lease is on its way. */
	settled: Promise<unknown> | undefined;
}

/** Ends the work of a process that was frozen for so long that another one took over. */
class TurnLost extends Error {}

/** Options of {@link SharedEntry}. */
export interface SharedEntryOptions {
	readonly access: StoreAccess;
	readonly cipher: () => Promise<EntryCipher>;
	/** Key in the store. */
	readonly key: () => Promise<string>;
	/** What the entry belongs to. It cannot be opened as an entry of anything else. */
	readonly subject: string;
	/** Time after which the store removes the entry, milliseconds. */
	readonly ttlMs: (content: Content) => number;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	/** Name of the user, for the log. */
	readonly username: string;
}

/**
 * One encrypted entry of a store, which one process at a time renews for all.
 *
 * - A process that needs something new reads the entry, which another one may have renewed. Else it takes the lease, works, and
 *   writes the result. The others look again until the entry is new, or the lease is free.
 * - The lease of a process that died ends after seconds. One that was frozen cannot write over what others wrote since.
 * - A process works on its own if the store is unavailable, or if it has waited for long, or for half of its caller's time.
 */
export class SharedEntry<T extends Content> {
	readonly #options: SharedEntryOptions;

	constructor(options: SharedEntryOptions) {
		this.#options = options;
	}

	/**
	 * The content of the entry, if `isNew` for it, else the result of `work`, which is written.
	 *
	 * @param isNew - Whether the content can be used as it is.
	 */
	async renew(isNew: (content: T) => boolean, work: (turn: Turn<T>) => Promise<T>, caller: RenewalCaller): Promise<T> {
		const { clock, random } = this.#options;
		const holder: Holder = { id: crypto.randomUUID(), settled: undefined };
		const startedAt = clock.monotonic();
		/** When another process was last seen to hold the lease. */
		let heldAt = Number.NEGATIVE_INFINITY;
		for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(MAX_LOOK_MS, 2 * lookMs)) {
			const found = await this.#read(caller);
			if (found?.content !== undefined && isNew(found.content)) return found.content;
			const isRecent = clock.monotonic() - heldAt < EXTEND_MS;
			const isHolder = isRecent ? undefined : await this.#take(holder, caller);
			if (isHolder === true) {
				const content = await this.#hold(holder, isNew, work, caller);
				if (content !== undefined) return content;
			}
			const now = clock.monotonic();
			// Another process has the lease, or has taken it over.
			if (typeof isHolder === "boolean") heldAt = now;
			// A store that fails now and then does not make a whole fleet sign in.
			const isMissed = now - heldAt > LEASE_MS;
			const passedMs = now - startedAt;
			const halfMs = caller.isPatient ? WAIT_MS : (passedMs + caller.remainingMs()) / 2;
			const waitMs = Math.min(WAIT_MS, halfMs) - passedMs;
			if (isMissed || waitMs <= 0) return this.#work(found, false, work, caller);
			await pause(Math.min(waitMs, lookMs * (0.5 + random() / 2)), clock, caller.signal, caller.interactive);
		}
	}

	/** Writes the content, whatever the entry contains now. Returns whether it was written. */
	async publish(content: T, caller: StoreCaller): Promise<boolean> {
		for (let attempt = 0; attempt < 3; attempt++) {
			const entry = await this.#raw(caller);
			if (entry === UNAVAILABLE) return false;
			const written = await this.#write(content, entry?.version, caller);
			if (written !== undefined) return written !== UNAVAILABLE;
		}
		return false;
	}

	async #hold(
		holder: Holder,
		isNew: (content: T) => boolean,
		work: (turn: Turn<T>) => Promise<T>,
		caller: RenewalCaller,
	): Promise<T | undefined> {
		const stopExtending = this.#keepExtending(holder);
		try {
			// Another process may have written between the look and the lease.
			const found = await this.#read(caller);
			if (found?.content !== undefined && isNew(found.content)) return found.content;
			return await this.#work(found, true, work, caller);
		} catch (error) {
			if (error instanceof TurnLost) return undefined;
			throw error;
		} finally {
			stopExtending();
			this.#release(holder);
		}
	}

	async #work(
		found: { readonly version: string | undefined; readonly content: T | undefined } | undefined,
		isHolder: boolean,
		work: (turn: Turn<T>) => Promise<T>,
		caller: RenewalCaller,
	): Promise<T> {
		let version = found?.version;
		const note = async (content: T) => {
			const written = await this.#write(content, version, caller);
			if (written === UNAVAILABLE) return written;
			if (written === undefined && isHolder) throw new TurnLost();
			version = written;
			return written !== undefined;
		};
		const content = await work({ latest: found?.content, note });
		const written = await this.#write(content, version, caller);
		// What another process wrote meanwhile is as good for others, or a sign-out. This process has its own.
		const isUnread = found === undefined && !isHolder;
		if (written === undefined && isUnread) await this.publish(content, caller);
		return content;
	}

	/** Extends a lease until the function that it returns is called. */
	#keepExtending(holder: Holder): () => void {
		const { clock } = this.#options;
		let cancel = () => {};
		const extend = () => {
			cancel = clock.after(EXTEND_MS, () => {
				extend();
				this.#lease(holder).catch(() => {});
			});
		};
		extend();
		return () => cancel();
	}

	/** Takes a lease, if it is free. One that its caller does not wait for any more is released. */
	async #take(holder: Holder, caller: StoreCaller): Promise<boolean | typeof UNAVAILABLE> {
		try {
			return await this.#lease(holder, caller);
		} catch (error) {
			this.#release(holder);
			throw error;
		}
	}

	async #lease(holder: Holder, caller?: StoreCaller): Promise<boolean | typeof UNAVAILABLE> {
		const { access } = this.#options;
		const key = await this.#options.key();
		const leased = await access.call(async (store, signal) => {
			const call = store.lease(key, holder.id, { ttlMs: LEASE_MS, signal });
			holder.settled = Promise.allSettled([holder.settled, call]);
			return call;
		}, caller);
		return leased === UNAVAILABLE ? leased : leased === true;
	}

	/** Ends a lease, once no call that would take it again is on its way. Nobody waits for it. */
	#release(holder: Holder): void {
		const { access, key } = this.#options;
		const release = async () => {
			await holder.settled;
			const name = await key();
			await access.call((store, signal) => store.release(name, holder.id, { signal }));
		};
		release().catch(() => {});
	}

	/** The entry, decrypted. `content` is `undefined` for an entry that cannot be used, and is replaced. */
	async #read(caller: StoreCaller): Promise<{ readonly version: string; readonly content: T | undefined } | undefined> {
		const entry = await this.#raw(caller);
		if (entry === undefined || entry === UNAVAILABLE) return undefined;
		const { cipher, log, subject, username } = this.#options;
		try {
			const content: unknown = JSON.parse(await (await cipher()).open(entry.value, subject));
			if (!isRecord(content)) throw new Error("It contains no object");
			return { version: entry.version, content: content as T };
		} catch (error) {
			caller.signal.throwIfAborted();
			log.warn(
				"storeEntryIgnored",
				"An entry of the store was ignored and will be replaced: it was changed, or encrypted with another password or key",
				{ username, error },
			);
			return { version: entry.version, content: undefined };
		}
	}

	async #raw(caller: StoreCaller): Promise<StoreEntry | undefined | typeof UNAVAILABLE> {
		const { access } = this.#options;
		const key = await this.#options.key();
		return access.call(async (store, one) => {
			const entry: unknown = await store.read(key, { signal: one });
			if (entry === undefined || entry === null) return undefined;
			const { value, version } = isRecord(entry) ? entry : {};
			if (typeof value === "string" && typeof version === "string") {
				// No session writes a longer one, so that it cannot be opened, and is replaced.
				return { value: value.length <= MAX_LENGTH ? value : "", version };
			}
			throw new TypeError("The store returned an entry without the strings `value` and `version`");
		}, caller);
	}

	/** The new version. `undefined` if another process wrote meanwhile. */
	async #write(
		content: T,
		ifVersion: string | undefined,
		caller: StoreCaller,
	): Promise<string | undefined | typeof UNAVAILABLE> {
		const { access, key, subject, ttlMs } = this.#options;
		const cipher = await this.#options.cipher().catch(() => undefined);
		if (cipher === undefined) return UNAVAILABLE;
		const value = await cipher.seal(JSON.stringify(content), subject);
		const options = { ifVersion, ttlMs: Math.max(1, Math.round(ttlMs(content))) };
		return access.call(async (store, one) => {
			const version: unknown = await store.write(await key(), value, { ...options, signal: one });
			if (version === undefined || typeof version === "string") return version;
			throw new TypeError("The store returned no string as the version of what it wrote");
		}, caller);
	}
}
