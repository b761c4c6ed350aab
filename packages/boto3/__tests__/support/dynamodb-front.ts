import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** The body of a request or a response of DynamoDB. */
export type Body = Record<string, unknown>;

/** A server between a client and DynamoDB, which responds to each request in its own way. */
export interface DynamoDBFront extends AsyncDisposable {
	/** Endpoint for the client. */
	readonly endpoint: string;
	/** The bodies of the requests, in the order of arrival. */
	readonly requests: Body[];
}

/** Starts a front. `respond` receives the operation, such as `BatchWriteItem`, and the body of each request. */
export async function startDynamoDBFront(
	respond: (operation: string, body: Body) => Promise<object>,
): Promise<DynamoDBFront> {
	const requests: Body[] = [];
	const server = createServer({ keepAliveTimeout: 75_000 }, async (request, response) => {
		const operation = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
		const body: Body = JSON.parse(String(await buffer(request)));
		requests.push(body);
		const { $metadata: _, ...output } = (await respond(operation, body)) as Body;
		response.setHeader("content-type", "application/x-amz-json-1.0");
		response.end(JSON.stringify(output));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
