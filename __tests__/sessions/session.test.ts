import { inspect } from "node:util";
import { DynamoDB, DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { LocalTenant } from "echostream-local";
import { ApiSession, AppSession, Cognito, EchoStreamSession } from "../../src/index.ts";
import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});

const SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];
const Key = { pk: { S: "session.test" }, sk: { S: "1" } };

describe("a new session", () => {
	test("a new session sends nothing", async () => {
		new AppSession().client(DynamoDBClient);
		expect(tenant.requestLog.length).toBe(0);
	});

	test("a new session needs exactly three requests to the first credentials, and none after that", async () => {
		await using session = new AppSession();
		await session.credentials();
		await session.credentials();
		await session.getCredentials().getFrozenCredentials();
		expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
		expect(tenant.requestLog.since().map(({ status }) => status)).toEqual([200, 200, 200]);
	});

	test("a new session needs the same three requests for 10,000 callers at once", async () => {
		await using session = new AppSession();
		const keys = await Promise.all(Array.from({ length: 10_000 }, () => session.credentials()));
		expect(new Set(keys.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
		expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
	});

	test("a new session needs the same three requests for any number of clients", async () => {
		await using session = new AppSession();
		const clients = Array.from({ length: 20 }, (_, n) => session.client(DynamoDBClient, { maxAttempts: n + 1 }));
		await Promise.all(clients.map((client) => client.send(new GetItemCommand({ TableName: tenant.table, Key }))));
		expect(SIGN_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 1]);
		expect(tenant.requestLog.count("GetItem")).toBe(20);
	});
});

test("a deadline may be longer than timers support", async () => {
	await using session = new AppSession({ requestTimeoutMs: Number.POSITIVE_INFINITY, totalTimeoutMs: 1e12 });
	await session.credentials();
	expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
});

describe("the clients of a session", () => {
	test("the clients of a session write and read the tenant's table, and its queues", async () => {
		await using session = new AppSession();
		const dynamodb = session.client(DynamoDBClient);
		await dynamodb.send(new PutItemCommand({ TableName: tenant.table, Item: { ...Key, text: { S: "hello" } } }));
		const { Item } = await dynamodb.send(new GetItemCommand({ TableName: tenant.table, Key }));
		expect(Item?.text).toEqual({ S: "hello" });
		const sqs = session.client(SQSClient);
		const QueueUrl = tenant.queueUrl(`app-${APP}`);
		await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
		const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
		expect(Messages?.map(({ Body }) => Body)).toEqual(["hello"]);
	});

	test("the clients of a session may be aggregated ones", async () => {
		await using session = new AppSession();
		const { Item } = await session.createClient(DynamoDB).getItem({ TableName: tenant.table, Key });
		expect(Item).toBeDefined();
	});

	test("the clients of a session are in the tenant's own region when none is named, which comes with the credentials", async () => {
		await using session = new AppSession();
		const first = session.client(DynamoDBClient);
		expect(await first.config.region()).toBe("us-east-1");
		expect(await session.client(SQSClient).config.region()).toBe("us-east-1");
		await session.credentials();
		expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
	});

	test.each([
		["its config's", { region: "eu-west-3" }, "eu-west-1", "eu-west-2", "eu-west-3"],
		["the session's option", {}, "eu-west-1", "eu-west-2", "eu-west-1"],
		["AWS_REGION", {}, undefined, "eu-west-2", "eu-west-2"],
		["AWS_DEFAULT_REGION", {}, undefined, undefined, "ap-south-1"],
	])("the clients of a session are in the region of %s", async (_, config, regionName, variable, expected) => {
		process.env.AWS_DEFAULT_REGION = "ap-south-1";
		if (variable !== undefined) process.env.AWS_REGION = variable;
		try {
			await using session = new AppSession(regionName === undefined ? {} : { regionName });
			expect(await session.client(DynamoDBClient, config).config.region()).toBe(expected);
			expect(tenant.requestLog.length).toBe(0);
		} finally {
			delete process.env.AWS_REGION;
			delete process.env.AWS_DEFAULT_REGION;
		}
	});

	test("a session returns a client of its own each time, so that a middleware of one runs for no other", async () => {
		await using session = new AppSession();
		const [one, other] = [session.client(DynamoDBClient), session.client(DynamoDBClient)];
		const calls: string[] = [];
		const note = (next: (args: object) => Promise<object>) => async (args: object) => {
			calls.push("one");
			return next(args);
		};
		one.middlewareStack.add(note as never, { step: "initialize", name: "note" });
		await other.send(new GetItemCommand({ TableName: tenant.table, Key }));
		expect(calls).toEqual([]);
		await one.send(new GetItemCommand({ TableName: tenant.table, Key }));
		expect(calls).toEqual(["one"]);
	});

	test("destroy() of a client ends no call of another client of the session", async () => {
		await using session = new AppSession();
		const [one, other] = [session.client(DynamoDBClient), session.client(DynamoDBClient)];
		await one.send(new GetItemCommand({ TableName: tenant.table, Key }));
		const call = other.send(new GetItemCommand({ TableName: tenant.table, Key }));
		one.destroy();
		expect((await call).Item).toBeDefined();
	});

	test("the clients of a session may have credentials of their own", async () => {
		await using session = new AppSession();
		const credentials = { accessKeyId: "AKIAOTHER", secretAccessKey: "other" };
		const client = session.client(DynamoDBClient, { credentials, maxAttempts: 1, region: "us-east-1" });
		expect(await codeOf(client.send(new ListTablesCommand()))).toBe("UnrecognizedClientException");
		expect(tenant.requestLog.operations()).toEqual(["ListTables"]);
	});

	test("the clients of a session use its credentials also when these are passed explicitly", async () => {
		await using session = new AppSession();
		const explicit = session.client(DynamoDBClient, { credentials: session.credentials });
		const read = () => explicit.send(new GetItemCommand({ TableName: tenant.table, Key }));
		await read();
		tenant.revokeAccessKeys();
		expect((await read()).Item).toBeDefined();
	});

	test("the clients of a session use the credentials of setCredentials from the next call on", async () => {
		await using session = new AppSession();
		const client = session.client(DynamoDBClient, { maxAttempts: 1 });
		await client.send(new GetItemCommand({ TableName: tenant.table, Key }));
		session.setCredentials("AKIAEXPLICIT", "explicit");
		expect(session.getCredentials()).toMatchObject({ method: "explicit", expiration: undefined });
		expect(await codeOf(client.send(new GetItemCommand({ TableName: tenant.table, Key })))).toBe(
			"UnrecognizedClientException",
		);
	});

	test.each(["expireAccessKeys", "revokeAccessKeys"] as const)(
		"the clients of a session continue when the service rejects their key (%s), with one refresh for 20 calls at once",
		async (end) => {
			await using session = new AppSession();
			const client = session.client(DynamoDBClient);
			const read = () => client.send(new GetItemCommand({ TableName: tenant.table, Key }));
			await read();
			tenant[end]();
			tenant.requestLog.clear();
			const results = await Promise.all(Array.from({ length: 20 }, read));
			expect(results.every(({ Item }) => Item !== undefined)).toBe(true);
			expect([tenant.requestLog.count("getAwsCredentials"), tenant.requestLog.count("GetItem")]).toEqual([1, 40]);
		},
	);

	test("the clients of a session throw a missing permission immediately", async () => {
		await using session = new ApiSession(optionsOf(tenant, { apiUser: "reader" }));
		const client = session.client(DynamoDBClient);
		const put = new PutItemCommand({ TableName: tenant.table, Item: Key });
		expect(await codeOf(client.send(put))).toBe("AccessDeniedException");
		expect([tenant.requestLog.count("PutItem"), tenant.requestLog.count("getAwsCredentials")]).toEqual([1, 1]);
	});
});

describe("the session's queries", () => {
	test("the session's queries describe the tenant, and the app", async () => {
		await using session = new AppSession();
		expect(await session.describeTenant()).toEqual({
			name: tenant.name,
			region: tenant.region,
			table: tenant.table,
			active: true,
		});
		expect(await session.describeApp()).toMatchObject({
			name: APP,
			type: "ExternalApp",
			tableAccess: true,
			config: { greeting: "hello" },
		});
		await using whole = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
		expect(await whole.describeTenant()).toEqual(await session.describeTenant());
	});

	test("the session's query requests the lifetime that was set", async () => {
		await using session = new AppSession({ duration: 900 });
		const { expiration } = await session.credentials();
		expect(Math.abs(Number(expiration) - Date.now() - 900_000)).toBeLessThan(10_000);
	});
});

describe("failed queries have errors of their own", () => {
	test.each([
		["a wrong password", { password: "wrong" }, "SignInRejected"],
		["another's app", { app: "managed-app" }, "PermissionDenied"],
	])("%s is an error of its own", async (_, options, code) => {
		await using session = new AppSession(options);
		expect(await codeOf(session.credentials())).toBe(code);
	});

	test.each(["credentials", "describeTenant", "regionName"] as const)(
		"an ApiSession with the settings of an AppUser fails in %s with a hint that the app is missing",
		async (method) => {
			await using session = new ApiSession();
			await expect(session[method]()).rejects.toMatchObject({
				code: "PermissionDenied",
				message: expect.stringMatching(
					/denied.*access GetTenant.*If it is an AppUser, the app is missing: use an AppSession, with the option app \(or APP\)\.$/,
				),
			});
		},
	);

	test.each(["credentials", "describeApp"] as const)(
		"an AppSession with the app of another AppUser fails in %s with a hint at the option",
		async (method) => {
			await using session = new AppSession({ app: "managed-app" });
			await expect(session[method]()).rejects.toMatchObject({
				code: "PermissionDenied",
				message: expect.stringMatching(/An AppUser may use its own app only: check the option app \(or APP\)\.$/),
			});
		},
	);

	test.each([
		["an app that is not there", { app: "nobody" }],
		["a tenant that is not there", { app: APP, tenant: "nowhere" }],
	])("%s, for an app session, is an error of its own", async (_, options) => {
		await using session = new AppSession({ ...optionsOf(tenant, { apiUser: "admin" }), ...options });
		expect(await codeOf(session.credentials())).toBe("AppNotFound");
	});

	test("a tenant that does not exist, for an API user, is an error of its own", async () => {
		await using session = new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), tenant: "nowhere" });
		const error: unknown = await session.credentials().catch((reason: unknown) => reason);
		expect(error).toMatchObject({ code: "TenantNotFound", message: expect.stringContaining("nowhere") });
	});

	test("an app of a type without credentials is an error that names the type", async () => {
		await using session = new AppSession({ ...optionsOf(tenant, { apiUser: "admin" }), app: "sending-app" });
		const error: unknown = await session.credentials().catch((reason: unknown) => reason);
		expect(error).toMatchObject({
			code: "AppWithoutCredentials",
			message: expect.stringContaining("CrossTenantSendingApp"),
		});
	});

	test("an app of a type without credentials takes one query to find out", async () => {
		await using session = new AppSession({ ...optionsOf(tenant, { apiUser: "admin" }), app: "sending-app" });
		await session.cognito.getAccessToken();
		tenant.requestLog.clear();
		expect(await codeOf(session.credentials())).toBe("AppWithoutCredentials");
		expect(tenant.requestLog.operations()).toEqual(["getAwsCredentials"]);
	});

	test("a tenant that is not active is an error of its own", async () => {
		tenant.active = false;
		try {
			for (const session of [new AppSession(), new ApiSession(optionsOf(tenant, { apiUser: "admin" }))]) {
				expect(await codeOf(session.credentials())).toBe("TenantNotActive");
			}
		} finally {
			tenant.active = true;
		}
	});
});

