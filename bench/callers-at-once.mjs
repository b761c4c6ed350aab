import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ManualClock } from "echostream-local";
import { AppSession } from "../dist/esm/index.js";

const CALLERS = 10_000;
const HOUR_MS = 3_600_000;

/** Measures {@link CALLERS} concurrent callers, of a session without credentials, then of one whose credentials have expired. */
export async function measureCallersAtOnce({ tenant }) {
	const clock = new ManualClock(Date.now());
	const session = new AppSession({ ...tenant.settings, clock });
	const stages = {
		empty: async () => {},
		"in the advisory window": () => clock.advance(0.8 * HOUR_MS),
		expired: () => clock.advance(2 * HOUR_MS),
	};
	const results = [];
	for (const [name, prepare] of Object.entries(stages)) {
		await prepare();
		const mark = (await tenant.operations()).length;
		const start = performance.now();
		const keys = await Promise.all(Array.from({ length: CALLERS }, () => session.credentials()));
		const ms = performance.now() - start;
		// The refresh in the background must finish too.
		await new Promise((resolve) => setTimeout(resolve, 200));
		const requests = (await tenant.operations()).slice(mark);
		const keySets = new Set(keys.map((key) => key.accessKeyId)).size;
		results.push({ name, callers: CALLERS, ms, requests: requests.join(", "), keySets });
	}
	session.destroy();
	results.push(await sdkAlone());
	return results;
}

/** The SDK's own caching, which each client has. */
async function sdkAlone() {
	let fetches = 0;
	const credentials = async () => {
		fetches++;
		await new Promise((resolve) => setTimeout(resolve, 5));
		return { accessKeyId: "AKID", secretAccessKey: "secret", expiration: new Date(Date.now() + HOUR_MS) };
	};
	const clients = Array.from({ length: 10 }, () => new DynamoDBClient({ region: "us-east-1", credentials }));
	const start = performance.now();
	await Promise.all(Array.from({ length: CALLERS }, (_, i) => clients[i % clients.length].config.credentials()));
	const ms = performance.now() - start;
	for (const client of clients) client.destroy();
	return {
		name: "the SDK alone, 10 clients",
		callers: CALLERS,
		ms,
		requests: `${fetches} fetches`,
		keySets: 1,
	};
}
