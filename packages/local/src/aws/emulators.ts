import { setTimeout as wait } from "node:timers/promises";
import type { Records } from "../data/records.ts";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { responseError } from "../http/response-error.ts";
import { parseObject } from "../json.ts";
import type { Networks } from "../network/networks.ts";
import { FIFO, type QueueSpec, queueSpecs } from "../network/queue-specs.ts";
import { AwsException } from "./aws-exception.ts";
import { AwsFailure } from "./aws-failure.ts";
import { BULK_DATA_BUCKET } from "./bulk-data.ts";
import { startDynalite } from "./dynalite-emulator.ts";
import { dynamodbAt } from "./dynamodb-local.ts";
import type { Emulator } from "./emulator.ts";
import { type QueueContent, type QueueEmulator, startQueues } from "./queues/queue-emulator.ts";
import { startS3 } from "./s3/s3-emulator.ts";
import { S3Error } from "./s3/s3-error.ts";

/** What the emulators contain. */
export interface EmulatorsContext {
	readonly networks: Networks;
	readonly records: Records;
	readonly region: string;
	readonly host: string;
	readonly dynamodbEndpoint: string | undefined;
	/** Tables and queues beside those of the tenants. */
	readonly tables: readonly TableOptions[];
	readonly queues: readonly QueueOptions[];
	now(): number;
	/** Called after an operation on a queue has succeeded. */
	usedQueue(operation: string, queue: string): void;
}

/** Input of DynamoDB's `CreateTable`. `BillingMode` is `PAY_PER_REQUEST` by default. */
export interface TableOptions {
	/** Name of the table. */
	readonly TableName: string;
	/** Attributes of the key. */
	readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: "HASH" | "RANGE" }[];
	/** Types of the attributes of the key and of the indexes' keys. */
	readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: "S" | "N" | "B" }[];
	/** All that `CreateTable` has besides. */
	readonly [parameter: string]: unknown;
}

/** Input of SQS's `CreateQueue`. A name that ends with `.fifo` makes a FIFO queue with deduplication by content. */
export interface QueueOptions {
	/** Name of the queue. */
	readonly QueueName: string;
	/** Attributes of the queue. Default: those of SQS. */
	readonly Attributes?: Readonly<Record<string, string>>;
}

/** The keys of a tenant's table. */
const OWN_KEYS = {
	AttributeDefinitions: [
		{ AttributeName: "pk", AttributeType: "S" },
		{ AttributeName: "sk", AttributeType: "S" },
	],
	KeySchema: [
		{ AttributeName: "pk", KeyType: "HASH" },
		{ AttributeName: "sk", KeyType: "RANGE" },
	],
} as const;

const MAX_TABLE_CHECKS = 500;
const TABLE_CHECK_MS = 10;

/**
 * The emulators of the tenant's AWS, each of which starts with its first request, and what the tenant itself does there: without
 * signatures and permissions.
 */
export class Emulators {
	readonly #context: EmulatorsContext;
	#dynamodb: Promise<Emulator> | undefined;
	#queues: Promise<QueueEmulator> | undefined;
	#s3: Emulator | undefined;
	/** Queues that are created when they are first used, by name. */
	readonly #unusedQueues = new Map<string, QueueSpec>();

	constructor(context: EmulatorsContext) {
		this.#context = context;
	}

