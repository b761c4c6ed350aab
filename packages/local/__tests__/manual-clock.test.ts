import { expect, test } from "@jest/globals";
import { ManualClock } from "../src/index.ts";

test("a manual clock stands still until it is moved", async () => {
	const clock = new ManualClock(new Date("2026-02-03T04:05:06Z"));
	await new Promise(setImmediate);
	expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2026, 1, 3, 4, 5, 6), 0]);
	await clock.advance(1500);
	expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2026, 1, 3, 4, 5, 7, 500), 1500]);
});

test("advance() calls timers in the order of their times, including those that are added on the way", async () => {
	const clock = new ManualClock(0);
	const acted: [string, number][] = [];
	const note = (name: string) => () => void acted.push([name, clock.now()]);
	clock.after(30, note("last"));
	clock.after(10, () => {
		note("first")();
		void Promise.resolve().then(() => clock.after(10, note("called for on the way")));
	});
	clock.after(31, note("not yet due"));
	await clock.advance(30);
	expect(acted).toEqual([
		["first", 10],
		["called for on the way", 20],
		["last", 30],
	]);
	expect(clock.pending).toBe(1);
});

test("a timer that was cancelled is not called", async () => {
	const clock = new ManualClock();
	let acted = 0;
	clock.after(10, () => acted++)();
	await clock.advance(10);
	expect([acted, clock.pending]).toEqual([0, 0]);
});

test("jump() moves the date, and neither the monotonic time nor the timers", async () => {
	const clock = new ManualClock(0);
	let acted = 0;
	clock.after(10, () => acted++);
	clock.jump(3_600_000);
	expect([clock.now(), clock.monotonic(), acted]).toEqual([3_600_000, 0, 0]);
	clock.jump(-7_200_000);
	expect(clock.now()).toBe(-3_600_000);
});

test("skewed() has another date and the same monotonic time and timers", async () => {
	const clock = new ManualClock(0);
	const ahead = clock.skewed(7_200_000);
	let acted = 0;
	ahead.after(5, () => acted++);
	await clock.advance(5);
	expect([ahead.now(), ahead.monotonic(), acted]).toEqual([7_200_005, 5, 1]);
});

test("freeze() calls what fell due only when all of the time has passed", async () => {
	const clock = new ManualClock(0);
	const acted: [string, number, number][] = [];
	const note = (name: string) => () => void acted.push([name, clock.now(), clock.monotonic()]);
	clock.after(20, note("second"));
	clock.after(10, note("first"));
	clock.after(61, note("not yet due"));
	await clock.freeze(60);
	expect(acted).toEqual([
		["first", 60, 60],
		["second", 60, 60],
	]);
	expect(clock.pending).toBe(1);
});

test("untilNext is the time until the first timer, and undefined without one", async () => {
	const clock = new ManualClock();
	expect(clock.untilNext).toBeUndefined();
	clock.after(30, () => {});
	const cancel = clock.after(10, () => {});
	expect(clock.untilNext).toBe(10);
	cancel();
	await clock.advance(5);
	expect(clock.untilNext).toBe(25);
});
