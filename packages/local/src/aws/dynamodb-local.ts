import { request as httpRequest } from "node:http";
import type { Emulator } from "./emulator.ts";

/** A DynamoDB Local that runs elsewhere. It has a database for each access key, and so always gets the same one. */
export function dynamodbAt(endpoint: string): Emulator {
	return {
		respond: (request) =>
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
