import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
	type Caller,
	jsonResponse,
	type ServiceOperation,
	type TenantRequest,
	type TenantResponse,
} from "../http/exchange.ts";
import { escapeXml } from "../http/service-error.ts";
import { parseObject } from "../json.ts";
import type { Networks, TenantUser } from "../network/networks.ts";
import { type QueueSpec, queueSpecs } from "../network/queue-specs.ts";
import type { AccessKeys } from "./access-keys.ts";
import { checkAccess, decodeUri } from "./access-policy.ts";
import { AwsException, exceptionResponse } from "./aws-exception.ts";
import { BULK_DATA_BUCKET } from "./bulk-data.ts";
import { startDynalite } from "./dynalite-emulator.ts";
import { dynamodbAt } from "./dynamodb-local.ts";
import type { Emulator } from "./emulator.ts";
import { startFauxqs } from "./fauxqs-emulator.ts";
import { isForm, readForm } from "./presigned-form.ts";
import { checkKey, checkSignature } from "./signature-check.ts";

/** What the gateway protects. */
export interface AwsGatewayContext {
	readonly networks: Networks;
	readonly keys: AccessKeys;
	readonly region: string;
	readonly table: string;
	readonly host: string;
	readonly dynamodbEndpoint: string | undefined;
	readonly lambdas: Readonly<Record<string, (event: unknown) => unknown>>;
	now(): number;
	/** Called after an operation on a queue has succeeded. */
	usedQueue(operation: string, queue: string): void;
}

const MAX_TABLE_CHECKS = 500;
const TABLE_CHECK_MS = 10;

/** The tenant's AWS: checks every request as AWS does, then hands it to an emulator, which starts with its first request. */
export class AwsGateway {
	readonly #context: AwsGatewayContext;
	#dynamodb: Promise<Emulator> | undefined;
	#fauxqs: Promise<Emulator> | undefined;
	/** Queues that are created when they are first used, by name. */
	readonly #unusedQueues = new Map<string, QueueSpec>();

	constructor(context: AwsGatewayContext) {
		this.#context = context;
	}

