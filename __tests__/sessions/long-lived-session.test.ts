import { Readable } from "node:stream";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "echostream-local";
import { ApiSession, AppSession, type HttpHandler } from "../../src/index.ts";
import type { HttpRequest } from "../../src/platform/http-handler.ts";
import { runProgram } from "../support/program.ts";
import { Seeded } from "../support/seeded.ts";
import { codeOf, optionsOf } from "../support/signed-in.ts";
import { tenantPerFile } from "../support/tenant-per-file.ts";
import { operationOf, sharedConnections, until, WatchedSession } from "../support/watched-session.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

const local = tenantPerFile({
	userPool: { authFlows: ["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"] },
});
const { clock, connections } = local;
const open: { destroy(): void }[] = [];
beforeEach(() => {
	local.tenant.faults.clear();
	local.tenant.requestLog.clear();
});
afterEach(() => {
	for (const one of open.splice(0)) one.destroy();
});

function watch(...more: [user?: object, options?: object]): WatchedSession {
	const watched = new WatchedSession(local.tenant, clock, connections.handler, ...more);
	open.push(watched);
	return watched;
}

async function settledRefresh(watched: WatchedSession): Promise<void> {
	const seen = watched.events.length;
	await watched.key();
	await until(() => watched.events.slice(seen).some(({ type }) => /^(credentialsR|refreshF)/.test(type)));
}

describe("many callers", () => {
	test("ten clients with credentials at the end of their lifetime need one query, and at most one renewal", async () => {
		const watched = watch();
		await watched.key();
		await clock.advance(HOUR - 30 * SECOND);
		local.tenant.requestLog.clear();
		const clients = Array.from({ length: 10 }, (_, n) =>
			watched.session.client(DynamoDBClient, { region: "us-east-1", maxAttempts: n + 1 }),
		);
		const Key = { pk: { S: "1" }, sk: { S: "1" } };
		await Promise.all(
			clients.flatMap((client) =>
				Array.from({ length: 10 }, () => client.send(new GetItemCommand({ TableName: local.tenant.table, Key }))),
			),
		);
		expect(local.tenant.requestLog.count("getAwsCredentials")).toBe(1);
		expect(local.tenant.requestLog.count("GetTokensFromRefreshToken")).toBe(1);
		expect(local.tenant.requestLog.count("GetItem")).toBe(100);
	});
});

describe("time", () => {
	test.each([-2 * HOUR, -10 * MINUTE, 10 * MINUTE, 2 * HOUR])(
		"a local clock that is %i ms off changes no request and fails no call",
		async (offset) => {
			const operations = async (machine: ManualClock | ReturnType<ManualClock["skewed"]>) => {
				local.tenant.requestLog.clear();
				const watched = watch({ clock: machine }, { clock: machine });
				for (let call = 0; call < 20; call++) {
					await watched.read();
					await settled(watched);
					await clock.advance(15 * MINUTE);
				}
				return local.tenant.requestLog.operations();
			};
			const settled = async (watched: WatchedSession) => {
				if (watched.session.getCredentials().refreshNeeded()) await settledRefresh(watched);
			};
			expect(await operations(clock.skewed(offset))).toEqual(await operations(clock));
		},
	);

	test("a sleep costs one time request and one refresh, before the next call is signed", async () => {
		let slept = 0;
		const machine = new ManualClock(clock.now());
		await using sleeping = await LocalTenant.start({ clock: { now: () => machine.now() + slept } });
		const handler = sharedConnections();
		const previous = { ...process.env };
		Object.assign(process.env, sleeping.environment({ app: "external-app" }));
		try {
			const watched = new WatchedSession(sleeping, machine, handler.handler);
			await watched.read();
			watched.handler.sent = [];
			machine.jump(3 * HOUR);
			await watched.read();
			expect(watched.handler.sent).toEqual([
				"GET /graphql",
				"GetTokensFromRefreshToken",
				"getAwsCredentials",
				"GetItem",
			]);
			// The date alone is set, and the servers' is as it was.
			machine.jump(5 * HOUR);
			slept = -5 * HOUR;
			watched.handler.sent = [];
			await watched.read();
			await watched.read();
			expect(watched.handler.sent).toEqual(["GET /graphql", "GetItem", "GetItem"]);
			watched.destroy();
		} finally {
			Object.assign(process.env, previous);
			handler.close();
		}
	});

	test("days between two calls of a client do not invalidate the second one's signature", async () => {
		const watched = watch();
		for (const days of [0, 3, 40]) {
			await clock.advance(days * 24 * HOUR);
			expect(await codeOf(watched.read())).toBe("none");
		}
	});
});

