import type { Resource, Stamp } from "./echos.ts";

/** A change of one resource. */
export interface ChangeRecord extends Stamp {
	/** The part of the tenant, such as `nodes`. */
	readonly part: string;
	/** The key of the resource before the change, and after it. */
	readonly keys: readonly string[];
	readonly before: Resource | null;
	readonly after: Resource | null;
}

/** A change with its number. */
export interface NumberedChange extends ChangeRecord {
	readonly number: number;
}

const MAX_CHANGES = 10_000;
const DIGITS = 12;

/** The changes of a tenant's resources, oldest first: the last 10,000. */
export class Journal {
	readonly #changes: Map<string, ChangeRecord>;
	readonly #written: (change: ChangeRecord) => void;
	#next: number;

	constructor(changes: Map<string, ChangeRecord>, written: (change: ChangeRecord) => void) {
		this.#changes = changes;
		this.#written = written;
		this.#next = Number([...changes.keys()].at(-1) ?? -1) + 1;
	}

	write(change: ChangeRecord): void {
		this.#changes.set(String(this.#next++).padStart(DIGITS, "0"), change);
		const [oldest] = this.#changes.keys();
		if (this.#changes.size > MAX_CHANGES && oldest !== undefined) this.#changes.delete(oldest);
		this.#written(change);
	}

	all(): NumberedChange[] {
		return [...this.#changes].map(([number, change]) => ({ ...change, number: Number(number) }));
	}

	/** The last state of a resource that no longer exists. */
	lastOf(part: string, key: string): Resource | undefined {
		const last = [...this.#changes.values()].findLast((change) => change.part === part && change.keys.includes(key));
		return last?.before ?? undefined;
	}
}