	async respond(request: TenantRequest, operation: ServiceOperation, caller: Caller): Promise<TenantResponse> {
		try {
			if (isForm(request)) return await this.#takeForm(request, caller);
			const { key, service } = await checkSignature(request, {
				keys: this.#context.keys,
				region: this.#context.region,
				now: this.#context.now,
				claimed: (accessKeyId) => {
					caller.accessKeyId = accessKeyId;
				},
			});
			caller.user = key.holder.username;
			if (service !== operation.service) {
				throw new AwsException(
					"wrongScope",
					`Credential should be scoped to correct service: '${operation.service}'. `,
				);
			}
			checkAccess(key.holder, operation, request, this.#context);
			return await this.#handOver(request, operation, key.holder);
		} catch (error) {
			if (error instanceof AwsException) return exceptionResponse(error, operation.service, request);
			throw error;
		}
	}

	async stop(): Promise<void> {
		for (const emulator of [this.#dynamodb, this.#fauxqs]) await (await emulator?.catch(() => undefined))?.stop();
	}

	async #takeForm(request: TenantRequest, caller: Caller): Promise<TenantResponse> {
		const { keys, now, region } = this.#context;
		const { key, upload } = await readForm(request, {
			region,
			now,
			keyOf: (accessKeyId, token) => checkKey({ accessKeyId, service: "s3", token }, keys),
		});
		Object.assign(caller, { accessKeyId: key.accessKeyId, user: key.holder.username });
		const operation = { service: "s3", operation: "PutObject" };
		checkAccess(key.holder, operation, upload, this.#context);
		const response = await this.#handOver(upload, operation, key.holder);
		return response.status === 200 ? { ...response, status: 204, body: "" } : response;
	}

	async #handOver(
		request: TenantRequest,
		{ operation, service }: ServiceOperation,
		user: TenantUser,
	): Promise<TenantResponse> {
		switch (service) {
			case "dynamodb":
				this.#dynamodb ??= this.#startDynamodb().catch((error: unknown) => {
					// The next request tries again: DynamoDB Local may still be starting.
					this.#dynamodb = undefined;
					throw error;
				});
				return (await this.#dynamodb).respond(request, operation);
			case "sqs":
			case "sns":
			case "s3":
				return this.#respondWithFauxqs(request, { operation, service });
			case "lambda":
				return this.#invoke(request);
			case "sts":
				return callerIdentity(user);
			default:
				throw new AwsException("unsupported", `The local tenant has no ${service}.`);
		}
	}

	/** Creates a queue that was added after the start. The first request to SQS creates the others. */
	async addQueue(queue: QueueSpec): Promise<void> {
		if (this.#fauxqs === undefined) return;
		this.#unusedQueues.set(queue.name, queue);
		if (!queue.isLazy) await this.#createUnused(await this.#fauxqs, queue.name);
	}

	/** Deletes a queue with its messages. */
	async removeQueue(name: string): Promise<void> {
		if (this.#fauxqs === undefined || this.#unusedQueues.delete(name)) return;
		await this.sqs("DeleteQueue", name);
	}

	/** Whether a queue may have messages: it has been used. */
	hasUsed(queue: string): boolean {
		return this.#fauxqs !== undefined && !this.#unusedQueues.has(queue);
	}

	/** Calls an operation on a queue for the tenant itself. Rejects with what SQS responds with. */
	async sqs(
		operation: string,
		queue: string,
		input: Readonly<Record<string, unknown>> = {},
	): Promise<Record<string, unknown>> {
		const { host, region } = this.#context;
		const url = `http://${host}/000000000000/${queue}`;
		const request = ownRequest(region, "sqs", `AmazonSQS.${operation}`, host, { QueueUrl: url, ...input });
		const { body, status } = await this.#respondWithFauxqs(request, { operation, service: "sqs" });
		if (status !== 200) throw new Error(`SQS rejected ${operation}: ${Buffer.from(body as string)}`);
		return parseObject(Buffer.from(body as string)) ?? {};
	}

	async #respondWithFauxqs(request: TenantRequest, { operation, service }: ServiceOperation): Promise<TenantResponse> {
		this.#fauxqs ??= this.#startFauxqs();
		const emulator = await this.#fauxqs;
		const queue = service === "sqs" ? queueOf(request) : "";
		await this.#createUnused(emulator, queue);
		const response = await emulator.respond(request, operation);
		if (queue !== "" && response.status === 200) this.#context.usedQueue(operation, queue);
		return response;
	}

	async #createUnused(emulator: Emulator, name: string): Promise<void> {
		const queue = this.#unusedQueues.get(name);
		if (queue === undefined) return;
		this.#unusedQueues.delete(name);
		const { host, region } = this.#context;
		const input = { QueueName: name, Attributes: queue.attributes };
		await emulator.respond(ownRequest(region, "sqs", "AmazonSQS.CreateQueue", host, input), "CreateQueue");
		this.#context.usedQueue("CreateQueue", name);
	}

	/** Creates the table of a tenant that was created after the start. */
	async createTable(table: string): Promise<void> {
		const emulator = await this.#dynamodb;
		if (emulator !== undefined) await this.#createTable(emulator, table);
	}

	async #startDynamodb(): Promise<Emulator> {
		const { dynamodbEndpoint, networks, now } = this.#context;
		const emulator = dynamodbEndpoint === undefined ? await startDynalite(now) : dynamodbAt(dynamodbEndpoint);
		for (const { tenant } of networks.all()) await this.#createTable(emulator, tenant.table);
		return emulator;
	}

