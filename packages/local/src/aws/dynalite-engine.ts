import type { Records } from "../data/records.ts";
import type * as Dynalite from "./dynalite.ts";
import { storeFor } from "./dynalite-store.ts";
import { checkExpressions } from "./expression-limits.ts";
import { keepItems, type Level, type WriteOperation } from "./kept-items.ts";

/** The input of an operation, and what is in it. */
export type Input = Readonly<Record<string, unknown>>;
/** An item or a key, with typed values. */
export type Item = Readonly<Record<string, unknown>>;
/** What a member of an input has to be, as dynalite's own operations describe it. */
export type Types = Readonly<Record<string, unknown>>;

// dynalite has no types. These are of the parts that the tenant uses.

interface Table {
	readonly KeySchema: readonly { readonly AttributeName: string }[];
}

type Done = (error: unknown) => void;

interface SubStore {
	put(key: string, value: unknown, done: Done): void;
	del(key: string, done: Done): void;
}

interface Store {
	readonly db: Level;
	getItemDb(table: string): SubStore;
	getIndexDb(type: string, table: string, index: string): SubStore;
	getTable(name: string, done: (error: unknown, table: Table) => void): void;
}

interface Database {
	create(options: Readonly<Record<string, unknown>>): Store;
	createKey(item: Item, table: Table): string;
	itemSize(item: Item): number;
}

interface Validations {
	checkTypes(input: object, types: unknown): Input;
	checkValidations(input: object, types: unknown, custom: unknown, store: object): void;
}

type Action = (store: object, input: object, done: (error: unknown, output?: unknown) => void) => void;

/** An operation of dynalite with an input that is valid by itself. Runs once. */
export type PreparedOperation = (store?: object) => Promise<Input>;

/** The description of the input of an operation. */
interface InputDescription {
	readonly types: Types;
	readonly custom?: unknown;
}

/**
 * dynalite, in this process and without a port of its own: a DynamoDB in memory.
 *
 * Its parts are used, not its server: what an action throws in a callback rejects the request, and not the process.
 */
export class DynaliteEngine {
	readonly #database: Database;
	readonly #validations: Validations;
	readonly #operations: typeof Dynalite.OPERATIONS;
	readonly #store: Store;

	static async create(records: Records): Promise<DynaliteEngine> {
		const engine = new DynaliteEngine(await import("./dynalite.ts"));
		if (records.areKept) await keepItems(engine.#store.db, records);
		return engine;
	}

	private constructor({ database, OPERATIONS, validations }: typeof Dynalite) {
		this.#database = database as Database;
		this.#validations = validations as Validations;
		this.#operations = OPERATIONS;
		this.#store = this.#database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
	}

	/** Runs an operation. */
	async run(operation: string, input: Input): Promise<Input> {
		const prepared = await this.prepare(operation, input);
		return prepared();
	}

	/**
	 * Checks what can be checked without the table: types, values and the syntax of expressions. The result runs the operation.
	 *
	 * @throws an error of DynamoDB.
	 */
	async prepare(operation: string, input: Input): Promise<PreparedOperation> {
		checkExpressions(input);
		const found = this.#operations[operation];
		if (found === undefined) throw new TypeError(`dynalite has no operation ${operation}`);
		const action = found.action as Action;
		const { custom, types } = found.input as InputDescription;
		const checked = this.check(input, types, custom);
		return (store = this.#store) =>
			new Promise((resolve, reject) => {
				action(storeFor(store, reject), checked, (error, output) => (error ? reject(error) : resolve(output as Input)));
			});
	}

	/** A copy of an input with the members that `types` describes. @throws an error of DynamoDB. */
	check(input: Input, types: Types, custom?: unknown): Input {
		const checked = this.#validations.checkTypes({ ...input }, types);
		this.#validations.checkValidations(checked, types, custom, this.#store);
		return checked;
	}

	/** The attributes of a table's key. @throws an error of DynamoDB, if there is no such table. */
	async keyNames(table: string): Promise<readonly string[]> {
		const { KeySchema } = await this.#table(table);
		return KeySchema.map(({ AttributeName }) => AttributeName);
	}

	/** What two items of a table have in common if they have the same key. `undefined` for what has no valid key. */
	async identity(table: string, item: Item): Promise<string | undefined> {
		const described = await this.#table(table);
		try {
			return `${table}/${this.#database.createKey(item, described)}`;
		} catch {
			return undefined;
		}
	}

	/** The size of an item in bytes. */
	sizeOf(item: Item): number {
		return this.#database.itemSize(item);
	}

	/** A store in which operations read, and which keeps what they write until it is applied, all at once or not at all. */
	draft(): { readonly store: object; apply(): Promise<void> } {
		const writes: WriteOperation[] = [];
		const store = this.#store;
		// dynalite keeps everything in one database. These are the prefixes of its keys.
		const record = (part: SubStore, prefix: string): SubStore => ({
			...part,
			put(key, value, done) {
				writes.push({ type: "put", key: `${prefix}~${key}`, value });
				done(null);
			},
			del(key, done) {
				writes.push({ type: "del", key: `${prefix}~${key}` });
				done(null);
			},
		});
		return {
			store: {
				...store,
				getItemDb: (table: string) => record(store.getItemDb(table), `item-${table}`),
				getIndexDb: (type: string, table: string, index: string) =>
					record(store.getIndexDb(type, table, index), `index-${type.toLowerCase()}~${table}~${index}`),
			},
			apply: () => store.db.batch(writes),
		};
	}

	#table(name: string): Promise<Table> {
		return new Promise((resolve, reject) => {
			this.#store.getTable(name, (error, table) => (error ? reject(error) : resolve(table)));
		});
	}
}
