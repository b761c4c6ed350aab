import type { NativeAttributeValue } from "@aws-sdk/lib-dynamodb";
import { checkOptions } from "../options.ts";
import { pause } from "../pause.ts";
import { strict } from "../strict.ts";
import type { DocumentClient } from "./document-client.ts";

/** An item or a key, with plain values. */
export type Item = Record<string, NativeAttributeValue>;

/** A write of a batch, as `BatchWriteItem` receives it. */
export type WriteRequest =
	| { readonly PutRequest: { readonly Item: Item } }
	| { readonly DeleteRequest: { readonly Key: Item } };

/** Maximum number of writes in a request. */
const BATCH = 25;
/** Bounds of the pause before unprocessed items are sent again. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [50, 5000];

/**
 * Writes any number of items of a table, 25 in a request. Items that DynamoDB does not process are sent again, after growing,
 * jittered pauses, until all are written.
 *
 * Await each call: the 25th sends the batch. What is left is sent by {@link flush}, which `await using` calls too.
 */
export class BatchWriter {
	static {
		strict(BatchWriter);
	}

	/**
	 * The writes of the requests that failed. They are not sent again. An error of {@link putItem}, {@link deleteItem} or
	 * {@link flush} has reported each of them.
	 */
	readonly failed: WriteRequest[] = [];

	readonly #client: DocumentClient;
	readonly #table: string;
	readonly #pkeys: readonly string[];
	#buffer: WriteRequest[] = [];
	/** The last request, so that there is one at a time also when a caller does not wait. */
	#sent: Promise<void> = Promise.resolve();

	/** `table.batchWriter()` creates it. @internal */
	constructor(client: DocumentClient, table: string, overwriteByPkeys: readonly string[]) {
		this.#client = client;
		this.#table = table;
		this.#pkeys = overwriteByPkeys;
	}

	/** Adds an item to write. */
	async putItem(params: { readonly Item: Item }): Promise<void> {
		checkOptions("putItem() of a batch writer", params, ["Item"]);
		await this.#add({ PutRequest: { Item: params.Item } });
	}

	/** Adds an item to delete. */
	async deleteItem(params: { readonly Key: Item }): Promise<void> {
		checkOptions("deleteItem() of a batch writer", params, ["Key"]);
		await this.#add({ DeleteRequest: { Key: params.Key } });
	}

	/** Sends what has been added, and waits until all of it is written. */
	async flush(): Promise<void> {
		while (this.#buffer.length > 0) await this.#sendBatch();
		await this.#sent;
	}

	/** Lets `await using` call {@link flush}. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.flush();
	}

	async #add(request: WriteRequest): Promise<void> {
		if (this.#pkeys.length > 0) {
			const key = this.#keyOf(request);
			this.#buffer = this.#buffer.filter((other) => this.#keyOf(other) !== key);
		}
		this.#buffer.push(request);
		if (this.#buffer.length >= BATCH) await this.#sendBatch();
	}

	#sendBatch(): Promise<void> {
		const requests = this.#buffer.splice(0, BATCH);
		const sent = this.#sent.then(() => this.#send(requests));
		this.#sent = sent.catch(() => {});
		return sent;
	}

	/** Sends these writes, and those that are left of them, until none is. */
	async #send(requests: readonly WriteRequest[]): Promise<void> {
		let left = requests;
		for (let pauseMs = FIRST_PAUSE_MS; left.length > 0; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
			try {
				const RequestItems = { [this.#table]: [...left] };
				const { UnprocessedItems = {} } = await this.#client.batchWriteItem({ RequestItems });
				left = (UnprocessedItems[this.#table] ?? []) as WriteRequest[];
			} catch (error) {
				this.failed.push(...left);
				throw error;
			}
			if (left.length > 0) await pause(Math.random() * pauseMs);
		}
	}

	/** The same text for equal keys. */
	#keyOf(request: WriteRequest): string {
		const item = "PutRequest" in request ? request.PutRequest.Item : request.DeleteRequest.Key;
		return JSON.stringify(
			this.#pkeys.map((name) => {
				const value: unknown = item[name];
				if (value === undefined) {
					throw new TypeError(`An item has no "${name}", which overwriteByPkeys names. Add it, or remove the name.`);
				}
				// A number may be a bigint or a NumberValue: equal numbers are the same key.
				if (typeof value === "string") return ["S", value];
				return value instanceof Uint8Array ? ["B", ...value] : ["N", String(value)];
			}),
		);
	}
}
