import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { gql } from "@apollo/client";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ManualClock } from "echostream-local";
import { apolloClient } from "../../src/apollo.ts";
import { type AppSession, type AppSessionOptions, isEchoStreamError, type SessionEvent } from "../../src/index.ts";
import { LyingServer, type Received, type Reply, type Respond, sessionOf } from "../support/lying-server.ts";
import { until } from "../support/watched-session.ts";

/** Each may be in the request or the response, and must be in nothing that a program could print. */
const CANARIES = {
	token: "eyJ.canary-access-token.c2ln",
	secretAccessKey: "canary-secret-access-key",
	sessionToken: "canary-session-token",
};
const NOW = Date.UTC(2026, 0, 1);
const KEYS = {
	accessKeyId: "ASIAEXAMPLE",
	secretAccessKey: CANARIES.secretAccessKey,
	sessionToken: CANARIES.sessionToken,
	expiration: "2026-01-01T01:00:00Z",
};
const TENANT = { active: true, name: "tenant", region: "us-east-1", table: "table" };
const APP = { __typename: "ExternalApp", name: "app", config: "{}", tableAccess: true, tenant: TENANT };
const GOOD = { data: { GetApp: { ...APP, GetAwsCredentials: KEYS } } };
const JSON_GOOD = JSON.stringify(GOOD);
const DATE = { date: new Date(NOW).toUTCString() };

const withKeys = (keys: object) => ({
	body: { data: { GetApp: { ...APP, GetAwsCredentials: { ...KEYS, ...keys } } } },
});
const withErrors = (error: unknown, data: unknown = null) => ({ body: { data, errors: [error] } });
/** Writes bytes instead of a response. */
const raw =
	(text: string): Respond =>
	(_, { socket }) => {
		socket?.end(text);
		return undefined;
	};
const head = (headers: string, body: string, status = "200 OK") => `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`;
const length = (body: string) => `content-length: ${Buffer.byteLength(body)}`;

type Lie = Reply | Respond;
/** How the query for AWS credentials ends: with a code, or with the credentials of the response. */
type Row = readonly [lie: Lie, ending: string];
const KEYS_COME = "the credentials";
const INVALID = "InvalidAppSyncResponse";
const UNREACHABLE = "AppSyncUnavailable";

