import type { ServiceOperation, TenantService } from "./exchange.ts";

/** One request that reached the tenant. */
export interface LedgerEntry {
	/** When it arrived, by the tenant's clock: milliseconds since 1970. */
	readonly at: number;
	readonly service: TenantService;
	/** The operation as its service calls it; for AppSync the name of the GraphQL operation. */
	readonly operation: string;
	/** The HTTP status of the answer; absent while it is not answered, and where a fault kept the answer back. */
	readonly status?: number;
	/** The user name, where the request told it. */
	readonly user?: string;
	/** The access key that an AWS request was signed with. */
	readonly accessKeyId?: string;
	/** What kind of fault it met. */
	readonly fault?: string;
}

/** Every request that reached the tenant, in the order of arrival. */
export class Ledger implements Iterable<LedgerEntry> {
	#entries: LedgerEntry[] = [];

	/** @internal */
	enter(at: number, { service, operation }: ServiceOperation): { -readonly [K in keyof LedgerEntry]: LedgerEntry[K] } {
		const entry = { at, service, operation };
		this.#entries.push(entry);
		return entry;
	}

	get length(): number {
		return this.#entries.length;
	}

	/** All entries from the `mark`-th on; `mark` is an earlier {@link length}. */
	since(mark = 0): readonly LedgerEntry[] {
		return this.#entries.slice(mark);
	}

	/** The names of the operations from the `mark`-th entry on. */
	operations(mark = 0): readonly string[] {
		return this.since(mark).map(({ operation }) => operation);
	}

	/** How many requests there were for this operation, from the `mark`-th entry on. */
	count(operation: string, mark = 0): number {
		return this.since(mark).filter((entry) => entry.operation === operation).length;
	}

	/** Forgets every entry. */
	clear(): void {
		this.#entries = [];
	}

	[Symbol.iterator](): Iterator<LedgerEntry> {
		return this.#entries[Symbol.iterator]();
	}
}