describe("a refresh token", () => {
	test.each([0, 60])(
		"a rotated refresh token, with %i seconds of grace, lasts for 100 renewals and a lost response",
		async (graceSeconds) => {
			await using rotating = await LocalTenant.start({ clock, userPool: { refreshTokenRotation: { graceSeconds } } });
			const handler = sharedConnections();
			const previous = { ...process.env };
			Object.assign(process.env, rotating.environment({ app: "external-app" }));
			const watched = new WatchedSession(rotating, clock, handler.handler);
			const seen = new Set<string | undefined>();
			for (let renewal = 0; renewal < 100; renewal++) {
				await watched.cognito.getAccessToken();
				seen.add(watched.cognito.refreshToken);
				await clock.advance(HOUR);
				if (renewal === 50) {
					rotating.faults.add({ operation: "GetTokensFromRefreshToken", drop: "after", times: 1 });
					expect(await codeOf(watched.cognito.getAccessToken())).toBe("CognitoUnavailable");
					await clock.advance(10 * SECOND);
				}
			}
			expect(seen.size).toBe(100);
			// The answer that got lost held the only token that still worked, unless the old one has some grace.
			expect(rotating.requestLog.count("RespondToAuthChallenge")).toBe(graceSeconds === 0 ? 2 : 1);
			watched.destroy();
			handler.close();
			Object.assign(process.env, previous);
		},
	);

	test("an expired refresh token causes one sign-in, and with a password that is wrong by then, one proof in five minutes", async () => {
		const watched = watch();
		const { username } = watched.cognito;
		await watched.key();
		const { password } = optionsOf(local.tenant, { app: "external-app" });
		local.tenant.userPool.revokeRefreshTokens(String(username));
		await clock.advance(2 * HOUR);
		await watched.key();
		expect(local.tenant.requestLog.count("RespondToAuthChallenge")).toBe(2);
		local.tenant.userPool.setPassword(String(username), "Another-passw0rd!");
		local.tenant.userPool.revokeRefreshTokens(String(username));
		await clock.advance(2 * HOUR);
		local.tenant.requestLog.clear();
		for (let call = 0; call < 100; call++) {
			expect(await codeOf(watched.key())).toBe("CredentialsExpired");
			await clock.advance(SECOND);
		}
		expect(local.tenant.requestLog.count("RespondToAuthChallenge")).toBe(1);
		local.tenant.userPool.setPassword(String(username), String(password));
		await clock.advance(5 * MINUTE);
		expect(await codeOf(watched.key())).toBe("none");
	});

	test("an expired refresh token with a changed password causes one rejected proof in the background and one call of the password function", async () => {
		const asked: string[] = [];
		const { password, username } = optionsOf(local.tenant, { app: "external-app" });
		let current = String(password);
		const watched = watch({
			password: () => {
				asked.push(current);
				return current;
			},
		});
		await watched.key();
		current = "Changed-passw0rd!";
		local.tenant.userPool.setPassword(String(username), current);
		local.tenant.userPool.revokeRefreshTokens(String(username));
		await clock.advance(46 * MINUTE);
		local.tenant.requestLog.clear();
		// In the advisory window no caller waits, so the password function is not called.
		for (let call = 0; call < 12; call++) {
			await settledRefresh(watched);
			await clock.advance(MINUTE);
		}
		expect([asked.length, local.tenant.requestLog.count("RespondToAuthChallenge")]).toEqual([1, 1]);
		await clock.advance(2 * MINUTE);
		await watched.key();
		expect([asked.length, local.tenant.requestLog.count("RespondToAuthChallenge")]).toEqual([2, 2]);
		local.tenant.userPool.setPassword(String(username), String(password));
	});
});

