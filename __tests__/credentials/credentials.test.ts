import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../packages/local/src/manual-clock.ts";
import { RefreshableCredentials, type RefreshableCredentialsOptions } from "../../src/credentials/credentials.ts";
import { ChallengeError, CredentialsError } from "../../src/errors.ts";
import { ServerClock } from "../../src/platform/clock.ts";
import type { SessionEvent } from "../../src/platform/events.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Credentials over a source that counts: the keys of set 3 are AK3, SK3 and T3, so that a torn read shows at once. */
class Counter {
	readonly clock = new ManualClock();
	readonly serverClock = new ServerClock(this.clock);
	readonly events: SessionEvent[] = [];
	fetches = 0;
	timeAsked = 0;
	serverOffset = 0;
	lifeMs: number;
	failure: ((interactive: boolean) => unknown) | undefined;
	hold: Promise<unknown> | undefined;
	readonly asked: boolean[] = [];
	readonly credentials: RefreshableCredentials;

	constructor(options: Partial<RefreshableCredentialsOptions> = {}) {
		this.lifeMs = (options.duration ?? 3600) * SECOND;
		this.credentials = new RefreshableCredentials({
			method: "EchoStreamAwsCredentials",
			duration: 3600,
			refreshTimeoutMs: MINUTE,
			serveExpired: false,
			clock: this.clock,
			serverClock: this.serverClock,
			random: () => 0,
			requestTime: async () => {
				this.timeAsked++;
				this.serverClock.observe(this.serverNow());
			},
			onEvent: (event) => this.events.push(event),
			fetch: async ({ interactive }) => {
				const n = ++this.fetches;
				this.asked.push(interactive);
				await this.hold;
				this.serverClock.observe(this.serverNow());
				const failure = this.failure?.(interactive);
				if (failure !== undefined) throw failure;
				const expiresAtMs = this.serverNow() + this.lifeMs;
				return { accessKeyId: `AK${n}`, secretAccessKey: `SK${n}`, sessionToken: `T${n}`, expiresAtMs };
			},
			...options,
		});
	}

	serverNow(): number {
		return this.clock.monotonic() + Date.UTC(2026, 0, 1) + this.serverOffset;
	}

	async key(): Promise<string> {
		return (await this.credentials.identity()).accessKeyId;
	}

	/** After what runs in the background has run. */
	async settled(): Promise<void> {
		await this.clock.advance(0);
	}
}

const outage = () => new Error("503");
const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "none",
		(error: { code?: string; message: string }) => error.code ?? error.message,
	);

let unhandled = 0;
const count = () => unhandled++;
beforeEach(() => {
	unhandled = 0;
	process.on("unhandledRejection", count);
});
afterEach(async () => {
	await new Promise((resolve) => setImmediate(resolve));
	process.off("unhandledRejection", count);
	expect(unhandled).toBe(0);
});

describe("credentials that were never fetched", () => {
	test("are fetched by the first caller, once for 10,000 callers at once", async () => {
		const counter = new Counter();
		expect(counter.fetches).toBe(0);
		const keys = await Promise.all(Array.from({ length: 10_000 }, () => counter.key()));
		expect(new Set(keys)).toEqual(new Set(["AK1"]));
		expect(counter.fetches).toBe(1);
		expect(counter.events).toEqual([{ type: "credentialsRefreshed", reason: "first", expiresInMs: HOUR }]);
	});

	test("give the first failure to whoever waits, and are tried again by the next caller", async () => {
		const counter = new Counter();
		counter.failure = outage;
		expect(await Promise.all([codeOf(counter.key()), codeOf(counter.key())])).toEqual(["503", "503"]);
		expect(counter.fetches).toBe(1);
		counter.failure = undefined;
		expect(await counter.key()).toBe("AK2");
	});

	test("need a refresh, in botocore's sense", () => {
		expect(new Counter().credentials.refreshNeeded()).toBe(true);
	});
});

describe("fresh credentials", () => {
	test("are served from memory, as the same promise", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(44 * MINUTE);
		expect(counter.credentials.identity()).toBe(counter.credentials.identity());
		expect(counter.fetches).toBe(1);
	});

	test("are read whole, and frozen", async () => {
		const frozen = await new Counter().credentials.getFrozenCredentials();
		expect(frozen).toEqual({ accessKey: "AK1", secretKey: "SK1", token: "T1" });
		expect(Object.isFrozen(frozen)).toBe(true);
	});

	test("tell how much of them is left as botocore does", async () => {
		const counter = new Counter();
		const { credentials, clock } = counter;
		await credentials.identity();
		expect([credentials.refreshNeeded(), credentials.refreshNeeded(3600), credentials.refreshNeeded(3601)]).toEqual([
			false,
			false,
			true,
		]);
		await clock.advance(45 * MINUTE);
		expect(credentials.refreshNeeded()).toBe(true);
		expect(counter.fetches).toBe(1);
	});
});

