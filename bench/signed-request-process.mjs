// Sends signed requests with one client: a session's, or one with static credentials. signed-request.mjs starts it.
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";

let client;
process.on("message", async ({ settings, config, requests = 0 }) => {
	if (config !== undefined) client = await create(settings, config);
	const micros = [];
	for (let i = 0; i < requests; i++) {
		const start = performance.now();
		await client.send(new ListTablesCommand({}));
		micros.push((performance.now() - start) * 1000);
	}
	process.send(micros);
});

/** Only a process that needs this package loads it. */
async function create(settings, config) {
	if (settings === undefined) return new DynamoDBClient(config);
	const { AppSession } = await import("../dist/esm/index.js");
	return new AppSession(settings).client(DynamoDBClient, config);
}
