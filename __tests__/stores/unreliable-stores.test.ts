import { expect, test } from "@jest/globals";
import { Cognito } from "../../src/index.ts";
import { type FleetProcess, passing, STORE_KEY } from "../support/fleet.ts";
import { type Fleet, fleetPerTest, keyOf, loginOf, rejections } from "../support/fleet-per-test.ts";
import { Seeded } from "../support/seeded.ts";
import { codeOf } from "../support/signed-in.ts";

const HOUR = 3_600_000;
const start = fleetPerTest();
const forever = () => new Promise<never>(() => {});
const fail = () => {
	throw new Error("The store is on fire");
};

const FAULTS: readonly [what: string, fault: (call: string) => unknown][] = [
	["rejects every call", fail],
	["answers no call", forever],
	["answers no read", (call) => (call === "read" ? forever() : undefined)],
	["rejects every write", (call) => (call === "write" ? fail() : undefined)],
	["answers no write", (call) => (call === "write" ? forever() : undefined)],
	["rejects every lease", (call) => (call === "lease" ? fail() : undefined)],
	["answers no release", (call) => (call === "release" ? forever() : undefined)],
];

test.each(FAULTS)("with a store that %s, a session signs in, renews and calls as without one", async (_, fault) => {
	const fleet = await start();
	fleet.store.before = fault;
	const one = fleet.start();
	for (let hours = 0; hours < 3; hours++) {
		const startedAt = fleet.clock.monotonic();
		expect(await codeOf(keyOf(one, fleet))).toBe("none");
		expect(fleet.clock.monotonic() - startedAt).toBeLessThan(5_000);
		await fleet.clock.advance(HOUR);
	}
	expect(rejections(fleet)).toEqual([]);
});

test.each(FAULTS.flatMap(([what, fault]) => [500, 1_000, 3_000].map((ms) => [what, ms, fault] as const)))(
	"with a store that %s, a session with a totalTimeoutMs of %i signs in, renews and refreshes",
	async (_, totalTimeoutMs, fault) => {
		const fleet = await start();
		const one = fleet.start({ totalTimeoutMs });
		await keyOf(one, fleet);
		for (let hours = 0; hours < 3; hours++) {
			fleet.store.before = hours === 1 ? () => {} : fault;
			await fleet.clock.advance(HOUR);
			expect(await codeOf(keyOf(one, fleet))).toBe("none");
			expect(await codeOf(passing(fleet.clock, one.session.credentials({ forceRefresh: true })))).toBe("none");
		}
		expect(rejections(fleet)).toEqual([]);
	},
);

const LIES: readonly [what: string, lie: (fleet: Fleet) => void][] = [
	["reads numbers", ({ store }) => Object.assign(store, { read: async () => ({ value: 7, version: 7 }) })],
	["reads null", ({ store }) => Object.assign(store, { read: async () => null })],
	[
		"reads a megabyte",
		({ store }) => Object.assign(store, { read: async () => ({ value: "x".repeat(1e6), version: "1" }) }),
	],
	[
		"reads other text",
		({ store }) => Object.assign(store, { read: async () => ({ value: "1.AAAA.BBBB", version: "1" }) }),
	],
	["returns an object for a write", ({ store }) => Object.assign(store, { write: async () => ({}) })],
	["writes nothing and reports a version", ({ store }) => Object.assign(store, { write: async () => "1" })],
	["reports a conflict for every write", ({ store }) => Object.assign(store, { write: async () => undefined })],
	["leases to nobody", ({ store }) => Object.assign(store, { lease: async () => false })],
	["leases to everybody", ({ store }) => Object.assign(store, { lease: async () => true })],
	[
		"is not async and throws",
		({ store }) => Object.assign(store, { read: fail, write: fail, lease: fail, release: fail }),
	],
];

test.each(LIES)("with a store that %s, three sessions sign in, renew and call", async (_, lie) => {
	const fleet = await start();
	lie(fleet);
	const all = [fleet.start(), fleet.start(), fleet.start()];
	for (let hours = 0; hours < 3; hours++) {
		const codes = await Promise.all(all.map((one) => codeOf(keyOf(one, fleet))));
		expect(codes).toEqual(["none", "none", "none"]);
		await fleet.clock.advance(HOUR);
	}
});

test("a store that is down for a while costs no call, and its refresh tokens are sent once", async () => {
	const fleet = await start();
	const all = [fleet.start(), fleet.start(), fleet.start()];
	const random = new Seeded(11);
	let isDown = false;
	fleet.store.before = () => (isDown ? fail() : undefined);
	for (let quarter = 0; quarter < 4 * 48; quarter++) {
		isDown = random.next() < 0.3;
		for (const one of all) expect(await codeOf(keyOf(one, fleet))).toBe("none");
		await fleet.clock.advance(HOUR / 4);
	}
	expect(rejections(fleet)).toEqual([]);
});

test("a failure of a store that many sessions of one user meet at once is followed by one short pause", async () => {
	const fleet = await start();
	const random = () => 0.999;
	const user = new Cognito({ ...loginOf(fleet), store: fleet.store, storeKey: STORE_KEY, random });
	const all = Array.from({ length: 12 }, (_, index) =>
		fleet.start({ cognito: user, store: undefined, duration: 900 + index }),
	);
	for (const one of all) await keyOf(one, fleet);
	fleet.store.before = async () => {
		await new Promise<void>((resolve) => void fleet.clock.after(500, resolve));
		fail();
	};
	const forced = all.map(({ session }) => session.credentials({ forceRefresh: true }));
	await passing(fleet.clock, Promise.all(forced));
	fleet.store.before = () => {};
	await fleet.clock.advance(5_000);
	fleet.store.calls.length = 0;
	await passing(fleet.clock, (all[0] as FleetProcess).session.credentials({ forceRefresh: true }));
	expect(fleet.store.calls).toContain("write");
	user.destroy();
});

test("days of forced refreshes and rotations, with processes that die and start, fail no call", async () => {
	const fleet = await start();
	const random = new Seeded(23);
	let all = Array.from({ length: 5 }, () => fleet.start());
	for (let hour = 0; hour < 24 * 4; hour++) {
		const calls = all.map(async (one) => {
			const request = random.next() < 0.2 ? { forceRefresh: true } : undefined;
			return codeOf(passing(fleet.clock, one.session.credentials(request)));
		});
		// One dies in the middle of its work.
		const dying = Math.floor(random.next() * 5);
		for (let turn = Math.floor(random.next() * 200); turn > 0; turn--)
			await new Promise((resolve) => setImmediate(resolve));
		all[dying]?.kill();
		const living = calls.filter((_, index) => index !== dying);
		expect(new Set(await Promise.all(living))).toEqual(new Set(["none"]));
		all = all.map((one, index) => (index === dying ? fleet.start() : one));
		await fleet.clock.advance(HOUR / 2);
	}
	expect(rejections(fleet)).toEqual([]);
});
