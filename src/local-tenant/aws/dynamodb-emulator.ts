import { request as httpRequest, type Server } from "node:http";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { loadPeer } from "../peers.ts";
import { AwsException } from "./aws-exception.ts";
import { dispatch } from "./server-dispatch.ts";

/** Something that answers requests that have already been checked. */
export interface Emulator {
	answer(request: TenantRequest, operation: string): Promise<TenantResponse>;
	stop(): Promise<void>;
}

type Dynalite = (options: Record<string, unknown>) => Server;

const DYNALITE_OPERATIONS = new Set(
	"BatchGetItem BatchWriteItem CreateTable DeleteItem DeleteTable DescribeTable DescribeTimeToLive GetItem ListTables ListTagsOfResource PutItem Query Scan TagResource UntagResource UpdateItem UpdateTable".split(
		" ",
	),
);

/** Dynalite, in this process and without a port of its own. */
export async function startDynalite(): Promise<Emulator> {
	const { default: dynalite } = await loadPeer<{ default: Dynalite }>("dynalite");
	const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
	return {
		async answer(request, operation) {
			if (!DYNALITE_OPERATIONS.has(operation)) {
				throw new AwsException(
					"unsupported",
					`The local tenant's DynamoDB (dynalite) has no ${operation}. Run DynamoDB Local, and give its address to LocalTenant.start as dynamodbEndpoint.`,
				);
			}
			return dispatch((incoming, outgoing) => server.emit("request", incoming, outgoing), request);
		},
		async stop() {},
	};
}

/** A DynamoDB Local that runs elsewhere. It tells databases apart by access key, and so gets the same one always. */
export function dynamodbAt(endpoint: string): Emulator {
	return {
		answer: (request) =>
			new Promise((resolve, reject) => {
				const { "x-amz-security-token": _token, ...headers } = request.headers;
				const outgoing = httpRequest(
					new URL(endpoint),
					{
						method: request.method,
						headers: { ...headers, host: new URL(endpoint).host, authorization: anyKey(headers) },
					},
					async (incoming) => {
						const chunks: Buffer[] = [];
						for await (const chunk of incoming) chunks.push(chunk);
						resolve({
							status: incoming.statusCode ?? 500,
							headers: { "content-type": incoming.headers["content-type"] ?? "application/x-amz-json-1.0" },
							body: Buffer.concat(chunks),
						});
					},
				);
				outgoing.on("error", reject);
				outgoing.end(request.body);
			}),
		async stop() {},
	};
}

function anyKey(headers: Readonly<Record<string, string>>): string {
	return String(headers.authorization).replace(/Credential=[^/]+/, "Credential=localtenant");
}
