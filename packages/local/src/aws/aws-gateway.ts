import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Records } from "../data/records.ts";
import {
	type Caller,
	jsonResponse,
	type ServiceOperation,
	type TenantRequest,
	type TenantResponse,
} from "../http/exchange.ts";
import { escapeXml } from "../http/service-error.ts";
import type { TenantDirectory, TenantUser } from "../tenant-directory.ts";
import type { AccessKeys } from "./access-keys.ts";
import { checkAccess, decodeUri } from "./access-policy.ts";
import { AwsException, exceptionResponse } from "./aws-exception.ts";
import { BULK_DATA_BUCKET } from "./bulk-data.ts";
import { startDynalite } from "./dynalite-emulator.ts";
import { dynamodbAt } from "./dynamodb-local.ts";
import type { Emulator } from "./emulator.ts";
import { startFauxqs } from "./fauxqs-emulator.ts";
import { isForm, readForm } from "./presigned-form.ts";
import { startQueues } from "./queues/queue-emulator.ts";
import { checkKey, checkSignature } from "./signature-check.ts";

/** What the gateway protects. */
export interface AwsGatewayContext {
	readonly directory: TenantDirectory;
	readonly keys: AccessKeys;
	readonly region: string;
	readonly table: string;
	readonly host: string;
	readonly records: Records;
	readonly dynamodbEndpoint: string | undefined;
	readonly lambdas: Readonly<Record<string, (event: unknown) => unknown>>;
	now(): number;
}

const MAX_TABLE_CHECKS = 500;
const TABLE_CHECK_MS = 10;

/** The tenant's AWS: checks every request as AWS does, then hands it to an emulator, which starts with its first request. */
export class AwsGateway {
	readonly #context: AwsGatewayContext;
	#dynamodb: Promise<Emulator> | undefined;
	#fauxqs: Promise<Emulator> | undefined;
	#queues: Promise<Emulator> | undefined;

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
		for (const emulator of [this.#dynamodb, this.#fauxqs, this.#queues])
			await (await emulator?.catch(() => undefined))?.stop();
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
				this.#queues ??= this.#startQueues();
				return (await this.#queues).respond(request, operation);
			case "s3":
				this.#fauxqs ??= this.#startFauxqs();
				return (await this.#fauxqs).respond(request, operation);
			case "lambda":
				return this.#invoke(request);
			case "sts":
				return callerIdentity(user);
			default:
				throw new AwsException("unsupported", `The local tenant has no ${service}.`);
		}
	}

	async #startDynamodb(): Promise<Emulator> {
		const { dynamodbEndpoint, now, records, region, table } = this.#context;
		const emulator = dynamodbEndpoint === undefined ? await startDynalite(now, records) : dynamodbAt(dynamodbEndpoint);
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
		await this.#untilActive(emulator);
		return emulator;
	}

	/** A table that is still being created can neither be written nor read. */
	async #untilActive(emulator: Emulator): Promise<void> {
		const { host, region, table } = this.#context;
		const describe = ownRequest(region, "dynamodb", "DynamoDB_20120810.DescribeTable", host, { TableName: table });
		for (let attempt = 0; attempt < MAX_TABLE_CHECKS; attempt++) {
			const { body } = await emulator.respond(describe, "DescribeTable");
			if (Buffer.from(body as string).includes('"ACTIVE"')) return;
			await wait(TABLE_CHECK_MS);
		}
		throw new Error(`The tenant's table ${table} has not become active`);
	}

	async #startQueues(): Promise<Emulator> {
		const { directory, host, records, region } = this.#context;
		const emulator = await startQueues(region, `http://${host}`, records);
		for (const QueueName of directory.queues()) {
			const attributes = QueueName.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
			await emulator.respond(
				ownRequest(region, "sqs", "AmazonSQS.CreateQueue", host, { QueueName, Attributes: attributes }),
				"CreateQueue",
			);
		}
		return emulator;
	}

	async #startFauxqs(): Promise<Emulator> {
		const { host, region } = this.#context;
		const emulator = await startFauxqs(region, `http://${host}`);
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

function callerIdentity({ username }: TenantUser): TenantResponse {
	const arn = escapeXml(`arn:aws:sts::000000000000:assumed-role/echostream/${username}`);
	return {
		status: 200,
		headers: { "content-type": "text/xml" },
		body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROALOCALTENANT:${escapeXml(username)}</UserId><Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
	};
}
