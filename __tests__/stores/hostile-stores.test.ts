import { describe, expect, test } from "@jest/globals";
import { Store, type StoreEngine, type StoreEntry } from "../../src/stores.ts";
import { type FleetProcess, passing } from "../support/fleet.ts";
import { type Fleet, fleetPerTest, keyOf, rejections } from "../support/fleet-per-test.ts";
import type { MemoryStore } from "../support/memory-store.ts";
import { Seeded } from "../support/seeded.ts";
import { codeOf } from "../support/signed-in.ts";

const HOUR = 3_600_000;
const start = fleetPerTest();

/** Lets a fleet make calls for some days, one in five of which forces a refresh, and returns how they ended. */
async function days(here: Fleet, all: FleetProcess[], { hours = 48, seed = 5, each = (_: number) => {} } = {}) {
	const random = new Seeded(seed);
	const codes = new Set<string>();
	for (let hour = 0; hour < hours; hour++) {
		each(hour);
		const calls = all.map((one) => {
			const request = random.next() < 0.2 ? { forceRefresh: true } : undefined;
			return codeOf(passing(here.clock, one.session.credentials(request)));
		});
		for (const code of await Promise.all(calls)) codes.add(code);
		await here.clock.advance(HOUR * (0.2 + random.next()));
	}
	return [...codes];
}

/** A store that does something else than the real one at some of its calls. */
function disguised(real: MemoryStore, changes: Partial<StoreEngine>): Store {
	return Object.assign(Object.create(Store.prototype), {
		read: (key) => real.read(key),
		write: (...call) => real.write(...call),
		lease: (...call) => real.lease(...call),
		release: (key, holder) => real.release(key, holder),
		...changes,
	} satisfies StoreEngine);
}

const lost = () => {
	throw new Error("The response was lost");
};

describe.each(["write", "lease", "release"] as const)("with a store that carries out each %s", (call) => {
	test.each([1, 0.5])(
		`a fleet works, and sends no refresh token twice, with a store that carries out each ${call} and loses a share of %d of the responses`,
		async (share) => {
			const here = await start();
			const random = new Seeded(7);
			const store = disguised(here.store, {
				[call]: async (...args: never[]) => {
					const result = await (here.store[call] as (...args: never[]) => Promise<unknown>)(...args);
					return random.next() < share ? lost() : result;
				},
			});
			const all = [1, 2, 3].map(() => here.start({ store }));
			expect(await days(here, all)).toEqual(["none"]);
			expect(rejections(here)).toEqual([]);
		},
	);
});

test("a fleet works, and sends no refresh token twice, with a store that reports a conflict for half of the writes that it carries out", async () => {
	const here = await start();
	const random = new Seeded(7);
	const store = disguised(here.store, {
		write: async (...args) => {
			const version = await here.store.write(...args);
			return random.next() < 0.5 ? undefined : version;
		},
	});
	const all = [1, 2, 3].map(() => here.start({ store }));
	expect(await days(here, all)).toEqual(["none"]);
	expect(rejections(here)).toEqual([]);
});

test("a fleet works, and sends no refresh token twice, with a store that returns older versions after newer ones", async () => {
	const here = await start();
	const random = new Seeded(7);
	const history = new Map<string, StoreEntry[]>();
	const store = disguised(here.store, {
		read: async (key) => {
			const entry = await here.store.read(key);
			const all = history.get(key) ?? [];
			if (entry !== undefined && all.at(-1)?.version !== entry.version) all.push(entry);
			history.set(key, all);
			return random.next() < 0.4 ? all[Math.floor(random.next() * all.length)] : entry;
		},
	});
	const all = [1, 2, 3].map(() => here.start({ store }));
	expect(await days(here, all)).toEqual(["none"]);
	expect(rejections(here)).toEqual([]);
});

test("a store that is set back to an older state costs sign-ins, and no call", async () => {
	const here = await start();
	const all = [1, 2, 3].map(() => here.start());
	expect(await days(here, all, { hours: 6 })).toEqual(["none"]);
	const backup = new Map(here.store.entries);
	expect(await days(here, all, { hours: 6, seed: 8 })).toEqual(["none"]);
	here.store.entries.clear();
	for (const [key, entry] of backup) here.store.entries.set(key, entry);
	all.push(here.start());
	expect(await days(here, all, { hours: 12, seed: 9 })).toEqual(["none"]);
});

test.each([-1, 1])("a fleet works after the local date of all processes has jumped by %i hours", async (hours) => {
	const here = await start();
	const all = [1, 2, 3].map(() => here.start());
	const each = (hour: number) => {
		if (hour === 6) here.clock.jump(hours * HOUR);
	};
	expect(await days(here, all, { hours: 24, each })).toEqual(["none"]);
});

test("users with equal names in two tenants share nothing in one store", async () => {
	const here = await start();
	const key = await keyOf(here.start(), here);
	const there = await start();
	const others = there.start({ store: here.store });
	const other = await keyOf(others, there);
	expect(other).not.toBe(key);
	expect([here, there].map(({ tenant }) => tenant.requestLog.count("InitiateAuth"))).toEqual([1, 1]);
	expect(here.store.entries.size).toBe(4);
});

test("copies of one process, with the same random numbers, send no refresh token twice", async () => {
	const here = await start();
	await keyOf(here.start(), here);
	await here.clock.advance(HOUR);
	const { randomUUID } = crypto;
	Object.assign(crypto, { randomUUID: () => "00000000-0000-4000-8000-000000000000" });
	try {
		const copies = [here.start(), here.start()];
		expect(await days(here, copies, { hours: 24 })).toEqual(["none"]);
	} finally {
		Object.assign(crypto, { randomUUID });
	}
	expect(rejections(here)).toEqual([]);
});

test.each([3_000, 5_000, 15_000, 60_000])(
	"a fleet with a totalTimeoutMs of %i works with a store that takes 1.9 seconds for each call",
	async (totalTimeoutMs) => {
		const here = await start();
		here.store.before = () => new Promise<void>((resolve) => void here.clock.after(1_900, resolve));
		const all = [1, 2, 3].map(() => here.start({ totalTimeoutMs }));
		expect(await days(here, all, { hours: 12 })).toEqual(["none"]);
		expect(rejections(here)).toEqual([]);
	},
);