	/** Carries out a request of DynamoDB, SQS, SNS or S3. */
	async respond(request: TenantRequest, service: string, operation: string): Promise<TenantResponse> {
		if (service === "dynamodb") return (await this.#startedDynamodb()).respond(request, operation);
		if (service === "s3") return this.#startedS3().respond(request, operation);
		const emulator = await this.#startedQueues();
		const queue = service === "sqs" ? queueOf(request) : "";
		await this.#createUnused(emulator, queue);
		const response = await emulator.respond(request, operation);
		if (queue !== "" && response.status === 200) this.#context.usedQueue(operation, queue);
		return response;
	}

	/** Creates the additional tables and queues, if there are any. Otherwise they would be created with the first request. */
	async createResources(): Promise<void> {
		if (this.#context.tables.length > 0) await this.#startedDynamodb();
		if (this.#context.queues.length > 0) await this.#startedQueues();
	}

	/**
	 * Calls an operation.
	 *
	 * @returns the output of the operation.
	 * @throws AwsFailure when the operation fails.
	 */
	async call(service: "dynamodb" | "sqs", operation: string, input: unknown): Promise<Record<string, unknown>> {
		const target = service === "sqs" ? `AmazonSQS.${operation}` : `DynamoDB_20120810.${operation}`;
		return outputOf(this.respond(this.#request(service, target, input), service, operation), service);
	}

	/** Calls an operation of SQS on a queue. */
	sqs(operation: string, queue: string, input: object = {}): Promise<Record<string, unknown>> {
		return this.call("sqs", operation, { QueueUrl: this.#queueUrl(queue), ...input });
	}

	/** Reads from S3. @throws AwsFailure when the operation fails. */
	async readS3(operation: string, url: string): Promise<string> {
		const [path = "/", search] = url.split("?");
		const { host } = this.#context;
		const request = { ...this.#request("s3", "", {}), method: "GET", path, url, body: Buffer.alloc(0) };
		const query = new URLSearchParams(search);
		try {
			const { body } = await this.#startedS3().respond({ ...request, query, headers: { host } }, operation);
			return Buffer.from(body as string).toString();
		} catch (error) {
			throw error instanceof S3Error ? new AwsFailure(error.code, error.message) : error;
		}
	}

	/** Reads a queue with its messages, which stay as they are. `undefined` if there is no such queue. */
	async inspectQueue(name: string): Promise<QueueContent | undefined> {
		return (await this.#startedQueues()).inspectQueue(name);
	}

	/** Creates a queue that was added after the start. The first request to SQS creates the others. */
	async addQueue(queue: QueueSpec): Promise<void> {
		if (this.#queues === undefined) return;
		this.#unusedQueues.set(queue.name, queue);
		if (!queue.isLazy) await this.#createUnused(await this.#queues, queue.name);
	}

	/** Deletes a queue with its messages. */
	async removeQueue(name: string): Promise<void> {
		if (!this.hasUsed(name)) this.#unusedQueues.delete(name);
		else await this.sqs("DeleteQueue", name);
	}

	/** Whether a queue may have messages. */
	hasUsed(queue: string): boolean {
		return this.#queues === undefined ? this.#context.records.areKept : !this.#unusedQueues.has(queue);
	}

	/** Creates the table of a tenant that was created after the start. */
	async createTable(table: string): Promise<void> {
		const emulator = await this.#dynamodb;
		if (emulator !== undefined) await this.#createTable(emulator, { TableName: table, ...OWN_KEYS });
	}

	/** Deletes the table of a tenant with its items. Without a first request to DynamoDB there is none. */
	async deleteTable(TableName: string): Promise<void> {
		if (this.#dynamodb !== undefined || this.#context.records.areKept) {
			await this.call("dynamodb", "DeleteTable", { TableName });
		}
	}

	async stop(): Promise<void> {
		for (const emulator of [this.#dynamodb, this.#queues]) await (await emulator?.catch(() => undefined))?.stop();
	}

	#startedDynamodb(): Promise<Emulator> {
		this.#dynamodb ??= this.#startDynamodb().catch((error: unknown) => {
			// The next request tries again: DynamoDB Local may still be starting.
			this.#dynamodb = undefined;
			throw error;
		});
		return this.#dynamodb;
	}

	#startedQueues(): Promise<QueueEmulator> {
		this.#queues ??= this.#startQueues();
		return this.#queues;
	}

	#startedS3(): Emulator {
		this.#s3 ??= startS3({ ...this.#context, buckets: [BULK_DATA_BUCKET] });
		return this.#s3;
	}

	async #startDynamodb(): Promise<Emulator> {
		const { dynamodbEndpoint, networks, now, records, tables } = this.#context;
		const emulator = dynamodbEndpoint === undefined ? await startDynalite(now, records) : dynamodbAt(dynamodbEndpoint);
		const own = networks.all().map(({ tenant }) => ({ TableName: tenant.table, ...OWN_KEYS }));
		for (const table of [...own, ...tables]) await this.#createTable(emulator, table);
		return emulator;
	}

	async #createTable(emulator: Emulator, table: TableOptions): Promise<void> {
		const input = { BillingMode: "PAY_PER_REQUEST", ...table };
		const request = this.#request("dynamodb", "DynamoDB_20120810.CreateTable", input);
		const { body, status } = await emulator.respond(request, "CreateTable");
		if (status !== 200 && !String(body).includes("ResourceInUse")) {
			throw new Error(`The table ${table.TableName} could not be created: ${body}`);
		}
		await this.#untilActive(emulator, table.TableName);
	}

	/** A table that is still being created can neither be written nor read. */
	async #untilActive(emulator: Emulator, table: string): Promise<void> {
		const describe = this.#request("dynamodb", "DynamoDB_20120810.DescribeTable", { TableName: table });
		for (let attempt = 0; attempt < MAX_TABLE_CHECKS; attempt++) {
			const { body } = await emulator.respond(describe, "DescribeTable");
			if (Buffer.from(body as string).includes('"ACTIVE"')) return;
			await wait(TABLE_CHECK_MS);
		}
		throw new Error(`The table ${table} has not become active`);
	}

	async #startQueues(): Promise<QueueEmulator> {
		const { host, networks, queues, records, region } = this.#context;
		const emulator = await startQueues(region, `http://${host}`, records);
		for (const queue of networks.all().flatMap((network) => queueSpecs(network, region))) {
			this.#unusedQueues.set(queue.name, queue);
			if (!queue.isLazy) await this.#createUnused(emulator, queue.name);
		}
		for (const { Attributes, QueueName } of queues) {
			const fifo = QueueName.endsWith(".fifo") ? FIFO : {};
			await this.#createQueue(emulator, QueueName, { ...fifo, ...Attributes });
		}
		return emulator;
	}

	async #createUnused(emulator: QueueEmulator, name: string): Promise<void> {
		const queue = this.#unusedQueues.get(name);
		if (queue === undefined) return;
		this.#unusedQueues.delete(name);
		// Kept from an earlier tenant with this folder.
		if (emulator.inspectQueue(name) === undefined) await this.#createQueue(emulator, name, queue.attributes);
		this.#context.usedQueue("CreateQueue", name);
	}

	async #createQueue(emulator: QueueEmulator, QueueName: string, Attributes: object): Promise<void> {
		const request = this.#request("sqs", "AmazonSQS.CreateQueue", { QueueName, Attributes });
		const { body, status } = await emulator.respond(request, "CreateQueue");
		if (status !== 200) throw new Error(`The queue ${QueueName} could not be created: ${body}`);
	}

	#queueUrl(queue: string): string {
		return `http://${this.#context.host}/000000000000/${queue}`;
	}

