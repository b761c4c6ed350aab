import { Readable } from "node:stream";
import { DynamoDB, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "echostream-local";
import { ApiSession, type ClientMiddleware } from "../../src/index.ts";
import { EventHandlers } from "../../src/sessions/event-handlers.ts";
import { hasPython, runPython } from "../docs/porting-programs.ts";
import { optionsOf } from "../support/signed-in.ts";
import { until } from "../support/watched-session.ts";
import PYTHON from "../vectors/python-events.json" with { type: "json" };

const EVENTS = [
	"provide-client-params",
	"before-parameter-build",
	"before-call",
	"request-created",
	"before-sign",
	"before-send",
	"response-received",
	"after-call",
	"after-call-error",
] as const;

let tenant: LocalTenant;
let session: ApiSession;
const Key = { pk: { S: "events" }, sk: { S: "1" } };
beforeAll(async () => {
	tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ apiUser: "admin" }));
});
beforeEach(() => {
	tenant.faults.clear();
	session = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
});
afterEach(() => session.destroy());
afterAll(() => tenant.stop());

const item = (client: DynamoDB, TableName = tenant.table) => client.getItem({ TableName, Key });
const fail = (problem: unknown) => {
	throw problem;
};
const failureOf = (promise: Promise<unknown>) =>
	promise.then(
		() => undefined,
		(error) => error,
	);

