import { createRequire } from "node:module";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";
import { Network } from "./network.mjs";
import { settle, sockets } from "./open-sockets.mjs";

/** Measures how time, heap, requests and sockets grow with the number of clients, callers and sessions. */
export async function measureGrowth({ tenant, service, largest = 1000 }) {
	const network = await Network.start(tenant, { roundTripMs: 0 });
	const byTls = connectedBy(network, tenant);
	const cases = {
		"clients of one session that nobody keeps, one request each": {
			sizes: upTo(largest),
			run: (n) => droppedClients(n, tenant, service),
		},
		"clients of one session, one request each": { sizes: upTo(largest), run: (n) => keptClients(n, tenant, service) },
		"the SDK's own clients, one request each": { sizes: upTo(largest), run: (n) => sdkClients(n, service) },
		"callers at once on one new session": { sizes: upTo(10 * largest), run: (n) => callers(n, tenant) },
		"sessions created, nothing sent": { sizes: upTo(largest), run: (n) => idleSessions(n, tenant) },
		"sessions, each signed in": { sizes: upTo(largest), run: (n) => sessions(n, tenant) },
		"sessions, each signed in, by TLS": { sizes: upTo(largest), run: (n) => sessionsByTls(n, byTls) },
	};
	(await sessions(3, tenant))();
	(await sessionsByTls(3, byTls))();
	await keptClients(3, tenant, service);
	await sdkClients(3, service);
	const results = [];
	for (const [name, { sizes, run }] of Object.entries(cases)) {
		const rows = [];
		for (const n of sizes) rows.push(await measured(n, tenant, run));
		results.push({ name, rows });
	}
	network.stop();
	return results;
}

function upTo(largest) {
	const sizes = [];
	for (let size = 1; size <= largest; size *= 10) sizes.push(size);
	return sizes;
}

/** Connects this process with a network, beside the tenant's plain port. */
function connectedBy(network, { settings }) {
	const { APPSYNC_ENDPOINT: appsyncEndpoint, BENCH_NETWORK } = network.environment;
	process.env.BENCH_NETWORK = BENCH_NETWORK;
	createRequire(import.meta.url)("./contenders/network-preload.cjs");
	return { settings: { ...settings, appsyncEndpoint } };
}

/** `run` does the work and returns its cleanup. Heap and sockets are measured after the work and before the cleanup. */
async function measured(n, tenant, run) {
	await settle();
	const heap = process.memoryUsage().heapUsed;
	const mark = (await tenant.operations()).length;
	const start = performance.now();
	const end = await run(n);
	const ms = performance.now() - start;
	await settle();
	const row = {
		n,
		ms,
		heapKiB: (process.memoryUsage().heapUsed - heap) / 1024,
		requests: (await tenant.operations()).length - mark,
		sockets: sockets.open,
	};
	end();
	return row;
}

async function droppedClients(n, { settings }, endpoint) {
	const session = new AppSession(settings);
	const send = () => session.client(DynamoDBClient, { endpoint }).send(new ListTablesCommand({}));
	await Promise.all(Array.from({ length: n }, send));
	return () => session.destroy();
}

async function keptClients(n, { settings }, endpoint) {
	const session = new AppSession(settings);
	const clients = Array.from({ length: n }, () => session.client(DynamoDBClient, { endpoint }));
	await Promise.all(clients.map((client) => client.send(new ListTablesCommand({}))));
	return () => session.destroy(clients.length);
}

async function sdkClients(n, endpoint) {
	const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };
	const clients = Array.from({ length: n }, () => new DynamoDBClient({ endpoint, region: "us-east-1", credentials }));
	await Promise.all(clients.map((client) => client.send(new ListTablesCommand({}))));
	return () => {
		for (const client of clients) client.destroy();
	};
}

async function callers(n, { settings }) {
	const session = new AppSession(settings);
	const identities = await Promise.all(Array.from({ length: n }, () => session.credentials()));
	return () => session.destroy(identities.length);
}

async function idleSessions(n, { settings }) {
	const made = Array.from({ length: n }, () => new AppSession(settings));
	return () => {
		for (const session of made) session.destroy();
	};
}

async function sessions(n, { settings }) {
	// The tenant needs seconds for 1,000 sign-ins at once.
	const patience = { requestTimeoutMs: 600_000, loginTimeoutMs: 600_000, totalTimeoutMs: 600_000 };
	const made = Array.from({ length: n }, () => new AppSession({ ...settings, ...patience }));
	await Promise.all(made.map((session) => session.credentials()));
	return () => {
		for (const session of made) session.destroy();
	};
}

/** The same at the hosts of AWS, which the session resolves when no variable has another endpoint. */
async function sessionsByTls(n, tenant) {
	const { AWS_ENDPOINT_URL } = process.env;
	delete process.env.AWS_ENDPOINT_URL;
	const end = await sessions(n, tenant);
	process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
	return end;
}
