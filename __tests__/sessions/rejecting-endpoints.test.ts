import { Readable } from "node:stream";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import type { HttpHandler } from "../../src/index.ts";
import { FickleService } from "../support/fickle-service.ts";
import { codeOf, startTenant } from "../support/signed-in.ts";
import { sharedConnections, until, WatchedSession } from "../support/watched-session.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const REJECTED = "UnrecognizedClientException";

let clock: ManualClock;
let tenant: LocalTenant;
let connections: ReturnType<typeof sharedConnections>;
let service: FickleService;
let watched: WatchedSession;
let other: DynamoDBClient;
beforeAll(async () => {
	clock = new ManualClock();
	tenant = await startTenant({ clock });
	connections = sharedConnections();
	service = await FickleService.start();
});
afterAll(async () => {
	connections.close();
	await service[Symbol.asyncDispose]();
	await tenant.stop();
});
beforeEach(() => {
	watched = new WatchedSession(tenant, clock, connections.handler);
	other = newClient();
});
afterEach(() => {
	watched.destroy();
	tenant.faults.clear();
	service.rejects = () => true;
	service.take();
});

const newClient = () =>
	watched.session.client(DynamoDBClient, { endpoint: service.url, region: "us-east-1", maxAttempts: 1 });

/** How a call at the endpoint that rejects keys ends. */
const call = (): Promise<string> => codeOf(other.send(new ListTablesCommand({})));

/** The queries for credentials during a step. */
async function fetchesDuring(step: () => Promise<unknown>): Promise<number> {
	const mark = tenant.requestLog.length;
	await step();
	return tenant.requestLog.count("getAwsCredentials", mark);
}

test.each([
	["one client", () => other],
	["a new client for each call", newClient],
])(
	"an endpoint that rejects every key gets one replacement, then one after each pause, which doubles up to five minutes, with %s",
	async (_, client) => {
		const call = () => codeOf(client().send(new ListTablesCommand({})));
		await watched.key();
		expect(await fetchesDuring(async () => expect(await call()).toBe(REJECTED))).toBe(1);
		for (const pause of [5, 10, 20, 40, 80, 160, 300, 300].map((seconds) => seconds * SECOND)) {
			await clock.advance(pause - 1);
			const during = await fetchesDuring(async () => {
				for (let n = 0; n < 10; n++) expect(await call()).toBe(REJECTED);
			});
			await clock.advance(1);
			const after = await fetchesDuring(async () => expect(await call()).toBe(REJECTED));
			expect({ pause, during, after }).toEqual({ pause, during: 0, after: 1 });
		}
	},
);

test("an endpoint that rejects every key costs one query for 50 calls at once, and none in the pause after it", async () => {
	await watched.key();
	const calls = async () =>
		expect(await Promise.all(Array.from({ length: 50 }, call))).toEqual(Array(50).fill(REJECTED));
	for (const fetches of [1, 1, 0, 1]) {
		expect(await fetchesDuring(calls)).toBe(fetches);
		await clock.advance(5 * SECOND);
	}
});

test("a client that sends streams to an endpoint that rejects every key causes one query after each pause", async () => {
	const s3 = watched.session.client(S3Client, {
		endpoint: service.url,
		forcePathStyle: true,
		maxAttempts: 1,
		region: "us-east-1",
		requestChecksumCalculation: "WHEN_REQUIRED",
		// The SDK would warn on the console that it does not send a stream again.
		logger: SILENT,
	});
	const put = () => {
		const Body = Readable.from(["hello"]);
		return codeOf(s3.send(new PutObjectCommand({ Bucket: "bulk-data", Key: "1", Body, ContentLength: 5 })));
	};
	await watched.key();
	const fetches = await fetchesDuring(async () => {
		for (let n = 0; n < 10; n++) {
			expect(await put()).toBe("InvalidAccessKeyId");
			await clock.advance(3 * SECOND);
		}
	});
	// The first call, and the first ones after a pause of 5 s and of 10 s.
	expect(fetches).toBe(3);
});

test("an endpoint that rejects every key fails no call of other endpoints, and costs 11 queries in 30 minutes", async () => {
	await watched.key();
	const fetches = await fetchesDuring(async () => {
		for (let minute = 0; minute < 30; minute++) {
			expect(await Promise.all([call(), codeOf(watched.read())])).toEqual([REJECTED, "none"]);
			await clock.advance(MINUTE);
		}
	});
	expect(fetches).toBe(11);
});

test("an endpoint that rejects every key during an outage of AppSync fails its own calls with its own error, and no other call", async () => {
	const key = await watched.key();
	tenant.faults.add({ service: "appsync", status: 503 });
	for (let minute = 0; minute < 59; minute++) {
		expect(await Promise.all([call(), watched.read()])).toEqual([REJECTED, key]);
		await clock.advance(MINUTE);
	}
	expect(new Set(service.take())).toEqual(new Set([key]));
	tenant.faults.clear();
	await clock.advance(MINUTE);
	expect(await watched.read()).not.toBe(key);
});

