// Sends signed requests with one client: a session's, or one with static credentials. signed-request.mjs starts it.
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";

let client;
process.on("message", async ({ settings, config, isStatic, requests = 0 }) => {
	if (settings !== undefined) client = await create(settings, config, isStatic);
	const micros = [];
	for (let i = 0; i < requests; i++) {
		const start = performance.now();
		await client.send(new ListTablesCommand({}));
		micros.push((performance.now() - start) * 1000);
	}
	process.send(micros);
});

async function create(settings, config, isStatic) {
	const session = new AppSession(settings);
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	if (!isStatic) return session.client(DynamoDBClient, config);
	return new DynamoDBClient({ ...config, credentials: { accessKeyId, secretAccessKey, sessionToken } });
}
