import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../packages/local/src/manual-clock.ts";
import { RefreshableCredentials, type RefreshableCredentialsOptions } from "../../src/credentials/credentials.ts";
import { AuthenticationError, ChallengeError, CredentialsError } from "../../src/errors.ts";
import type { SessionEvent } from "../../src/platform/events.ts";
import { Log } from "../../src/platform/log.ts";
import { ServerClock } from "../../src/platform/server-clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Credentials over a source that counts: the keys of set 3 are AK3, SK3 and T3, so that a torn read shows at once. */
class Counter {
	readonly clock = new ManualClock();
	readonly serverClock = new ServerClock(this.clock);
	readonly events: SessionEvent[] = [];
	fetches = 0;
	timeRequests = 0;
	serverOffset = 0;
	lifeMs: number;
	failure: ((interactive: boolean) => unknown) | undefined;
	hold: Promise<unknown> | undefined;
	readonly interactive: boolean[] = [];
	readonly credentials: RefreshableCredentials;

	constructor(options: Partial<RefreshableCredentialsOptions> = {}) {
		this.lifeMs = (options.duration ?? 3600) * SECOND;
		this.credentials = new RefreshableCredentials({
			method: "EchoStreamAwsCredentials",
			duration: 3600,
			totalTimeoutMs: MINUTE,
			uncounted: undefined,
			signIns: () => 0,
			serveExpired: false,
			subject: () => ({ username: "user", tenant: "tenant", app: undefined }),
			log: new Log(undefined),
			clock: this.clock,
			serverClock: this.serverClock,
			random: () => 0,
			requestTime: async () => {
				this.timeRequests++;
				this.serverClock.observe(this.serverNow(), "AppSync");
			},
			onEvent: (event) => this.events.push(event),
			fetch: async ({ interactive }) => {
				const n = ++this.fetches;
				this.interactive.push(interactive);
				await this.hold;
				this.serverClock.observe(this.serverNow(), "AppSync");
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
	test("the first credentials are fetched by the first caller, once for 10,000 callers at once", async () => {
		const counter = new Counter();
		expect(counter.fetches).toBe(0);
		const keys = await Promise.all(Array.from({ length: 10_000 }, () => counter.key()));
		expect(new Set(keys)).toEqual(new Set(["AK1"]));
		expect(counter.fetches).toBe(1);
		expect(counter.events).toEqual([{ type: "credentialsRefreshed", reason: "first", expiresInMs: HOUR }]);
	});

	test("the first failure is thrown to all that wait, and the next caller tries again", async () => {
		const counter = new Counter();
		counter.failure = outage;
		expect(await Promise.all([codeOf(counter.key()), codeOf(counter.key())])).toEqual(["503", "503"]);
		expect(counter.fetches).toBe(1);
		counter.failure = undefined;
		expect(await counter.key()).toBe("AK2");
	});

	test("credentials that were never fetched need a refresh, in botocore's sense", () => {
		expect(new Counter().credentials.refreshNeeded()).toBe(true);
	});
});

describe("fresh credentials", () => {
	test("fresh credentials are served from memory, as the same promise", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(44 * MINUTE);
		expect(counter.credentials.identity()).toBe(counter.credentials.identity());
		expect(counter.fetches).toBe(1);
	});

	test("fresh credentials are read whole, and frozen", async () => {
		const frozen = await new Counter().credentials.getFrozenCredentials();
		expect(frozen).toEqual({ accessKey: "AK1", secretKey: "SK1", token: "T1" });
		expect(Object.isFrozen(frozen)).toBe(true);
	});

	test("fresh credentials report their remaining time as botocore does", async () => {
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
	test("in the advisory window callers get the current credentials immediately, and one refresh runs in the background", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(50 * MINUTE);
		expect(await Promise.all(Array.from({ length: 100 }, () => counter.key()))).toEqual(Array(100).fill("AK1"));
		await counter.settled();
		expect(await counter.key()).toBe("AK2");
		expect(counter.fetches).toBe(2);
		expect(counter.interactive).toEqual([true, false]);
	});

	test("in the advisory window a failed refresh removes nothing, is reported once, and backs off with jitter", async () => {
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

	test("in the advisory window a listener that fails later changes nothing", async () => {
		const counter = new Counter({ onEvent: (async () => Promise.reject(new Error("listener"))) as () => void });
		expect(await counter.key()).toBe("AK1");
	});

	test("a first failure without any credentials is returned again during a pause, and only a forced refresh tries", async () => {
		const counter = new Counter({ serveExpired: true, random: () => 0.5 });
		counter.failure = outage;
		const failure = await counter.key().catch((error: unknown) => error);
		expect(counter.events).toMatchObject([{ type: "refreshFailed", expiresInMs: 0, retryInMs: 500 }]);
		await counter.clock.advance(499);
		await expect(counter.key()).rejects.toBe(failure);
		expect(counter.fetches).toBe(1);
		await codeOf(counter.credentials.identity({ forceRefresh: true }));
		expect(counter.fetches).toBe(2);
		counter.failure = undefined;
		await counter.clock.advance(1000);
		expect(await counter.key()).toBe("AK3");
	});

	test("the failure of the user is not kept, because the program may sign the user in", async () => {
		const counter = new Counter({ random: () => 1 });
		counter.failure = () => new AuthenticationError("SignInRejected", "no");
		expect([await codeOf(counter.key()), await codeOf(counter.key())]).toEqual(["SignInRejected", "SignInRejected"]);
		counter.failure = undefined;
		expect(await counter.key()).toBe("AK3");
	});

	test("callers without credentials that try again every millisecond cause six refreshes in a minute", async () => {
		const counter = new Counter({ random: () => 1 });
		counter.failure = outage;
		for (let ms = 0; ms < MINUTE; ms += 10) {
			await Promise.all(Array.from({ length: 5 }, () => codeOf(counter.key())));
			await counter.clock.advance(10);
		}
		// After 0, 1, 3, 7, 15 and 31 seconds.
		expect(counter.fetches).toBe(6);
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
	test("in the mandatory window callers wait for the new credentials", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(HOUR - 30 * SECOND);
		expect(await Promise.all([counter.key(), counter.key()])).toEqual(["AK2", "AK2"]);
	});

	test("in the mandatory window a failed refresh serves the current credentials, and the next callers do not wait while it backs off", async () => {
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
	test("expired credentials are replaced before any caller gets them", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(2 * HOUR);
		expect(await counter.key()).toBe("AK2");
	});

	test("expired credentials without new ones are an error with its cause", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(HOUR);
		counter.failure = outage;
		const error: unknown = await counter.key().catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(CredentialsError);
		expect(error).toMatchObject({ code: "CredentialsExpired", cause: { message: "503" } });
	});

	test("expired credentials are served only with serveExpired", async () => {
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
	])(
		"a week of steady calls needs as many fetches as the windows allow for credentials with a lifetime of %i s",
		async (duration, agedSeconds) => {
			const counter = new Counter({ duration });
			const week = 7 * 24 * 3600;
			const step = Math.min(10, duration / 60);
			for (let second = 0; second < week; second += step) {
				await counter.credentials.identity();
				await counter.clock.advance(step * SECOND);
			}
			const expected = Math.ceil(week / agedSeconds);
			expect(Math.abs(counter.fetches - expected)).toBeLessThanOrEqual(Math.ceil(expected * 0.03));
		},
	);
});

describe("a caller's wishes", () => {
	test("a forced refresh fetches once for all callers that force at the same time", async () => {
		const counter = new Counter();
		await counter.key();
		const forced = await Promise.all([1, 2, 3].map(() => counter.credentials.identity({ forceRefresh: true })));
		expect(forced.map(({ accessKeyId }) => accessKeyId)).toEqual(["AK2", "AK2", "AK2"]);
		expect(await counter.key()).toBe("AK2");
	});

	test.each([
		["enough is left", 10, 1800, "AK1"],
		["too little is left", 40, 1800, "AK2"],
	])("a minimum lifetime fetches only when %s", async (_, ageMinutes, minTtlSeconds, key) => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(ageMinutes * MINUTE);
		expect((await counter.credentials.identity({ minTtlSeconds })).accessKeyId).toBe(key);
	});

	test("a minimum lifetime longer than that of new credentials is an error that names what to raise", async () => {
		const counter = new Counter();
		expect(await codeOf(counter.credentials.identity({ minTtlSeconds: 3601 }))).toBe("LifetimeTooShort");
		expect(counter.fetches).toBe(0);
		counter.lifeMs = 15 * MINUTE;
		const error: unknown = await counter.credentials.identity({ minTtlSeconds: 1800 }).catch((e: unknown) => e);
		expect(String(error)).toContain("Raise the session's duration");
	});

	test("an aborted caller stops waiting, and the refresh continues for the others", async () => {
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
	test("a refresh that hangs ends at its deadline, and a later result is ignored", async () => {
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

	test("a refresh that hangs delays no caller with valid credentials", async () => {
		const counter = new Counter();
		await counter.key();
		await counter.clock.advance(50 * MINUTE);
		counter.hold = new Promise(() => {});
		expect(await counter.key()).toBe("AK1");
		await counter.clock.advance(5 * MINUTE);
		expect(await counter.key()).toBe("AK1");
	});
});

describe("a key that a service rejects", () => {
	test("a rejected key is dropped once, after any number of rejected calls, and new credentials are fetched", async () => {
		const counter = new Counter();
		await counter.key();
		const rejections = Array.from({ length: 20 }, () => counter.credentials.reject("AK1"));
		expect(new Set(await Promise.all(rejections))).toEqual(new Set([true]));
		expect(await Promise.all([counter.key(), counter.key()])).toEqual(["AK2", "AK2"]);
		expect(await counter.credentials.reject("AK1")).toBe(true);
		expect(await counter.key()).toBe("AK2");
		expect(counter.events.at(-1)).toMatchObject({ reason: "rejected" });
	});

	test("a rejected key is served to others until there is another one, and the rejection reports whether there is", async () => {
		const counter = new Counter({ random: () => 0.5 });
		await counter.key();
		counter.failure = outage;
		const rejections = Array.from({ length: 20 }, () => counter.credentials.reject("AK1"));
		expect(await counter.key()).toBe("AK1");
		expect(new Set(await Promise.all(rejections))).toEqual(new Set([false]));
		expect([await counter.key(), await counter.credentials.reject("AK1"), counter.fetches]).toEqual(["AK1", false, 2]);
		counter.failure = undefined;
		await counter.clock.advance(SECOND);
		expect(await counter.key()).toBe("AK1");
		await counter.settled();
		expect(await counter.key()).toBe("AK3");
	});

	test("a service that rejects every key does not drive the refreshes: up to five in five seconds", async () => {
		const counter = new Counter();
		for (let call = 0; call < 100; call++) await counter.credentials.reject(await counter.key());
		expect(counter.fetches).toBe(6);
		await counter.clock.advance(5 * SECOND);
		await counter.credentials.reject(await counter.key());
		await counter.key();
		expect(counter.fetches).toBe(7);
	});

	test("a rejected call waits up to five seconds for another key", async () => {
		const counter = new Counter();
		await counter.key();
		counter.hold = new Promise(() => {});
		const rejected = counter.credentials.reject("AK1");
		await counter.settled();
		await counter.clock.advance(5 * SECOND);
		expect([await rejected, await counter.key()]).toEqual([false, "AK1"]);
	});
});

describe("a set that cannot be right", () => {
	test.each([
		["has already expired", -1],
		["expires this very moment", 0],
		["lives far longer than was requested", 3600 * SECOND + 6 * MINUTE],
	])("credentials that cannot be valid are rejected: %s", async (_, lifeMs) => {
		const counter = new Counter();
		counter.lifeMs = lifeMs;
		expect(await codeOf(counter.key())).toBe("InvalidCredentials");
		counter.lifeMs = HOUR;
		expect(await counter.key()).toBe("AK2");
	});

	test("credentials with a shorter lifetime than requested are accepted", async () => {
		const counter = new Counter({ duration: 43_200 });
		counter.lifeMs = HOUR;
		await counter.key();
		await counter.clock.advance(HOUR - 30 * SECOND);
		expect(await counter.key()).toBe("AK2");
	});
});

describe("a refresh in the background that needs a person", () => {
	test("a refresh in the background that needs a person calls no function, and leaves it to the next caller that waits", async () => {
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
		expect(counter.interactive).toEqual([true, false, true]);
	});

	test("a refresh in the background that needs a person does not fail the caller that joined it", async () => {
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
		await counter.clock.advance(MINUTE + 1);
		const waiting = counter.key();
		fail();
		expect(await waiting).toBe("AK3");
		expect(counter.interactive).toEqual([true, false, true]);
	});
});

test("the expiration of credentials is undefined before the first ones and after destroy(), and moves with a refresh", async () => {
	const counter = new Counter();
	expect(counter.credentials.expiration).toBeUndefined();
	await counter.key();
	expect(counter.credentials.expiration).toEqual(new Date(counter.clock.now() + HOUR));
	expect(counter.fetches).toBe(1);
	await counter.clock.advance(50 * MINUTE);
	await counter.credentials.identity({ forceRefresh: true });
	expect(counter.credentials.expiration).toEqual(new Date(counter.clock.now() + HOUR));
	counter.credentials.destroy(new Error("destroyed"));
	expect(counter.credentials.expiration).toBeUndefined();
});

describe("wrong clocks", () => {
	test.each([-2 * HOUR, -10 * MINUTE, 10 * MINUTE, 2 * HOUR])(
		"a local clock that is %i ms off causes as many fetches as any other",
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
			expect(counter.credentials.expiration).toEqual(expiration);
		},
	);

	test("a local clock that is set three hours ahead costs one time request, and no fetch", async () => {
		const counter = new Counter();
		await counter.key();
		counter.clock.jump(3 * HOUR);
		expect(await Promise.all([counter.key(), counter.key()])).toEqual(["AK1", "AK1"]);
		expect([counter.fetches, counter.timeRequests]).toEqual([1, 1]);
		await counter.key();
		expect(counter.timeRequests).toBe(1);
	});

	test("a local clock that is set back costs nothing", async () => {
		const counter = new Counter();
		await counter.key();
		counter.clock.jump(-5 * HOUR);
		await counter.clock.advance(50 * MINUTE);
		expect(await counter.key()).toBe("AK1");
		await counter.settled();
		expect([counter.fetches, counter.timeRequests]).toEqual([2, 0]);
	});

	test("a computer that slept three hours fetches once, before the next call", async () => {
		const counter = new Counter();
		await counter.key();
		counter.clock.jump(3 * HOUR);
		counter.serverOffset = 3 * HOUR;
		expect(await counter.key()).toBe("AK2");
		expect(counter.fetches).toBe(2);
	});

	test("a computer that slept and cannot request the time uses its own clock", async () => {
		const counter = new Counter({ requestTime: () => Promise.reject(new Error("offline")) });
		await counter.key();
		counter.clock.jump(3 * HOUR);
		counter.serverOffset = 3 * HOUR;
		expect(await counter.key()).toBe("AK2");
	});
});

describe("destroyed credentials", () => {
	const DESTROYED = new CredentialsError("SessionDestroyed", "The session has been destroyed");

	test("destroyed credentials end every wait, and fail every later call", async () => {
		const counter = new Counter();
		counter.hold = new Promise(() => {});
		const waiting = codeOf(counter.key());
		counter.credentials.destroy(DESTROYED);
		expect(await waiting).toBe("SessionDestroyed");
		expect(await codeOf(counter.key())).toBe("SessionDestroyed");
	});

	test("destroyed credentials accept no result that arrives at that moment", async () => {
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

	test("destroyed credentials keep no caller waiting for a time request after a sleep", async () => {
		const counter = new Counter({ requestTime: () => new Promise(() => {}) });
		await counter.key();
		counter.clock.jump(3 * HOUR);
		const waiting = codeOf(counter.key());
		await counter.settled();
		counter.credentials.destroy(DESTROYED);
		expect(await waiting).toBe("SessionDestroyed");
	});
});
