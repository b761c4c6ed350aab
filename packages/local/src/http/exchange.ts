import type { IncomingMessage } from "node:http";

/** The parts of the tenant, as its request log and faults name them. AWS services have their signing name. */
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

/** One response, before it is written. */
export interface TenantResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array;
}

/** An operation of one of the tenant's services. */
export interface ServiceOperation {
	readonly service: TenantService;
	readonly operation: string;
	/** The challenge that a request of Cognito's sign-in responds to. */
	readonly challenge?: string;
}

/** Who sent a request, as far as the handler found out: for the request log. */
export interface Caller {
	user?: string;
	accessKeyId?: string;
}

/** Largest body that is kept in memory. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Reads a body to its end; `undefined` where it is larger than {@link MAX_BODY_BYTES}. Such a body is read and dropped, so
 * that the client can finish sending it and then reads the response.
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
	let chunks: Buffer[] = [];
	let size = 0;
	incoming.on("data", (chunk: Buffer) => {
		size += chunk.length;
		if (size <= MAX_BODY_BYTES) chunks.push(chunk);
		else chunks = [];
	});
	return new Promise((resolve, reject) => {
		incoming.once("error", reject);
		incoming.once("end", () => resolve(size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined));
	});
}

/** A request whose body has been read. */
export function requestOf(incoming: IncomingMessage, body: Buffer): TenantRequest {
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
		body,
	};
}

/** A response in JSON. */
export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): TenantResponse {
	return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
