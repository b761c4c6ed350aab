import { setTimeout as wait } from "node:timers/promises";
import type { Records } from "../data/records.ts";
import type { Caller, ServiceOperation, TenantRequest, TenantResponse } from "../http/exchange.ts";
import type { TenantDirectory, TenantUser } from "../tenant-directory.ts";
import type { AccessKeys } from "./access-keys.ts";
import { checkAccess, checkAdministrator } from "./access-policy.ts";
import type { AuditRecords } from "./audit-records.ts";
import { AwsException, exceptionResponse } from "./aws-exception.ts";
import { BULK_DATA_BUCKET } from "./bulk-data.ts";
import { startDynalite } from "./dynalite-emulator.ts";
import { dynamodbAt } from "./dynamodb-local.ts";
import type { Emulator } from "./emulator.ts";
import { invokeLambda } from "./lambda.ts";
import { OPERATIONS } from "./operations.ts";
import { formResponse, isForm, readForm } from "./presigned-form.ts";
import { startQueues } from "./queues/queue-emulator.ts";
import { withWholeBody } from "./s3/chunked-body.ts";
import { startS3 } from "./s3/s3-emulator.ts";
import { S3Error } from "./s3/s3-error.ts";
import { xmlErrorResponse } from "./s3/xml.ts";
import { checkKey, checkSignature, type SignedRequest } from "./signature-check.ts";
import { isSqsQuery, sqsJsonRequest, sqsXmlResponse } from "./sqs-query.ts";
import { callerIdentity } from "./sts.ts";

/** What the gateway protects. */
export interface AwsGatewayContext {
	readonly directory: TenantDirectory;
	readonly keys: AccessKeys;
	readonly audit: AuditRecords;
	readonly records: Records;
	readonly region: string;
	readonly table: string;
	readonly host: string;
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
	#queues: Promise<Emulator> | undefined;
	#s3: Emulator | undefined;

	constructor(context: AwsGatewayContext) {
		this.#context = context;
	}

	async respond(request: TenantRequest, operation: ServiceOperation, caller: Caller): Promise<TenantResponse> {
		try {
			if (operation.operation === "PostObject" && isForm(request)) return await this.#takeForm(request, caller);
			const { chunks, key } = await this.#authenticate(request, operation.service, caller);
			if (operation.operation === "CreateAuditRecords") return this.#context.audit.accept(request, key.holder);
			if (operation.service === "s3") return await this.#run(withWholeBody(request, chunks), operation, key.holder);
			if (operation.service !== "sqs" || !isSqsQuery(request)) return await this.#run(request, operation, key.holder);
			const response = await this.#run(sqsJsonRequest(request, operation.operation), operation, key.holder);
			return sqsXmlResponse(response, operation.operation);
		} catch (error) {
			if (error instanceof AwsException) return exceptionResponse(error, operation.service, request);
			if (error instanceof S3Error) return xmlErrorResponse(error, request.method);
			throw error;
		}
	}

	/** The error of a request to administer the user pool that no admin has signed. `undefined` for one that is allowed. */
	async denyAdministration(
		request: TenantRequest,
		operation: string,
		userPoolId: string,
		caller: Caller,
	): Promise<TenantResponse | undefined> {
		try {
			const { key } = await this.#authenticate(request, "cognito-idp", caller);
			checkAdministrator(key.holder, operation, userPoolId, this.#context);
			return undefined;
		} catch (error) {
			if (error instanceof AwsException) return exceptionResponse(error, "cognito", request);
			throw error;
		}
	}

	/** Checks the signature of a request. @throws AwsException when anything about it is wrong. */
	async #authenticate(request: TenantRequest, service: string, caller: Caller): Promise<SignedRequest> {
		const signed = await checkSignature(request, {
			keys: this.#context.keys,
			region: this.#context.region,
			now: this.#context.now,
			claimed: (accessKeyId) => {
				caller.accessKeyId = accessKeyId;
			},
		});
		caller.user = signed.key.holder.username;
		if (signed.service === service) return signed;
		throw new AwsException("wrongScope", `Credential should be scoped to correct service: '${service}'. `);
	}

	/** Runs an operation that its user may do, and that the tenant has. */
	async #run(request: TenantRequest, operation: ServiceOperation, user: TenantUser): Promise<TenantResponse> {
		checkAccess(user, operation, request, this.#context);
		const offered = OPERATIONS[operation.service];
		if (offered !== undefined && !offered.includes(operation.operation)) {
			throw new AwsException(
				"unsupported",
				`The local tenant does not have the operation ${operation.operation} of ${operation.service}.`,
			);
		}
		return this.#handOver(request, operation, user);
	}

	async stop(): Promise<void> {
		for (const emulator of [this.#dynamodb, this.#queues]) await (await emulator?.catch(() => undefined))?.stop();
	}

	async #takeForm(request: TenantRequest, caller: Caller): Promise<TenantResponse> {
		const { keys, now, region } = this.#context;
		const { form, key, upload } = await readForm(request, {
			region,
			now,
			keyOf: (accessKeyId, token) => checkKey({ accessKeyId, service: "s3", token }, keys),
		});
		Object.assign(caller, { accessKeyId: key.accessKeyId, user: key.holder.username });
		const operation = { service: "s3", operation: "PutObject" };
		return formResponse(await this.#run(upload, operation, key.holder), form);
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
				this.#s3 ??= startS3({ ...this.#context, buckets: [BULK_DATA_BUCKET] });
				return this.#s3.respond(request, operation);
			case "lambda":
				return invokeLambda(request, this.#context);
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
