import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { type AppSessionOptions, Cognito, type HttpHandler } from "../../src/index.ts";
import { calm, type Dying, type FleetProcess, passing, STORE_KEY } from "../support/fleet.ts";
import { type Fleet, fleetPerTest, keyOf, loginOf, rejections, signInBefore } from "../support/fleet-per-test.ts";
import { codeOf } from "../support/signed-in.ts";

const HOUR = 3_600_000;
const start = fleetPerTest();

/** A refresh token of an earlier run. */
async function refreshTokenOf(here: Fleet): Promise<string | undefined> {
	const user = new Cognito(loginOf(here));
	await user.authenticate();
	const { refreshToken } = user;
	user.destroy();
	return refreshToken;
}

/** Waits until a process has died. */
async function death(holder: FleetProcess, here: Fleet): Promise<void> {
	const died = new Promise<void>((resolve) => {
		const look = () => (holder.isDead ? resolve() : setImmediate(look));
		look();
	});
	await passing(here.clock, died);
}

/** The steps of a process that renews, after the first has signed in and an hour has passed. */
async function renewal(here: Fleet, dying?: Dying) {
	await signInBefore(here);
	await here.clock.advance(HOUR);
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
			await death(holder, here);
			const startedAt = here.clock.monotonic();
			const next = here.start();
			expect(await codeOf(keyOf(next, here))).toBe("none");
			expect(here.clock.monotonic() - startedAt).toBeLessThan(30_000);
			expect(rejections(here)).toEqual([]);
		},
	);
});

describe.each([1_000, 3_000, 5_000, undefined])("with a totalTimeoutMs of %s", (totalTimeoutMs) => {
	test.each([true, false])(
		`a first query succeeds after the holder of the lease died at any step, which was carried out: %s, with a totalTimeoutMs of ${totalTimeoutMs}`,
		async (isSent) => {
			for (let at = 1; at <= STEPS.length; at++) {
				const here = await start();
				const { holder } = await renewal(here, { at, isSent });
				await death(holder, here);
				const next = here.start({ totalTimeoutMs });
				expect([at, await codeOf(keyOf(next, here))]).toEqual([at, "none"]);
				expect(rejections(here)).toEqual([]);
			}
		},
	);

	test.each([true, false])(
		`a forced refresh succeeds after the holder of the lease died at any step, which was carried out: %s, with a totalTimeoutMs of ${totalTimeoutMs}`,
		async (isSent) => {
			for (let at = 1; at <= STEPS.length; at++) {
				const here = await start();
				const options = { duration: 2 * (HOUR / 1000) };
				await signInBefore(here, options);
				const next = here.start({ ...options, totalTimeoutMs });
				const key = await keyOf(next, here);
				await here.clock.advance(HOUR);
				const holder = here.start(options, { at, isSent });
				holder.session.credentials({ forceRefresh: true }).catch(() => {});
				await death(holder, here);
				const forced = passing(here.clock, next.session.credentials({ forceRefresh: true }));
				expect([at, await codeOf(forced)]).toEqual([at, "none"]);
				expect((await forced).accessKeyId).not.toBe(key);
				expect(rejections(here)).toEqual([]);
			}
		},
	);
});

test("a session with a short totalTimeoutMs does not wait for the lease of a renewal that another session of its user began", async () => {
	const here = await start();
	const { holder } = await renewal(here, { at: 8, isSent: false });
	await death(holder, here);
	const login = loginOf(here);
	const user = new Cognito({ ...login, store: here.store, storeKey: STORE_KEY });
	const patient = here.start({ cognito: user, store: undefined });
	const hasty = here.start({ cognito: user, store: undefined, duration: 1800, totalTimeoutMs: 2_000 });
	const first = keyOf(patient, here);
	const second = keyOf(hasty, here);
	expect([await codeOf(second), await codeOf(first)]).toEqual(["none", "none"]);
	expect(rejections(here)).toEqual([]);
	user.destroy();
});

test("a user without a password does not send a refresh token that another process may be sending, however short its caller's time", async () => {
	const here = await start();
	const { holder } = await renewal(here);
	await new Promise<void>((resolve) => {
		const look = () => (holder.steps.includes("GetTokensFromRefreshToken") ? resolve() : setImmediate(look));
		look();
	});
	const thaw = holder.freeze();
	const { refreshToken } = holder.session.cognito as Cognito;
	const { password, ...login } = loginOf(here);
	const user = new Cognito({ ...login, refreshToken, store: here.store, storeKey: STORE_KEY });
	const hasty = here.start({ cognito: user, store: undefined, totalTimeoutMs: 1_000 });
	const code = await codeOf(keyOf(hasty, here));
	thaw();
	await calm();
	expect(["none", "RefreshTimedOut"]).toContain(code);
	await here.clock.advance(10_000);
	expect(await codeOf(keyOf(hasty, here))).toBe("none");
	expect(rejections(here)).toEqual([]);
	user.destroy();
});

