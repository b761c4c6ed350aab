import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { TenantResponse } from "../http/exchange.ts";
import { AwsException } from "./aws-exception.ts";
import { storeFor } from "./dynalite-store.ts";
import type { Emulator } from "./emulator.ts";
import { readJsonBody } from "./json-body.ts";

type Input = Readonly<Record<string, unknown>>;

const OPERATIONS = new Set(
	"BatchGetItem BatchWriteItem CreateTable DeleteItem DeleteTable DescribeTable DescribeTimeToLive GetItem ListTables ListTagsOfResource PutItem Query Scan TagResource UntagResource UpdateItem UpdateTable".split(
		" ",
	),
);

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_EXPRESSION_BYTES = 4096;
/** dynalite's parser takes twice as long for each parenthesis inside another. */
const MAX_PARENTHESES = 10;

// dynalite has no types. These are of the parts that the tenant uses.

interface Store {
	create(options: Readonly<Record<string, unknown>>): object;
}

interface Validations {
	checkTypes(input: object, types: unknown): object;
	checkValidations(input: object, types: unknown, custom: unknown, store: object): void;
}

interface Validation {
	readonly types: unknown;
	readonly custom?: unknown;
}

type Action = (store: object, input: object, done: (error: unknown, output?: unknown) => void) => void;

/** Imports a module of dynalite. */
async function part<T>(path: string): Promise<T> {
	const { default: imported } = (await import(`dynalite/${path}.js`)) as { readonly default: T };
	return imported;
}

/**
 * dynalite, in this process and without a port of its own: a DynamoDB in memory.
 *
 * Its parts are used, not its server: what an action throws in a callback rejects the request, and not the process.
 */
export async function startDynalite(): Promise<Emulator> {
	const [{ create }, { checkTypes, checkValidations }] = await Promise.all([
		part<Store>("db/index"),
		part<Validations>("validations/index"),
	]);
	const store = create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

	async function run(operation: string, input: Input): Promise<unknown> {
		const name = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
		const [action, { custom, types }] = await Promise.all([
			part<Action>(`actions/${name}`),
			part<Validation>(`validations/${name}`),
		]);
		const checked = checkTypes({ ...input }, types);
		checkValidations(checked, types, custom, store);
		return new Promise((resolve, reject) => {
			action(storeFor(store, reject), checked, (error, output) => (error ? reject(error) : resolve(output)));
		});
	}

	return {
		async respond({ body }, operation) {
			if (!OPERATIONS.has(operation)) {
				throw new AwsException(
					"unsupported",
					`The local tenant's DynamoDB (dynalite) has no ${operation}. Run DynamoDB Local, and pass its address to LocalTenant.start as dynamodbEndpoint.`,
				);
			}
			if (body.length > MAX_BODY_BYTES) {
				throw new AwsException("tooLarge", `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
			}
			const input = readJsonBody(body);
			checkExpressions(input);
			checkTags(operation, input);
			try {
				return respondWith(200, await run(operation, input));
			} catch (error) {
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

/** An error that dynalite words as DynamoDB does. */
function isDynamodbError(error: unknown): error is { readonly statusCode: number; readonly body: unknown } {
	return error instanceof Error && "statusCode" in error && "body" in error;
}

function checkExpressions(input: Input): void {
	for (const [name, text] of Object.entries(input)) {
		if (!name.endsWith("Expression") || typeof text !== "string") continue;
		const size = Buffer.byteLength(text);
		if (size > MAX_EXPRESSION_BYTES) {
			throw new AwsException(
				"invalidValue",
				`Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${size}`,
			);
		}
		if (parentheses(text) > MAX_PARENTHESES) {
			throw new AwsException(
				"invalidValue",
				`Invalid ${name}: The local tenant reads at most ${MAX_PARENTHESES} parentheses inside each other`,
			);
		}
	}
}

/** How many parentheses are open at most at the same time. */
function parentheses(expression: string): number {
	let open = 0;
	let most = 0;
	for (const character of expression) {
		if (character === "(") most = Math.max(most, ++open);
		if (character === ")") open--;
	}
	return most;
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