describe("the order of the handlers", () => {
	test("handlers are called in botocore's order: by place, then by length, then by time", () => {
		const handlers = new EventHandlers();
		const called: string[] = [];
		for (const _ of [1, 2]) {
			for (const pattern of PYTHON.patterns) handlers.register(pattern, () => called.push(pattern));
		}
		for (const { handler } of handlers.of("before-call.dynamodb.PutItem")) handler({} as never);
		expect(called).toEqual(PYTHON.order);
	});

	test.each(Object.keys(PYTHON.changes) as (keyof typeof PYTHON.changes)[])(
		"as in botocore: a handler that is %s",
		(title) => {
			const handlers = new EventHandlers();
			const called: string[] = [];
			const first = () => called.push("first");
			const second = () => called.push("second");
			const twice = () => [first, second, first].map((one) => handlers.register("after-call", one));
			const changes: Record<keyof typeof PYTHON.changes, () => void> = {
				twice,
				twice_and_removed: () => {
					twice();
					handlers.unregister("after-call", first);
				},
				same_id: () => {
					handlers.register("after-call", first, "one");
					handlers.register("after-call", second, "one");
				},
				removed_by_id: () => {
					handlers.register("after-call", first, "two");
					handlers.unregister("after-call", undefined, "two");
					handlers.unregister("after-call", undefined, "two");
				},
				unknown: () => handlers.unregister("after-call", second),
				id_kept: () => {
					handlers.register("after-call", first, "three");
					handlers.unregister("after-call", first);
					handlers.register("after-call", second, "three");
				},
				id_of_another_name: () => {
					handlers.register("after-call", first, "four");
					handlers.unregister("after-call.sqs", undefined, "four");
					handlers.register("after-call", second, "four");
				},
			};
			changes[title]();
			for (const { handler } of handlers.of("after-call.sqs.SendMessage")) handler({} as never);
			// There, the handlers of the first test are called too.
			expect(called).toEqual(PYTHON.changes[title].filter((name) => !name.includes("*")));
		},
	);

	test("the events of a call, of a second attempt, of an error, of no response and of a URL come as in botocore", async () => {
		const log: string[] = [];
		for (const event of EVENTS) {
			session.register(event, (args) => {
				const { parsed, parsedResponse, eventName } = args as {
					readonly parsed?: { Error?: { Code: string } };
					readonly parsedResponse?: { Error?: { Code: string } };
					readonly eventName: string;
				};
				const code = (parsed ?? parsedResponse)?.Error?.Code;
				log.push(code === undefined ? eventName : `${eventName} ${code}`);
			});
		}
		const calls: Record<string, string[]> = {};
		const call = async (title: string, client = session.client(DynamoDB), TableName = tenant.table) => {
			log.length = 0;
			await failureOf(item(client, TableName));
			calls[title] = [...log];
		};
		await call("succeeds");
		tenant.faults.add({ operation: "GetItem", status: 503, times: 1 });
		await call("succeeds at the second attempt");
		await call("is rejected by the service", undefined, "missing");
		const nowhere = session.client(DynamoDB, { endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
		await call("gets no response", nowhere);
		log.length = 0;
		await getSignedUrl(session.client(S3), new GetObjectCommand({ Bucket: "a", Key: "b" }));
		calls["presigns a URL"] = [...log];
		expect(calls).toEqual(PYTHON.calls);
	});

	test("an error of SQS has the code of botocore in after-call", async () => {
		const codes: unknown[] = [];
		session.register("after-call.sqs", ({ parsed }) => {
			codes.push(parsed.Error.Code);
		});
		await failureOf(session.client(SQS).getQueueUrl({ QueueName: "missing" }));
		expect(codes).toEqual(["AWS.SimpleQueueService.NonExistentQueue"]);
	});

	test("Python reports the order that these tests were made from", async () => {
		tenant.faults.add({ operation: "GetItem", status: 503, skip: 1, times: 1 });
		const environment = { ...tenant.environment({ apiUser: "admin" }), REGION: tenant.region, TABLE: tenant.table };
		// Without a Python environment, the recorded order stands for it.
		const [printed] = hasPython ? await runPython("../../__tests__/docs/python-events", environment) : [PYTHON];
		expect(printed).toEqual(PYTHON);
	});
});

describe("the clients", () => {
	test("a handler is called for clients that were made before it and after it, until it is unregistered", async () => {
		const before = session.client(DynamoDB);
		const called: string[] = [];
		const handler = ({ model }: { model: { name: string } }) => void called.push(model.name);
		session.register("after-call.dynamodb", handler);
		const after = session.client(DynamoDB);
		await item(before);
		await item(after);
		session.unregister("after-call.dynamodb", handler);
		await item(before);
		await item(after);
		expect(called).toEqual(["GetItem", "GetItem"]);
		// In Python, the handlers of a client are those that the session had when it was made.
		expect(PYTHON.clients).toEqual({ "the client before": 0, both: 1, "after unregister": 2 });
	});

	test("a handler of a service or an operation is not called for others", async () => {
		const called: string[] = [];
		session.register("before-send.sqs", ({ eventName }) => void called.push(eventName));
		session.register("before-send.*.PutItem", ({ eventName }) => void called.push(eventName));
		const dynamodb = session.client(DynamoDB);
		await item(dynamodb);
		await dynamodb.putItem({ TableName: tenant.table, Item: Key });
		await session.client(SQS).listQueues({});
		expect(called).toEqual(["before-send.dynamodb.PutItem", "before-send.sqs.ListQueues"]);
	});

	test("sessions have handlers of their own", async () => {
		const other = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
		let called = 0;
		other.register("*", () => called++);
		await item(session.client(DynamoDB));
		expect(called).toBe(0);
		other.destroy();
	});

	test("a client of a caller's own credentials and handler emits events too", async () => {
		const called: string[] = [];
		const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
		const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
		const client = session.client(DynamoDBClient, { credentials, requestHandler: { requestTimeout: 5_000 } });
		session.register("before-call", ({ eventName }) => void called.push(eventName));
		await client.send(new GetItemCommand({ TableName: tenant.table, Key }));
		expect(called).toEqual(["before-call.dynamodb.GetItem"]);
		client.destroy();
	});

	test("clients have no middleware for events as long as there is no handler", () => {
		const names = () => session.client(DynamoDB).middlewareStack.identify().join();
		expect(names()).not.toMatch(/echoStream-\w+-events/);
		session.register("before-call", () => {});
		expect(names().match(/echoStream-\w+-events/g)).toHaveLength(3);
	});
});

describe("what a handler changes", () => {
	test("provide-client-params changes the parameters of the call, and not the caller's object", async () => {
		session.register("provide-client-params.dynamodb.GetItem", ({ params }) => {
			params.TableName ??= tenant.table;
		});
		const input = { Key } as never;
		await session.client(DynamoDB).getItem(input);
		expect(input).toEqual({ Key });
	});

	test("the first parameters that provide-client-params returns are used, and changed by before-parameter-build", async () => {
		session.register("provide-client-params", () => null);
		session.register("provide-client-params", ({ params }) => ({ ...params, TableName: "first" }));
		session.register("provide-client-params", ({ params }) => ({ ...params, TableName: "second" }));
		session.register("before-parameter-build", ({ params }) => {
			if (params.TableName === "first") params.TableName = tenant.table;
		});
		await item(session.client(DynamoDB), "missing");
	});

	test("before-call changes the request before it is signed, with its length", async () => {
		session.register("before-call.dynamodb.GetItem", ({ params }) => {
			params.headers["x-trace"] = "42";
			params.body = JSON.stringify({ TableName: tenant.table, Key });
		});
		let signed: Record<string, string> = {};
		session.register("before-send", ({ request }) => {
			signed = request.headers;
		});
		await item(session.client(DynamoDB), "missing");
		expect(signed.authorization).toMatch(/SignedHeaders=[^,]*x-trace/);
	});

	test("the first [response, output] that before-call returns is the call's, and nothing is sent", async () => {
		session.register("before-call", () => undefined);
		session.register("before-call", () => [{ statusCode: 200, headers: {} }, { Item: { pk: { S: "made up" } } }]);
		session.register("before-call", () => {
			throw new Error("not reached");
		});
		const mark = tenant.requestLog.length;
		const output = await item(session.client(DynamoDB));
		expect(output).toEqual({ $metadata: { httpStatusCode: 200 }, Item: { pk: { S: "made up" } } });
		expect(tenant.requestLog.count("GetItem", mark)).toBe(0);
	});

	test("a response of 300 or more that before-call returns is the error of the call, as in botocore", async () => {
		const called: string[] = [];
		session.register("before-call", () => [
			{ statusCode: 400, headers: {} },
			{ Error: { Code: "ResourceNotFoundException", Message: "made up" } },
		]);
		session.register("after-call", ({ eventName, parsed }) => void called.push(`${eventName} ${parsed.Error.Code}`));
		expect(await failureOf(item(session.client(DynamoDB)))).toMatchObject({
			name: "ResourceNotFoundException",
			message: "made up",
			$fault: "client",
			$metadata: { httpStatusCode: 400 },
		});
		expect(called).toEqual(["after-call.dynamodb.GetItem ResourceNotFoundException"]);
	});

	test("before-sign changes the request of each attempt before it is signed, and attempts do not add up", async () => {
		tenant.faults.add({ operation: "GetItem", status: 503, times: 1 });
		const sent: Record<string, string>[] = [];
		session.register("before-sign.dynamodb", ({ request }) => {
			request.headers["x-attempts"] = `${request.headers["x-attempts"] ?? ""}+`;
		});
		session.register("before-send", ({ request }) => void sent.push({ ...request.headers }));
		await item(session.client(DynamoDB));
		expect(sent.map((headers) => headers["x-attempts"])).toEqual(["+", "+"]);
		for (const { authorization } of sent) expect(authorization).toMatch(/SignedHeaders=[^,]*x-attempts/);
	});

	test("before-send sees the signed request, and a response that it returns is parsed instead of the service's", async () => {
		let isSigned = false;
		session.register("before-send", ({ request }) => {
			isSigned = request.headers.authorization !== undefined;
			return {
				statusCode: 200,
				headers: { "content-type": "application/x-amz-json-1.0" },
				body: '{"Item":{"a":{"S":"b"}}}',
			};
		});
		const mark = tenant.requestLog.length;
		expect((await item(session.client(DynamoDB))).Item).toEqual({ a: { S: "b" } });
		expect(isSigned).toBe(true);
		expect(tenant.requestLog.count("GetItem", mark)).toBe(0);
	});

	test("after-call may change the output", async () => {
		session.register("after-call.dynamodb.GetItem", ({ parsed, httpResponse }) => {
			parsed.Status = httpResponse?.statusCode;
		});
		expect(await item(session.client(DynamoDB))).toMatchObject({ Status: 200 });
	});

	test("the handlers of one call share a context, and each call has its own", async () => {
		const contexts: unknown[] = [];
		session.register("before-call", ({ context }) => {
			context.mine = contexts.length;
		});
		session.register("after-call", ({ context }) => void contexts.push({ ...context }));
		const client = session.client(DynamoDB);
		await item(client);
		await item(client);
		expect(contexts).toEqual([{ mine: 0 }, { mine: 1 }]);
		const caching = session.client(DynamoDB, { cacheMiddleware: true });
		session.register("before-call", ({ context }) => {
			context.isNew = context.isNew === undefined;
		});
		await item(caching);
		await item(caching);
		expect(contexts.slice(2)).toEqual([
			{ mine: 2, isNew: true },
			{ mine: 3, isNew: true },
		]);
	});

	test("after a rejected key, the call is sent again with its events", async () => {
		const client = session.client(DynamoDB);
		await item(client);
		const body = { __type: "ExpiredTokenException", message: "expired" };
		tenant.faults.add({ operation: "GetItem", status: 400, body, times: 1 });
		const called: string[] = [];
		session.register("before-send", ({ eventName }) => void called.push(eventName));
		session.register("after-call", ({ eventName }) => void called.push(eventName));
		await item(client);
		expect(called.filter((name) => name.startsWith("after-call"))).toHaveLength(1);
		expect(called.at(-1)).toBe("after-call.dynamodb.GetItem");
	});
});

describe("other kinds of calls", () => {
	test("a presigned URL has its parameters and its signature from the handlers, and no call", async () => {
		const called: string[] = [];
		session.register("*", ({ eventName }) => void called.push(eventName));
		session.register("provide-client-params.s3.GetObject", ({ params }) => {
			params.Key = "changed.txt";
		});
		session.register("before-sign.s3", ({ request }) => {
			request.query["x-trace"] = "42";
		});
		const command = new GetObjectCommand({ Bucket: "bulk-data", Key: "given.txt" });
		const url = new URL(await getSignedUrl(session.client(S3), command));
		expect(url.pathname).toBe("/bulk-data/changed.txt");
		expect(url.searchParams.get("x-trace")).toBe("42");
		expect(called).toEqual([
			"provide-client-params.s3.GetObject",
			"before-parameter-build.s3.GetObject",
			"before-sign.s3.GetObject",
		]);
		expect(command.input.Key).toBe("given.txt");
	});

	test("a stream is sent once, and its handlers see it", async () => {
		let isStream = false;
		session.register("before-call.s3.PutObject", ({ params }) => {
			isStream = params.body instanceof Readable;
		});
		const s3 = session.client(S3);
		const Bucket = String((await s3.listBuckets({})).Buckets?.[0]?.Name);
		await s3.putObject({ Bucket, Key: "stream", Body: Readable.from(["abc"]), ContentLength: 3 });
		const { Body } = await s3.getObject({ Bucket, Key: "stream" });
		expect(await Body?.transformToString()).toBe("abc");
		expect(isStream).toBe(true);
	});

	test("a document client on a client of the session emits the events of its operations", async () => {
		const called: string[] = [];
		session.register("after-call.dynamodb", ({ eventName }) => void called.push(eventName));
		const documents = DynamoDBDocument.from(session.client(DynamoDBClient));
		await documents.put({ TableName: tenant.table, Item: { pk: "events", sk: "1", n: 7 } });
		const { Item } = await documents.get({ TableName: tenant.table, Key: { pk: "events", sk: "1" } });
		expect(Item).toMatchObject({ n: 7 });
		expect(called).toEqual(["after-call.dynamodb.PutItem", "after-call.dynamodb.GetItem"]);
	});
});

describe("a handler that misbehaves", () => {
	test.each(EVENTS.filter((event) => event !== "after-call-error"))(
		"%s: the call fails with the error of its handler, and is not repeated",
		async (event) => {
			const problem = new Error("a bug in the handler");
			session.register(event, () => {
				throw problem;
			});
			const mark = tenant.requestLog.length;
			expect(await failureOf(item(session.client(DynamoDB)))).toBe(problem);
			expect(tenant.requestLog.count("GetItem", mark)).toBeLessThanOrEqual(1);
		},
	);

	test.each(EVENTS.filter((event) => event !== "after-call-error"))(
		"%s: whatever a handler throws is the error of the call, which is not repeated",
		async (event) => {
			const client = session.client(DynamoDB);
			await item(client);
			for (const problem of [
				Object.assign(new Error("of another request"), { name: "TimeoutError" }),
				Object.assign(new Error("of another request"), { code: "ECONNRESET", cause: { code: "ECONNRESET" } }),
				Object.assign(new Error("of another call"), { name: "ExpiredTokenException", $fault: "client", $response: {} }),
				Object.freeze(new Error("frozen")),
				undefined,
				7,
			]) {
				let called = 0;
				const handler = () => {
					called++;
					throw problem;
				};
				session.register(event, handler);
				const exceptions: unknown[] = [];
				const failed = ({ exception }: { exception: unknown }) => void exceptions.push(exception);
				session.register("after-call-error", failed);
				const mark = tenant.requestLog.length;
				const outcome = await item(client).then(
					() => "a result",
					(error: unknown) => ({ error }),
				);
				expect(outcome).toEqual({ error: problem });
				expect((outcome as { error: unknown }).error).toBe(problem);
				for (const exception of exceptions) expect(exception).toBe(problem);
				expect(called).toBe(1);
				expect(tenant.requestLog.length - mark).toBeLessThanOrEqual(1);
				session.unregister(event, handler);
				session.unregister("after-call-error", failed);
			}
		},
	);

	test.each([
		["provide-client-params", "parameters"],
		["before-call", "[{ statusCode: 200, headers: {} }, output]"],
		["before-send", "{ statusCode: 200, headers: {} }"],
	] as const)("%s: what cannot be used fails the call, and the error shows what to return", async (event, fitting) => {
		const client = session.client(DynamoDB);
		const mark = tenant.requestLog.length;
		for (const garbage of ["42", 7, false, () => {}, Symbol("x")]) {
			const handler = () => garbage;
			session.register(event, handler);
			expect(await failureOf(item(client))).toEqual(
				new TypeError(`A handler of ${event} must return ${fitting}, or nothing.`),
			);
			session.unregister(event, handler);
		}
		const trap = (get: (name: unknown) => unknown) => new Proxy({}, { get: (_, name) => get(name) });
		const problem = new Error("trapped");
		for (const [hostile, error] of [
			[trap(() => fail(problem)), problem],
			[trap((name) => (name === "then" ? () => fail(undefined) : undefined)), undefined],
		] as const) {
			const handler = () => hostile;
			session.register(event, handler);
			const outcome = await item(client).then(
				() => "a result",
				(thrown: unknown) => [thrown],
			);
			expect(outcome).toEqual([error]);
			session.unregister(event, handler);
		}
		expect(tenant.requestLog.count("GetItem", mark)).toBe(0);
	});

	test("a handler that sends the call that it handles fails it, and does not call itself for ever", async () => {
		const client = session.client(DynamoDB);
		let called = 0;
		session.register("before-call.dynamodb", async () => {
			called++;
			await item(client);
		});
		expect(await failureOf(item(client))).toMatchObject({ message: expect.stringMatching(/^A handler sends GetItem/) });
		expect(called).toBeLessThan(50);
	});

	test("a handler may send calls of its own, one within another's handler", async () => {
		const client = session.client(DynamoDB);
		let called = 0;
		session.register("before-call.dynamodb.GetItem", async () => {
			called++;
			await client.listTables({});
		});
		for (let call = 0; call < 30; call++) await item(client);
		await Promise.all(Array.from({ length: 30 }, () => item(client)));
		expect(called).toBe(60);
	});

	test("a handler that destroys the session and rejects causes no unhandled rejection", async () => {
		const unhandled: unknown[] = [];
		const onUnhandled = (reason: unknown) => void unhandled.push(reason);
		process.on("unhandledRejection", onUnhandled);
		session.register("before-call", async () => {
			session.destroy();
			throw new Error("after the session");
		});
		expect(await failureOf(item(session.client(DynamoDB)))).toMatchObject({ code: "SessionDestroyed" });
		await new Promise((resolve) => setImmediate(resolve));
		process.off("unhandledRejection", onUnhandled);
		expect(unhandled).toEqual([]);
	});

	test("a handler may be async, and its rejection fails the call", async () => {
		session.register("before-sign", async ({ request }) => {
			await new Promise((resolve) => setImmediate(resolve));
			request.headers["x-late"] = "1";
		});
		let headers: Record<string, string> = {};
		session.register("before-send", ({ request }) => {
			headers = request.headers;
		});
		await item(session.client(DynamoDB));
		expect(headers["x-late"]).toBe("1");
		const problem = new Error("rejected");
		session.register("after-call", async () => Promise.reject(problem));
		expect(await failureOf(item(session.client(DynamoDB)))).toBe(problem);
	});

	test("a handler that never settles fails the call after 60 s", async () => {
		const clock = new ManualClock(Date.now());
		const own = new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), clock });
		await own.ready();
		own.register("before-call.dynamodb", () => new Promise(() => {}));
		const failure = failureOf(item(own.client(DynamoDB)));
		await until(() => clock.pending > 0);
		await clock.advance(60_000);
		expect(await failure).toMatchObject({
			name: "TimeoutError",
			message: "A handler of before-call.dynamodb.GetItem has not settled within 60 s.",
		});
		own.destroy();
	});

	test("destroy() ends the wait for a handler", async () => {
		let isCalled = false;
		session.register("before-call", () => {
			isCalled = true;
			return new Promise(() => {});
		});
		const failure = failureOf(item(session.client(DynamoDB)));
		await until(() => isCalled);
		session.destroy();
		expect(await failure).toMatchObject({ code: "SessionDestroyed" });
	});

	test("a handler may register and unregister handlers", async () => {
		const called: string[] = [];
		const once = () => {
			called.push("once");
			session.unregister("before-call", once);
			session.register("before-call", () => void called.push("later"));
		};
		session.register("before-call", once);
		const client = session.client(DynamoDB);
		await item(client);
		await item(client);
		expect(called).toEqual(["once", "later"]);
	});
});