describe("in the advisory window", () => {
	test("callers get the old set at once, and one refresh runs behind", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(50 * MINUTE);
		expect(await Promise.all(Array.from({ length: 100 }, () => counter.key()))).toEqual(Array(100).fill("AK1"));
		await counter.settled();
		expect(await counter.key()).toBe("AK2");
		expect(counter.fetches).toBe(2);
		expect(counter.asked).toEqual([true, false]);
	});

	test("a failed refresh takes nothing away, is told once, and backs off with jitter", async () => {
		const counter = new Counter({ random: () => 0.5 });
		await counter.key();
		await counter.clock.advance(56 * MINUTE);
		counter.failure = outage;
		for (let second = 0; second < 3 * 60; second++) {
			expect(await counter.key()).toBe("AK1");
			await counter.clock.advance(SECOND);
		}
		const waits = counter.events.flatMap((event) => (event.type === "refreshFailed" ? [event.retryInMs] : []));
		expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
		expect(counter.fetches).toBe(1 + waits.length);
		expect(waits.length).toBeLessThan(12);
		counter.failure = undefined;
		await counter.clock.advance(MINUTE / 2);
		await counter.key();
		await counter.settled();
		expect(await counter.key()).toBe(`AK${counter.fetches}`);
	});

	test("a listener that fails later changes nothing", async () => {
		const counter = new Counter({ onEvent: (async () => Promise.reject(new Error("listener"))) as () => void });
		expect(await counter.key()).toBe("AK1");
	});

	test("a first failure says that the next call tries at once, also where expired sets are served", async () => {
		const counter = new Counter({ serveExpired: true, random: () => 0.5 });
		counter.failure = outage;
		await codeOf(counter.key());
		expect(counter.events).toMatchObject([{ type: "refreshFailed", expiresInMs: 0, retryInMs: 0 }]);
	});

	test("a listener that throws changes nothing", async () => {
		const counter = new Counter({
			onEvent: () => {
				throw new Error("listener");
			},
		});
		await counter.key();
		await counter.clock.advance(50 * MINUTE);
		counter.failure = outage;
		expect(await counter.key()).toBe("AK1");
		await counter.settled();
		expect(await counter.key()).toBe("AK1");
	});
});

describe("in the mandatory window", () => {
	test("callers wait for the new set", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(HOUR - 30 * SECOND);
		expect(await Promise.all([counter.key(), counter.key()])).toEqual(["AK2", "AK2"]);
	});

	test("a failed refresh serves the old set, and the next callers do not wait while it backs off", async () => {
		const counter = new Counter({ random: () => 1 });
		await counter.key();
		await counter.clock.advance(HOUR - 30 * SECOND);
		counter.failure = outage;
		expect(await counter.key()).toBe("AK1");
		expect(await counter.key()).toBe("AK1");
		expect(counter.fetches).toBe(2);
	});
});

describe("expired credentials", () => {
	test("are replaced before anybody gets them", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(2 * HOUR);
		expect(await counter.key()).toBe("AK2");
	});

	test("are an error with its cause when there are no new ones", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(HOUR);
		counter.failure = outage;
		const error: unknown = await counter.key().catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(CredentialsError);
		expect(error).toMatchObject({ code: "CredentialsExpired", cause: { message: "503" } });
	});

	test("are served only to those who asked for that", async () => {
		const counter = new Counter({ serveExpired: true, random: () => 0.5 });
		await counter.key();
		await counter.clock.advance(HOUR);
		counter.failure = outage;
		expect(await counter.key()).toBe("AK1");
		expect(await counter.key()).toBe("AK1");
		expect(counter.fetches).toBe(2);
		counter.failure = undefined;
		await counter.clock.advance(SECOND);
		expect(await counter.key()).toBe("AK2".replace("2", String(counter.fetches)));
	});
});

describe("the number of fetches in a week of steady calls", () => {
	test.each([
		[60, 60 - 20],
		[900, 900 - 300],
		[3600, 3600 - 900],
		[43_200, 43_200 - 3600],
	])("is what the windows say for sets that live %i s", async (duration, agedSeconds) => {
		const counter = new Counter({ duration });
		const week = 7 * 24 * 3600;
		const step = Math.min(10, duration / 60);
		for (let second = 0; second < week; second += step) {
			await counter.credentials.identity();
			await counter.clock.advance(step * SECOND);
		}
		const expected = Math.ceil(week / agedSeconds);
		expect(Math.abs(counter.fetches - expected)).toBeLessThanOrEqual(Math.ceil(expected * 0.03));
	});
});