const FORMS: Readonly<Record<string, Row>> = {
	"the truth": [{ body: GOOD }, KEYS_COME],
	"the truth, called HTML": [{ headers: { "content-type": "text/html" }, body: GOOD }, KEYS_COME],
	"the truth, without a type": [raw(head(length(JSON_GOOD), JSON_GOOD)), KEYS_COME],
	"the truth, with other headers twice": [
		{ headers: { "content-type": ["text/html", "image/png"], "x-amzn-requestid": ["a", "b"] }, body: GOOD },
		KEYS_COME,
	],
	"the truth, with two dates": [
		raw(head(`${length(JSON_GOOD)}\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ndate: soon`, JSON_GOOD)),
		KEYS_COME,
	],
	"the truth after a mark of its byte order": [{ body: `\ufeff${JSON_GOOD}` }, KEYS_COME],
	"the truth after the same field with null": [{ body: `{"data":null,${JSON_GOOD.slice(1)}` }, KEYS_COME],
	"the truth, and a megabyte of what nobody asked for": [
		{ body: { ...GOOD, extensions: "x".repeat(1_000_000) } },
		KEYS_COME,
	],
	"a page": [{ headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" }, INVALID],
	"a page that is called JSON": [{ headers: { "content-type": "application/json" }, body: "<html>" }, INVALID],
	nothing: [{ body: "" }, INVALID],
	"nothing, with status 204": [{ status: 204 }, INVALID],
	"an informational status": [raw("HTTP/1.1 199 Odd\r\n\r\n"), UNREACHABLE],
	"a status that does not exist": [raw(head(length(JSON_GOOD), JSON_GOOD, "999 Odd")), UNREACHABLE],
	"a redirect": [{ status: 307, headers: { location: "http://127.0.0.1:1/" } }, "RedirectRejected"],
	"a redirect to nowhere": [{ status: 301 }, "RedirectRejected"],
	"a redirect to a script": [{ status: 302, headers: { location: "javascript:alert(1)" } }, "RedirectRejected"],
	"the truth, as not modified": [{ status: 304 }, "RedirectRejected"],
	"no HTTP": [raw("220 smtp.example ESMTP\r\n"), UNREACHABLE],
	"a header that is none": [raw(`HTTP/1.1 200 OK\r\n${"x".repeat(50)}\r\n\r\n{}`), UNREACHABLE],
	"a header with control characters": [raw(head(`${length("{}")}\r\nx-odd: a\u0000b`, "{}")), UNREACHABLE],
	"headers of 100 kB": [raw(head(`x-long: ${"x".repeat(100_000)}`, "{}")), UNREACHABLE],
	"a length and chunks": [
		raw(head("content-length: 2\r\ntransfer-encoding: chunked", "2\r\n{}\r\n0\r\n\r\n")),
		UNREACHABLE,
	],
	"two lengths": [raw(head(`content-length: 2\r\n${length(JSON_GOOD)}`, JSON_GOOD)), UNREACHABLE],
	"half of what it promised": [raw(head(`content-length: ${JSON_GOOD.length}`, JSON_GOOD.slice(0, 50))), UNREACHABLE],
	"chunks that are broken": [raw(head("transfer-encoding: chunked", "zz\r\n{}")), UNREACHABLE],
	"a connection that is cut": [(_, { socket }) => void socket?.resetAndDestroy(), UNREACHABLE],
	"compressed bytes that are none": [{ headers: { "content-encoding": "gzip" }, body: "\u001f\u008b" }, INVALID],
	"bytes that are no text": [{ body: Uint8Array.of(0xff, 0xfe, 0x00, 0x7b, 0xc3, 0x28) }, INVALID],
	"text in UTF-16": [{ body: new Uint8Array(Buffer.from(JSON_GOOD, "utf16le")) }, INVALID],
	"NUL characters": [{ body: "\u0000".repeat(1000) }, INVALID],
	"the truth, and more after it": [{ body: `${JSON_GOOD}${JSON_GOOD}` }, INVALID],
	"a list": [{ body: [GOOD] }, INVALID],
	"a text": [{ body: JSON.stringify("data") }, INVALID],
	"a number": [{ body: "1e400" }, INVALID],
	null: [{ body: "null" }, INVALID],
	"no data": [{ body: { date: {} } }, INVALID],
	"data that is a list": [{ body: { data: [] } }, INVALID],
	"data that is text": [{ body: { data: "GetApp" } }, INVALID],
	"an app that is text": [{ body: { data: { GetApp: "app" } } }, "AppNotFound"],
	"an app that is a list": [{ body: { data: { GetApp: [APP] } } }, "AppNotFound"],
	"errors that are no list": [{ body: { ...GOOD, errors: { message: "no" } } }, KEYS_COME],
	"errors that are none": [{ body: { ...GOOD, errors: [] } }, KEYS_COME],
	"errors that are null, text and numbers": [{ body: { ...GOOD, errors: [null, "no", 7, [], true] } }, "QueryFailed"],
	"errors whose fields have wrong types": [
		withErrors({ message: { a: 1 }, errorType: ["Unauthorized"], path: "GetApp", locations: 7 }, GOOD.data),
		"QueryFailed",
	],
	"the truth, and an error": [withErrors({ message: "half of it" }, GOOD.data), "QueryFailed"],
	"100,000 errors": [{ body: { data: null, errors: Array.from({ length: 50_000 }, () => ({ a: 1 })) } }, "QueryFailed"],
	"15,000 sets of credentials, and an error": [
		{
			body: {
				data: {
					GetApp: Array.from({ length: 2 }, () => KEYS),
					GetTenant: { ...Array.from({ length: 15_000 }, () => KEYS) },
				},
				errors: Array.from({ length: 20 }, () => ({
					message: "x".repeat(1000),
					path: Array(20).fill("x".repeat(200)),
				})),
			},
		},
		"QueryFailed",
	],
	"an error of a megabyte": [
		withErrors({ message: "x".repeat(1_000_000), errorType: ":".repeat(1_000_000) }),
		"QueryFailed",
	],
	"a path of a megabyte": [
		withErrors({ message: "no", path: ["x".repeat(1_000_000), ...Array(10_000).fill(7)] }),
		"QueryFailed",
	],
	"more than 6 MB": [{ body: { data: "x".repeat(7_000_000) } }, INVALID],
	"values without end": [{ body: `{"data":[${"0,".repeat(500_000)}0]}` }, INVALID],
	"nesting without end": [{ body: `{"data":${"[".repeat(500_000)}${"]".repeat(500_000)}}` }, INVALID],
	"nesting in an error": [{ body: `{"errors":[{"message":${"[".repeat(400)}${"]".repeat(400)}}]}` }, "QueryFailed"],
};

const proto = (key: string) => `{"data":{"GetApp":{"${key}":{"GetAwsCredentials":${JSON.stringify(KEYS)}}}}}`;
const PROTOTYPES: Readonly<Record<string, Row>> = {
	"data in __proto__": [{ body: `{"__proto__":${JSON_GOOD}}` }, INVALID],
	"an app in __proto__": [{ body: `{"data":{"__proto__":${JSON.stringify(GOOD.data)}}}` }, "AppNotFound"],
	"credentials in __proto__": [{ body: proto("__proto__") }, "AppWithoutCredentials"],
	"credentials in constructor": [{ body: proto("constructor") }, "AppWithoutCredentials"],
	"the fields of credentials in __proto__": [
		{ body: `{"data":{"GetApp":{"GetAwsCredentials":{"__proto__":${JSON.stringify(KEYS)}}}}}` },
		"InvalidCredentials",
	],
	"an error with __proto__": [
		{
			body: '{"errors":[{"__proto__":{"message":"no","polluted":1},"message":"no","constructor":{"prototype":{"polluted":1}}}]}',
		},
		"QueryFailed",
	],
	"an error named like a property of every object": [
		withErrors({ message: "no", errorType: "__proto__" }),
		"QueryFailed",
	],
	"a type named like one": [
		{ body: { data: { GetApp: { __typename: "constructor", name: "toString" } } } },
		"AppWithoutCredentials",
	],
	"an error's fields as functions are named": [
		{ body: '{"errors":[{"message":"no","toString":"x","valueOf":7,"toJSON":"x","then":"x"}],"data":null}' },
		"QueryFailed",
	],
	"data with a then": [{ body: JSON_GOOD.replace('{"GetApp":{', '{"then":"x","GetApp":{"then":7,') }, KEYS_COME],
};

const WRONG: readonly unknown[] = [
	null,
	7,
	true,
	[],
	["ASIAEXAMPLE"],
	{ value: "ASIAEXAMPLE" },
	"",
	" ",
	"a b",
	"a\u0000b",
	"a\r\nx-injected: 1",
	"a\u001b[2J",
	"名",
	"\ud800",
	"x".repeat(100_000),
	"x".repeat(2_000_000),
];
const WRONG_DATES: readonly unknown[] = [
	...WRONG,
	1_767_229_200,
	"2026-01-01T01:00:00",
	"2026-13-01T01:00:00Z",
	"0000-00-00T00:00:00Z",
	"9999-12-31T23:59:59Z",
	"+275760-09-13T00:00:00Z",
	"2025-12-31T23:59:59Z",
	"-".repeat(1_000_000),
	`2026-01-01T01:00:00.${"0".repeat(1_000_000)}Z`,
];
const CREDENTIALS: Readonly<Record<string, Row>> = Object.fromEntries([
	...["accessKeyId", "secretAccessKey", "sessionToken"].flatMap((field) =>
		[undefined, ...WRONG].map((value) => [named(field, value), [withKeys({ [field]: value }), "InvalidCredentials"]]),
	),
	...WRONG_DATES.map((value) => [named("expiration", value), [withKeys({ expiration: value }), "InvalidCredentials"]]),
	...[null, 7, "keys", [], [KEYS]].map((value) => [
		named("GetAwsCredentials", value),
		[{ body: { data: { GetApp: { ...APP, GetAwsCredentials: value } } } }, "InvalidCredentials"],
	]),
]);

function named(field: string, value: unknown): string {
	const shown = JSON.stringify(value) ?? "missing";
	return `${field}: ${shown.length > 40 ? `${shown.slice(0, 30)}… of ${shown.length} characters` : shown}`;
}

/** Everything that a request contains. */
const requestText = ({ headers, body }: Received) => `${JSON.stringify(headers)} ${body}`;
const reflecting =
	(reply: (text: string) => Reply): Respond =>
	(request) =>
		reply(requestText(request));
const secrets = Object.values(CANARIES).join(" ");
const REFLECTIONS: Readonly<Record<string, Row>> = {
	"the request, in an error": [
		reflecting((text) => withErrors({ message: text, errorType: text, path: [text] })),
		"QueryFailed",
	],
	"the request, in a denial": [
		reflecting((text) => withErrors({ message: text, errorType: "Unauthorized" })),
		"PermissionDenied",
	],
	"the request, in a rejected token": [
		reflecting((text) => ({ ...withErrors({ message: text }), status: 401 })),
		"TokenRejected",
	],
	"the request, in a firewall's words": [
		reflecting((text) => ({ ...withErrors({ message: text, errorType: "WAFForbiddenException" }), status: 403 })),
		"RequestBlocked",
	],
	"the request, in a failure": [reflecting((text) => ({ ...withErrors({ message: text }), status: 500 })), UNREACHABLE],
	"the request, as a page": [reflecting((text) => ({ body: `<html>${text}` })), INVALID],
	"the request, as the type of the app": [
		reflecting(() => ({ body: { data: { GetApp: { __typename: "Odd", name: "app" } } } })),
		"AppWithoutCredentials",
	],
	"the token, in the address of a redirect": [
		({ headers }) => ({ status: 302, headers: { location: `https://x.example/?${headers.authorization}` } }),
		"RedirectRejected",
	],
	"the token, in a header that is none": [
		({ headers }, { socket }) => void socket?.end(`HTTP/1.1 200 OK\r\n${headers.authorization}\r\n\r\n`),
		UNREACHABLE,
	],
	"the token, split by a control character": [
		({ headers }) => withErrors({ message: String(headers.authorization).replace("access", "acc\u0000ess") }),
		"QueryFailed",
	],
	"the credentials, in the message of an error that comes with them": [
		withErrors({ message: `Not stored: ${secrets}`, errorType: secrets, path: [secrets] }, GOOD.data),
		"QueryFailed",
	],
	"the credentials, with status 500": [{ status: 500, body: { ...GOOD, errors: [{ message: secrets }] } }, UNREACHABLE],
	"the credentials, cut off": [{ body: JSON_GOOD.slice(0, -5) }, INVALID],
	"the credentials, in a field of another name": [
		{ body: { ...GOOD, data: { GetApp: { ...APP, Keys: KEYS } } } },
		"AppWithoutCredentials",
	],
};

let unhandled = 0;
const count = () => unhandled++;
const ownKeys = () => [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one).length);
const before = ownKeys();
beforeAll(() => {
	process.on("unhandledRejection", count);
});
afterAll(() => {
	process.off("unhandledRejection", count);
});

/** A session whose errors, log lines and events are kept as text. */
class Watched {
	readonly texts: string[] = [];
	readonly session: AppSession;

	constructor(url: string, options: AppSessionOptions = {}) {
		const log = (...content: unknown[]) => this.show(...content);
		const logger = { debug: log, info: log, warn: log, error: log };
		const onEvent = (event: SessionEvent) => this.show(event);
		this.session = sessionOf(
			url,
			{ clock: new ManualClock(NOW), maxAttempts: 1, logger, onEvent, ...options },
			CANARIES.token,
		);
	}

	show(...values: readonly unknown[]): void {
		for (const value of values) {
			this.texts.push(inspect(value, { depth: 10, showHidden: true, maxStringLength: null }), String(value));
			this.texts.push(JSON.stringify(value) ?? "");
			if (value instanceof Error) this.texts.push(String(value.stack));
			if (value instanceof Error && value.cause !== undefined) this.show(value.cause);
		}
	}

	/** How a call ended: its code, or nothing. What it threw must be an error of this package. */
	async ending(call: Promise<unknown>): Promise<string | undefined> {
		try {
			await call;
			return undefined;
		} catch (error) {
			this.show(error);
			if (isEchoStreamError(error)) return error.code;
			return `${(error as Error).name}: ${(error as Error).message}`;
		}
	}

	/** The names of the canaries that were shown. Of one that was split, the rest counts, too. */
	leaks(): string[] {
		const text = this.texts.join("\n");
		return Object.keys(CANARIES).filter((name) => text.includes(CANARIES[name as keyof typeof CANARIES]));
	}
}

const respondWith =
	(lie: Lie): Respond =>
	(request, response) => {
		if (typeof lie === "function") return lie(request, response);
		return { ...lie, headers: { ...DATE, ...lie.headers } };
	};
const DOCUMENT = "query anything { GetApp { name } }";

const SUITES = { forms: FORMS, prototypes: PROTOTYPES, credentials: CREDENTIALS, reflections: REFLECTIONS };

describe.each(Object.entries(SUITES))("an AppSync that lies with %s and responds with", (_, rows) => {
	test.each(Object.entries(rows))("an AppSync that lies: %s", async (_, [lie, ending]) => {
		await using server = await LyingServer.start(respondWith(lie));
		const watched = new Watched(server.url);
		const { session } = watched;

		let keys: unknown;
		const call = session.credentials().then((identity) => {
			keys = identity;
		});
		expect((await watched.ending(call)) ?? KEYS_COME).toBe(ending);
		if (ending === KEYS_COME) {
			const { expiration, ...rest } = KEYS;
			expect(keys).toEqual({ ...rest, expiration: new Date(expiration) });
		}
		const others = [session.query(DOCUMENT), session.describeApp(), session.describeTenant(), session.regionName()];
		const endings = await Promise.all(others.map((other) => watched.ending(other)));
		// Typed errors, or data: nothing else.
		expect(endings.filter((code) => code !== undefined && !/^[A-Z][A-Za-z]+$/.test(code))).toEqual([]);
		// What Apollo's client makes of odd data is its own affair, but for what it shows.
		await watched.ending(apolloClient(session).query({ query: gql(DOCUMENT) }));
		watched.show(session, session.getCredentials());
		session.destroy();
		expect(watched.leaks()).toEqual([]);
		expect([unhandled, ownKeys(), ({} as { polluted?: unknown }).polluted]).toEqual([0, before, undefined]);
	});
});

describe("an AppSync that never comes to an end", () => {
	/** Sends a byte now and then, and notes when the other side has gone. */
	function dripping(start: string, drip: string) {
		const seen = { bytes: 0, isClosed: false };
		const respond: Respond = (_, response: ServerResponse) => {
			response.socket?.once("close", () => {
				seen.isClosed = true;
			});
			response.socket?.write(start);
			const send = () => {
				if (seen.isClosed) return;
				seen.bytes++;
				response.socket?.write(drip);
				setImmediate(send);
			};
			setImmediate(send);
			return undefined;
		};
		return { seen, respond };
	}

	test.each([
		["drips its body byte by byte", head("transfer-encoding: chunked", ""), "1\r\n \r\n"],
		["drips its headers", "HTTP/1.1 200 OK\r\nx-long: ", "x"],
		["drips its status", "HTTP/1.", ""],
	])(
		"an AppSync response that never ends and %s meets the deadline, and its connection is closed",
		async (_, start, drip) => {
			const { seen, respond } = dripping(start, drip);
			await using server = await LyingServer.start(respond);
			const clock = new ManualClock(NOW);
			const watched = new Watched(server.url, { clock, requestTimeoutMs: 1000 });
			let ending: string | undefined;
			void watched.ending(watched.session.query(DOCUMENT)).then((code) => {
				ending = code;
			});
			await until(() => seen.bytes > 20);
			await clock.advance(999);
			expect(ending).toBeUndefined();
			await clock.advance(1);
			await until(() => ending !== undefined && seen.isClosed);
			expect(ending).toBe("AppSyncUnavailable");
			expect(watched.leaks()).toEqual([]);
		},
	);

	test("an AppSync response that is filled with spaces is cut off at the limit", async () => {
		const { seen, respond } = dripping(head("", ""), " ".repeat(200_000));
		await using server = await LyingServer.start(respond);
		const watched = new Watched(server.url);
		expect(await watched.ending(watched.session.query(DOCUMENT))).toBe("InvalidAppSyncResponse");
		await until(() => seen.isClosed);
	});
});

test("an AppSync that rejects every token gets one request per token of the user, and at most two", async () => {
	await using server = await LyingServer.start(() => ({ status: 401, body: { errors: [{ message: "no" }] } }));
	const watched = new Watched(server.url, { maxAttempts: 5 });
	expect(await watched.ending(watched.session.query(DOCUMENT))).toBe("TokenRejected");
	expect(server.received).toHaveLength(1);
	let tokens = 0;
	const cognito = { username: "jo", getAccessToken: async () => `token-${++tokens}` };
	await using session = sessionOf(server.url, { maxAttempts: 5, cognito });
	await expect(session.query(DOCUMENT)).rejects.toMatchObject({ code: "TokenRejected" });
	expect([server.received.length, tokens]).toEqual([3, 2]);
});

test("a tenant whose region is no region is an invalid response, so that no client sends anything there", async () => {
	for (const region of [
		"evil.example/",
		"us-east-1.evil.example",
		"us-east-1@evil.example",
		"x".repeat(1_000_000),
		"",
	]) {
		await using server = await LyingServer.start(() => ({
			body: { data: { GetApp: { ...APP, tenant: { ...TENANT, region } } } },
		}));
		const watched = new Watched(server.url);
		expect(await watched.ending(watched.session.regionName())).toBe("InvalidAppSyncResponse");
	}
});

test("a canary that is shown is found", () => {
	const watched = new Watched("https://appsync.example");
	watched.show(new Error("outer", { cause: { deep: [CANARIES.token] } }), { secret: CANARIES.sessionToken });
	expect(watched.leaks()).toEqual(["token", "sessionToken"]);
});
