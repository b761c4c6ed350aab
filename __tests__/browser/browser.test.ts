import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type FaultEffect, LocalTenant } from "echostream-local";
import { APP, optionsOf } from "../support/signed-in.ts";
import type { PageSettings } from "./page.ts";
import { WebPage } from "./web-page.ts";

// What a page has: the functions that `page.evaluate` takes run there, and see nothing of this file but their argument.
declare const echostream: typeof import("./page.ts");

let webPage: WebPage;
let tenant: LocalTenant;
let settings: PageSettings;
let aheadMs: number;

beforeAll(async () => {
	webPage = await WebPage.open({ entry: "__tests__/browser/page.ts", name: "echostream" });
});
afterAll(() => webPage[Symbol.asyncDispose]());

beforeEach(async () => {
	aheadMs = 0;
	tenant = await LocalTenant.start({ allowedOrigins: ["*"], clock: { now: () => Date.now() + aheadMs } });
	settings = { ...(optionsOf(tenant, { app: APP }) as PageSettings), endpoint: tenant.url };
	await webPage.page.reload();
	webPage.preflights.length = 0;
});
afterEach(() => tenant.stop());

/** Lets time pass in the tenant and in the page. */
async function advance(seconds: number): Promise<void> {
	aheadMs += seconds * 1000;
	await webPage.page.evaluate((ms) => {
		echostream.ahead.ms = ms;
	}, aheadMs);
}

const SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

describe("In a browser: one session", () => {
	test("In a browser, a session signs in by SRP, and has credentials after three requests", async () => {
		const keys = await webPage.page.evaluate(async (settings) => {
			const { accessKeyId, expiration } = await echostream.open(settings).session.credentials();
			return { accessKeyId, expiration: expiration?.getTime() };
		}, settings);
		expect(keys.accessKeyId).toMatch(/^ASIA/);
		expect(Math.abs(Number(keys.expiration) - Date.now() - 3_600_000)).toBeLessThan(30_000);
		expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
	});

	test("In a browser, a session sends two preflight requests: one to Cognito, one to AppSync", async () => {
		await webPage.page.evaluate((settings) => echostream.open(settings).session.ready(), settings);
		expect(webPage.preflights).toEqual(["/", "/graphql"]);
	});

	test("In a browser, a session is rejected with a wrong password, and sends one proof for any number of callers", async () => {
		const codes = await webPage.page.evaluate(async (settings) => {
			const { session } = echostream.open({ ...settings, password: "wrong" });
			return Promise.all(Array.from({ length: 100 }, () => echostream.codeOf(session.credentials())));
		}, settings);
		expect(new Set(codes)).toEqual(new Set(["SignInRejected"]));
		expect(tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);
	});

	test("In a browser, a session signs in once for a thousand callers", async () => {
		const ids = await webPage.page.evaluate(async (settings) => {
			const { session } = echostream.open(settings);
			const all = await Promise.all(Array.from({ length: 1000 }, () => session.credentials()));
			return all.map(({ accessKeyId }) => accessKeyId);
		}, settings);
		expect(ids).toHaveLength(1000);
		expect(new Set(ids).size).toBe(1);
		expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
	});

	test("In a browser, a session builds DynamoDB and SQS clients that work, in the tenant's region", async () => {
		const QueueUrl = tenant.queueUrl(`app-${APP}`);
		const { table } = tenant;
		const read = await webPage.page.evaluate(
			async ({ settings, QueueUrl, table }) => {
				const { session } = echostream.open(settings);
				const dynamodb = session.client(echostream.DynamoDBClient);
				const sqs = session.client(echostream.SQSClient);
				const Key = { pk: { S: "page" }, sk: { S: "1" } };
				await dynamodb.send(
					new echostream.PutItemCommand({ TableName: table, Item: { ...Key, text: { S: "été 🌍" } } }),
				);
				const { Item } = await dynamodb.send(new echostream.GetItemCommand({ TableName: table, Key }));
				await sqs.send(new echostream.SendMessageCommand({ QueueUrl, MessageBody: "hello from a page" }));
				const { Messages = [] } = await sqs.send(
					new echostream.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }),
				);
				return { text: Item?.text?.S, body: Messages[0]?.Body, region: await dynamodb.config.region() };
			},
			{ settings, QueueUrl, table },
		);
		expect(read).toEqual({ text: "été 🌍", body: "hello from a page", region: tenant.region });
		expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);
	});

	test("In a browser, a session verifies its tokens, against the key set of the pool", async () => {
		const use = await webPage.page.evaluate(async (settings) => {
			const { session, cognito } = echostream.open(settings);
			await session.ready();
			const { id, access } = await cognito.verifyTokens();
			return [id?.token_use, access?.token_use];
		}, settings);
		expect(use).toEqual(["id", "access"]);
	});

	test("In a browser, a session throws an AWS service's denial, and fetches nothing new for it", async () => {
		const name = await webPage.page.evaluate((settings) => {
			const dynamodb = echostream.open(settings).session.client(echostream.DynamoDBClient);
			return echostream.codeOf(dynamodb.send(new echostream.DescribeTableCommand({ TableName: "another" })));
		}, settings);
		expect(name).toBe("AccessDeniedException");
		expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);
	});
});

