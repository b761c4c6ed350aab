// Sends signed requests with a session's client, and with two that have static credentials, in turns. signed-request.mjs starts it.
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";
import { seeded, shuffled } from "./statistics.mjs";

const BLOCK = 20;
const WARM_UP = 500;

process.once("message", async ({ settings, config, requests, seed }) => {
	const session = new AppSession(settings);
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	const credentials = { accessKeyId, secretAccessKey, sessionToken };
	const random = seeded(seed);
	const configs = { session: config, static: { ...config, credentials }, staticAgain: { ...config, credentials } };
	const clients = shuffled(Object.entries(configs), random).map(([name, config]) => ({
		name,
		client: session.client(DynamoDBClient, config),
		micros: [],
	}));
	for (let sent = 0; sent < WARM_UP + requests; sent += BLOCK) {
		for (const { client, micros } of shuffled(clients, random)) {
			for (let i = 0; i < BLOCK; i++) {
				const start = performance.now();
				await client.send(new ListTablesCommand({}));
				if (sent >= WARM_UP) micros.push((performance.now() - start) * 1000);
			}
		}
	}
	process.send(Object.fromEntries(clients.map(({ name, micros }) => [name, micros])), () => process.exit());
});