describe("access tokens", () => {
	test.each([
		["once", 1, "none", ["getAwsCredentials", "GetTokensFromRefreshToken", "getAwsCredentials"]],
		["for good", undefined, "TokenRejected", ["getAwsCredentials", "GetTokensFromRefreshToken", "getAwsCredentials"]],
	])("access tokens that AppSync rejects %s are renewed once", async (_, times, code, sent) => {
		const watched = watch();
		await watched.cognito.getAccessToken();
		watched.handler.sent = [];
		const body = { errors: [{ errorType: "UnauthorizedException", message: "Token has expired." }] };
		local.tenant.faults.add({
			operation: "getAwsCredentials",
			status: 401,
			body,
			...(times === undefined ? {} : { times }),
		});
		expect(await codeOf(watched.key())).toBe(code);
		expect(watched.handler.sent).toEqual(sent);
	});
});

describe("keys", () => {
	test("credentials that EchoStream issues for an hour although twelve were requested are refreshed every hour", async () => {
		await using capped = await LocalTenant.start({ clock, credentials: { maxSeconds: 3600 } });
		const handler = sharedConnections();
		const watched = new WatchedSession(
			capped,
			clock,
			handler.handler,
			{},
			{ duration: 43_200, appsyncEndpoint: `${capped.url}/graphql` },
		);
		process.env.AWS_ENDPOINT_URL = capped.url;
		try {
			const { expiration } = await watched.session.credentials();
			expect(Number(expiration) - clock.now()).toBeLessThanOrEqual(HOUR);
			await clock.advance(50 * MINUTE);
			expect(watched.session.getCredentials().refreshNeeded()).toBe(true);
			expect(await codeOf(watched.session.getCredentials().identity({ minTtlSeconds: 2 * 3600 }))).toBe(
				"LifetimeTooShort",
			);
		} finally {
			process.env.AWS_ENDPOINT_URL = local.tenant.url;
			watched.destroy();
			handler.close();
		}
	});

	test("credentials carry no accountId, so account-based endpoints stay off", async () => {
		const watched = watch();
		expect(await watched.session.credentials()).not.toHaveProperty("accountId");
		const hosts: string[] = [];
		const handle: HttpHandler["handle"] = async ({ hostname, protocol }) => {
			hosts.push(`${protocol}//${hostname}`);
			throw new Error("seen");
		};
		delete process.env.AWS_ENDPOINT_URL;
		try {
			const client = watched.session.client(DynamoDBClient, {
				region: "eu-west-1",
				maxAttempts: 1,
				requestHandler: { handle } as never,
			});
			await codeOf(client.send(new GetItemCommand({ TableName: local.tenant.table, Key: {} })));
			expect(hosts).toEqual(["https://dynamodb.eu-west-1.amazonaws.com"]);
		} finally {
			process.env.AWS_ENDPOINT_URL = local.tenant.url;
		}
	});

	test("credentials that are rejected while a stream is sent cause one clear error, and the next call works", async () => {
		const watched = watch();
		const bodies: string[] = [];
		let isRejected = true;
		const handle = async (request: HttpRequest) => {
			let body = "";
			for await (const chunk of request.body as AsyncIterable<Uint8Array>) body += Buffer.from(chunk).toString();
			bodies.push(body);
			const xml = isRejected
				? "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
				: "";
			return {
				response: {
					statusCode: isRejected ? 400 : 200,
					headers: { "content-type": "application/xml" },
					body: Readable.from([xml]),
				},
			};
		};
		const s3 = watched.session.client(S3Client, {
			region: "us-east-1",
			requestHandler: { handle } as never,
			requestChecksumCalculation: "WHEN_REQUIRED",
			// The SDK would warn on the console that it does not send a stream again.
			logger: { debug() {}, info() {}, warn() {}, error() {} },
		});
		const put = () =>
			new PutObjectCommand({ Bucket: "bulk-data", Key: "1", Body: Readable.from(["hello"]), ContentLength: 5 });
		const old = await watched.key();
		expect(await codeOf(s3.send(put()))).toBe("ExpiredToken");
		expect(bodies).toEqual(["hello"]);
		isRejected = false;
		expect(await codeOf(s3.send(put()))).toBe("none");
		expect(bodies).toEqual(["hello", "hello"]);
		expect(await watched.key()).not.toBe(old);
	});
});