describe("a caller's wishes", () => {
	test("a forced refresh fetches, once for all who force at the same time", async () => {
		const counter = new Counter();
		await counter.key();
		const forced = await Promise.all([1, 2, 3].map(() => counter.credentials.identity({ forceRefresh: true })));
		expect(forced.map(({ accessKeyId }) => accessKeyId)).toEqual(["AK2", "AK2", "AK2"]);
		expect(await counter.key()).toBe("AK2");
	});

	test.each([
		["enough is left", 10, 1800, "AK1"],
		["too little is left", 40, 1800, "AK2"],
	])("a minimum life fetches only when %s", async (_, ageMinutes, minTtlSeconds, key) => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(ageMinutes * MINUTE);
		expect((await counter.credentials.identity({ minTtlSeconds })).accessKeyId).toBe(key);
	});

	test("a minimum life beyond what a new set has is an error that says what to raise", async () => {
		const counter = new Counter();
		expect(await codeOf(counter.credentials.identity({ minTtlSeconds: 3601 }))).toBe("LifetimeTooShort");
		expect(counter.fetches).toBe(0);
		counter.lifeMs = 15 * MINUTE;
		const error: unknown = await counter.credentials.identity({ minTtlSeconds: 1800 }).catch((e: unknown) => e);
		expect(String(error)).toContain("raise the session's duration");
	});

	test("an aborted caller stops waiting, and the refresh goes on for the others", async () => {
		const counter = new Counter();
		let land = () => {};
		counter.hold = new Promise<void>((resolve) => {
			land = resolve;
		});
		const abort = new AbortController();
		const gone = counter.credentials.identity({ signal: abort.signal });
		const stays = counter.key();
		abort.abort(new Error("enough"));
		expect(await codeOf(gone)).toBe("enough");
		land();
		expect(await stays).toBe("AK1");
		expect(counter.fetches).toBe(1);
		expect(await codeOf(counter.credentials.identity({ signal: AbortSignal.abort(new Error("before")) }))).toBe(
			"before",
		);
	});
});

describe("a refresh that hangs", () => {
	test("ends at its deadline, and what it brings later is ignored", async () => {
		const counter = new Counter();
		let land = () => {};
		counter.hold = new Promise<void>((resolve) => {
			land = resolve;
		});
		const waiting = codeOf(counter.key());
		await counter.clock.advance(MINUTE);
		expect(await waiting).toBe("RefreshTimedOut");
		counter.hold = undefined;
		expect(await counter.key()).toBe("AK2");
		land();
		await counter.settled();
		expect(await counter.key()).toBe("AK2");
		expect(counter.clock.pending).toBe(0);
	});

	test("holds up nobody who has a set that works", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(50 * MINUTE);
		counter.hold = new Promise(() => {});
		expect(await counter.key()).toBe("AK1");
		await counter.clock.advance(5 * MINUTE);
		expect(await counter.key()).toBe("AK1");
	});
});

describe("a key that a service refuses", () => {
	test("is dropped once, however many calls it was refused to, and fetched anew", async () => {
		const counter = new Counter();
		await counter.key();
		for (let call = 0; call < 20; call++) counter.credentials.reject("AK1");
		expect(await Promise.all([counter.key(), counter.key()])).toEqual(["AK2", "AK2"]);
		counter.credentials.reject("AK1");
		expect(await counter.key()).toBe("AK2");
		expect(counter.events.at(-1)).toMatchObject({ reason: "rejected" });
	});

	test("does not make a service that refuses every key drive the refreshes", async () => {
		const counter = new Counter();
		for (let call = 0; call < 100; call++) counter.credentials.reject(await counter.key());
		expect(counter.fetches).toBe(2);
		await counter.clock.advance(5 * SECOND);
		counter.credentials.reject(await counter.key());
		await counter.key();
		expect(counter.fetches).toBe(3);
	});
});

describe("a set that cannot be right", () => {
	test.each([
		["has already expired", -1],
		["expires this very moment", 0],
		["lives far longer than was asked", 3600 * SECOND + 6 * MINUTE],
	])("is refused: it %s", async (_, lifeMs) => {
		const counter = new Counter();
		counter.lifeMs = lifeMs;
		expect(await codeOf(counter.key())).toBe("InvalidCredentials");
		counter.lifeMs = HOUR;
		expect(await counter.key()).toBe("AK2");
	});

	test("a set that lives shorter than was asked is taken as it is", async () => {
		const counter = new Counter({ duration: 43_200 });
		counter.lifeMs = HOUR;
		await counter.key();
		await counter.clock.advance(HOUR - 30 * SECOND);
		expect(await counter.key()).toBe("AK2");
	});
});