describe("In a browser: a session that stays signed in", () => {
	beforeEach(async () => {
		await webPage.page.evaluate(async (settings) => {
			const opened = echostream.open(settings);
			await opened.session.ready();
			Object.assign(globalThis, { opened });
		}, settings);
	});

	const fetchKey = () =>
		webPage.page.evaluate(async () => {
			const { opened } = globalThis as unknown as { opened: ReturnType<typeof echostream.open> };
			return (await opened.session.credentials()).accessKeyId;
		});
	const events = () =>
		webPage.page.evaluate(() => {
			const { opened } = globalThis as unknown as { opened: ReturnType<typeof echostream.open> };
			return opened.events.map((event) => ("reason" in event ? `${event.type} ${event.reason}` : event.type));
		});

	test("In a browser, a session close to the expiry of its credentials serves them, and refreshes in the background", async () => {
		const first = await fetchKey();
		await advance(3600 - 600);
		expect(await fetchKey()).toBe(first);
		await webPage.page.waitForFunction(() => {
			const { opened } = globalThis as unknown as { opened: ReturnType<typeof echostream.open> };
			return opened.events.some((event) => event.type === "credentialsRefreshed" && event.reason === "advisory");
		});
		expect(await fetchKey()).not.toBe(first);
		expect(tenant.requestLog.count("getAwsCredentials")).toBe(2);
	});

	test("In a browser, a session with expired credentials and access token waits for new ones, by the refresh token", async () => {
		const first = await fetchKey();
		await advance(2 * 3600);
		expect(await fetchKey()).not.toBe(first);
		expect(await events()).toEqual([
			"signIn first",
			"credentialsRefreshed first",
			"tokensRenewed",
			"credentialsRefreshed mandatory",
		]);
		expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
	});

	test("In a browser, a session with an expired refresh token signs in again, by the password", async () => {
		await advance(40 * 86_400);
		await fetchKey();
		expect(await events()).toContain("signIn refreshTokenRejected");
	});

	test("In a browser, credentials that a service rejects are replaced, and the call is sent once more", async () => {
		tenant.revokeAccessKeys();
		const status = await webPage.page.evaluate(async (TableName) => {
			const { opened } = globalThis as unknown as { opened: ReturnType<typeof echostream.open> };
			const dynamodb = opened.session.client(echostream.DynamoDBClient);
			const { Table } = await dynamodb.send(new echostream.DescribeTableCommand({ TableName }));
			return Table?.TableStatus;
		}, tenant.table);
		expect(status).toBe("ACTIVE");
		expect(await events()).toContain("credentialsRefreshed rejected");
	});
});

