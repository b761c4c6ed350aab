import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { HttpHandler } from "../../src/index.ts";
import { exchange } from "../../src/platform/http-exchange.ts";
import { sessionOf, userOf } from "../support/lying-server.ts";

test("the body of a response that arrives after the deadline is closed", async () => {
	const late = new AbortController();
	const body = new Readable({ read() {} });
	const handler = {
		async handle() {
			late.abort(new Error("late"));
			return { response: { statusCode: 200, headers: {}, body } };
		},
	};
	const message = {
		method: "GET",
		url: new URL("https://example.com/"),
		headers: {},
		userAgent: "test",
		maxBytes: 1000,
	} as const;
	await expect(exchange(handler, message, late.signal)).rejects.toThrow();
	expect(body.destroyed).toBe(true);
});

const MEGABYTE = 1024 * 1024;

/** A body of the web's that goes on for `megabytes`, and what became of it. */
function webBody(megabytes: number, start = "") {
	const seen = { pulled: 0, isCancelled: false };
	const stream = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(new TextEncoder().encode(start)),
		pull(controller) {
			if (seen.pulled === megabytes) return controller.close();
			seen.pulled++;
			controller.enqueue(new Uint8Array(MEGABYTE).fill(0x20));
		},
		cancel() {
			seen.isCancelled = true;
		},
	});
	return { stream, seen };
}

const respondingWith = (body: unknown): HttpHandler => ({
	handle: async () => ({ response: { statusCode: 200, headers: {}, body } }),
});
const query = (body: unknown) =>
	sessionOf("https://appsync.example", { requestHandler: respondingWith(body) }).query("{ a }");

/** Older Safari's streams. */
const iterator = Object.getOwnPropertyDescriptor(ReadableStream.prototype, Symbol.asyncIterator) as PropertyDescriptor;
function forgetIteration(): void {
	Reflect.deleteProperty(ReadableStream.prototype, Symbol.asyncIterator);
}
afterEach(() => {
	Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, iterator);
});

describe.each([
	["that can be iterated", () => {}],
	["that cannot be iterated, as in older Safari", forgetIteration],
])("a stream of the web %s", (_, prepare) => {
	test("a web stream is read to its end", async () => {
		prepare();
		expect(await query(webBody(3, '{"data":{"a":"b"}}').stream)).toEqual({ a: "b" });
	});

	test("a web stream is read up to the limit of AppSync's responses, and cancelled there", async () => {
		prepare();
		const { stream, seen } = webBody(1000);
		await expect(query(stream)).rejects.toMatchObject({
			code: "InvalidAppSyncResponse",
			transient: false,
			message: expect.stringContaining("sent a response of more than 6291456 bytes"),
		});
		expect(seen).toEqual({ pulled: expect.any(Number), isCancelled: true });
		expect(seen.pulled).toBeLessThan(10);
	});

	test("a web stream is read up to the limit of Cognito's responses, which are small, and cancelled there", async () => {
		prepare();
		const { stream, seen } = webBody(1000);
		const user = userOf("https://cognito.example", { requestHandler: respondingWith(stream) });
		await expect(user.getAccessToken()).rejects.toMatchObject({ code: "InvalidCognitoResponse", transient: false });
		expect(seen.isCancelled).toBe(true);
		expect(seen.pulled).toBeLessThan(4);
	});
});

test.each([
	["text", '{"data":{"a":"b"}}'],
	["bytes", new TextEncoder().encode('{"data":{"a":"b"}}')],
	["a blob", new Blob(['{"data":{"a":"b"}}'])],
	["a stream of Node", Readable.from([Buffer.from('{"data":{"a":'), Buffer.from('"b"}}')])],
])("a body that is %s is read", async (_, body) => {
	expect(await query(body)).toEqual({ a: "b" });
});

test("a body that arrives byte by byte is read, with characters of several bytes and a byte order mark", async () => {
	const bytes = Buffer.from('\ufeff{"data":{"a":"é😀"}}');
	expect(await query(Readable.from(Array.from(bytes, (byte) => Buffer.of(byte))))).toEqual({ a: "é😀" });
});

test("a stream of Node is read up to the limit, and destroyed there", async () => {
	const body = new Readable({
		read() {
			this.push(Buffer.alloc(MEGABYTE, " "));
		},
	});
	await expect(query(body)).rejects.toMatchObject({ code: "InvalidAppSyncResponse" });
	expect(body.destroyed).toBe(true);
});

test.each([
	["brackets", "[".repeat(300_000)],
	["empty objects", `{"data":[${"{},".repeat(200_000)}0]}`],
	["numbers", `{"data":[${"0,".repeat(300_000)}0]}`],
	["fields", `{"data":{${'"a":0,'.repeat(150_000)}"a":0}}`],
	["levels", `{"data":${'{"a":'.repeat(600)}0${"}".repeat(600)}}`],
	["levels after an escaped backslash", `{"data":{"a":"\\\\","b":${"[".repeat(600)}${"]".repeat(600)}}}`],
	["levels after an escaped quote", `{"data":{"a":"\\"","b":${"[".repeat(600)}${"]".repeat(600)}}}`],
])("a response of nothing but %s is rejected before it is parsed", async (_, text) => {
	await expect(query(text)).rejects.toMatchObject({
		code: "InvalidAppSyncResponse",
		transient: false,
		message: expect.stringMatching(/with more than 100000 values, or nested more than 500 levels/),
	});
});

test("a response of 5 MB is read, whatever its texts contain", async () => {
	const text = 'x[{,:"\\'.repeat(400_000);
	const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: "a name of usual length" }));
	for (const a of [text, rows]) expect(await query(JSON.stringify({ data: { a } }))).toEqual({ a });
});

test("an app's configuration that would take too long to parse is left as text", async () => {
	const config = "[".repeat(300_000);
	const app = { __typename: "ExternalApp", name: "app", config };
	const requestHandler = respondingWith(JSON.stringify({ data: { GetApp: app } }));
	const session = sessionOf("https://appsync.example", { requestHandler });
	expect((await session.describeApp()).config).toBe(config);
});
