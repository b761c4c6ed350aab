import { expect, test } from "@jest/globals";
import { HttpResponse } from "@smithy/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ManualClock } from "echostream-local";
import type { HttpHandler } from "../../../src/index.ts";
import { codeOf, type LocalPool, poolPerTest } from "../../support/local-user.ts";
import { Seeded } from "../../support/seeded.ts";

const start = poolPerTest();
const SECOND = 1_000;

/** Cognito's quota, as a token bucket: `perSecond` requests at once, and as many in each second. */
class QuotaHandler implements HttpHandler {
	sent = 0;
	inFlight = 0;
	rejected = 0;
	readonly #inner = new NodeHttpHandler();
	readonly #clock: ManualClock;
	readonly #perSecond: number;
	readonly #error: string;
	#left: number;
	#at: number;

	constructor(clock: ManualClock, perSecond: number, error = "TooManyRequestsException") {
		this.#clock = clock;
		this.#perSecond = perSecond;
		this.#left = perSecond;
		this.#at = clock.monotonic();
		this.#error = error;
	}

	async handle(...[request, options]: Parameters<HttpHandler["handle"]>): ReturnType<HttpHandler["handle"]> {
		this.sent++;
		const now = this.#clock.monotonic();
		this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) / SECOND) * this.#perSecond);
		this.#at = now;
		if (this.#left < 1) {
			this.rejected++;
			const body = new TextEncoder().encode(JSON.stringify({ __type: this.#error, message: "Rate exceeded" }));
			return { response: new HttpResponse({ statusCode: 400, headers: {}, body }) };
		}
		this.#left--;
		this.inFlight++;
		try {
			return await this.#inner.handle(request as never, options);
		} finally {
			this.inFlight--;
		}
	}

	destroy(): void {
		this.#inner.destroy();
	}
}

/** Lets time pass in small steps, in each of which everything happens that can. */
async function pass({ clock }: LocalPool, handler: QuotaHandler, isOver: () => boolean): Promise<void> {
	for (const end = clock.monotonic() + 120 * SECOND; !isOver() && clock.monotonic() < end; ) {
		for (let calm = 0; calm < 15; calm++) {
			if (handler.inFlight > 0) calm = 0;
			await new Promise((resolve) => setImmediate(resolve));
		}
		await clock.advance(50);
	}
}

test("of 400 users that sign in at once behind a quota of 120 requests a second, every one is signed in", async () => {
	const pool = await start();
	const handler = new QuotaHandler(pool.clock, 120);
	const random = new Seeded(7);
	const codes: string[] = [];
	const ends: number[] = [];
	for (let n = 0; n < 400; n++) {
		const user = pool.user({ maxAttempts: 3, requestHandler: handler, random: random.next });
		void codeOf(user.getAccessToken()).then((code) => {
			codes.push(code);
			ends.push(pool.clock.monotonic());
		});
	}
	await pass(pool, handler, () => codes.length === 400);
	expect(codes.filter((code) => code !== "none")).toEqual([]);
	expect(pool.requestLog.count("RespondToAuthChallenge")).toBe(400);
	// 800 requests at 120 a second cannot take less than 5.7 s.
	expect(Math.max(...ends)).toBeLessThan(20 * SECOND);
	expect(handler.rejected / 400).toBeLessThan(4);
	handler.destroy();
});

test("a quota that stays exhausted ends a sign-in in Throttled, before its deadline", async () => {
	const pool = await start();
	const handler = new QuotaHandler(pool.clock, 0);
	let code = "";
	void codeOf(pool.user({ maxAttempts: 3, requestHandler: handler, random: () => 0.5 }).getAccessToken()).then(
		(ended) => {
			code = ended;
		},
	);
	await pass(pool, handler, () => code !== "");
	expect(code).toBe("Throttled");
	// After 0.5, 1, 2, 4 and four times 8 s. The next one would come after loginTimeoutMs.
	expect(handler.sent).toBe(9);
	expect(pool.clock.monotonic()).toBeLessThanOrEqual(45 * SECOND);
});

test("with maxAttempts 1, a throttled sign-in is not repeated", async () => {
	const pool = await start();
	const handler = new QuotaHandler(pool.clock, 0);
	expect(await codeOf(pool.user({ requestHandler: handler, maxAttempts: 1 }).getAccessToken())).toBe("Throttled");
	expect(handler.sent).toBe(1);
});

test("the limit of one user, which is no quota of all, is not waited for", async () => {
	const pool = await start();
	const handler = new QuotaHandler(pool.clock, 0, "LimitExceededException");
	let code = "";
	void codeOf(pool.user({ maxAttempts: 3, requestHandler: handler, random: () => 0.5 }).getAccessToken()).then(
		(ended) => {
			code = ended;
		},
	);
	await pass(pool, handler, () => code !== "");
	expect([code, handler.sent]).toEqual(["Throttled", 3]);
});

test("destroy() ends a sign-in that waits for the quota", async () => {
	const pool = await start();
	const handler = new QuotaHandler(pool.clock, 0);
	const user = pool.user({ maxAttempts: 3, requestHandler: handler });
	const code = codeOf(user.getAccessToken());
	await pass(pool, handler, () => handler.sent === 2);
	user.destroy();
	expect(await code).toBe("UserDestroyed");
	expect(pool.clock.pending).toBe(0);
});
