import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../packages/local/src/manual-clock.ts";
import { ServerClock } from "../../src/platform/server-clock.ts";

const HOUR = 3_600_000;

/** A clock that has the time of a server, two hours ahead of the local clock. */
function clockWithServerTime() {
	const clock = new ManualClock();
	const server = new ServerClock(clock);
	const truth = () => Date.UTC(2026, 0, 1, 2) + clock.monotonic();
	server.observe(truth(), "Cognito");
	server.observe(truth(), "AppSync");
	return { clock, server, truth };
}

describe("the servers' time", () => {
	test("the servers' time is the local clock's until a server has sent a valid time", () => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(Number.NaN, "Cognito");
		expect([server.now(), server.offset()]).toEqual([clock.now(), 0]);
	});

	test.each([
		["the last that JavaScript has", 8.64e15],
		["the year 2100", Date.UTC(2100, 0)],
		["2019", Date.UTC(2020, 0) - 1],
		["the first of all", 0],
		["infinity", Number.POSITIVE_INFINITY],
	])("the servers' time is not taken from a moment that is implausible: %s", (_, moment) => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(moment, "Cognito");
		server.observe(moment, "AppSync");
		expect([server.now(), server.offset()]).toEqual([clock.now(), 0]);
	});

	test("the servers' time is carried by the monotonic clock, however the local clock is set", async () => {
		const { clock, server, truth } = clockWithServerTime();
		for (const jump of [-5 * HOUR, 3 * HOUR, -HOUR]) {
			clock.jump(jump);
			await clock.advance(HOUR);
			expect(server.now()).toBe(truth());
		}
	});

	test.each([24 * HOUR, -24 * HOUR])(
		"the servers' time is not changed by one response whose date is %i ms off",
		(wrong) => {
			const { server, truth } = clockWithServerTime();
			server.observe(truth() + wrong, "Cognito");
			expect(server.now()).toBe(truth());
			server.observe(truth() + 1000, "Cognito");
			server.observe(truth() + wrong, "Cognito");
			expect(server.now()).toBe(truth() + 1000);
		},
	);

	test("the servers' time is the local clock's, where the first two responses differ and it agrees with the second", () => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(clock.now() + 24 * HOUR, "Cognito");
		expect(server.now()).toBe(clock.now() + 24 * HOUR);
		server.observe(clock.now(), "Cognito");
		expect(server.now()).toBe(clock.now());
		server.observe(clock.now(), "Cognito");
		server.observe(clock.now() + 24 * HOUR, "Cognito");
		expect(server.now()).toBe(clock.now());
	});

	test("the servers' time follows two services that agree for ten seconds", async () => {
		const { clock, server, truth } = clockWithServerTime();
		server.observe(truth() + 24 * HOUR, "Cognito");
		server.observe(truth() + 24 * HOUR + 2000, "AppSync");
		expect(server.now()).toBe(truth());
		await clock.advance(10_000);
		server.observe(truth() + 24 * HOUR + 3000, "AppSync");
		expect(server.now()).toBe(truth() + 24 * HOUR + 3000);
	});

	test("the servers' time does not follow one service, however often it names another time", async () => {
		const { clock, server, truth } = clockWithServerTime();
		for (let n = 0; n < 100; n++) {
			server.observe(truth() - HOUR, "AppSync");
			await clock.advance(1000);
		}
		expect(server.now()).toBe(truth());
	});

	test("the time of a new token outweighs every date, except that a late one does not set a confirmed clock back", () => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(clock.now() + 24 * HOUR, "Cognito");
		server.observe(clock.now() + 24 * HOUR, "AppSync");
		server.prove(clock.now() + 2 * 24 * HOUR);
		expect(server.offset()).toBe(2 * 24 * HOUR);
		server.prove(clock.now());
		expect(server.offset()).toBe(2 * 24 * HOUR);
	});

	test("the local clock is possible, too, as long as one service alone has named another time", () => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(clock.now() + HOUR, "Cognito");
		server.observe(clock.now() + HOUR, "Cognito");
		expect(server.possibleTimes()).toEqual([clock.now() + HOUR, clock.now()]);
		server.observe(clock.now() + HOUR, "AppSync");
		expect(server.possibleTimes()).toEqual([clock.now() + HOUR]);
	});

	test("a date without a fraction of a second does not set the clock back", async () => {
		const clock = new ManualClock(Date.UTC(2026, 0, 1) + 900);
		const server = new ServerClock(clock);
		server.observe(clock.now() - 900, "Cognito");
		expect(server.offset()).toBe(0);
		await clock.advance(50);
		server.observe(clock.now() - 950, "AppSync");
		expect(server.offset()).toBe(0);
	});

	test("the time of the last token stays possible when both services have moved the clock", async () => {
		const { clock, server, truth } = clockWithServerTime();
		server.prove(truth());
		server.observe(truth() + HOUR, "Cognito");
		await clock.advance(10_000);
		server.observe(truth() + HOUR, "AppSync");
		expect(server.now()).toBe(truth() + HOUR);
		expect(server.possibleTimes()).toContain(truth());
	});

	test("new credentials decide for the doubted time at which their expiry is possible", () => {
		const { server, truth } = clockWithServerTime();
		server.observe(truth() + 24 * HOUR, "AppSync");
		const isPossible = (now: number) => Math.abs(now - truth() - 24 * HOUR) < HOUR;
		expect([server.reconcile(isPossible), server.now()]).toEqual([true, truth() + 24 * HOUR]);
		expect([server.reconcile(() => false), server.now()]).toEqual([false, truth() + 24 * HOUR]);
	});

	test("the servers' time is the first response's immediately after a sleep", () => {
		const { clock, server, truth } = clockWithServerTime();
		clock.jump(3 * HOUR);
		expect(server.hasJumped()).toBe(true);
		server.observe(truth() + 3 * HOUR, "Cognito");
		expect([server.hasJumped(), server.now()]).toEqual([false, truth() + 3 * HOUR]);
	});

	test("the servers' time is moved on by a sleep where no server responds, also after the clock was set back", () => {
		const { clock, server, truth } = clockWithServerTime();
		clock.jump(-5 * HOUR);
		expect(server.hasJumped()).toBe(false);
		clock.jump(3 * HOUR);
		expect(server.hasJumped()).toBe(true);
		server.assumeSlept();
		expect(server.now()).toBe(truth() + 3 * HOUR);
	});
});
