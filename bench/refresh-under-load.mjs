import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession, Cognito } from "../dist/esm/index.js";
import { acceleratedClock } from "./accelerated-clock.mjs";
import { quantile } from "./statistics.mjs";

const ARRIVALS_PER_SECOND = 250;
const REFRESH_DELAY_MS = 20;
/** An hour, the lifetime of credentials and tokens, takes 1.8 s. */
const FACTOR = 2000;

/**
 * Measures a steady stream of signed requests while credentials and tokens are refreshed continuously, and the same stream
 * without refreshes. Requests arrive when they are due, whether or not earlier ones have a response, so every wait is counted.
 *
 * A stream without refreshes in the background shows that a stall would be measured.
 */
export async function measureRefreshUnderLoad({ tenants, service, blocks, blockSeconds }) {
	const acceleration = { factor: FACTOR, epoch: Date.now() };
	const slow = await tenants.start({ requestDelayMs: REFRESH_DELAY_MS });
	const fast = await tenants.start({ requestDelayMs: REFRESH_DELAY_MS, acceleration });
	const clock = acceleratedClock(acceleration);
	const late = { advisoryRefreshSeconds: 0.001, mandatoryRefreshSeconds: 0.001 };
	const streams = {
		steady: newStream(slow, {}, service),
		"rolling over": newStream(fast, { clock }, service),
		"rolling over, never ahead of time": newStream(fast, { clock, ...late }, service),
	};
	for (const stream of Object.values(streams)) {
		await flow(stream, 2);
		stream.millis.length = 0;
		stream.refreshes = stream.renewals = stream.failures = 0;
	}
	for (let block = 0; block < blocks; block++) {
		for (const stream of Object.values(streams)) await flow(stream, blockSeconds);
	}
	for (const { session } of Object.values(streams)) session.destroy();
	await Promise.all([slow.stop(), fast.stop()]);
	return Object.entries(streams).map(([name, { millis, refreshes, renewals, failures }]) => ({
		name,
		requests: millis.length,
		refreshes,
		renewals,
		failures,
		p50: quantile(millis, 0.5),
		p99: quantile(millis, 0.99),
		p999: quantile(millis, 0.999),
	}));
}

function newStream({ endpoint, settings }, options, service) {
	const stream = { millis: [], refreshes: 0, renewals: 0, failures: 0 };
	const onEvent = ({ type }) => {
		if (type === "credentialsRefreshed") stream.refreshes++;
		if (type === "tokensRenewed") stream.renewals++;
		if (type === "refreshFailed") stream.failures++;
	};
	const cognito = new Cognito({ ...settings, ...options, endpoint, onEvent });
	stream.session = new AppSession({ ...settings, ...options, cognito, onEvent });
	stream.client = stream.session.client(DynamoDBClient, { endpoint: service });
	return stream;
}

/** Times at which requests are due, at a fixed rate. */
async function* arrivals(seconds) {
	const start = performance.now();
	for (let i = 0; i < seconds * ARRIVALS_PER_SECOND; i++) {
		const due = start + (i * 1000) / ARRIVALS_PER_SECOND;
		const early = due - performance.now();
		if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
		yield performance.now();
	}
}

async function flow({ client, millis, session }, seconds) {
	// Credentials that expired during the other streams do not count as a stall of this one.
	await session.ready();
	const pending = [];
	for await (const start of arrivals(seconds)) {
		pending.push(client.send(new ListTablesCommand({})).then(() => millis.push(performance.now() - start)));
	}
	await Promise.all(pending);
}