test("an endpoint that rejects every key while AppSync hangs delays no other call, and fails its own with its own error", async () => {
	const key = await watched.key();
	const hang = tenant.faults.add({ service: "appsync", hang: true });
	const rejected = call();
	await until(() => hang.met > 0);
	expect(await Promise.all(Array.from({ length: 10 }, () => watched.read()))).toEqual(Array(10).fill(key));
	await clock.advance(2 * MINUTE);
	expect(await rejected).toBe(REJECTED);
	expect(await watched.read()).toBe(key);
});

test("the first call that an endpoint accepts again succeeds, and ends its pause", async () => {
	await watched.key();
	for (let n = 0; n < 3; n++) {
		await clock.advance(10 * SECOND);
		await call();
	}
	service.rejects = () => false;
	expect(await fetchesDuring(async () => expect(await call()).toBe("none"))).toBe(0);
	const revoked = await watched.key();
	service.rejects = (key) => key === revoked;
	expect(await fetchesDuring(async () => expect(await call()).toBe("none"))).toBe(1);
});

test.each(["revokeAccessKeys", "expireAccessKeys"] as const)(
	"credentials that end early (%s) are replaced at once for all clients, while one endpoint rejects every key",
	async (end) => {
		await call();
		tenant[end]();
		const reads = () => Promise.all(Array.from({ length: 20 }, () => codeOf(watched.read())));
		const fetches = await fetchesDuring(async () => {
			expect(await call()).toBe(REJECTED);
			expect(new Set(await reads())).toEqual(new Set(["none"]));
		});
		expect(fetches).toBe(1);
		service.rejects = () => false;
		expect(await call()).toBe("none");
	},
);

test("the pause of an endpoint applies neither to another endpoint nor to another service at the same host", async () => {
	// The SDK would warn on the console that the queues are elsewhere.
	const sqs = watched.session.client(SQSClient, { logger: SILENT, maxAttempts: 1, region: "us-east-1" });
	const receive = (QueueUrl: string) => codeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl })));
	const elsewhere = `${service.url}/000000000000/queue`;
	await watched.key();
	for (const fetches of [1, 1, 0]) {
		await clock.advance(5 * SECOND);
		expect(await fetchesDuring(() => receive(elsewhere))).toBe(fetches);
	}
	tenant.revokeAccessKeys();
	expect(await receive(tenant.queueUrl("app-external-app"))).toBe("none");
	const revoked = await watched.key();
	service.rejects = (key) => key === revoked;
	expect(await call()).toBe("none");
	expect(await watched.key()).not.toBe(revoked);
});

test("a service that accepts the keys does not end the pause of another service at the same host", async () => {
	const sqs = watched.session.client(SQSClient, { endpoint: service.url, maxAttempts: 1, region: "us-east-1" });
	const receive = () => codeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: `${service.url}/000000000000/queue` })));
	await watched.key();
	for (const fetches of [1, 1, 0, 1, 0, 0, 0, 1]) {
		service.rejects = () => true;
		expect(await fetchesDuring(async () => expect(await receive()).toBe(REJECTED))).toBe(fetches);
		service.rejects = () => false;
		expect(await call()).toBe("none");
		await clock.advance(5 * SECOND);
	}
});

test("a session remembers at most 1000 endpoints that reject its keys, and forgets the oldest", async () => {
	const { hostname, port } = new URL(service.url);
	const requestHandler: HttpHandler = {
		handle: (request, options) =>
			connections.handler.handle(Object.assign(request.clone(), { hostname, port: Number(port) }), options),
	};
	const call = (n: number) => {
		const endpoint = `http://host-${n}.example`;
		const config = { endpoint, maxAttempts: 1, region: "us-east-1", requestHandler: requestHandler as never };
		return codeOf(watched.session.client(DynamoDBClient, config).send(new ListTablesCommand({})));
	};
	await watched.key();
	expect(await fetchesDuring(async () => expect(await call(0)).toBe(REJECTED))).toBe(1);
	expect(await fetchesDuring(() => Promise.all(Array.from({ length: 999 }, (_, n) => call(n + 1))))).toBe(1);
	expect(await fetchesDuring(() => call(0))).toBe(0);
	expect(await call(1000)).toBe(REJECTED);
	expect(await fetchesDuring(() => call(0))).toBe(1);
});

test("a key that is revoked long after another was rejected in an outage is replaced at once", async () => {
	await watched.key();
	tenant.faults.add({ service: "appsync", status: 503 });
	expect(await call()).toBe(REJECTED);
	tenant.faults.clear();
	await clock.advance(61 * MINUTE);
	const revoked = await watched.key();
	service.rejects = (key) => key === revoked;
	expect(await call()).toBe("none");
});