describe("the session's connections", () => {
	test("a session has one connection pool, for any number of clients, and closes it with the session", async () => {
		const session = new AppSession({ clock });
		const clients = Array.from({ length: 1000 }, () => session.client(DynamoDBClient, { region: "us-east-1" }));
		expect(new Set(clients).size).toBe(1000);
		await session.credentials();
		session.destroy();
		expect(clock.pending).toBe(0);
	});

	test("a caller-provided handler carries all connections of a session, and stays open", async () => {
		const hosts: string[] = [];
		let destroyed = 0;
		const requestHandler: HttpHandler = {
			handle: (request, options) => {
				hosts.push(operationOf(request));
				return connections.handler.handle(request, options);
			},
			destroy: () => {
				destroyed++;
			},
		};
		const session = new AppSession({ clock, requestHandler });
		const client = session.client(DynamoDBClient);
		const Key = { pk: { S: "1" }, sk: { S: "1" } };
		await client.send(new GetItemCommand({ TableName: local.tenant.table, Key }));
		session.destroy();
		expect(hosts).toEqual(expect.arrayContaining([...SIGN_IN, "GetItem"]));
		expect(hosts).toHaveLength(4);
		expect(destroyed).toBe(0);
	});
});

describe("many sessions", () => {
	test("50 users at the same time keep their own credentials", async () => {
		const apiUsers = Array.from({ length: 50 }, (_, n) => ({ username: `user-${n}`, role: "user" as const }));
		await using crowded = await LocalTenant.start({ clock, apiUsers });
		const sessions = apiUsers.map(({ username }) => ({
			username,
			session: new ApiSession({
				...optionsOf(crowded, { apiUser: username }),
				clock,
				requestHandler: connections.handler,
				...{ regionName: "us-east-1" },
			}),
		}));
		process.env.AWS_ENDPOINT_URL = crowded.url;
		try {
			const Key = { pk: { S: "1" }, sk: { S: "1" } };
			for (let round = 0; round < 2; round++) {
				await Promise.all(
					sessions.map(({ session }) =>
						session.client(DynamoDBClient).send(new GetItemCommand({ TableName: crowded.table, Key })),
					),
				);
				await clock.advance(2 * HOUR);
			}
			const holders = new Map<string, Set<string>>();
			for (const { operation, user, accessKeyId } of crowded.requestLog) {
				if (operation !== "GetItem") continue;
				holders.set(String(user), (holders.get(String(user)) ?? new Set()).add(String(accessKeyId)));
			}
			expect([...holders.values()].map((keys) => keys.size)).toEqual(Array(50).fill(2));
			expect(new Set([...holders.values()].flatMap((keys) => [...keys])).size).toBe(100);
		} finally {
			process.env.AWS_ENDPOINT_URL = local.tenant.url;
			for (const { session } of sessions) session.destroy();
		}
	});

	test("200 sessions that start in the same second do not refresh in step", async () => {
		const random = new Seeded(12);
		// The proof of the password takes as long as everything else that a session does in this hour.
		const authFlow = "USER_PASSWORD_AUTH";
		const sessions = Array.from({ length: 200 }, () => watch({ authFlow }, { random: random.next }));
		await Promise.all(sessions.map((watched) => watched.key()));
		const start = clock.now();
		local.tenant.requestLog.clear();
		while (clock.now() < start + HOUR) {
			await clock.advance(SECOND);
			const due = sessions.filter(({ session }) => session.getCredentials().refreshNeeded());
			await Promise.all(due.map(settledRefresh));
		}
		const perSecond: Record<string, number> = {};
		for (const { at, operation } of local.tenant.requestLog) {
			const second = `${operation} ${Math.floor(at / SECOND)}`;
			perSecond[second] = (perSecond[second] ?? 0) + 1;
		}
		// All within the tenth of the advisory window that jitter has: 90 seconds, so two or three a second.
		const busiest = Math.max(...Object.values(perSecond));
		expect(local.tenant.requestLog.count("getAwsCredentials")).toBe(200);
		expect(busiest).toBeLessThanOrEqual(10);
	});
});

