import type { Records } from "../data/records.ts";

type Done = (error: unknown) => void;

/** A change of the database. */
export interface WriteOperation {
	readonly type: "put" | "del";
	readonly key: string;
	readonly value?: unknown;
}

/** The database in which dynalite keeps everything: tables, items, entries of indexes and tags, by keys with a prefix of each. */
export interface Level {
	put(key: string, value: unknown, done?: Done): unknown;
	del(key: string, done?: Done): unknown;
	batch(operations: readonly WriteOperation[], done?: Done): Promise<void>;
}

const TABLE = "table~";

interface Table {
	readonly TableStatus: string;
	readonly GlobalSecondaryIndexes?: readonly object[];
}

/** Fills a database of dynalite with the tables and items of the records, and records what changes there. */
export async function keepItems(level: Level, records: Records): Promise<void> {
	const kept = records.map<unknown>("dynamodb");
	finishTables(kept);
	await level.batch([...kept].map(([key, value]) => ({ type: "put", key, value })));
	const { batch, del, put } = level;
	const keep = ({ key, type, value }: WriteOperation) => (type === "put" ? kept.set(key, value) : kept.delete(key));
	level.put = (key, value, done) => {
		keep({ type: "put", key, value });
		return put(key, value, done);
	};
	level.del = (key, done) => {
		keep({ type: "del", key });
		return del(key, done);
	};
	level.batch = (operations, done) => {
		for (const operation of operations) keep(operation);
		return batch(operations, done);
	};
}

/** Finishes what was being done to tables when the process ended: dynalite does it in a timer. */
function finishTables(kept: Map<string, unknown>): void {
	for (const [key, value] of kept) {
		const table = value as Table;
		if (!key.startsWith(TABLE) || table.TableStatus === "ACTIVE") continue;
		if (table.TableStatus === "DELETING") removeTable(kept, key.slice(TABLE.length));
		else {
			const GlobalSecondaryIndexes = table.GlobalSecondaryIndexes?.map((index) => ({
				...index,
				IndexStatus: "ACTIVE",
			}));
			kept.set(key, { ...table, TableStatus: "ACTIVE", ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }) });
		}
	}
}

function removeTable(kept: Map<string, unknown>, table: string): void {
	const prefixes = [`item-${table}~`, `tag-${table}~`, `index-local~${table}~`, `index-global~${table}~`];
	for (const key of kept.keys()) if (prefixes.some((prefix) => key.startsWith(prefix))) kept.delete(key);
	kept.delete(`${TABLE}${table}`);
}
