import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { calm, type Dying, type FleetProcess, passing } from "../support/fleet.ts";
import { type Fleet, fleetPerTest, keyOf, rejections } from "../support/fleet-per-test.ts";
import { codeOf } from "../support/signed-in.ts";

const HOUR = 3_600_000;
const start = fleetPerTest();

/** The steps of a process that renews, after the first has signed in and an hour has passed. */
async function renewal(here: Fleet, dying?: Dying) {
	const first = here.start();
	await keyOf(first, here);
	await here.clock.advance(HOUR);
	first.kill();
	here.tenant.requestLog.clear();
	const holder = here.start({}, dying);
	const held = keyOf(holder, here);
	held.catch(() => {});
	return { holder, held };
}

const STEPS = [
	...["read", "lease", "read"],
	...["read", "lease", "read", "write", "GetTokensFromRefreshToken", "write", "release"],
	...["query", "write", "release"],
];

test("a renewal of a fleet has as many steps as the tests kill its process at", async () => {
	const here = await start();
	const { holder, held } = await renewal(here);
	await held;
	expect(holder.steps).toEqual(STEPS);
});

describe.each([true, false])("where the step itself is carried out: %s", (isSent) => {
	test.each(STEPS.map((_, index) => index + 1))(
		"a process that dies at step %i of a renewal costs the next one seconds, and no refresh token is sent twice",
		async (at) => {
			const here = await start();
			const { holder } = await renewal(here, { at, isSent });
			await passing(
				here.clock,
				new Promise<void>((resolve) => {
					const look = () => (holder.isDead ? resolve() : setImmediate(look));
					look();
				}),
			);
			const startedAt = here.clock.monotonic();
			const next = here.start();
			expect(await codeOf(keyOf(next, here))).toBe("none");
			expect(here.clock.monotonic() - startedAt).toBeLessThan(30_000);
			expect(rejections(here)).toEqual([]);
		},
	);
});

test("a process that stands still while it renews sends no refresh token that another one has sent meanwhile", async () => {
	for (let at = 1; at < STEPS.length; at++) {
		const here = await start();
		const { holder, held } = await renewal(here);
		const thaw = await new Promise<() => void>((resolve) => {
			const look = () => (holder.steps.length >= at ? resolve(holder.freeze()) : setImmediate(look));
			look();
		});
		const next = here.start();
		const found = await keyOf(next, here);
		await here.clock.advance(10 * 60_000);
		thaw();
		await codeOf(passing(here.clock, held));
		expect(await keyOf(holder, here)).toMatch(/^ASIA/);
		expect(found).toMatch(/^ASIA/);
		expect(rejections(here)).toEqual([]);
	}
});

test.each([-10, 10])(
	"processes whose clocks differ by %i minutes share one login, and no call fails",
	async (minutes) => {
		const here = await start();
		const first = here.start();
		const second = here.start({ clock: here.clock.skewed(minutes * 60_000) });
		const call = async (one: FleetProcess) => {
			const client = one.session.client(DynamoDBClient, { region: "us-east-1", maxAttempts: 3 });
			const Key = { pk: { S: "1" }, sk: { S: "1" } };
			return codeOf(passing(here.clock, client.send(new GetItemCommand({ TableName: here.tenant.table, Key }))));
		};
		for (let quarter = 0; quarter < 24; quarter++) {
			expect([await call(first), await call(second), await call(second), await call(first)]).toEqual(
				Array(4).fill("none"),
			);
			await calm();
			await here.clock.advance(HOUR / 4);
		}
		expect(here.tenant.requestLog.count("InitiateAuth")).toBe(1);
		expect(rejections(here).filter(({ service }) => service === "Cognito")).toEqual([]);
	},
);

test("a refresh in the background that waits for another process does not keep its own process alive", async () => {
	const here = await start();
	const kept: boolean[] = [];
	const clock = {
		...here.clock.skewed(0),
		after(ms: number, act: () => void, keepsAlive = false) {
			kept.push(keepsAlive);
			return here.clock.after(ms, act);
		},
	};
	const one = here.start({ clock });
	await keyOf(one, here);
	await here.clock.advance(50 * 60_000);
	here.store.lease = async () => false;
	kept.length = 0;
	await keyOf(one, here);
	for (let second = 0; second < 5; second++) {
		await calm();
		await here.clock.advance(1_000);
	}
	expect(kept.length).toBeGreaterThan(4);
	expect(kept.filter((keepsAlive) => keepsAlive)).toEqual([]);
});