	/** A request of the tenant itself: emulators check the form of a signature, not the signature. */
	#request(service: string, target: string, input: unknown): TenantRequest {
		const { host, region } = this.#context;
		return {
			method: "POST",
			path: "/",
			url: "/",
			query: new URLSearchParams(),
			headers: {
				host,
				"content-type": "application/x-amz-json-1.0",
				"x-amz-target": target,
				"x-amz-date": "20260101T000000Z",
				authorization: `AWS4-HMAC-SHA256 Credential=localtenant/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
			},
			body: Buffer.from(JSON.stringify(input)),
		};
	}
}

/** Name of the queue that a request of SQS is about. Empty if there is none. */
function queueOf({ body }: TenantRequest): string {
	const url = parseObject(body)?.QueueUrl;
	return typeof url === "string" ? (url.split("/").pop() ?? "") : "";
}

async function outputOf(responding: Promise<TenantResponse>, service: string): Promise<Record<string, unknown>> {
	try {
		const response = await responding;
		if (response.status === 200) return parseObject(Buffer.from(response.body as string)) ?? {};
		const { message, type } = responseError(response) ?? { message: String(response.body), type: service };
		throw new AwsFailure(type, message);
	} catch (error) {
		throw error instanceof AwsException ? new AwsFailure(error.reason, error.message) : error;
	}
}
