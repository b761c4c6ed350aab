import { getEventListeners } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ManualClock } from "echostream-local";
import { CognitoApi, type CognitoApiOptions } from "../../../src/cognito/api/api.ts";
import { Cognito } from "../../../src/cognito/cognito.ts";
import { OwnConnections } from "../../../src/platform/connections.ts";
import type { HttpHandler, HttpResponse } from "../../../src/platform/http-handler.ts";
import { ServerClock } from "../../../src/platform/server-clock.ts";
import { codeOf, settle } from "../../support/local-user.ts";

/** Cognito's API with responses from a list, and what it did: the number of requests, and the pauses between them. */
function apiWith(responses: readonly HttpResponse[], options: Partial<CognitoApiOptions> = {}) {
	const clock = new ManualClock();
	const sentAt: number[] = [];
	const signals = new Set<AbortSignal>();
	const requestHandler: HttpHandler = {
		async handle(_, { abortSignal } = {}) {
			if (abortSignal !== undefined) signals.add(abortSignal);
			sentAt.push(clock.monotonic());
			return { response: responses[Math.min(sentAt.length, responses.length) - 1] as HttpResponse };
		},
	};
	const api = new CognitoApi({
		userPoolId: "us-east-1_A",
		region: "us-east-1",
		endpoint: "https://cognito.example",
		connections: new OwnConnections(requestHandler),
		maxAttempts: 3,
		requestTimeoutMs: 60_000,
		clock,
		random: () => 1,
		serverClock: new ServerClock(clock),
		...options,
	});
	return { api, clock, sentAt, signals };
}

const responseOf = (
	statusCode: number,
	body: object | string = {},
	headers: Record<string, string> = {},
): HttpResponse => ({
	statusCode,
	headers,
	body: typeof body === "string" ? body : JSON.stringify(body),
});
const exception = (__type: string, statusCode = 400) => responseOf(statusCode, { __type, message: "Said" });

/** Sends one operation, lets as much time pass as it takes, and returns how it ended and when it was sent. */
async function outcome(responses: readonly HttpResponse[], options?: Partial<CognitoApiOptions>) {
	const { api, clock, sentAt, signals } = apiWith(responses, options);
	let code: string | undefined;
	void codeOf(api.send("GetUser", { AccessToken: "a token" }, "account")).then((ended) => {
		code = ended;
	});
	for (let i = 0; i < 2000 && code === undefined; i++) await clock.advance(100);
	return { code, sentAfter: sentAt.map((time) => time - (sentAt[0] ?? 0)), signals, pending: clock.pending };
}

describe("one operation", () => {
	test.each([
		["InternalErrorException", 500, "CognitoUnavailable", 3],
		["TooManyRequestsException", 400, "Throttled", 3],
		["LimitExceededException", 400, "Throttled", 3],
		["ServiceUnavailable", 503, "CognitoUnavailable", 3],
		["", 429, "Throttled", 3],
		["NotAuthorizedException", 400, "InvalidToken", 1],
		["InvalidParameterException", 400, "CognitoException", 1],
		["UserLambdaValidationException", 400, "LambdaRejected", 1],
		["ForbiddenException", 403, "RequestBlocked", 1],
		["", 403, "RequestBlocked", 1],
		["SomeFutureException", 400, "CognitoException", 1],
	])(
		"an operation that ends in %s with status %i: %s, after %i attempts of 3",
		async (name, status, code, attempts) => {
			const { sentAfter, ...ended } = await outcome([exception(name, status)]);
			expect([ended.code, sentAfter.length, ended.pending]).toEqual([code, attempts, 0]);
		},
	);

	test("an operation is retried after at most 200 ms, then 400, 800 and so on up to 5 s, and the first success counts", async () => {
		const failures = Array.from({ length: 7 }, () => responseOf(503));
		const { code, sentAfter } = await outcome([...failures, responseOf(200)], { maxAttempts: 9 });
		expect(code).toBe("none");
		const pauses = sentAfter.slice(1).map((time, i) => time - (sentAfter[i] ?? 0));
		expect(pauses).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
	});

	test("an operation is not retried before the time that Retry-After names, and not at all if that is longer than 5 s", async () => {
		const patient = responseOf(429, {}, { "retry-after": "3" });
		expect(await outcome([patient, responseOf(200)], { random: () => 0 })).toMatchObject({ sentAfter: [0, 3000] });
		const busy = responseOf(503, {}, { "retry-after": "120" });
		expect(await outcome([busy])).toMatchObject({ code: "CognitoUnavailable", sentAfter: [0] });
		const unclear = responseOf(429, {}, { "retry-after": "soon" });
		expect(await outcome([unclear, responseOf(200)], { random: () => 0 })).toMatchObject({
			code: "none",
			sentAfter: [0, 0],
		});
	});

	test.each(["-3", "1e400", "0x3", "3.5", "3 s", "Sat, 13 Sep 275760 00:00:00 GMT"])(
		"a Retry-After that is not a number of seconds is ignored: %s",
		async (value) => {
			const sent = [responseOf(429, {}, { "retry-after": value }), responseOf(200)];
			expect(await outcome(sent, { random: () => 0 })).toMatchObject({ code: "none", sentAfter: [0, 0] });
		},
	);

	test("an operation leaves no listener on its signal, after any number of attempts", async () => {
		const { signals, sentAfter } = await outcome([responseOf(503)], { maxAttempts: 30, requestTimeoutMs: 600_000 });
		expect([sentAfter.length, signals.size]).toEqual([30, 30]);
		expect([...signals].flatMap((signal) => getEventListeners(signal, "abort"))).toEqual([]);
	});

	test("an exception is named in a header, in __type or in code, with a namespace and a URL or without", async () => {
		for (const sent of [
			responseOf(400, { __type: "UserNotFoundException" }),
			responseOf(400, { __type: "com.amazonaws.cognito#UserNotFoundException:http://internal/" }),
			responseOf(400, { code: "UserNotFoundException" }),
			responseOf(400, "no JSON", { "x-amzn-errortype": "UserNotFoundException:http://internal.amazon.com/" }),
		]) {
			expect(await outcome([sent])).toMatchObject({ code: "UserNotFound" });
		}
	});
});

describe("destroy()", () => {
	/** A server of which one can see how many connections are open. */
	async function counted() {
		const server = createServer((_, response) => response.end("{}"));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		let open = 0;
		server.on("connection", (socket) => {
			open++;
			socket.once("close", () => open--);
		});
		return { url, open: () => open, close: () => new Promise((resolve) => server.close(resolve)) };
	}
	const userOf = (endpoint: string, requestHandler?: HttpHandler) =>
		new Cognito({ userPoolId: "us-east-1_A", clientId: "c", accessToken: "kept", endpoint, requestHandler });

	test("destroy() closes every connection of the user's own handler", async () => {
		const server = await counted();
		const user = userOf(server.url);
		await Promise.all(Array.from({ length: 5 }, () => user.getUser()));
		expect(server.open()).toBe(5);
		user.destroy();
		await settle(() => server.open() === 0);
		await server.close();
	});

	test("destroy() leaves a caller-provided handler open, whose connections serve the next user", async () => {
		const server = await counted();
		const handler = new NodeHttpHandler();
		for (let i = 0; i < 3; i++) {
			await using user = userOf(server.url, handler);
			await user.getUser();
			expect(server.open()).toBe(1);
		}
		handler.destroy();
		await settle(() => server.open() === 0);
		await server.close();
	});
});
