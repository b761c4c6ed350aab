import { expect, test } from "@jest/globals";
import { ManualClock } from "echostream-local";
import { TransientFailure, withAttempts } from "../../src/platform/attempts.ts";

/** A clock whose process can be frozen: its timers fire late. */
class FreezingClock extends ManualClock {
	#frozenMs = 0;

	override monotonic(): number {
		return super.monotonic() + this.#frozenMs;
	}

	freezeFor(ms: number): void {
		this.#frozenMs += ms;
	}
}

const policy = { random: () => 0, maxAttempts: 1, requestTimeoutMs: 5_000 };
const never = () => new Promise<never>(() => {});
const timeout = () => new Error("timed out");

test("an attempt during which the process was frozen is made again a second later, and does not count", async () => {
	const clock = new FreezingClock();
	const signals: AbortSignal[] = [];
	const result = withAttempts({ ...policy, clock }, new AbortController().signal, timeout, (signal) => {
		signals.push(signal);
		return signals.length === 1 ? never() : Promise.resolve("response");
	});
	clock.freezeFor(60_000);
	await clock.advance(5_000);
	expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
	await clock.advance(1_000);
	expect(await result).toBe("response");
	expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
	expect(clock.pending).toBe(0);
});

test("a response that waited for a frozen process is used", async () => {
	const clock = new FreezingClock();
	let respond = (_: string) => {};
	const result = withAttempts({ ...policy, clock }, new AbortController().signal, timeout, () => {
		return new Promise<string>((resolve) => {
			respond = resolve;
		});
	});
	clock.freezeFor(60_000);
	await clock.advance(5_000);
	respond("response");
	expect(await result).toBe("response");
});

test("a request that must not be repeated has its whole deadline once more after the process was frozen", async () => {
	const clock = new FreezingClock();
	let attempts = 0;
	const signal = new AbortController().signal;
	const result = withAttempts({ ...policy, maxAttempts: 3, isOnce: true, clock }, signal, timeout, () => {
		attempts++;
		return never();
	}).catch((error: Error) => error.message);
	clock.freezeFor(60_000);
	await clock.advance(9_999);
	expect(attempts).toBe(1);
	await clock.advance(1);
	expect([await result, attempts]).toEqual(["timed out", 1]);
});

test("a deadline that passes in time ends the attempt, and the last one ends the request with its error", async () => {
	const clock = new FreezingClock();
	let attempts = 0;
	const result = withAttempts({ ...policy, maxAttempts: 2, clock }, new AbortController().signal, timeout, () => {
		attempts++;
		if (attempts === 1) throw new TransientFailure(new Error("unavailable"));
		return never();
	}).catch((error: Error) => error.message);
	await clock.advance(0);
	await clock.advance(5_000);
	expect([await result, attempts]).toEqual(["timed out", 2]);
});
