import { randomUUID } from "node:crypto";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { AwsException } from "./aws-exception.ts";
import { decodeUri } from "./decode-uri.ts";

/** The operations of Lambda that the tenant has. */
export const LAMBDA_OPERATIONS: readonly string[] = ["Invoke"];

/** The functions that can be invoked. */
export interface LambdaContext {
	readonly region: string;
	readonly lambdas: Readonly<Record<string, (event: unknown) => unknown>>;
}

const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS_EVENT_BYTES = 1024 * 1024;

/** Runs Invoke: waits for the result, runs the function in the background (`Event`), or only checks the request (`DryRun`). */
export async function invokeLambda(request: TenantRequest, context: LambdaContext): Promise<TenantResponse> {
	const { body, headers, path, query } = request;
	const type = headers["x-amz-invocation-type"] ?? "RequestResponse";
	if (type !== "RequestResponse" && type !== "Event" && type !== "DryRun") {
		throw new AwsException(
			"invalidParameter",
			`1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, DryRun, RequestResponse]`,
		);
	}
	const invoked = findFunction(decodeUri(path.split("/")[3] ?? ""), query.get("Qualifier"), context);
	const maxBytes = type === "Event" ? MAX_ASYNCHRONOUS_EVENT_BYTES : MAX_EVENT_BYTES;
	if (body.length > maxBytes) {
		throw new AwsException(
			"requestTooLarge",
			`${body.length} byte payload is too large for the ${type} invocation type (limit ${maxBytes} bytes)`,
		);
	}
	const event = readEvent(body);
	const common = { "x-amzn-requestid": randomUUID(), "x-amzn-remapped-content-length": "0" };
	if (type === "DryRun") return { status: 204, headers: common, body: "" };
	if (type === "Event") {
		void run(invoked, event);
		return { status: 202, headers: common, body: "" };
	}
	const { isFailure, result } = await run(invoked, event);
	return {
		status: 200,
		headers: {
			...common,
			"content-type": "application/json",
			"x-amz-executed-version": "$LATEST",
			...(isFailure && { "x-amz-function-error": "Unhandled" }),
		},
		body: result,
	};
}

/** Finds a function by its name or its ARN. @throws AwsException `noSuchFunction`. */
function findFunction(named: string, qualifier: string | null, { lambdas, region }: LambdaContext) {
	const [, name = "", ofName] = /^(?:.*:function:|\d{12}:)?([^:]*)(?::([^:]+))?$/.exec(named) ?? [];
	const version = qualifier ?? ofName ?? "$LATEST";
	// A client names the function: `constructor` is not one.
	const found = version === "$LATEST" && Object.hasOwn(lambdas, name) ? lambdas[name] : undefined;
	if (found !== undefined) return found;
	const suffix = version === "$LATEST" ? "" : `:${version}`;
	throw new AwsException(
		"noSuchFunction",
		`Function not found: arn:aws:lambda:${region}:000000000000:function:${name}${suffix}`,
	);
}

/** Runs a function. The result is JSON: a function whose result cannot be written as JSON has failed. */
async function run(
	invoked: (event: unknown) => unknown,
	event: unknown,
): Promise<{ readonly isFailure: boolean; readonly result: string }> {
	try {
		return { isFailure: false, result: JSON.stringify((await invoked(event)) ?? null) ?? "null" };
	} catch (error) {
		const { message, name: errorType } = error instanceof Error ? error : new Error(String(error));
		return { isFailure: true, result: JSON.stringify({ errorMessage: message, errorType, trace: [] }) };
	}
}

/** An empty body stands for an empty event. */
function readEvent(body: Buffer): unknown {
	if (body.length === 0) return {};
	try {
		return JSON.parse(body.toString());
	} catch (error) {
		throw new AwsException("invalidPayload", `Could not parse request body into json: ${(error as Error).message}`);
	}
}
