import type { IncomingMessage } from "node:http";

/** The parts of the tenant, as the ledger and the faults name them. AWS services go by their signing name. */
export type TenantService =
	| "cognito"
	| "appsync"
	| "dynamodb"
	| "sqs"
	| "sns"
	| "s3"
	| "lambda"
	| "sts"
	| (string & {});

/** One request, read to its end. */
export interface TenantRequest {
	readonly method: string;
	/** Path as sent, still encoded. */
	readonly path: string;
	readonly query: URLSearchParams;
	/** Path and query as sent. */
	readonly url: string;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

/** One answer, before it is written. */
export interface TenantResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array;
}

/** What part of the tenant answers, and which of its operations is asked. */
export interface Operation {
	readonly service: TenantService;
	readonly operation: string;
}

/** Who asked, as far as the handler found out: for the ledger. */
export interface Caller {
	user?: string;
	accessKeyId?: string;
}

/** Reads a request to its end. */
export async function readRequest(incoming: IncomingMessage): Promise<TenantRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(chunk);
	const url = incoming.url ?? "/";
	const queryStart = url.indexOf("?");
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(incoming.headers)) {
		if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
	}
	return {
		method: incoming.method ?? "GET",
		path: queryStart < 0 ? url : url.slice(0, queryStart),
		// A plus sign in a query is a plus sign to AWS.
		query: new URLSearchParams(queryStart < 0 ? "" : url.slice(queryStart + 1).replaceAll("+", "%2B")),
		url,
		headers,
		body: Buffer.concat(chunks),
	};
}

/** An answer in JSON. */
export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): TenantResponse {
	return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
