import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";
import { quantile, seeded, shuffled, summary } from "./statistics.mjs";

const BLOCK = 100;

/** Measures a signed request of `session.client()` against the same client with the same credentials as a constant. */
export async function measureSignedRequest({ settings, service, requests }) {
	const session = new AppSession(settings);
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	const config = { region: settings.regionName, endpoint: service };
	const clients = {
		session: session.client(DynamoDBClient, config),
		static: new DynamoDBClient({ ...config, credentials: { accessKeyId, secretAccessKey, sessionToken } }),
		staticAgain: new DynamoDBClient({ ...config, credentials: { accessKeyId, secretAccessKey, sessionToken } }),
	};
	const times = Object.fromEntries(Object.keys(clients).map((name) => [name, []]));
	const random = seeded(2);
	for (let i = -500; i < requests; i++) {
		for (const [name, client] of shuffled(Object.entries(clients), random)) {
			const start = performance.now();
			await client.send(new ListTablesCommand({}));
			if (i >= 0) times[name].push((performance.now() - start) * 1000);
		}
	}
	session.destroy();
	clients.static.destroy();
	clients.staticAgain.destroy();
	return {
		requests,
		micros: Object.fromEntries(Object.entries(times).map(([name, micros]) => [name, summary(micros)])),
		ratio: ratioOfMedians(times.session, times.static),
		/** The same ratio for two equal clients. */
		noise: ratioOfMedians(times.staticAgain, times.static),
	};
}

/** The ratio over all requests, and its spread over blocks of consecutive requests. */
function ratioOfMedians(ours, theirs) {
	const blocks = [];
	for (let i = 0; i + BLOCK <= ours.length; i += BLOCK) {
		blocks.push(quantile(ours.slice(i, i + BLOCK), 0.5) / quantile(theirs.slice(i, i + BLOCK), 0.5));
	}
	return { ...summary(blocks), median: quantile(ours, 0.5) / quantile(theirs, 0.5) };
}
