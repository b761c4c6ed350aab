import type { CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";
import type {
	BatchGetCommandInput,
	BatchGetCommandOutput,
	BatchWriteCommandInput,
	BatchWriteCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";
import { DocumentClient } from "./document-client.ts";
import { Table } from "./table.ts";

/** DynamoDB with plain values: `session.resource("dynamodb")`. */
export class DynamoDBResource {
	static {
		strict(DynamoDBResource);
	}

	/** `client`: the operations of DynamoDB with plain values. */
	readonly meta: ResourceMeta<DocumentClient>;
	readonly #client: DynamoDB;

	/** @internal */
	constructor(client: DynamoDB) {
		this.#client = client;
		this.meta = new ResourceMeta(new DocumentClient(client));
	}

	/** Returns a table. Sends nothing. */
	Table(name: string): Table {
		return new Table(name, this.#client, this.meta);
	}

	/** Creates a table, which `waitUntilExists()` waits for. */
	async createTable(params: CreateTableCommandInput): Promise<Table> {
		await this.#client.createTable(params);
		return this.Table(String(params.TableName));
	}

	/** Reads items of any tables. The caller reads `UnprocessedKeys` and sends them again. */
	batchGetItem(params: BatchGetCommandInput): Promise<BatchGetCommandOutput> {
		return this.meta.client.batchGetItem(params);
	}

	/** Writes up to 25 items. The caller reads `UnprocessedItems` and sends them again. */
	batchWriteItem(params: BatchWriteCommandInput): Promise<BatchWriteCommandOutput> {
		return this.meta.client.batchWriteItem(params);
	}
}
