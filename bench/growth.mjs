import { subscribe } from "node:diagnostics_channel";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";

// Sockets that idle in a pool keep no process alive, so that Node does not count them among its active resources.
let openSockets = 0;
subscribe("net.client.socket", ({ socket }) => {
	openSockets++;
	socket.once("close", () => openSockets--);
});

/** Measures how time, heap, requests and sockets grow with the number of clients, callers and sessions. */
export async function measureGrowth({ tenant, service, largest = 1000 }) {
	const cases = {
		"the same client, requested n times": { sizes: upTo(largest), run: (n) => sameClient(n, tenant, service) },
		"different clients of one session, one request each": {
			sizes: upTo(largest),
			run: (n) => differentClients(n, tenant, service),
		},
		"the SDK's own clients, one request each": { sizes: upTo(largest), run: (n) => sdkClients(n, service) },
		"callers at once on one new session": { sizes: upTo(10 * largest), run: (n) => callers(n, tenant) },
		"sessions created, nothing sent": { sizes: upTo(largest), run: (n) => idleSessions(n, tenant) },
		"sessions, each signed in": { sizes: upTo(largest), run: (n) => sessions(n, tenant) },
	};
	await sessions(3, tenant);
	await differentClients(3, tenant, service);
	await sdkClients(3, service);
	const results = [];
	for (const [name, { sizes, run }] of Object.entries(cases)) {
		const rows = [];
		for (const n of sizes) rows.push(await measured(n, tenant, run));
		results.push({ name, rows });
	}
	return results;
}

function upTo(largest) {
	const sizes = [];
	for (let size = 1; size <= largest; size *= 10) sizes.push(size);
	return sizes;
}

/** `run` does the work and returns its cleanup. Heap and sockets are measured after the work and before the cleanup. */
async function measured(n, tenant, run) {
	await settle();
	const heap = process.memoryUsage().heapUsed;
	const sockets = openSockets;
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
		sockets: openSockets - sockets,
	};
	end();
	return row;
}

/** Waits until closed sockets are gone, and collects the garbage again. */
async function settle() {
	for (let i = 0; i < 3; i++) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		globalThis.gc();
	}
}

async function sameClient(n, { settings }, endpoint) {
	const session = new AppSession(settings);
	const clients = new Set();
	for (let i = 0; i < n; i++) clients.add(session.client(DynamoDBClient, { endpoint }));
	await Promise.all(Array.from({ length: n }, () => [...clients][0].send(new ListTablesCommand({}))));
	if (clients.size !== 1) throw new Error(`client() made ${clients.size} clients of one`);
	return () => session.destroy();
}

async function differentClients(n, { settings }, endpoint) {
	const session = new AppSession(settings);
	const clients = Array.from({ length: n }, (_, i) => session.client(DynamoDBClient, { endpoint, maxAttempts: i + 1 }));
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
	const made = Array.from({ length: n }, () => new AppSession(settings));
	await Promise.all(made.map((session) => session.credentials()));
	return () => {
		for (const session of made) session.destroy();
	};
}
