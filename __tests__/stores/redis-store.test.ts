import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { RedisStore } from "../../src/stores.ts";
import { CLIENTS, CLUSTER_CLIENTS, type OpenClient, type OpenedClient } from "./redis-clients.ts";
import { installed, LossyPort, PROGRAMS, type RedisProgram, RedisServer } from "./redis-server.ts";
import { LONG_MS, newKey, put, rejectionOf, signal, testContract, until } from "./store-contract.ts";

const FAILURE_CLIENTS = Object.entries({ "redis 6": CLIENTS["redis 6"], "ioredis 6": CLIENTS["ioredis 6"] });

describe("the client of a RedisStore", () => {
	test.each([
		["missing", undefined],
		["null", null],
		["an empty object", {}],
		["a Map", new Map()],
		["a client of redis 3, which has no promises", { get: () => true, eval: () => true, EVAL: () => true }],
	])("the client of a RedisStore is invalid as %s", (_, client) => {
		expect(() => new RedisStore(client as never)).toThrow(
			"the client is invalid. Pass a client of the package redis, version 4",
		);
	});

	test("the client of a RedisStore is valid with a prefix that is a string only", () => {
		const client = { get: async () => "", eval: async () => 0, pExpire() {} };
		expect(() => new RedisStore(client, { prefix: 7 as never })).toThrow("the prefix is invalid. Pass a string");
	});
});

const missing = PROGRAMS.filter((program) => !installed.includes(program));
if (missing.length > 0) {
	process.stderr.write(`Not run: the tests of RedisStore with ${missing.join(" and ")}, not in PATH\n`);
}

if (installed.length === 0) {
	test("no test of a RedisStore ran with a server, because neither redis-server nor valkey-server is in PATH", () => {
		expect(installed).toEqual([]);
	});
}

for (const program of installed) {
	describe(program, () => {
		let server: RedisServer;
		beforeAll(async () => {
			server = await RedisServer.start(program);
		});
		afterAll(() => server.close());
		// All clients with one server, and one client of each package with the other.
		const clients = program === installed[0] ? Object.entries(CLIENTS) : FAILURE_CLIENTS;
		for (const [name, open] of clients) testWith(`a RedisStore of ${name} and ${program}`, open, () => server.port);
		for (const [name, open] of FAILURE_CLIENTS) testFailures(`a RedisStore of ${name} and ${program}`, open, program);
	});

	describe(`a cluster of ${program}`, () => {
		let server: RedisServer;
		beforeAll(async () => {
			server = await RedisServer.start(program, { isCluster: true });
		});
		afterAll(() => server.close());
		for (const [name, open] of Object.entries(CLUSTER_CLIENTS)) {
			testWith(`a RedisStore of ${name} and a cluster of ${program}`, open, () => server.port);
		}
	});
}

function testWith(name: string, open: OpenClient, portOf: () => number): void {
	describe(name, () => {
		const opened: OpenedClient[] = [];
		let shared: OpenedClient;
		let many: readonly RedisStore[] | undefined;
		const openNew = async () => {
			const one = await open(portOf());
			opened.push(one);
			return one;
		};
		beforeAll(async () => {
			shared = await openNew();
		});
		afterAll(() => {
			for (const { close } of opened) close();
		});

		testContract(name, {
			open: () => new RedisStore(shared.client),
			async openMany(count) {
				const openStore = async () => new RedisStore((await openNew()).client);
				many ??= await Promise.all(Array.from({ length: count }, openStore));
				return many;
			},
		});

		test(`${name} has one key for an entry and one for its lease, which the server removes in time`, async () => {
			const key = newKey();
			const prefix = `prefix-${randomUUID()}:`;
			const store = new RedisStore(shared.client, { prefix });
			const version = await put(store, key, "a value");
			await store.lease(key, "holder", { ttlMs: LONG_MS, signal });
			const script = `return { redis.call("GET", KEYS[1]), redis.call("PTTL", KEYS[1]) }`;
			const both = [`${prefix}entry:${key}`, `${prefix}lease:${key}`].map((name) => evaluate(shared, script, name));
			const [entry, lease] = (await Promise.all(both)) as [[string, number], [string, number]];
			expect([entry[0], lease[0]]).toEqual([`${version} a value`, "holder"]);
			for (const [, ttlMs] of [entry, lease]) {
				expect(ttlMs).toBeGreaterThan(0);
				expect(ttlMs).toBeLessThanOrEqual(LONG_MS);
			}
		});

		test(`${name} replaces a text of another program, and rejects what is no text`, async () => {
			const key = newKey();
			const store = new RedisStore(shared.client);
			const set = (script: string) => evaluate(shared, script, `echostream:entry:${key}`);
			await set(`return redis.call("SET", KEYS[1], "foreign")`);
			expect(await store.read(key, { signal })).toEqual({ value: "", version: "foreign" });
			const version = await put(store, key, "own", "foreign");
			expect(await store.read(key, { signal })).toEqual({ value: "own", version });
			await set(`redis.call("DEL", KEYS[1]) return redis.call("RPUSH", KEYS[1], "an element")`);
			await expect(store.read(key, { signal })).rejects.toThrow("WRONGTYPE");
			await expect(put(store, key, "own")).rejects.toThrow("WRONGTYPE");
		});
	});
}

