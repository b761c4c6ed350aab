import type { ServiceOperation, TenantService } from "./exchange.ts";
import type { ResponseError } from "./response-error.ts";

/** A request that the tenant has received. */
export interface RequestLogEntry {
	/** When it arrived, by the tenant's clock: milliseconds since 1970. */
	readonly at: number;
	/** The service that it was sent to. */
	readonly service: TenantService;
	/** The operation, by its service's name for it. For AppSync: the name of the GraphQL operation. */
	readonly operation: string;
	/** HTTP status of the response. Absent before the response, and where a fault kept it back. */
	readonly status?: number;
	/** User name, where the request has one. */
	readonly user?: string;
	/** The access key that an AWS request was signed with. */
	readonly accessKeyId?: string;
	/** The kind of fault that it met. */
	readonly fault?: string;
	/** Why it was rejected or denied, as the service reports it. */
	readonly error?: ResponseError;
}

const MAX_ENTRIES = 10_000;
const MAX_NAMES = 1000;

/**
 * The requests that the tenant has received, in the order of arrival. The last 10,000 are kept in full. Of the earlier ones, {@link length} and
 * {@link count} still have the numbers.
 */
export class RequestLog implements Iterable<RequestLogEntry> {
	#entries: RequestLogEntry[] = [];
	readonly #listeners = new Set<(entry: RequestLogEntry) => void>();
	/** How many entries were dropped: all, and those of each operation. */
	#dropped = 0;
	#droppedOf = new Map<string, number>();

	/** @internal */
	enter(
		at: number,
		{ service, operation }: ServiceOperation,
	): { -readonly [K in keyof RequestLogEntry]: RequestLogEntry[K] } {
		const entry = { at, service, operation };
		this.#entries.push(entry);
		if (this.#entries.length > MAX_ENTRIES * 1.1) this.#drop(this.#entries.length - MAX_ENTRIES);
		return entry;
	}

	/** Reports an entry to those that follow: its request has a response, or gets none. @internal */
	finish(entry: RequestLogEntry): void {
		for (const listener of this.#listeners) listener(entry);
	}

	/**
	 * Calls `listener` with each request once, when it has a response, or when a fault keeps the response back. Returns a function that
	 * ends this.
	 */
	follow(listener: (entry: RequestLogEntry) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Number of requests. */
	get length(): number {
		return this.#dropped + this.#entries.length;
	}

	/** All entries from the `mark`-th on that are kept. `mark` is an earlier {@link length}. */
	since(mark = 0): readonly RequestLogEntry[] {
		return this.#entries.slice(Math.max(0, mark - this.#dropped));
	}

	/** Names of the operations, from the `mark`-th entry on. */
	operations(mark = 0): readonly string[] {
		return this.since(mark).map(({ operation }) => operation);
	}

	/** Number of requests for an operation: of all, or of those from the `mark`-th entry on that are kept. */
	count(operation: string, mark = 0): number {
		const kept = this.since(mark).filter((entry) => entry.operation === operation).length;
		return mark === 0 ? kept + (this.#droppedOf.get(operation) ?? 0) : kept;
	}

	/** Removes all entries. */
	clear(): void {
		this.#entries = [];
		this.#dropped = 0;
		this.#droppedOf = new Map();
	}

	#drop(size: number): void {
		for (const { operation } of this.#entries.splice(0, size)) {
			this.#dropped += 1;
			// Clients name the operations of AppSync, and might have a new name for each request.
			if (!this.#droppedOf.has(operation) && this.#droppedOf.size >= MAX_NAMES) continue;
			this.#droppedOf.set(operation, (this.#droppedOf.get(operation) ?? 0) + 1);
		}
	}

	/** Iterates over the entries that are kept, the oldest first. */
	[Symbol.iterator](): Iterator<RequestLogEntry> {
		return this.#entries[Symbol.iterator]();
	}
}