describe("In a browser: failures", () => {
	test.each<[string, string, FaultEffect, string]>([
		["Cognito breaks the connection", "InitiateAuth", { drop: "before" }, "CognitoUnavailable"],
		["Cognito never answers", "InitiateAuth", { hang: true }, "CognitoUnavailable"],
		["Cognito's answer stops midway", "InitiateAuth", { drop: "midway" }, "CognitoUnavailable"],
		["a portal answers for Cognito", "InitiateAuth", { corrupt: "html" }, "InvalidCognitoResponse"],
		["Cognito is in trouble", "RespondToAuthChallenge", { status: 500 }, "CognitoUnavailable"],
		["AppSync breaks the connection", "getAwsCredentials", { drop: "before" }, "AppSyncUnavailable"],
		["AppSync never answers", "getAwsCredentials", { hang: true }, "AppSyncUnavailable"],
		["AppSync's answer stops midway", "getAwsCredentials", { drop: "midway" }, "AppSyncUnavailable"],
		["AppSync's answer trickles", "getAwsCredentials", { slowDripMs: 200 }, "AppSyncUnavailable"],
		["a portal answers for AppSync", "getAwsCredentials", { corrupt: "html" }, "InvalidAppSyncResponse"],
		["AppSync does not know the token", "getAwsCredentials", { status: 401 }, "TokenRejected"],
	])("In a browser, %s: an error with a code", async (_, operation, effect, code) => {
		tenant.faults.add({ operation, ...effect });
		const seen = await webPage.page.evaluate((settings) => {
			const { session } = echostream.open(settings, { maxAttempts: 1, requestTimeoutMs: 1000 });
			return echostream.codeOf(session.credentials());
		}, settings);
		expect(seen).toBe(code);
	});

	test.each(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"])(
		"In a browser, %s is redirected: the page does not follow, and the error has a code",
		async (operation) => {
			const location = `${tenant.url}/elsewhere`;
			tenant.faults.add({ operation, status: 307, headers: { location } });
			const seen = await webPage.page.evaluate(
				(settings) => echostream.codeOf(echostream.open(settings).session.credentials()),
				settings,
			);
			expect(seen).toBe("RedirectRejected");
			expect(tenant.requestLog.operations()).toEqual(SIGN_IN.slice(0, SIGN_IN.indexOf(operation) + 1));
		},
	);

	test("In a browser, a client's request that is redirected is not followed, and is no success", async () => {
		tenant.faults.add({ operation: "GetItem", status: 307, headers: { location: `${tenant.url}/elsewhere` } });
		const seen = await webPage.page.evaluate(
			({ settings, TableName }) => {
				const dynamodb = echostream.open(settings).session.client(echostream.DynamoDBClient);
				const Key = { pk: { S: "page" }, sk: { S: "1" } };
				return echostream.codeOf(dynamodb.send(new echostream.GetItemCommand({ TableName, Key })));
			},
			{ settings, TableName: tenant.table },
		);
		expect(seen).toBe("RedirectError");
		expect(tenant.requestLog.count("GetItem")).toBe(1);
		expect(tenant.requestLog.operations().at(-1)).toBe("GetItem");
	});

	test.each([
		["an app that is not there", { app: "no-such-app" }, "PermissionDenied"],
		["an unknown user pool", { userPoolId: "us-east-1_Nobody" }, "SignInRejected"],
		["an unknown app client", { clientId: "nobody" }, "UserPoolNotFound"],
		["an endpoint that is none", { appsyncEndpoint: "graphql" }, "InvalidSettings"],
	])("In a browser, %s: an error with its own code", async (_, wrong, code) => {
		const seen = await webPage.page.evaluate(
			(settings) => echostream.codeOf((async () => echostream.open(settings).session.credentials())()),
			{ ...settings, ...wrong },
		);
		expect(seen).toBe(code);
	});

	test("In a browser, a page loaded by plain http, where Web Crypto is missing, fails with a code", async () => {
		const seen = await webPage.page.evaluate((settings) => {
			Object.defineProperty(globalThis.crypto, "subtle", { value: undefined });
			return echostream.codeOf(echostream.open(settings).session.credentials());
		}, settings);
		expect(seen).toBe("NoWebCrypto");
		expect(tenant.requestLog).toHaveLength(0);
	});

	test("In a browser, a server that allows no page to call it causes an error with a code", async () => {
		await using closed = await LocalTenant.start();
		const seen = await webPage.page.evaluate(
			(settings) => {
				const { session } = echostream.open(settings, { maxAttempts: 1 });
				return echostream.codeOf(session.credentials());
			},
			{ ...settings, endpoint: closed.url },
		);
		expect(seen).toBe("CognitoUnavailable");
	});
});

