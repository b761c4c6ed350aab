// Sends signed requests with the clients of a session and of one with a store, and with two that have static credentials, in turns.
// signed-request.mjs starts it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";
import { FileStore } from "../dist/esm/stores.js";
import { seeded, shuffled } from "./statistics.mjs";

const BLOCK = 20;
const WARM_UP = 500;

process.once("message", async ({ settings, config, requests, seed }) => {
	const folder = mkdtempSync(join(tmpdir(), "echostream-botocore-store-"));
	process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
	const session = new AppSession(settings);
	const sharing = new AppSession({ ...settings, store: new FileStore(folder), storeKey: "00".repeat(32) });
	await sharing.ready();
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	const credentials = { accessKeyId, secretAccessKey, sessionToken };
	const random = seeded(seed);
	const client = (owner, name, config) => ({ name, client: owner.client(DynamoDBClient, config), micros: [] });
	const clients = shuffled(
		[
			[session, "session", config],
			[sharing, "sharing", config],
			[session, "static", { ...config, credentials }],
			[session, "staticAgain", { ...config, credentials }],
		],
		random,
	).map((parameters) => client(...parameters));
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