describe("a process", () => {
	function run(name: string, program: string): Promise<unknown> {
		const contents = `import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
			import { AppSession } from "./src/index.ts";
			const immediate = () => new Promise((resolve) => setImmediate(resolve));
			${program}`;
		const environment = { ...process.env, ...real.environment({ app: "external-app" }), TABLE: real.table };
		return runProgram(name, contents, environment);
	}

	let real: LocalTenant;
	beforeAll(async () => {
		real = await LocalTenant.start();
	});
	afterAll(() => real.stop());

	test("a process exits after one call even when nothing was destroyed", async () => {
		const resources = await run(
			"one-call",
			`
			const session = new AppSession();
			const Key = { pk: { S: "1" }, sk: { S: "1" } };
			await session.client(DynamoDBClient).send(new GetItemCommand({ TableName: process.env.TABLE, Key }));
			await immediate();
			console.log(JSON.stringify(process.getActiveResourcesInfo()));`,
		);
		expect(resources).not.toContain("Timeout");
		expect(resources).not.toContain("TCPSocketWrap");
	});

	test("a process runs until a retry that a caller waits for is over", async () => {
		real.faults.add({ operation: "getAwsCredentials", status: 503, times: 1 });
		const result = await run(
			"retry",
			`
			const session = new AppSession({ random: () => 1 });
			const { accessKeyId } = await session.credentials();
			console.log(JSON.stringify(accessKeyId));`,
		);
		expect(result).toMatch(/^ASIA/);
	});

	test("a process collects the clients that nobody holds, while the session that made them works", async () => {
		const [made, left] = (await run(
			"collected",
			`
			const session = new AppSession();
			const read = () => {
				const client = session.client(DynamoDBClient);
				const Key = { pk: { S: "1" }, sk: { S: "1" } };
				const result = client.send(new GetItemCommand({ TableName: process.env.TABLE, Key }));
				return result.then(() => new WeakRef(client));
			};
			const clients = await Promise.all(Array.from({ length: 100 }, read));
			for (let n = 0; n < 20; n++) {
				await immediate();
				gc();
			}
			const left = clients.filter((client) => client.deref() !== undefined).length;
			await read();
			console.log(JSON.stringify([clients.length, left]));`,
		)) as [number, number];
		expect(made).toBe(100);
		// The engine may hold the last one in a register.
		expect(left).toBeLessThanOrEqual(1);
	});

	test("a process has as many connections with 20 clients as with one, and none after the session is destroyed", async () => {
		const counts = await run(
			"destroyed",
			`
			const sockets = () => process._getActiveHandles().filter((handle) => handle.remotePort !== undefined).length;
			const session = new AppSession();
			const Key = { pk: { S: "1" }, sk: { S: "1" } };
			const read = (client) => client.send(new GetItemCommand({ TableName: process.env.TABLE, Key }));
			const clients = Array.from({ length: 20 }, () => session.client(DynamoDBClient));
			await read(clients[0]);
			await read(clients[0]);
			const before = sockets();
			for (const client of clients) await read(client);
			const more = sockets() - before;
			session.destroy();
			for (let n = 0; n < 20; n++) await immediate();
			console.log(JSON.stringify([more, sockets()]));`,
		);
		expect(counts).toEqual([0, 0]);
	});
});