	async #createTable(emulator: Emulator, table: string): Promise<void> {
		const { region } = this.#context;
		const { body, status } = await emulator.respond(
			ownRequest(region, "dynamodb", "DynamoDB_20120810.CreateTable", this.#context.host, {
				TableName: table,
				BillingMode: "PAY_PER_REQUEST",
				AttributeDefinitions: [
					{ AttributeName: "pk", AttributeType: "S" },
					{ AttributeName: "sk", AttributeType: "S" },
				],
				KeySchema: [
					{ AttributeName: "pk", KeyType: "HASH" },
					{ AttributeName: "sk", KeyType: "RANGE" },
				],
			}),
			"CreateTable",
		);
		if (status !== 200 && !String(body).includes("ResourceInUse")) {
			throw new Error(`The tenant's table could not be created: ${body}`);
		}
		await this.#untilActive(emulator, table);
	}

	/** A table that is still being created can neither be written nor read. */
	async #untilActive(emulator: Emulator, table: string): Promise<void> {
		const { host, region } = this.#context;
		const describe = ownRequest(region, "dynamodb", "DynamoDB_20120810.DescribeTable", host, { TableName: table });
		for (let attempt = 0; attempt < MAX_TABLE_CHECKS; attempt++) {
			const { body } = await emulator.respond(describe, "DescribeTable");
			if (Buffer.from(body as string).includes('"ACTIVE"')) return;
			await wait(TABLE_CHECK_MS);
		}
		throw new Error(`The tenant's table ${table} has not become active`);
	}

	async #startFauxqs(): Promise<Emulator> {
		const { host, networks, region } = this.#context;
		const emulator = await startFauxqs(region, `http://${host}`);
		for (const queue of networks.all().flatMap((network) => queueSpecs(network, region))) {
			this.#unusedQueues.set(queue.name, queue);
			if (!queue.isLazy) await this.#createUnused(emulator, queue.name);
		}
		const bucket = { ...ownRequest(region, "s3", "", host, {}), method: "PUT", url: `/${BULK_DATA_BUCKET}` };
		await emulator.respond({ ...bucket, headers: { host }, body: Buffer.alloc(0) }, "CreateBucket");
		return emulator;
	}

	async #invoke({ body, path }: TenantRequest): Promise<TenantResponse> {
		const named = decodeUri(path.split("/")[3] ?? "");
		const name = named.split(":function:").pop()?.split(":")[0] ?? named;
		const { lambdas, region } = this.#context;
		// A client names the function: `constructor` is not one.
		const invoked = Object.hasOwn(lambdas, name) ? lambdas[name] : undefined;
		if (invoked === undefined) {
			const arn = `arn:aws:lambda:${region}:000000000000:function:${name}`;
			return jsonResponse(
				404,
				{ Type: "User", Message: `Function not found: ${arn}` },
				{ "x-amzn-errortype": "ResourceNotFoundException" },
			);
		}
		const event = readEvent(body);
		const headers = { "x-amz-executed-version": "$LATEST", "x-amzn-requestid": randomUUID() };
		try {
			return jsonResponse(200, (await invoked(event)) ?? null, headers);
		} catch (error) {
			const { message, name: errorType } = error instanceof Error ? error : new Error(String(error));
			return jsonResponse(
				200,
				{ errorMessage: message, errorType, trace: [] },
				{ ...headers, "x-amz-function-error": "Unhandled" },
			);
		}
	}
}

function readEvent(body: Buffer): unknown {
	if (body.length === 0) return undefined;
	try {
		return JSON.parse(body.toString());
	} catch {
		throw new AwsException("invalidPayload", "Could not parse request body into json");
	}
}

/** A request of the tenant to its own emulators, which check the form of a signature, not the signature. */
function ownRequest(region: string, service: string, target: string, host: string, input: unknown): TenantRequest {
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

/** The name of the queue that a request to SQS is about. Empty for requests about all queues. */
function queueOf({ body }: TenantRequest): string {
	const url = parseObject(body)?.QueueUrl;
	return typeof url === "string" ? (url.split("/").pop() ?? "") : "";
}

function callerIdentity({ username }: TenantUser): TenantResponse {
	const arn = escapeXml(`arn:aws:sts::000000000000:assumed-role/echostream/${username}`);
	return {
		status: 200,
		headers: { "content-type": "text/xml" },
		body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROALOCALTENANT:${escapeXml(username)}</UserId><Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
	};
}
