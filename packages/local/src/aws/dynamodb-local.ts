import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { AwsException } from "./aws-exception.ts";
import type { Emulator } from "./emulator.ts";

/**
 * A DynamoDB that runs elsewhere, such as DynamoDB Local or a moto server. Some have a database for each access key, and so it
 * always gets the same one.
 */
export function dynamodbAt(endpoint: string): Emulator {
	const url = new URL(endpoint);
	return {
		respond: (request) =>
			send(url, request).catch((error: unknown) => {
				throw new AwsException(
					"failure",
					`The DynamoDB at dynamodbEndpoint, ${endpoint}, has failed: ${(error as Error).message}. Start it, or correct the address.`,
				);
			}),
		async stop() {},
	};
}

function send(url: URL, { body, headers, method }: TenantRequest): Promise<TenantResponse> {
	const { "x-amz-security-token": _token, "transfer-encoding": _chunked, ...others } = headers;
	const authorization = String(headers.authorization).replace(/Credential=[^/]+/, "Credential=localtenant");
	const request = url.protocol === "https:" ? httpsRequest : httpRequest;
	return new Promise((resolve, reject) => {
		const outgoing = request(url, { method, headers: { ...others, host: url.host, authorization } }, (incoming) => {
			const chunks: Buffer[] = [];
			incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
			incoming.on("error", reject);
			incoming.on("end", () => {
				const contentType = incoming.headers["content-type"] ?? "application/x-amz-json-1.0";
				resolve({
					status: incoming.statusCode ?? 500,
					headers: { "content-type": contentType },
					body: Buffer.concat(chunks),
				});
			});
		});
		outgoing.on("error", reject);
		outgoing.end(body);
	});
}
