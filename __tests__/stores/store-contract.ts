import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { StoreEngine } from "../../src/stores.ts";

/** Where the contract takes its stores from. */
export interface StorePlace {
	/** Returns a store at the place of the test file, as another process would have it. */
	open(): StoreEngine;
	/** Returns stores at the same place that work at the same time. Default: {@link open} for each. */
	readonly openMany?: (count: number) => Promise<readonly StoreEngine[]>;
}

/** A signal that is never aborted, for any number of calls. */
export const { signal } = new AbortController();
setMaxListeners(0, signal);

/** Time that no test waits for, milliseconds. */
export const LONG_MS = 3_600_000;

const MANY = 50;

/** A key that no other test has. */
export function newKey(): string {
	return `test:${randomUUID()}`;
}

/** Writes an entry that stays for the test, and returns its version. */
export async function put(store: StoreEngine, key: string, value: string, ifVersion?: string): Promise<string> {
	const version = await store.write(key, value, { ifVersion, ttlMs: LONG_MS, signal });
	if (version === undefined) throw new Error("The version has changed");
	return version;
}

/** Calls `attempt` until it returns `true`. */
export async function until(attempt: () => Promise<boolean>): Promise<void> {
	while (!(await attempt())) await pause(20);
}

/** How a promise rejected. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
	return promise.then(
		() => "it did not reject",
		(error: unknown) => error,
	);
}

/** Tests what every store promises. `name` is the subject of the titles. */
export function testContract(name: string, place: StorePlace): void {
	const open = () => place.open();
	const openMany = (): Promise<readonly StoreEngine[]> =>
		place.openMany?.(MANY) ?? Promise.resolve(Array.from({ length: MANY }, open));

	describe(`${name}: entries`, () => {
		test(`${name} returns no entry under a key that was never written`, async () => {
			expect(await open().read(newKey(), { signal })).toBeUndefined();
		});

		test(`${name} returns to one process what another one has written`, async () => {
			const key = newKey();
			const version = await put(open(), key, "a value");
			expect(await open().read(key, { signal })).toEqual({ value: "a value", version });
		});

		test(`${name} replaces an entry for a writer that knows its version`, async () => {
			const key = newKey();
			const first = await put(open(), key, "first");
			const second = await put(open(), key, "second", first);
			expect(await open().read(key, { signal })).toEqual({ value: "second", version: second });
		});

		test(`${name} writes nothing for a writer with another version`, async () => {
			const store = open();
			const key = newKey();
			const write = (ifVersion: string | undefined) =>
				store.write(key, "too late", { ifVersion, ttlMs: LONG_MS, signal });
			expect(await write(randomUUID())).toBeUndefined();
			expect(await store.read(key, { signal })).toBeUndefined();
			const first = await put(store, key, "first");
			expect(await write(undefined)).toBeUndefined();
			const second = await put(store, key, "second", first);
			expect(await write(first)).toBeUndefined();
			expect(await store.read(key, { signal })).toEqual({ value: "second", version: second });
		});

		test(`${name} gives each write another version, even of the same value`, async () => {
			const store = open();
			const key = newKey();
			const versions: string[] = [];
			for (let i = 0; i < 30; i++) versions.push(await put(store, key, "same", versions.at(-1)));
			expect(new Set(versions).size).toBe(30);
		});

		test(`${name} lets one of 50 concurrent writers create an entry`, async () => {
			const stores = await openMany();
			const key = newKey();
			const versions = await Promise.all(
				stores.map((store, index) =>
					store.write(key, `writer ${index}`, { ifVersion: undefined, ttlMs: LONG_MS, signal }),
				),
			);
			const winner = versions.findIndex((version) => version !== undefined);
			expect(versions.filter((version) => version !== undefined)).toHaveLength(1);
			expect(await open().read(key, { signal })).toEqual({ value: `writer ${winner}`, version: versions[winner] });
		});

		test(`${name} loses no write of concurrent writers that repeat theirs until it succeeds`, async () => {
			// The attempts grow with the square of the writers.
			const stores = (await openMany()).slice(0, place.openMany === undefined ? 15 : MANY);
			const key = newKey();
			const increment = async (store: StoreEngine): Promise<boolean> => {
				const entry = await store.read(key, { signal });
				const value = String(Number(entry?.value ?? 0) + 1);
				return (await store.write(key, value, { ifVersion: entry?.version, ttlMs: LONG_MS, signal })) !== undefined;
			};
			await Promise.all(stores.map((store) => until(() => increment(store))));
			expect((await open().read(key, { signal }))?.value).toBe(String(stores.length));
		});

		test(`${name} removes an entry after its time, and writes a new one in its place`, async () => {
			const store = open();
			const key = newKey();
			await store.write(key, "short", { ifVersion: undefined, ttlMs: 1_000, signal });
			await until(async () => (await store.read(key, { signal })) === undefined);
			const version = await put(store, key, "new");
			expect(await store.read(key, { signal })).toEqual({ value: "new", version });
		});

		test.each([
			["empty", ""],
			["of 64 KiB", "x".repeat(64 * 1024)],
			["of every printable character", String.fromCharCode(...Array.from({ length: 95 }, (_, index) => index + 32))],
			["of spaces", "  "],
			["that looks like JSON", '{"key":{"S":"value"}}'],
		])(`${name} keeps a value %s`, async (_, value) => {
			const key = newKey();
			await put(open(), key, value);
			expect((await open().read(key, { signal }))?.value).toBe(value);
		});

		test.each([
			["longer than 64 KiB", "x".repeat(64 * 1024 + 1)],
			["with a line break", "a\nb"],
			["with a letter outside ASCII", "ü"],
		])(`${name} rejects a value %s, and keeps the entry`, async (_, value) => {
			const store = open();
			const key = newKey();
			const version = await put(store, key, "old");
			await expect(store.write(key, value, { ifVersion: version, ttlMs: LONG_MS, signal })).rejects.toThrow(TypeError);
			expect(await store.read(key, { signal })).toEqual({ value: "old", version });
		});

		test(`${name} keeps apart keys that differ in case or by an ending, and a key of 200 characters`, async () => {
			const store = open();
			const key = newKey();
			const keys = [key, key.toUpperCase(), `${key}:lease`, `${key}:`, `lease:${key}`, key.padEnd(200, "x")];
			for (const one of keys) await put(store, one, one);
			await store.lease(key, "holder", { ttlMs: LONG_MS, signal });
			for (const one of keys) expect((await store.read(one, { signal }))?.value).toBe(one);
		});
	});

	describe(`${name}: leases`, () => {
		const lease = (store: StoreEngine, key: string, holder: string, ttlMs = LONG_MS) =>
			store.lease(key, holder, { ttlMs, signal });

		test(`${name} gives a lease to one holder, and to the next one once it was released`, async () => {
			const key = newKey();
			const [a, b] = [open(), open()];
			expect(await lease(a, key, "a")).toBe(true);
			expect(await lease(b, key, "b")).toBe(false);
			await a.release(key, "a", { signal });
			expect(await lease(b, key, "b")).toBe(true);
			expect(await lease(a, key, "a")).toBe(false);
		});

		test(`${name} gives a lease to one of 50 concurrent contenders`, async () => {
			const stores = await openMany();
			const key = newKey();
			const results = await Promise.all(stores.map((store, index) => lease(store, key, `holder ${index}`)));
			expect(results.filter((isHolder) => isHolder)).toHaveLength(1);
		});

		test(`${name} keeps a lease for a holder that extends it, longer than its time`, async () => {
			const key = newKey();
			const [a, b] = [open(), open()];
			for (let i = 0; i < 23; i++) {
				expect(await lease(a, key, "a", 2_000)).toBe(true);
				expect(await lease(b, key, "b", 2_000)).toBe(false);
				await pause(100);
			}
		});

		test(`${name} gives the lease of a holder that died to a contender that repeats its call`, async () => {
			const key = newKey();
			const [a, b] = [open(), open()];
			expect(await lease(a, key, "a", 500)).toBe(true);
			await until(() => lease(b, key, "b"));
			expect(await lease(a, key, "a")).toBe(false);
		});

		test(`${name} ignores a release by another than the holder`, async () => {
			const key = newKey();
			const [a, b] = [open(), open()];
			await b.release(key, "b", { signal });
			expect(await lease(a, key, "a")).toBe(true);
			await b.release(key, "b", { signal });
			expect(await lease(b, key, "b")).toBe(false);
		});

		test(`${name} keeps the entry of a key apart from its lease`, async () => {
			const store = open();
			const key = newKey();
			expect(await lease(store, key, "a")).toBe(true);
			expect(await store.read(key, { signal })).toBeUndefined();
			const version = await put(store, key, "value");
			await store.release(key, "a", { signal });
			expect(await store.read(key, { signal })).toEqual({ value: "value", version });
		});
	});

	test(`${name} rejects every call with the reason of a signal that was aborted before`, async () => {
		const store = open();
		const key = newKey();
		const reason = new Error("no longer needed");
		const aborted = AbortSignal.abort(reason);
		const calls = [
			store.read(key, { signal: aborted }),
			store.write(key, "value", { ifVersion: undefined, ttlMs: LONG_MS, signal: aborted }),
			store.lease(key, "holder", { ttlMs: LONG_MS, signal: aborted }),
			store.release(key, "holder", { signal: aborted }),
		];
		expect(await Promise.all(calls.map(rejectionOf))).toEqual([reason, reason, reason, reason]);
		expect(await store.read(key, { signal })).toBeUndefined();
		expect(await store.lease(key, "other", { ttlMs: LONG_MS, signal })).toBe(true);
	});
}
