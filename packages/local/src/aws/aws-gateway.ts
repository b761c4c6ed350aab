import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
	type Caller,
	jsonResponse,
	type ServiceOperation,
	type TenantRequest,
	type TenantResponse,
} from "../http/exchange.ts";
import { responseError } from "../http/response-error.ts";
import { escapeXml } from "../http/service-error.ts";
import { parseObject } from "../json.ts";
import type { TenantDirectory, TenantUser } from "../tenant-directory.ts";
import type { AccessKeys } from "./access-keys.ts";
import { checkAccess, decodeUri } from "./access-policy.ts";
import { AwsException, exceptionResponse } from "./aws-exception.ts";
import { AwsFailure } from "./aws-failure.ts";
import { BULK_DATA_BUCKET } from "./bulk-data.ts";
import { startDynalite } from "./dynalite-emulator.ts";
import { dynamodbAt } from "./dynamodb-local.ts";
import type { Emulator } from "./emulator.ts";
import { type FauxqsEmulator, type QueueContent, startFauxqs } from "./fauxqs-emulator.ts";
import { isForm, readForm } from "./presigned-form.ts";
import { checkKey, checkSignature } from "./signature-check.ts";

/** What the gateway protects. */
export interface AwsGatewayContext {
	readonly directory: TenantDirectory;
	readonly keys: AccessKeys;
	readonly region: string;
	readonly table: string;
	readonly host: string;
	readonly dynamodbEndpoint: string | undefined;
	readonly lambdas: Readonly<Record<string, (event: unknown) => unknown>>;
	/** Tables and queues beside those of the tenant. */
	readonly tables: readonly TableOptions[];
	readonly queues: readonly QueueOptions[];
	now(): number;
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

/** The tenant's table. */
const OWN_TABLE = {
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

/** The tenant's AWS: checks every request as AWS does, then hands it to an emulator, which starts with its first request. */
export class AwsGateway {
	readonly #context: AwsGatewayContext;
	#dynamodb: Promise<Emulator> | undefined;
	#fauxqs: Promise<FauxqsEmulator> | undefined;

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

	/** Creates the additional tables and queues, if there are any. Otherwise they would be created with the first request. */
	async createResources(): Promise<void> {
		if (this.#context.tables.length > 0) await this.#startedDynamodb();
		if (this.#context.queues.length > 0) await this.#startedFauxqs();
	}

	/**
	 * Carries out a request of the tenant's owner, which needs neither a signature nor a permission.
	 *
	 * @returns the output of the operation.
	 * @throws AwsFailure when the operation fails.
	 */
	async call(service: "dynamodb" | "sqs", operation: string, input: unknown): Promise<Record<string, unknown>> {
		const { host, region } = this.#context;
		const target = service === "sqs" ? `AmazonSQS.${operation}` : `DynamoDB_20120810.${operation}`;
		const emulator = await (service === "sqs" ? this.#startedFauxqs() : this.#startedDynamodb());
		return outputOf(emulator.respond(ownRequest(region, service, target, host, input), operation), service);
	}

	/** Reads from S3 as the tenant's owner. */
	async readS3(operation: string, url: string): Promise<string> {
		const emulator = await this.#startedFauxqs();
		const [path = "/", search] = url.split("?");
		const { host, region } = this.#context;
		const request = { ...ownRequest(region, "s3", "", host, {}), method: "GET", path, url, body: Buffer.alloc(0) };
		const query = new URLSearchParams(search);
		const { body } = await emulator.respond({ ...request, query, headers: { host } }, operation);
		return Buffer.from(body as string).toString();
	}

	/** Reads a queue with its messages, which stay as they are. `undefined` if there is no such queue. */
	async inspectQueue(name: string): Promise<QueueContent | undefined> {
		return (await this.#startedFauxqs()).inspectQueue(name);
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
				return (await this.#startedDynamodb()).respond(request, operation);
			case "sqs":
			case "sns":
			case "s3":
				return (await this.#startedFauxqs()).respond(request, operation);
			case "lambda":
				return this.#invoke(request);
			case "sts":
				return callerIdentity(user);
			default:
				throw new AwsException("unsupported", `The local tenant has no ${service}.`);
		}
	}

	#startedDynamodb(): Promise<Emulator> {
		this.#dynamodb ??= this.#startDynamodb().catch((error: unknown) => {
			// The next request tries again: DynamoDB Local may still be starting.
			this.#dynamodb = undefined;
			throw error;
		});
		return this.#dynamodb;
	}

	#startedFauxqs(): Promise<FauxqsEmulator> {
		this.#fauxqs ??= this.#startFauxqs();
		return this.#fauxqs;
	}

	async #startDynamodb(): Promise<Emulator> {
		const { dynamodbEndpoint, host, now, region, table, tables } = this.#context;
		const emulator = dynamodbEndpoint === undefined ? await startDynalite(now) : dynamodbAt(dynamodbEndpoint);
		for (const input of [{ TableName: table, ...OWN_TABLE }, ...tables]) {
			const { body, status } = await emulator.respond(
				ownRequest(region, "dynamodb", "DynamoDB_20120810.CreateTable", host, {
					BillingMode: "PAY_PER_REQUEST",
					...input,
				}),
				"CreateTable",
			);
			if (status !== 200 && !String(body).includes("ResourceInUse")) {
				throw new Error(`The table ${input.TableName} could not be created: ${body}`);
			}
			await this.#untilActive(emulator, input.TableName);
		}
		return emulator;
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
		throw new Error(`The table ${table} has not become active`);
	}

	async #startFauxqs(): Promise<FauxqsEmulator> {
		const { directory, host, queues, region } = this.#context;
		const emulator = await startFauxqs(region, `http://${host}`);
		const own: readonly QueueOptions[] = directory.queues().map((name) => ({ QueueName: name }));
		for (const { QueueName, Attributes } of [...own, ...queues]) {
			const fifo = QueueName.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
			const request = ownRequest(region, "sqs", "AmazonSQS.CreateQueue", host, {
				QueueName,
				Attributes: { ...fifo, ...Attributes },
			});
			const { body, status } = await emulator.respond(request, "CreateQueue");
			if (status !== 200) throw new Error(`The queue ${QueueName} could not be created: ${body}`);
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

function callerIdentity({ username }: TenantUser): TenantResponse {
	const arn = escapeXml(`arn:aws:sts::000000000000:assumed-role/echostream/${username}`);
	return {
		status: 200,
		headers: { "content-type": "text/xml" },
		body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROALOCALTENANT:${escapeXml(username)}</UserId><Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
	};
}
