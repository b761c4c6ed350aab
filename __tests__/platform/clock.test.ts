import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../packages/local/src/manual-clock.ts";
import { ServerClock } from "../../src/platform/clock.ts";

const HOUR = 3_600_000;

/** A clock that a server has told the time, two hours ahead of this machine. */
function told() {
	const clock = new ManualClock();
	const server = new ServerClock(clock);
	const truth = () => Date.UTC(2026, 0, 1, 2) + clock.monotonic();
	server.observe(truth());
	server.observe(truth());
	return { clock, server, truth };
}

describe("the servers' time", () => {
	test("is this machine's until a server has said something that is a time", () => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(Number.NaN);
		expect([server.now(), server.offset()]).toEqual([clock.now(), 0]);
	});

	test.each([
		["the last that JavaScript has", 8.64e15],
		["the year 2100", Date.UTC(2100, 0)],
		["2019", Date.UTC(2020, 0) - 1],
		["the first of all", 0],
		["infinity", Number.POSITIVE_INFINITY],
	])("is not learnt from a moment that is implausible: %s", (_, moment) => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(moment);
		server.observe(moment);
		expect([server.now(), server.offset()]).toEqual([clock.now(), 0]);
	});

	test("goes on by the monotonic clock, however the date is set", async () => {
		const { clock, server, truth } = told();
		for (const jump of [-5 * HOUR, 3 * HOUR, -HOUR]) {
			clock.jump(jump);
			await clock.advance(HOUR);
			expect(server.now()).toBe(truth());
		}
	});

	test.each([24 * HOUR, -24 * HOUR])("is not changed by one answer whose date is %i ms off", (wrong) => {
		const { server, truth } = told();
		server.observe(truth() + wrong);
		expect(server.now()).toBe(truth());
		server.observe(truth() + 1000);
		server.observe(truth() + wrong);
		expect(server.now()).toBe(truth() + 1000);
	});

	test("is the local date's, where the first two answers differ and it agrees with the second", () => {
		const clock = new ManualClock();
		const server = new ServerClock(clock);
		server.observe(clock.now() + 24 * HOUR);
		expect(server.now()).toBe(clock.now() + 24 * HOUR);
		server.observe(clock.now());
		expect(server.now()).toBe(clock.now());
		server.observe(clock.now());
		server.observe(clock.now() + 24 * HOUR);
		expect(server.now()).toBe(clock.now());
	});

	test("follows two answers that agree", () => {
		const { server, truth } = told();
		server.observe(truth() + 24 * HOUR);
		server.observe(truth() + 24 * HOUR + 2000);
		expect(server.now()).toBe(truth() + 24 * HOUR + 2000);
	});

	test("is the first answer's at once after a sleep", () => {
		const { clock, server, truth } = told();
		clock.jump(3 * HOUR);
		expect(server.hasJumped()).toBe(true);
		server.observe(truth() + 3 * HOUR);
		expect([server.hasJumped(), server.now()]).toEqual([false, truth() + 3 * HOUR]);
	});

	test("is moved on by a sleep where no server can be asked, also after the date was set back", () => {
		const { clock, server, truth } = told();
		clock.jump(-5 * HOUR);
		expect(server.hasJumped()).toBe(false);
		clock.jump(3 * HOUR);
		expect(server.hasJumped()).toBe(true);
		server.assumeSlept();
		expect(server.now()).toBe(truth() + 3 * HOUR);
	});
});