describe("a user that is given", () => {
	test("a caller's user signs in once for all its sessions", async () => {
		const { clientId, userPoolId, username, password } = optionsOf(tenant, { app: APP });
		await using cognito = new Cognito({
			clientId: String(clientId),
			userPoolId: String(userPoolId),
			username: String(username),
			password: String(password),
		});
		const sessions = Array.from({ length: 5 }, () => new AppSession({ cognito }));
		await Promise.all(sessions.map((session) => session.credentials()));
		expect([...SIGN_IN].map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 5]);
		for (const session of sessions) session.destroy();
		expect(typeof (await cognito.getAccessToken())).toBe("string");
	});
});

describe("a destroyed session", () => {
	test("a destroyed session fails every call, including those that wait", async () => {
		const session = new AppSession();
		tenant.faults.add({ operation: "getAwsCredentials", hang: true });
		const waiting = codeOf(session.credentials());
		await new Promise((resolve) => setTimeout(resolve, 50));
		session.destroy();
		expect(await waiting).toBe("SessionDestroyed");
		expect(await codeOf(session.credentials())).toBe("SessionDestroyed");
	});

	test("a destroyed session returns no credentials that were set, either", async () => {
		const session = new AppSession();
		session.setCredentials("AKIAEXPLICIT", "explicit");
		session.destroy();
		expect(await codeOf(session.credentials())).toBe("SessionDestroyed");
	});

	test("a destroyed session sends no query, and ends those in progress", async () => {
		const session = new AppSession();
		await session.cognito.getAccessToken();
		tenant.faults.add({ operation: "describeApp", hang: true });
		tenant.requestLog.clear();
		session.setCredentials("AKIAEXPLICIT", "explicit");
		const waiting = [session.describeTenant(), session.regionName(), session.query("query describeApp { GetVersion }")];
		const ends = waiting.map(codeOf);
		while (tenant.requestLog.length < 2) await new Promise((resolve) => setImmediate(resolve));
		session.destroy();
		session.destroy();
		expect(await Promise.all(ends)).toEqual(ends.map(() => "SessionDestroyed"));
		expect(await codeOf(session.query("query version { GetVersion }"))).toBe("SessionDestroyed");
		expect(tenant.requestLog.length).toBe(2);
	});

	test("a destroyed session leaves a handler open that a client was given", async () => {
		const real = new NodeHttpHandler();
		let closed = 0;
		const requestHandler = { handle: real.handle.bind(real), destroy: () => void closed++ };
		const session = new AppSession();
		const client = session.client(DynamoDBClient, { requestHandler: requestHandler as never });
		session.setDefaultClientConfig({ requestHandler });
		session.client(SQSClient);
		session.destroy();
		expect(closed).toBe(0);
		client.destroy();
		expect(closed).toBe(1);
	});
});

describe("the base class", () => {
	test("the base class of sessions leaves only the query for the tenant to a subclass", async () => {
		expect(Object.getOwnPropertyNames(ApiSession.prototype).sort()).toEqual(["constructor", "tenantQuery"]);
		expect(new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }) })).toBeInstanceOf(EchoStreamSession);
	});
});

test("a session shows no secret", async () => {
	await using session = new AppSession();
	const { secretAccessKey, sessionToken = "" } = await session.credentials();
	const { accessToken = "", refreshToken = "" } = session.cognito as Cognito;
	const shown = `${inspect(session, { depth: 10, showHidden: true })}${JSON.stringify(session)}${String(session)}`;
	for (const secret of [process.env.PASSWORD ?? "", secretAccessKey, sessionToken, accessToken, refreshToken]) {
		expect(secret.length).toBeGreaterThan(10);
		expect(shown).not.toContain(secret);
	}
});
