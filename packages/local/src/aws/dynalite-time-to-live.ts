import type { Records } from "../data/records.ts";
import type { DynaliteEngine, Input, Item, Types } from "./dynalite-engine.ts";
import { DynamodbError } from "./dynamodb-error.ts";

const DAY_SECONDS = 24 * 3600;
/** DynamoDB deletes an item within a few days after it has expired. */
const DELETED_AFTER_SECONDS = 2 * DAY_SECONDS;
/** DynamoDB ignores what has expired earlier. */
const IGNORED_AFTER_SECONDS = 5 * 365 * DAY_SECONDS;
const SWEEP_MS = 3_600_000;

const UPDATE_TYPES: Types = {
	TableName: { type: "String", required: true, tableName: true, regex: "[a-zA-Z0-9_.-]+" },
	TimeToLiveSpecification: {
		type: "FieldStruct<TimeToLiveSpecification>",
		notNull: true,
		children: {
			AttributeName: { type: "String", notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 255 },
			Enabled: { type: "Boolean", notNull: true },
		},
	},
};

/** The time to live of items, of which dynalite knows only that it is disabled. */
export class DynaliteTimeToLive {
	readonly #engine: DynaliteEngine;
	readonly #now: () => number;
	/** The attribute of each table for which it is enabled. */
	readonly #attributes: Map<string, string>;
	#nextSweep = 0;

	constructor(engine: DynaliteEngine, now: () => number, records: Records) {
		this.#engine = engine;
		this.#now = now;
		this.#attributes = records.map("dynamodb.timeToLive");
	}

	/** Runs UpdateTimeToLive. */
	async update(input: Input): Promise<Input> {
		const { TableName, TimeToLiveSpecification } = this.#engine.check(input, UPDATE_TYPES);
		const { AttributeName, Enabled } = TimeToLiveSpecification as { AttributeName: string; Enabled: boolean };
		const table = TableName as string;
		await this.#engine.keyNames(table);
		const current = this.#attributes.get(table);
		if (Enabled === (current !== undefined)) {
			throw new DynamodbError("ValidationException", `TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
		}
		if (Enabled) this.#attributes.set(table, AttributeName);
		else this.#attributes.delete(table);
		return { TimeToLiveSpecification };
	}

	/** Runs DescribeTimeToLive. */
	async describe(input: Input): Promise<Input> {
		const disabled = await this.#engine.run("DescribeTimeToLive", input);
		const AttributeName = this.#attributes.get(input.TableName as string);
		if (AttributeName === undefined) return disabled;
		return { TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName } };
	}

	/** Forgets a table that has been deleted. */
	forget(table: unknown): void {
		this.#attributes.delete(table as string);
	}

	/** Whether to call {@link sweep}. */
	get isSweepDue(): boolean {
		return this.#attributes.size > 0 && this.#now() >= this.#nextSweep;
	}

	/** Deletes the items that expired two days ago, if that was not done in the last hour. */
	async sweep(): Promise<void> {
		if (!this.isSweepDue) return;
		this.#nextSweep = this.#now() + SWEEP_MS;
		for (const [table, attribute] of this.#attributes) await this.#sweepTable(table, attribute);
	}

	async #sweepTable(TableName: string, attribute: string): Promise<void> {
		const seconds = Math.floor(this.#now() / 1000);
		const names = await this.#engine.keyNames(TableName);
		let start: unknown;
		do {
			const { Items, LastEvaluatedKey } = await this.#engine.run("Scan", {
				TableName,
				FilterExpression: "#t BETWEEN :first AND :last",
				ExpressionAttributeNames: { "#t": attribute },
				ExpressionAttributeValues: {
					":first": { N: String(seconds - IGNORED_AFTER_SECONDS) },
					":last": { N: String(seconds - DELETED_AFTER_SECONDS) },
				},
				ExclusiveStartKey: start,
			});
			for (const item of Items as readonly Item[]) {
				const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
				await this.#engine.run("DeleteItem", { TableName, Key });
			}
			start = LastEvaluatedKey;
		} while (start !== undefined);
	}
}