describe("In a browser: aborts", () => {
	test("In a browser, an abort ends one caller's waiting, and no other's", async () => {
		tenant.faults.add({ operation: "getAwsCredentials", delayMs: 300, times: 1 });
		const outcome = await webPage.page.evaluate(async (settings) => {
			const { session } = echostream.open(settings);
			const controller = new AbortController();
			const impatient = echostream.codeOf(session.ready({ signal: controller.signal }));
			const patient = echostream.codeOf(session.ready());
			controller.abort();
			return Promise.all([impatient, patient]);
		}, settings);
		expect(outcome).toEqual(["AbortError", "none"]);
		expect(tenant.requestLog.operations()).toEqual(SIGN_IN);
	});

	test("In a browser, an abort ends a query of the program, on the wire too", async () => {
		tenant.faults.add({ operation: "mine", hang: true });
		const failed = webPage.page.waitForEvent("requestfailed");
		const outcome = await webPage.page.evaluate(async (settings) => {
			const { session } = echostream.open(settings);
			await session.ready();
			const controller = new AbortController();
			const document = "query mine($tenant: String!) { GetTenant(tenant: $tenant) { name } }";
			const query = session.query(document, { tenant: settings.tenant }, { signal: controller.signal });
			setTimeout(() => controller.abort(), 50);
			return echostream.codeOf(query);
		}, settings);
		expect(outcome).toBe("AbortError");
		expect((await failed).failure()?.errorText).toBe("net::ERR_ABORTED");
	});
});

describe("In a browser: wrong clocks", () => {
	const lifeSeen = () =>
		webPage.page.evaluate(async (settings) => {
			const { session, events } = echostream.open(settings);
			await session.ready();
			const refreshed = events.find((event) => event.type === "credentialsRefreshed");
			return refreshed?.expiresInMs;
		}, settings);

	test("In a browser with a wrong clock, the servers' time comes from the Date of a response", async () => {
		aheadMs = 7_200_000;
		expect(Math.abs(Number(await lifeSeen()) - 3_600_000)).toBeLessThan(5000);
	});

	test("In a browser with a wrong clock, the servers' time comes from the token, where pages cannot read the Date", async () => {
		aheadMs = 240_000;
		await webPage.page.route(`${tenant.url}/**`, async (route) => {
			const response = await route.fetch();
			const { date: _, ...headers } = response.headers();
			await route.fulfill({ response, headers });
		});
		expect(Math.abs(Number(await lifeSeen()) - 3_600_000)).toBeLessThan(5000);
		const date = await webPage.page.evaluate(async (url) => (await fetch(url)).headers.get("date"), tenant.url);
		expect(date).toBeNull();
		await webPage.page.unrouteAll();
	});
});

test("The page's console has nothing but what the browser itself reports about failed requests", () => {
	expect(webPage.console.filter((text) => !/Failed to load resource|CORS policy/.test(text))).toEqual([]);
});
