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

/** Every request that the tenant has received, in the order of arrival. */
export class RequestLog implements Iterable<RequestLogEntry> {
	#entries: RequestLogEntry[] = [];
	readonly #listeners = new Set<(entry: RequestLogEntry) => void>();

	/** @internal */
	enter(
		at: number,
		{ service, operation }: ServiceOperation,
	): { -readonly [K in keyof RequestLogEntry]: RequestLogEntry[K] } {
		const entry = { at, service, operation };
		this.#entries.push(entry);
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

	/** Number of entries. */
	get length(): number {
		return this.#entries.length;
	}

	/** All entries from the `mark`-th on. `mark` is an earlier {@link length}. */
	since(mark = 0): readonly RequestLogEntry[] {
		return this.#entries.slice(mark);
	}

	/** Names of the operations, from the `mark`-th entry on. */
	operations(mark = 0): readonly string[] {
		return this.since(mark).map(({ operation }) => operation);
	}

	/** Number of requests for an operation, from the `mark`-th entry on. */
	count(operation: string, mark = 0): number {
		return this.since(mark).filter((entry) => entry.operation === operation).length;
	}

	/** Removes all entries. */
	clear(): void {
		this.#entries = [];
	}

	/** Iterates over the requests, the oldest first. */
	[Symbol.iterator](): Iterator<RequestLogEntry> {
		return this.#entries[Symbol.iterator]();
	}
}
