import { createHash } from "node:crypto";
import type { Records } from "../data/records.ts";
import { isRecord } from "../json.ts";
import type { DynaliteEngine, Input, Item, PreparedOperation } from "./dynalite-engine.ts";
import { TRANSACT_GET_TYPES, TRANSACT_WRITE_TYPES } from "./dynalite-transaction-types.ts";
import { codeOf, DynamodbError } from "./dynamodb-error.ts";

/** The operations of dynalite that carry out the actions. A condition is checked by a deletion that is not applied. */
const OPERATIONS = {
	Put: "PutItem",
	Update: "UpdateItem",
	Delete: "DeleteItem",
	ConditionCheck: "DeleteItem",
	Get: "GetItem",
} as const;

const TOKEN_MS = 10 * 60_000;
const MAX_BYTES = 4 * 1024 * 1024;

interface TransactionAction {
	readonly kind: keyof typeof OPERATIONS;
	readonly table: string;
	/** The key, or the item of a `Put`. */
	readonly item: Item;
	readonly input: Input;
}

interface CancellationReason {
	readonly Code: "None" | "ConditionalCheckFailed" | "ValidationError";
	readonly Message?: string;
	readonly Item?: unknown;
}

/** A transaction with a token, which is applied once. */
interface Applied {
	readonly hash: string;
	readonly until: number;
	/** Capacity units by table. */
	readonly units: Readonly<Record<string, number>>;
}

/** Transactions, which dynalite lacks. The caller makes sure that nothing else runs at the same time. */
export class DynaliteTransactions {
	readonly #engine: DynaliteEngine;
	readonly #now: () => number;
	readonly #applied: Map<string, Applied>;

	constructor(engine: DynaliteEngine, now: () => number, records: Records) {
		this.#engine = engine;
		this.#now = now;
		this.#applied = records.map("dynamodb.transactions");
	}

