import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
	type Caller,
	jsonResponse,
	type Operation,
	type TenantRequest,
	type TenantResponse,
} from "../http/exchange.ts";
import { MissingPeerError } from "../peers.ts";
import type { TenantDirectory, TenantUser } from "../tenant-directory.ts";
import type { AccessKeys } from "./access-keys.ts";
import { checkAccess } from "./access-policy.ts";
import { AwsException, escapeXml, exceptionResponse } from "./aws-exception.ts";
import { dynamodbAt, type Emulator, startDynalite } from "./dynamodb-emulator.ts";
import { startFauxqs } from "./fauxqs-emulator.ts";
import { isForm, readForm } from "./presigned-form.ts";
import { checkKey, checkSignature } from "./signature-check.ts";

/** A function of the tenant: gets the event, returns what the caller gets. */
export type LambdaFunction = (event: unknown) => unknown;

/** What the gateway stands in front of. */
export interface AwsGatewayContext {
	readonly directory: TenantDirectory;
	readonly keys: AccessKeys;
	readonly region: string;
	readonly table: string;
	readonly host: string;
	readonly dynamodbEndpoint: string | undefined;
	readonly lambdas: Readonly<Record<string, LambdaFunction>>;
	now(): number;
}

/** The name of the bucket that bulk data goes to. */
export const BULK_DATA_BUCKET = "bulk-data";

const MOST_LOOKS_AT_TABLE = 500;
const TABLE_LOOK_MS = 10;

/** The tenant's AWS: checks every request as AWS does, then hands it to an emulator, which starts when first asked. */
export class AwsGateway {
	readonly #context: AwsGatewayContext;
	#dynamodb: Promise<Emulator> | undefined;
	#fauxqs: Promise<Emulator> | undefined;

	constructor(context: AwsGatewayContext) {
		this.#context = context;
	}

	async answer(request: TenantRequest, asked: Operation, caller: Caller): Promise<TenantResponse> {
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
			if (service !== asked.service) {
				throw new AwsException("wrongScope", `Credential should be scoped to correct service: '${asked.service}'. `);
			}
			checkAccess(key.holder, asked, request, this.#context);
			return await this.#handOver(request, asked, key.holder);
		} catch (error) {
			if (error instanceof AwsException) return exceptionResponse(error, asked.service, request);
			if (error instanceof MissingPeerError) {
				return exceptionResponse(new AwsException("failure", error.message), asked.service, request);
			}
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
		const asked = { service: "s3", operation: "PutObject" };
		checkAccess(key.holder, asked, upload, this.#context);
		const answer = await this.#handOver(upload, asked, key.holder);
		return answer.status === 200 ? { ...answer, status: 204, body: "" } : answer;
	}

	async #handOver(
		request: TenantRequest,
		{ operation, service }: Operation,
		user: TenantUser,
	): Promise<TenantResponse> {
		switch (service) {
			case "dynamodb":
				this.#dynamodb ??= this.#startDynamodb().catch((error: unknown) => {
					// The next request tries again: a DynamoDB Local may still be starting.
					this.#dynamodb = undefined;
					throw error;
				});
				return (await this.#dynamodb).answer(request, operation);
			case "sqs":
			case "sns":
			case "s3":
				this.#fauxqs ??= this.#startFauxqs();
				return (await this.#fauxqs).answer(request, operation);
			case "lambda":
				return this.#invoke(request);
			case "sts":
				return callerIdentity(user);
			default:
				throw new AwsException("unsupported", `The local tenant has no ${service}.`);
		}
	}

	async #startDynamodb(): Promise<Emulator> {
		const { dynamodbEndpoint, region, table } = this.#context;
		const emulator = dynamodbEndpoint === undefined ? await startDynalite() : dynamodbAt(dynamodbEndpoint);
		const { body, status } = await emulator.answer(
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
			throw new Error(`The tenant's table could not be made: ${body}`);
		}
		await this.#untilActive(emulator);
		return emulator;
	}

	/** A table that is still being made can neither be written nor read. */
	async #untilActive(emulator: Emulator): Promise<void> {
		const { host, region, table } = this.#context;
		const ask = ownRequest(region, "dynamodb", "DynamoDB_20120810.DescribeTable", host, { TableName: table });
		for (let attempt = 0; attempt < MOST_LOOKS_AT_TABLE; attempt++) {
			const { body } = await emulator.answer(ask, "DescribeTable");
			if (Buffer.from(body as string).includes('"ACTIVE"')) return;
			await wait(TABLE_LOOK_MS);
		}
		throw new Error(`The tenant's table ${table} has not become active`);
	}

	async #startFauxqs(): Promise<Emulator> {
		const { directory, host, region } = this.#context;
		const emulator = await startFauxqs(region, `http://${host}`);
		for (const QueueName of directory.queues()) {
			const attributes = QueueName.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
			await emulator.answer(
				ownRequest(region, "sqs", "AmazonSQS.CreateQueue", host, { QueueName, Attributes: attributes }),
				"CreateQueue",
			);
		}
		const bucket = { ...ownRequest(region, "s3", "", host, {}), method: "PUT", url: `/${BULK_DATA_BUCKET}` };
		await emulator.answer({ ...bucket, headers: { host }, body: Buffer.alloc(0) }, "CreateBucket");
		return emulator;
	}

	async #invoke({ body, path }: TenantRequest): Promise<TenantResponse> {
		const named = decodeURIComponent(path.split("/")[3] ?? "");
		const name = named.split(":function:").pop()?.split(":")[0] ?? named;
		const invoked = this.#context.lambdas[name];
		if (invoked === undefined) {
			const arn = `arn:aws:lambda:${this.#context.region}:000000000000:function:${name}`;
			return jsonResponse(
				404,
				{ Type: "User", Message: `Function not found: ${arn}` },
				{ "x-amzn-errortype": "ResourceNotFoundException" },
			);
		}
		const headers = { "x-amz-executed-version": "$LATEST", "x-amzn-requestid": randomUUID() };
		try {
			const result = await invoked(body.length === 0 ? undefined : JSON.parse(body.toString()));
			return jsonResponse(200, result ?? null, headers);
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

/** A request that the tenant makes of its own emulators, which look at the shape of the signature, not at its truth. */
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
