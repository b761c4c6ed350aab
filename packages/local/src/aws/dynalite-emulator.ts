import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Records } from "../data/records.ts";
import type { TenantResponse } from "../http/exchange.ts";
import { AwsException } from "./aws-exception.ts";
import { DynaliteEngine, type Input } from "./dynalite-engine.ts";
import { DynaliteTimeToLive } from "./dynalite-time-to-live.ts";
import { DynaliteTransactions } from "./dynalite-transactions.ts";
import { isDynamodbError } from "./dynamodb-error.ts";
import type { Emulator } from "./emulator.ts";
import { readJsonBody } from "./json-body.ts";
import { SharedLock } from "./shared-lock.ts";

const OPERATIONS_OF_DYNALITE = new Set(
	"BatchGetItem BatchWriteItem CreateTable DeleteItem DescribeTable GetItem ListTables ListTagsOfResource PutItem Query Scan TagResource UntagResource UpdateItem UpdateTable".split(
		" ",
	),
);

/** The operations of DynamoDB that the tenant has without another engine. */
export const DYNAMODB_OPERATIONS: readonly string[] = [
	...OPERATIONS_OF_DYNALITE,
	"DeleteTable",
	"DescribeTimeToLive",
	"TransactGetItems",
	"TransactWriteItems",
	"UpdateTimeToLive",
];

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * DynamoDB in memory: dynalite, with the transactions and the time to live that it lacks.
 *
 * @param now - the time, in milliseconds since 1970.
 */
export async function startDynalite(now: () => number, records: Records): Promise<Emulator> {
	const engine = await DynaliteEngine.create(records);
	const transactions = new DynaliteTransactions(engine, now, records);
	const timeToLive = new DynaliteTimeToLive(engine, now, records);
	const lock = new SharedLock();

	async function run(operation: string, input: Input): Promise<Input> {
		switch (operation) {
			case "UpdateTimeToLive":
				return timeToLive.update(input);
			case "DescribeTimeToLive":
				return timeToLive.describe(input);
			case "DeleteTable": {
				const output = await engine.run(operation, input);
				timeToLive.forget(input.TableName);
				return output;
			}
			default:
				if (OPERATIONS_OF_DYNALITE.has(operation)) return engine.run(operation, input);
		}
		throw new AwsException(
			"unsupported",
			`The local tenant's DynamoDB (dynalite) has no ${operation}. Run DynamoDB Local, and pass its address to LocalTenant.start as dynamodbEndpoint.`,
		);
	}

	/** Runs an operation. No other request sees half of a transaction, and none writes during one. */
	async function runInTurn(operation: string, input: Input): Promise<Input> {
		if (timeToLive.isSweepDue) await lock.exclude(() => timeToLive.sweep());
		switch (operation) {
			case "TransactWriteItems":
				return lock.exclude(() => transactions.write(input));
			case "TransactGetItems":
				return lock.exclude(() => transactions.get(input));
			default:
				return lock.share(() => run(operation, input));
		}
	}

	return {
		async respond({ body }, operation) {
			if (body.length > MAX_BODY_BYTES) {
				throw new AwsException("tooLarge", `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
			}
			const input = readJsonBody(body);
			checkTags(operation, input);
			try {
				return respondWith(200, await runInTurn(operation, input));
			} catch (error) {
				if (error instanceof AwsException) throw error;
				if (isDynamodbError(error)) return respondWith(error.statusCode, error.body);
				throw new AwsException("invalidValue", `dynalite cannot handle this request: ${(error as Error).message}`);
			}
		},
		async stop() {},
	};
}

function respondWith(status: number, output: unknown): TenantResponse {
	const body = JSON.stringify(output);
	return {
		status,
		headers: {
			"content-type": "application/x-amz-json-1.0",
			"x-amzn-requestid": randomUUID(),
			"x-amz-crc32": String(crc32(body)),
		},
		body,
	};
}

function checkTags(operation: string, { Tags }: Input): void {
	if (operation !== "TagResource" || !Array.isArray(Tags)) return;
	const index = Tags.findIndex((tag: Input) => tag.Key === undefined || tag.Value === undefined);
	if (index < 0) return;
	const member = (Tags as readonly Input[])[index]?.Key === undefined ? "key" : "value";
	throw new AwsException(
		"invalidValue",
		`1 validation error detected: Value null at 'tags.${index + 1}.member.${member}' failed to satisfy constraint: Member must not be null`,
	);
}
