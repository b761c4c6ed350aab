import { Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import { exchange } from "../src/http-exchange.ts";

test("the body of an answer that comes too late is closed", async () => {
	const late = new AbortController();
	const body = new Readable({ read() {} });
	const handler = {
		async handle() {
			late.abort(new Error("late"));
			return { response: { statusCode: 200, headers: {}, body } };
		},
	};
	const message = { method: "GET", url: new URL("https://example.com/"), headers: {} } as const;
	await expect(exchange(handler, { observe() {} }, message, late.signal)).rejects.toThrow();
	expect(body.destroyed).toBe(true);
});