describe("names and handlers that are wrong", () => {
	test.each([
		[
			"before-cal",
			/^A session emits no event "before-cal"\. Its events are provide-client-params, .*after-call-error\.$/,
		],
		["needs-retry.dynamodb", /retryStrategy/],
		["choose-signer", /authSchemePreference/],
		["creating-client-class.dynamodb", /Extend the client class/],
		["before-call.DynamoDB", /Write before-call\.dynamodb\.$/],
		[
			"before-call.Cognito Identity Provider.InitiateAuth",
			/Write before-call\.cognito-identity-provider\.InitiateAuth\.$/,
		],
		["before-call.dynamodb.put_item", /Write before-call\.dynamodb\.PutItem\.$/],
		["before-call.dynamodb.putItem", /Write before-call\.dynamodb\.PutItem\.$/],
		["before-call.dynamodb.PutItem.x", /Write before-call\.dynamodb\.PutItem\.$/],
		["before-call..PutItem", /Write before-call\.\*\.PutItem\.$/],
		["before-call.dynamodb.", /Write before-call\.dynamodb\.\*\.$/],
		["", /emits no event ""/],
		["constructor", /^A session emits no event "constructor"\. Its events are /],
	])("register(%j) shows what to write", (name, message) => {
		expect(() => session.register(name as "*", () => {})).toThrow(TypeError);
		expect(() => session.register(name as "*", () => {})).toThrow(message);
	});

	test("null is no unique id, as None in botocore", async () => {
		const called: string[] = [];
		const handler = () => void called.push("first");
		session.register("before-call", handler, null as never);
		session.register("before-call", () => void called.push("second"), null as never);
		const client = session.client(DynamoDB);
		await item(client);
		session.unregister("before-call", handler, null as never);
		await item(client);
		expect(called).toEqual(["first", "second", "second"]);
	});

	test("a handler that is no function, and a name that is no string, are rejected at once", () => {
		expect(() => session.register("before-call", 7 as never)).toThrow(
			/^A handler must be a function: register\("before-call", /,
		);
		expect(() => session.register(7 as never, () => {})).toThrow(/^A session emits no event "7"\. Its events are /);
		expect(() => session.unregister("before-call", () => {})).not.toThrow();
	});
});

describe("session.middlewareStack", () => {
	const trace =
		(called: string[], name: string): ClientMiddleware =>
		(next) =>
		(args) => {
			called.push(name);
			return next(args);
		};

	test("middleware that is added runs for clients made and to come, until it is removed", async () => {
		const before = session.client(DynamoDB);
		const called: string[] = [];
		session.middlewareStack.add(trace(called, "a"), { step: "build", name: "a" });
		session.middlewareStack.addRelativeTo(trace(called, "b"), { relation: "after", toMiddleware: "a", name: "b" });
		const after = session.client(DynamoDB);
		await item(before);
		await item(after);
		expect(called).toEqual(["a", "b", "a", "b"]);
		expect(session.middlewareStack.remove("b")).toBe(true);
		expect(session.middlewareStack.remove("b")).toBe(false);
		await item(before);
		await item(session.client(DynamoDB));
		expect(called.slice(4)).toEqual(["a", "a"]);
	});

	test("a plugin is used by clients made and to come, and its middleware can be removed by name", async () => {
		const before = session.client(DynamoDB);
		const called: string[] = [];
		session.middlewareStack.use({
			applyToStack: (stack: DynamoDB["middlewareStack"]) =>
				stack.add(trace(called, "plugin"), { step: "initialize", name: "plugin" }),
		});
		await item(before);
		await item(session.client(DynamoDB));
		expect(called).toEqual(["plugin", "plugin"]);
		expect(session.middlewareStack.remove("plugin")).toBe(true);
		await item(before);
		await item(session.client(DynamoDB));
		expect(called).toHaveLength(2);
	});

	test("middleware of the SDK is removed for all clients", async () => {
		const before = session.client(DynamoDB);
		expect(session.middlewareStack.remove("recursionDetectionMiddleware")).toBe(true);
		for (const client of [before, session.client(DynamoDB)]) {
			expect(client.middlewareStack.identify().join()).not.toContain("recursionDetectionMiddleware");
		}
	});

	test("a name that is in use is an error, and changes no client", async () => {
		const clients = [session.client(DynamoDB), session.client(DynamoDB)];
		const called: string[] = [];
		clients[1]?.middlewareStack.add(trace(called, "own"), { step: "build", name: "taken" });
		expect(() => session.middlewareStack.add(trace(called, "new"), { step: "build", name: "taken" })).toThrow(/taken/);
		for (const client of [...clients, session.client(DynamoDB)]) await item(client);
		expect(called).toEqual(["own"]);
		session.middlewareStack.add(trace(called, "first"), { name: "mine" });
		expect(() => session.middlewareStack.add(trace(called, "second"), { name: "mine" })).toThrow(/override: true/);
		session.middlewareStack.add(trace(called, "second"), { name: "mine", override: true });
		called.length = 0;
		await item(session.client(DynamoDB));
		expect(called).toEqual(["second"]);
	});

	test("a plugin that was removed can be used again", async () => {
		const before = session.client(DynamoDB);
		const called: string[] = [];
		const plugin = {
			applyToStack: (stack: DynamoDB["middlewareStack"]) => stack.add(trace(called, "plugin"), { name: "plugin" }),
		};
		session.middlewareStack.use(plugin);
		expect(() => session.middlewareStack.use(plugin)).toThrow(/middleware plugin already/);
		expect(session.middlewareStack.remove("plugin")).toBe(true);
		session.middlewareStack.use(plugin);
		await item(before);
		await item(session.client(DynamoDB));
		expect(called).toEqual(["plugin", "plugin"]);
	});

	test("clients made and to come have the same middleware, however it was added and removed", () => {
		const before = session.client(DynamoDB);
		const stack = session.middlewareStack;
		const own: ClientMiddleware = (next) => next;
		const names = (client: DynamoDB) => client.middlewareStack.identify().sort();
		const original = names(before);
		for (const change of [
			() => stack.remove("recursionDetectionMiddleware"),
			() => stack.add(own, { name: "recursionDetectionMiddleware" }),
			() => stack.remove("recursionDetectionMiddleware"),
			() => stack.add(own, { name: "loggerMiddleware", override: true }),
			() => stack.remove(own),
			() => stack.add(own, { name: "mine", aliases: ["also mine"] }),
			() => stack.remove("also mine"),
			() => stack.add(own, { name: "mine" }),
			() => stack.remove("mine"),
		]) {
			change();
			expect(names(session.client(DynamoDB))).toEqual(names(before));
		}
		expect(names(before)).toEqual(original.filter((name) => !/^(recursionDetection|logger)Middleware/.test(name)));
	});

	test("a name that the other client has leaves the middleware of both, also one that is added twice", async () => {
		const clients = [session.client(DynamoDB), session.client(DynamoDB)];
		const called: string[] = [];
		const own = trace(called, "own");
		clients[0]?.middlewareStack.add(own, { name: "own" });
		clients[1]?.middlewareStack.add(trace(called, "taken"), { name: "taken" });
		expect(() => session.middlewareStack.add(own, { name: "taken" })).toThrow(/taken/);
		for (const client of clients) await item(client);
		expect(called).toEqual(["own", "taken"]);
	});

	test("what is added and removed, or replaced, again and again, is not kept", () => {
		const stack = session.middlewareStack;
		const applied: unknown[] = [];
		const count = () => {
			applied.length = 0;
			const record = (one: unknown) => void applied.push(one);
			stack.applyTo({ add: record, addRelativeTo: record, remove: record, clone: () => fail("cloned") } as never);
			return applied.length;
		};
		for (let i = 0; i < 100; i++) {
			const own: ClientMiddleware = (next) => next;
			stack.add(own, { name: "one", override: true });
			stack.add((next) => next, { name: "two", override: true });
			stack.use({ applyToStack: (stack: DynamoDB["middlewareStack"]) => stack.add((next) => next, { name: "three" }) });
			stack.remove("three");
			stack.remove(own);
			stack.remove(own);
			stack.remove("never there");
		}
		expect(count()).toBeLessThan(5);
	});

	test("a middleware that is no function is rejected at once", () => {
		expect(() => session.middlewareStack.add(7 as never)).toThrow(/^A middleware must be a function\.$/);
	});

	test("middleware of a client of its own, added to it alone, runs for it alone", async () => {
		const called: string[] = [];
		const one = session.client(DynamoDBClient);
		one.middlewareStack.add(trace(called, "one"), { step: "build" });
		await one.send(new PutItemCommand({ TableName: tenant.table, Item: Key }));
		await item(session.client(DynamoDB));
		expect(called).toEqual(["one"]);
	});

	test("without a step, middleware runs at initialize, as in the SDK", async () => {
		let input: unknown;
		session.middlewareStack.add((next) => (args) => {
			input = args.input;
			return next(args);
		});
		await item(session.client(DynamoDB));
		expect(input).toEqual({ TableName: tenant.table, Key });
	});
});
