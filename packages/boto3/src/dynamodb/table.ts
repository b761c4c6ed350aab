import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type {
	DeleteCommandInput,
	DeleteCommandOutput,
	GetCommandInput,
	GetCommandOutput,
	PutCommandInput,
	PutCommandOutput,
	QueryCommandInput,
	QueryCommandOutput,
	ScanCommandInput,
	ScanCommandOutput,
	UpdateCommandInput,
	UpdateCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { type WaiterConfig, waiterOf } from "../operations/waiter.ts";
import { checkOptions } from "../options.ts";
import type { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";
import { BatchWriter } from "./batch-writer.ts";
import type { WithConditions } from "./condition-expressions.ts";
import type { DocumentClient } from "./document-client.ts";

/** The input of an operation on one table. */
export type OfTable<Input> = Omit<WithConditions<Input>, "TableName">;

/** A table of DynamoDB, with plain values: `session.resource("dynamodb").Table("orders")`. */
export class Table {
	static {
		strict(Table);
	}

	/** Name of the table. */
	readonly name: string;
	/** `client`: the operations of DynamoDB with plain values, also of other tables. */
	readonly meta: ResourceMeta<DocumentClient>;
	readonly #client: DynamoDB;

	/** `resource.Table(name)` creates it. @internal */
	constructor(name: string, client: DynamoDB, meta: ResourceMeta<DocumentClient>) {
		this.name = name;
		this.meta = meta;
		this.#client = client;
	}

	/** Reads an item: `Item` of the response, or `undefined`. */
	getItem(params: OfTable<GetCommandInput>): Promise<GetCommandOutput> {
		return this.meta.client.getItem({ ...params, TableName: this.name });
	}

	/** Writes an item. */
	putItem(params: OfTable<PutCommandInput>): Promise<PutCommandOutput> {
		return this.meta.client.putItem({ ...params, TableName: this.name });
	}

	/** Changes an item. */
	updateItem(params: OfTable<UpdateCommandInput>): Promise<UpdateCommandOutput> {
		return this.meta.client.updateItem({ ...params, TableName: this.name });
	}

	/** Deletes an item. */
	deleteItem(params: OfTable<DeleteCommandInput>): Promise<DeleteCommandOutput> {
		return this.meta.client.deleteItem({ ...params, TableName: this.name });
	}

	/** Reads one page of the items with the same partition key. `meta.client.getPaginator("query")` reads all. */
	query(params: OfTable<QueryCommandInput>): Promise<QueryCommandOutput> {
		return this.meta.client.query({ ...params, TableName: this.name });
	}

	/** Reads one page of all items. `meta.client.getPaginator("scan")` reads all. */
	scan(params: OfTable<ScanCommandInput> = {}): Promise<ScanCommandOutput> {
		return this.meta.client.scan({ ...params, TableName: this.name });
	}

	/**
	 * Returns a writer of any number of items, in batches.
	 *
	 * @param options - `overwriteByPkeys`: names of the keys, so that a later write of the same key replaces an earlier one of
	 * the same batch. DynamoDB rejects a batch with two writes of one key.
	 */
	batchWriter(options: { readonly overwriteByPkeys?: readonly string[] } = {}): BatchWriter {
		checkOptions("batchWriter()", options, ["overwriteByPkeys"]);
		return new BatchWriter(this.meta.client, this.name, options.overwriteByPkeys ?? []);
	}

	/** Deletes the table. */
	async delete(): Promise<void> {
		await this.#client.deleteTable({ TableName: this.name });
	}

	/** Waits until the table exists and is active. */
	waitUntilExists(params: { readonly WaiterConfig?: WaiterConfig | undefined } = {}): Promise<void> {
		return waiterOf(this.#client, "table_exists").wait({ ...params, TableName: this.name });
	}

	/** Waits until the table no longer exists. */
	waitUntilNotExists(params: { readonly WaiterConfig?: WaiterConfig | undefined } = {}): Promise<void> {
		return waiterOf(this.#client, "table_not_exists").wait({ ...params, TableName: this.name });
	}
}