	/** Runs TransactWriteItems. */
	async write(input: Input): Promise<Input> {
		const { ClientRequestToken, ReturnConsumedCapacity, TransactItems } = this.#engine.check(
			input,
			TRANSACT_WRITE_TYPES,
		);
		const hash = hashOf(TransactItems);
		const earlier = this.#earlier(ClientRequestToken);
		if (earlier !== undefined) {
			if (earlier.hash === hash) return capacityOf(earlier.units, ReturnConsumedCapacity, "Read");
			throw new DynamodbError(
				"IdempotentParameterMismatchException",
				"The request was rejected because its client request token was used with a different payload.",
			);
		}
		const draft = this.#engine.draft();
		const discarded = this.#engine.draft();
		const outputs = await this.#run((TransactItems as readonly Input[]).map(writeActionOf), ({ kind }) =>
			kind === "ConditionCheck" ? discarded.store : draft.store,
		);
		await draft.apply();
		const units = unitsOf(outputs);
		if (typeof ClientRequestToken === "string") {
			this.#applied.set(ClientRequestToken, { hash, until: this.#now() + TOKEN_MS, units });
		}
		return capacityOf(units, ReturnConsumedCapacity, "Write");
	}

	/** Runs TransactGetItems. */
	async get(input: Input): Promise<Input> {
		const { ReturnConsumedCapacity, TransactItems } = this.#engine.check(input, TRANSACT_GET_TYPES);
		const actions = (TransactItems as readonly Input[]).map(({ Get }) => actionOf("Get", Get as Input));
		const outputs = await this.#run(actions);
		const Responses = outputs.map(({ Item }) => (Item === undefined ? {} : { Item }));
		return { Responses, ...capacityOf(unitsOf(outputs), ReturnConsumedCapacity, "Read") };
	}

	/** What a token was used for in the last ten minutes. */
	#earlier(token: unknown): Applied | undefined {
		const now = this.#now();
		// The oldest are first.
		for (const [used, { until }] of this.#applied) {
			if (until > now) break;
			this.#applied.delete(used);
		}
		const found = this.#applied.get(token as string);
		// If the clock was moved back, one that has expired may follow one that has not.
		return found !== undefined && found.until > now ? found : undefined;
	}

	/** Runs all actions. @throws DynamodbError `TransactionCanceledException`, if one of them fails. */
	async #run(
		actions: readonly TransactionAction[],
		storeOf: (action: TransactionAction) => object | undefined = () => undefined,
	): Promise<readonly Input[]> {
		const operations: { readonly action: TransactionAction; readonly run: PreparedOperation }[] = [];
		for (const action of actions) {
			const input = { ...action.input, ConsistentRead: true, ReturnConsumedCapacity: "TOTAL" };
			operations.push({ action, run: await this.#engine.prepare(OPERATIONS[action.kind], input) });
		}
		await this.#checkItems(actions);
		const outputs: Input[] = [];
		const reasons: CancellationReason[] = [];
		for (const { action, run } of operations) {
			try {
				outputs.push(await run(storeOf(action)));
				reasons.push({ Code: "None" });
			} catch (error) {
				reasons.push(await this.#reasonFor(error, action));
			}
		}
		if (outputs.length === actions.length) return outputs;
		const codes = reasons.map(({ Code }) => Code).join(", ");
		const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
		throw new DynamodbError("TransactionCanceledException", message, { CancellationReasons: reasons });
	}

	/** Checks that no item is named twice, and how large all of them are. */
	async #checkItems(actions: readonly TransactionAction[]): Promise<void> {
		const identities = new Set<string>();
		for (const { item, table } of actions) {
			const identity = await this.#engine.identity(table, item);
			if (identity === undefined) continue;
			if (identities.has(identity)) {
				throw invalid("Transaction request cannot include multiple operations on one item");
			}
			identities.add(identity);
		}
		const bytes = actions.reduce((sum, { item }) => sum + this.#engine.sizeOf(item), 0);
		if (bytes > MAX_BYTES) throw invalid("The aggregate size of the items in the transaction exceeds 4 MB");
	}

	/** The reason that an action gives, unless its failure is that of the whole request. */
	async #reasonFor(error: unknown, { input, item, kind, table }: TransactionAction): Promise<CancellationReason> {
		const { message: Message } = error as Error;
		switch (codeOf(error)) {
			case "ConditionalCheckFailedException": {
				if (input.ReturnValuesOnConditionCheckFailure !== "ALL_OLD") return { Code: "ConditionalCheckFailed", Message };
				const names = await this.#engine.keyNames(table);
				const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
				const { Item } = await this.#engine.run("GetItem", { TableName: table, Key, ConsistentRead: true });
				return { Code: "ConditionalCheckFailed", Message, ...(Item !== undefined && { Item }) };
			}
			case "ValidationException":
				// DynamoDB rejects a request that writes by an empty key, and cancels one that reads by it.
				if (kind !== "Get" && Message.includes("cannot contain an empty")) throw error;
				return { Code: "ValidationError", Message };
			default:
				throw error;
		}
	}
}

function writeActionOf(item: Input): TransactionAction {
	const [first, ...others] = Object.entries(item) as [keyof typeof OPERATIONS, Input][];
	if (first === undefined) {
		throw invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
	}
	if (others.length > 0) throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
	return actionOf(...first);
}

function actionOf(kind: keyof typeof OPERATIONS, input: Input): TransactionAction {
	return { kind, table: input.TableName as string, item: (input.Item ?? input.Key) as Item, input };
}

function invalid(message: string): DynamodbError {
	return new DynamodbError("ValidationException", message);
}

/** A hash that does not depend on the order of members. */
function hashOf(items: unknown): string {
	const sorted = (_: string, value: unknown) =>
		isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
	return createHash("sha256").update(JSON.stringify(items, sorted)).digest("base64");
}

/** The capacity units of each table. Transactions use twice as many as other requests. */
function unitsOf(outputs: readonly Input[]): Readonly<Record<string, number>> {
	const units = new Map<string, number>();
	for (const { ConsumedCapacity } of outputs) {
		const { CapacityUnits, TableName } = ConsumedCapacity as { CapacityUnits: number; TableName: string };
		units.set(TableName, (units.get(TableName) ?? 0) + 2 * CapacityUnits);
	}
	return Object.fromEntries(units);
}

function capacityOf(units: Readonly<Record<string, number>>, mode: unknown, kind: "Read" | "Write"): Input {
	if (mode !== "TOTAL" && mode !== "INDEXES") return {};
	const ConsumedCapacity = Object.entries(units).map(([TableName, CapacityUnits]) => {
		const capacity = { CapacityUnits, [`${kind}CapacityUnits`]: CapacityUnits };
		return { TableName, ...capacity, ...(mode === "INDEXES" && { Table: capacity }) };
	});
	return { ConsumedCapacity };
}