/** Runs a script with one key. */
function evaluate({ client }: OpenedClient, script: string, key: string): Promise<unknown> {
	return "defineCommand" in client ? client.eval(script, 1, key) : client.eval(script, { keys: [key], arguments: [] });
}

/** Tests what a server of its own does to a store. */
function testFailures(name: string, open: OpenClient, program: RedisProgram): void {
	describe(`${name}, when the server fails`, () => {
		let server: RedisServer;
		const opened: OpenedClient[] = [];
		const openStore = async (...input: Parameters<OpenClient>) => {
			const one = await open(...input);
			opened.push(one);
			return new RedisStore(one.client);
		};
		beforeAll(async () => {
			server = await RedisServer.start(program);
		});
		afterEach(() => {
			for (const { close } of opened.splice(0)) close();
		});
		afterAll(() => server.close());

		test(`${name} works again after its connection was lost, with the same entries`, async () => {
			const store = await openStore(server.port);
			const key = newKey();
			const version = await put(store, key, "value");
			await server.send("CLIENT KILL TYPE normal SKIPME yes");
			await until(() =>
				store.read(key, { signal }).then(
					(entry) => entry?.version === version,
					() => false,
				),
			);
			expect(await put(store, key, "new", version)).not.toBe(version);
		});

		test(`${name} rejects while its server is down, and works with the empty server after a restart`, async () => {
			const store = await openStore(server.port);
			const key = newKey();
			const version = await put(store, key, "value");
			await store.lease(key, "holder", { ttlMs: LONG_MS, signal });
			await server.stop();
			const calls = (limit: AbortSignal) => [
				store.read(key, { signal: limit }),
				store.write(key, "late", { ifVersion: version, ttlMs: LONG_MS, signal: limit }),
				store.lease(key, "other", { ttlMs: 1_000, signal: limit }),
				store.release(key, "holder", { signal: limit }),
			];
			const errors = await Promise.all(calls(AbortSignal.timeout(300)).map(rejectionOf));
			for (const error of errors) expect(error).toHaveProperty("message");
			await server.restart();
			await until(() =>
				store.read(key, { signal }).then(
					(entry) => entry === undefined,
					() => false,
				),
			);
			await put(store, key, "new");
			await until(() => store.lease(key, "next", { ttlMs: LONG_MS, signal }));
		});

		test(`${name} stops waiting for a server that does not respond, and the late write replaces nothing newer`, async () => {
			const store = await openStore(server.port);
			const key = newKey();
			const version = await put(store, key, "value");
			const controller = new AbortController();
			const reason = new Error("too slow");
			server.freeze();
			const request = { signal: controller.signal };
			const calls = [
				store.read(key, request),
				store.write(key, "late", { ...request, ifVersion: version, ttlMs: LONG_MS }),
				store.lease(key, "holder", { ...request, ttlMs: LONG_MS }),
				store.release(key, "holder", request),
			].map(rejectionOf);
			controller.abort(reason);
			expect(await Promise.all(calls)).toEqual([reason, reason, reason, reason]);
			server.thaw();
			const entry = await store.read(key, { signal });
			expect(["value", "late"]).toContain(entry?.value);
			const next = await put(store, key, "new", entry?.version);
			expect(await store.write(key, "old", { ifVersion: version, ttlMs: LONG_MS, signal })).toBeUndefined();
			expect(await store.read(key, { signal })).toEqual({ value: "new", version: next });
		});

		test(`${name} reports a failure or the new version when the response to a write was lost`, async () => {
			const port = await LossyPort.open(server.port);
			const store = await openStore(port.port);
			const key = newKey();
			const version = await put(store, key, "value");
			port.loseResponse("of the lost response");
			const request = { ifVersion: version, ttlMs: LONG_MS, signal };
			const result = await store.write(key, "of the lost response", request).catch((error: Error) => error);
			expect(port.lost).toBe(1);
			const entry = await (await openStore(server.port)).read(key, { signal });
			expect(entry?.value).toBe("of the lost response");
			// node-redis rejects the command. ioredis sends it again.
			if (!(result instanceof Error)) expect(result).toBe(entry?.version);
			port.close();
		});

		test(`${name} needs the documented rights only, and rejects without them`, async () => {
			// ioredis checks by INFO whether the server has loaded its data.
			await server.send("ACL SETUSER app on >password ~echostream:* +get +set +del +eval +info");
			const client = await open(server.port, { username: "app", password: "password" });
			opened.push(client);
			const store = new RedisStore(client.client);
			const key = newKey();
			const version = await put(store, key, "value");
			expect(await store.read(key, { signal })).toEqual({ value: "value", version });
			expect(await store.lease(key, "holder", { ttlMs: LONG_MS, signal })).toBe(true);
			await store.release(key, "holder", { signal });
			const denied = new RedisStore(client.client, { prefix: "other:" });
			await expect(denied.read(key, { signal })).rejects.toThrow("NOPERM");
			await expect(put(denied, key, "value")).rejects.toThrow(/NOPERM|No permissions/i);
		});
	});
}