/** A process that dies once it has sent the refresh token, and has not received the new one. */
async function deathAfterSending(here: Fleet, options: Partial<AppSessionOptions> = {}): Promise<void> {
	const step = STEPS.indexOf("GetTokensFromRefreshToken") + 1;
	const dying = here.start(options, { at: step, isSent: true });
	keyOf(dying, here).catch(() => {});
	await death(dying, here);
	expect(dying.steps.at(-1)).toBe("GetTokensFromRefreshToken");
}

test("a refresh token of the options that a process has sent before it died is not sent by the next one", async () => {
	const here = await start();
	const login = { ...loginOf(here), refreshToken: await refreshTokenOf(here), maxAttempts: 1 };
	const user = () => new Cognito({ ...login, store: here.store, storeKey: STORE_KEY });
	const users = [user(), user()];
	const codes = users.map((cognito) => () => codeOf(keyOf(here.start({ cognito, store: undefined }), here)));
	here.tenant.faults.add({ drop: "after", operation: "GetTokensFromRefreshToken", times: 1 });
	expect(await codes[0]?.()).toBe("CognitoUnavailable");
	users[0]?.destroy();
	expect(await codes[1]?.()).toBe("none");
	expect(here.tenant.requestLog.count("GetTokensFromRefreshToken")).toBe(1);
	for (const one of users) one.destroy();
});

test.each<[string, (here: Fleet) => unknown]>([
	["was removed from the store", ({ store }) => store.entries.clear()],
	["was replaced by a process with another key", (here) => keyOf(here.start({ storeKey: "ff".repeat(32) }), here)],
])("a refresh token that a process has sent before it died is not sent again after its entry %s", async (_, lose) => {
	const here = await start();
	const survivor = here.start();
	await keyOf(survivor, here);
	await here.clock.advance(HOUR);
	await deathAfterSending(here);
	await here.clock.advance(10_000);
	await lose(here);
	expect(await codeOf(keyOf(survivor, here))).toBe("none");
	expect(rejections(here)).toEqual([]);
});

test("a slow extension of a lease that arrives after its release is not carried out", async () => {
	const here = await start();
	const wait = (ms: number) => new Promise<void>((resolve) => void here.clock.after(ms, resolve));
	const requestHandler: HttpHandler = {
		handle: async (...call) => {
			await wait(700);
			return here.handler.handle(...call);
		},
	};
	const one = here.start({ requestHandler });
	const taken: string[] = [];
	here.store.before = async (call, key) => {
		// The second one of a holder is an extension.
		if (call === "lease" && taken.includes(key)) await wait(1_500);
		if (call === "lease") taken.push(key);
	};
	await keyOf(one, here);
	expect(here.store.calls.filter((call) => call === "lease").length).toBeGreaterThan(2);
	await here.clock.advance(3_000);
	await calm();
	expect([...here.store.leases.keys()]).toEqual([]);
});

test("a lease that arrives when its caller has gone is released", async () => {
	const here = await start();
	const one = here.start({ totalTimeoutMs: 3_000 });
	here.store.before = (call) =>
		call === "lease" ? new Promise<void>((resolve) => void here.clock.after(500, resolve)) : undefined;
	const waiting = keyOf(one, here);
	while (!here.store.calls.includes("lease")) await new Promise((resolve) => setImmediate(resolve));
	one.session.destroy();
	expect(await codeOf(waiting)).toBe("SessionDestroyed");
	await here.clock.advance(3_000);
	await calm();
	expect([...here.store.leases.keys()]).toEqual([]);
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

test.each(["read", "lease", "write"])(
	"a call that waits for a store that does not respond to a %s keeps its process alive",
	async (call) => {
		const here = await start();
		const keeping = new Set<object>();
		const clock = {
			...here.clock.skewed(0),
			after(ms: number, act: () => void, keepsAlive = false) {
				const timer = {};
				if (keepsAlive) keeping.add(timer);
				const cancel = here.clock.after(ms, act);
				return () => {
					keeping.delete(timer);
					cancel();
				};
			},
		};
		const one = here.start({ clock });
		const kept: boolean[] = [];
		here.store.before = (step) => {
			if (step !== call) return;
			setImmediate(() => kept.push(keeping.size > 0));
			return new Promise<never>(() => {});
		};
		await keyOf(one, here);
		await passing(here.clock, (one.session.cognito as Cognito).logout());
		expect(kept.length).toBeGreaterThan(0);
		expect(kept).not.toContain(false);
		expect(keeping.size).toBe(0);
	},
);