describe("a refresh in the background that needs a person", () => {
	test("asks nobody, and leaves it to the next caller who waits", async () => {
		const needed = () => new ChallengeError("InteractionRequired", "SMS_MFA", "a code is needed");
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(50 * MINUTE);
		counter.failure = needed;
		expect(await counter.key()).toBe("AK1");
		await counter.settled();
		counter.failure = undefined;
		await counter.clock.advance(10 * MINUTE);
		expect(await counter.key()).toBe("AK3");
		expect(counter.asked).toEqual([true, false, true]);
	});

	test("does not fail the caller who joined it", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(HOUR - MINUTE - 1);
		let fail = () => {};
		counter.hold = new Promise<void>((resolve) => {
			fail = resolve;
		});
		counter.failure = (interactive) =>
			interactive ? undefined : new ChallengeError("InteractionRequired", "SMS_MFA", "a code is needed");
		await counter.key();
		await counter.clock.advance(30 * SECOND);
		const waiting = counter.key();
		fail();
		expect(await waiting).toBe("AK3");
		expect(counter.asked).toEqual([true, false, true]);
	});
});

describe("wrong clocks", () => {
	test.each([-2 * HOUR, -10 * MINUTE, 10 * MINUTE, 2 * HOUR])(
		"a machine that is %i ms off fetches as often as any",
		async (offset) => {
			const counter = new Counter();
			counter.serverOffset = offset;
			for (let minute = 0; minute < 24 * 60; minute++) {
				await counter.key();
				await counter.clock.advance(MINUTE);
			}
			expect(counter.fetches).toBe(Math.ceil((24 * 60) / 45));
			const { expiration } = await counter.credentials.identity();
			expect(Number(expiration) - counter.clock.now()).toBeGreaterThan(0);
			expect(Number(expiration) - counter.clock.now()).toBeLessThanOrEqual(HOUR);
		},
	);

	test("a date set three hours ahead costs one question for the time, and no fetch", async () => {
		const counter = new Counter();
		await counter.key();
		counter.clock.jump(3 * HOUR);
		expect(await Promise.all([counter.key(), counter.key()])).toEqual(["AK1", "AK1"]);
		expect([counter.fetches, counter.timeAsked]).toEqual([1, 1]);
		await counter.key();
		expect(counter.timeAsked).toBe(1);
	});

	test("a date set back costs nothing", async () => {
		const counter = new Counter();
		await counter.key();
		counter.clock.jump(-5 * HOUR);
		await counter.clock.advance(50 * MINUTE);
		expect(await counter.key()).toBe("AK1");
		await counter.settled();
		expect([counter.fetches, counter.timeAsked]).toEqual([2, 0]);
	});

	test("a machine that slept three hours fetches once, before the next call", async () => {
		const counter = new Counter();
		await counter.key();
		counter.clock.jump(3 * HOUR);
		counter.serverOffset = 3 * HOUR;
		expect(await counter.key()).toBe("AK2");
		expect(counter.fetches).toBe(2);
	});

	test("a machine that slept and cannot ask for the time takes its own word", async () => {
		const counter = new Counter({ requestTime: () => Promise.reject(new Error("offline")) });
		await counter.key();
		counter.clock.jump(3 * HOUR);
		counter.serverOffset = 3 * HOUR;
		expect(await counter.key()).toBe("AK2");
	});
});

describe("destroyed credentials", () => {
	const DESTROYED = new CredentialsError("SessionDestroyed", "The session has been destroyed");

	test("end every wait, and say so ever after", async () => {
		const counter = new Counter();
		counter.hold = new Promise(() => {});
		const waiting = codeOf(counter.key());
		counter.credentials.destroy(DESTROYED);
		expect(await waiting).toBe("SessionDestroyed");
		expect(await codeOf(counter.key())).toBe("SessionDestroyed");
	});

	test("take no set that lands in the moment of their end", async () => {
		for (let moment = 0; moment < 30; moment++) {
			const counter = new Counter();
			let land = () => {};
			counter.hold = new Promise<void>((resolve) => {
				land = resolve;
			});
			const waiting = codeOf(counter.key());
			land();
			for (let turn = 0; turn < moment; turn++) await undefined;
			counter.credentials.destroy(DESTROYED);
			await waiting;
			expect([moment, await codeOf(counter.key())]).toEqual([moment, "SessionDestroyed"]);
			expect(counter.credentials.refreshNeeded()).toBe(true);
		}
	});

	test("keep nobody waiting for the time that a machine asks after it slept", async () => {
		const counter = new Counter({ requestTime: () => new Promise(() => {}) });
		await counter.key();
		counter.clock.jump(3 * HOUR);
		const waiting = codeOf(counter.key());
		await counter.settled();
		counter.credentials.destroy(DESTROYED);
		expect(await waiting).toBe("SessionDestroyed");
	});
});
