import type {
	CreateTableCommandInput,
	CreateTableCommandOutput,
	DeleteTableCommandInput,
	DeleteTableCommandOutput,
	DescribeTableCommandInput,
	DescribeTableCommandOutput,
	DynamoDB,
	ListTablesCommandInput,
	ListTablesCommandOutput,
	UpdateTableCommandInput,
	UpdateTableCommandOutput,
} from "@aws-sdk/client-dynamodb";
import type {
	BatchGetCommandInput,
	BatchGetCommandOutput,
	BatchWriteCommandInput,
	BatchWriteCommandOutput,
	DeleteCommandInput,
	DeleteCommandOutput,
	DynamoDBDocumentClient,
	GetCommandInput,
	GetCommandOutput,
	PutCommandInput,
	PutCommandOutput,
	QueryCommandInput,
	QueryCommandOutput,
	ScanCommandInput,
	ScanCommandOutput,
	TransactGetCommandInput,
	TransactGetCommandOutput,
	TransactWriteCommandInput,
	TransactWriteCommandOutput,
	UpdateCommandInput,
	UpdateCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { type Exceptions, exceptions } from "../errors/client-exceptions.ts";
import { type PaginatorName, type PaginatorOf, paginatorOf } from "../operations/paginator.ts";
import { type WaiterName, type WaiterOf, waiterOf } from "../operations/waiter.ts";
import { missingPackage } from "../optional-package.ts";
import { strict } from "../strict.ts";
import { type WithConditions, withExpressions } from "./condition-expressions.ts";
import { exactNumber, withUniformSets } from "./numbers.ts";

type Library = typeof import("@aws-sdk/lib-dynamodb");

/**
 * The operations of DynamoDB with plain values instead of typed ones, and with conditions: `meta.client` of the resource, as in
 * boto3. Numbers that JavaScript cannot hold exactly are a bigint, or a `NumberValue` of `@aws-sdk/lib-dynamodb`.
 */
export class DocumentClient {
	static {
		strict(DocumentClient);
	}

	readonly #client: DynamoDB;
	#loaded: Promise<{ readonly library: Library; readonly client: DynamoDBDocumentClient }> | undefined;

	/** @internal */
	constructor(client: DynamoDB) {
		this.#client = client;
	}

	/** Reads an item. */
	getItem(params: GetCommandInput): Promise<GetCommandOutput> {
		return this.#send("GetCommand", params);
	}

	/** Writes an item. */
	putItem(params: WithConditions<PutCommandInput>): Promise<PutCommandOutput> {
		return this.#send("PutCommand", params);
	}

	/** Changes an item. */
	updateItem(params: WithConditions<UpdateCommandInput>): Promise<UpdateCommandOutput> {
		return this.#send("UpdateCommand", params);
	}

	/** Deletes an item. */
	deleteItem(params: WithConditions<DeleteCommandInput>): Promise<DeleteCommandOutput> {
		return this.#send("DeleteCommand", params);
	}

	/** Reads a page of the items with the same partition key. */
	query(params: WithConditions<QueryCommandInput>): Promise<QueryCommandOutput> {
		return this.#send("QueryCommand", params);
	}

	/** Reads a page of all items. */
	scan(params: WithConditions<ScanCommandInput>): Promise<ScanCommandOutput> {
		return this.#send("ScanCommand", params);
	}

	/** Reads items of any tables. The caller reads `UnprocessedKeys` and sends them again. */
	batchGetItem(params: BatchGetCommandInput): Promise<BatchGetCommandOutput> {
		return this.#send("BatchGetCommand", params);
	}

	/** Writes up to 25 items. The caller reads `UnprocessedItems` and sends them again. `batchWriter()` of a table does that. */
	batchWriteItem(params: BatchWriteCommandInput): Promise<BatchWriteCommandOutput> {
		return this.#send("BatchWriteCommand", params);
	}

	/** Reads items in a transaction. */
	transactGetItems(params: TransactGetCommandInput): Promise<TransactGetCommandOutput> {
		return this.#send("TransactGetCommand", params);
	}

	/** Writes items in a transaction. Conditions are strings here, as each write has its own names and values. */
	transactWriteItems(params: TransactWriteCommandInput): Promise<TransactWriteCommandOutput> {
		return this.#send("TransactWriteCommand", params);
	}

	/** Creates a table. */
	createTable(params: CreateTableCommandInput): Promise<CreateTableCommandOutput> {
		return this.#client.createTable(params);
	}

	/** Deletes a table. */
	deleteTable(params: DeleteTableCommandInput): Promise<DeleteTableCommandOutput> {
		return this.#client.deleteTable(params);
	}

	/** Describes a table. */
	describeTable(params: DescribeTableCommandInput): Promise<DescribeTableCommandOutput> {
		return this.#client.describeTable(params);
	}

	/** Returns the names of the tables. */
	listTables(params: ListTablesCommandInput = {}): Promise<ListTablesCommandOutput> {
		return this.#client.listTables(params);
	}

	/** Changes a table. */
	updateTable(params: UpdateTableCommandInput): Promise<UpdateTableCommandOutput> {
		return this.#client.updateTable(params);
	}

	/** The error classes of the service, as a client has them. */
	get exceptions(): Exceptions {
		return exceptions;
	}

	/** Returns a waiter: `table_exists`. */
	getWaiter<Name extends WaiterName<DynamoDB>>(name: Name): WaiterOf<DynamoDB, Name> {
		return waiterOf(this.#client, name);
	}

	/** Returns the paginator of `query`, `scan` or `listTables`. */
	getPaginator<Name extends PaginatorName<DocumentClient>>(operation: Name): PaginatorOf<DocumentClient, Name> {
		return paginatorOf<DocumentClient, Name>(this, operation);
	}

	async #send<Output>(command: keyof Library & `${string}Command`, params: object): Promise<Output> {
		this.#loaded ??= this.#load();
		const { library, client } = await this.#loaded;
		const Command = library[command] as unknown as new (input: object) => never;
		const input = withUniformSets(withExpressions(params), (number) => library.NumberValue.from(number));
		return client.send(new Command(input)) as Promise<Output>;
	}

	async #load() {
		const name = "@aws-sdk/lib-dynamodb";
		const library = await import("@aws-sdk/lib-dynamodb").catch(missingPackage(name, 'resource("dynamodb")'));
		const wrapNumbers = (text: string) => exactNumber(text, (value) => library.NumberValue.from(value));
		const client = library.DynamoDBDocumentClient.from(this.#client, { unmarshallOptions: { wrapNumbers } });
		return { library, client };
	}
}
