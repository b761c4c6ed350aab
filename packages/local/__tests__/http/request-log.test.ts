import { expect, test } from "@jest/globals";
import { RequestLog } from "../../src/http/request-log.ts";

function filledLog(size: number): RequestLog {
	const log = new RequestLog();
	for (let index = 0; index < size; index++) {
		log.enter(index, { service: "sqs", operation: index % 4 === 0 ? "SendMessage" : "ReceiveMessage" });
	}
	return log;
}

test("a request log keeps the last 10,000 entries, and at most a tenth more", () => {
	const kept = [...filledLog(100_000)];
	expect(kept.length).toBeGreaterThanOrEqual(10_000);
	expect(kept.length).toBeLessThanOrEqual(11_000);
	expect(kept.at(-1)?.at).toBe(99_999);
	expect(kept.every(({ at }, index) => index === 0 || at === (kept[index - 1]?.at ?? 0) + 1)).toBe(true);
});

test("a request log counts the requests that it no longer keeps", () => {
	const log = filledLog(100_000);
	expect([log.length, log.count("SendMessage"), log.count("ReceiveMessage")]).toEqual([100_000, 25_000, 75_000]);
});

test("a mark of a request log stays valid after entries were dropped", () => {
	const log = filledLog(100_000);
	const mark = log.length;
	for (let index = 0; index < 5000; index++) log.enter(index, { service: "s3", operation: "GetObject" });
	expect([log.since(mark).length, log.count("GetObject", mark), log.count("SendMessage", mark)]).toEqual([
		5000, 5000, 0,
	]);
});

test("a request log that was cleared counts from zero", () => {
	const log = filledLog(100_000);
	log.clear();
	expect([log.length, log.count("SendMessage"), [...log]]).toEqual([0, 0, []]);
});
