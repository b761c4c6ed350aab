import { inspect } from "node:util";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import { ApiSession, AppSession, type EchoStreamSession, type TenantQuery } from "../../src/index.ts";
import { LyingServer, sessionOf } from "../support/lying-server.ts";
import { APP, codeOf, optionsOf, startTenant } from "../support/signed-in.ts";

const SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge"];
const QUERY = "getAwsCredentials";
const SECRETIVE = "secretive-app";

const clock = new ManualClock();
let tenant: LocalTenant;
beforeAll(async () => {
	const names = [{ name: APP }, { name: SECRETIVE, tenantAccess: false }];
	tenant = await startTenant({ clock, apps: [...names, { name: "sending-app", type: "CrossTenantSendingApp" }] });
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.active = true;
	tenant.faults.clear();
	tenant.requestLog.clear();
});

const appSession = (options: object = {}, app = APP) =>
	new AppSession({ ...optionsOf(tenant, { app }), clock, ...options });
const apiSession = () => new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), clock });

async function put(session: EchoStreamSession, table = tenant.table): Promise<void> {
	const Item = { pk: { S: "one-query" }, sk: { S: "1" } };
	await session.client(DynamoDBClient).send(new PutItemCommand({ TableName: table, Item }));
}

/** Replaces the response to the query for the credentials by one that is made of it. */
function rewrite(change: (data: { GetApp: Record<string, unknown> }) => object): void {
	tenant.faults.add({ operation: QUERY, corrupt: (body) => JSON.stringify(change(JSON.parse(body).data)) });
}

const denied = (...path: string[]) => ({ path, errorType: "Unauthorized", message: "Not Authorized to access tenant" });

describe("the first program sends four requests", () => {
	const orders: [string, (session: EchoStreamSession) => Promise<unknown>][] = [
		["describes the tenant, then writes", async (session) => put(session, (await session.describeTenant()).table)],
		["does both at once", (session) => Promise.all([session.describeTenant(), put(session)])],
		["writes, then describes the tenant", async (session) => [await put(session), await session.describeTenant()]],
		[
			"gets the credentials first",
			async (session) => [await session.ready(), await session.describeTenant(), await put(session)],
		],
		[
			"gets the region first",
			async (session) => [await session.regionName(), await session.describeTenant(), await put(session)],
		],
	];
	test.each(orders)("a new session without a region sends four requests when a program %s", async (_, run) => {
		for (const session of [appSession(), apiSession()]) {
			tenant.requestLog.clear();
			await run(session);
			session.destroy();
			expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY, "PutItem"]);
		}
	});

	test.each(orders)("a new session with a region sends four requests when a program %s", async (_, run) => {
		await using session = appSession({ regionName: tenant.region });
		await run(session);
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY, "PutItem"]);
	});

	test("a new session with AWS_REGION uses it, and gets the credentials with the description", async () => {
		process.env.AWS_REGION = "eu-west-2";
		try {
			await using session = appSession();
			const { region } = await session.describeTenant();
			expect([region, await session.regionName()]).toEqual([tenant.region, "eu-west-2"]);
			await session.credentials();
			expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY]);
		} finally {
			delete process.env.AWS_REGION;
		}
	});

	test("10,000 callers at once of the description, the region and the credentials cause three requests", async () => {
		await using session = appSession();
		const calls = [() => session.describeTenant(), () => session.regionName(), () => session.credentials()];
		await Promise.all(Array.from({ length: 10_000 }, (_, n) => calls[n % 3]?.()));
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY]);
	});
});

describe("the description of the tenant", () => {
	test("the description that came with credentials is returned for five seconds, then queried again", async () => {
		await using session = appSession();
		await session.ready();
		await clock.advance(4_999);
		expect(await session.describeTenant()).toMatchObject({ active: true, table: tenant.table });
		tenant.active = false;
		await clock.advance(1);
		tenant.requestLog.clear();
		const all = await Promise.all(Array.from({ length: 1_000 }, () => session.describeTenant()));
		expect(new Set(all.map(({ active }) => active))).toEqual(new Set([false]));
		expect(tenant.requestLog.operations()).toEqual(["describeApp"]);
		await session.describeTenant();
		expect(tenant.requestLog.count("describeApp")).toBe(2);
	});

	test("the region that came with credentials is known from then on, also after the profile was set", async () => {
		await using session = appSession();
		await session.ready();
		await clock.advance(10_000);
		tenant.requestLog.clear();
		expect(await session.regionName()).toBe(tenant.region);
		session.setConfigVariable("profile", "other");
		expect(await session.getConfigVariable("region")).toBe(tenant.region);
		session.setConfigVariable("region", "sa-east-1");
		expect(await session.regionName()).toBe("sa-east-1");
		session.setConfigVariable("region", undefined);
		expect(await session.client(DynamoDBClient).config.region()).toBe(tenant.region);
		expect(tenant.requestLog.length).toBe(0);
	});

	test("the region that a description brought is not queried again", async () => {
		await using session = appSession();
		session.setCredentials("AKIAEXPLICIT", "explicit");
		await Promise.all([session.describeTenant(), session.regionName()]);
		await session.regionName();
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, "describeApp"]);
	});

	test("an app of a type without credentials is described all the same", async () => {
		await using session = new AppSession({ ...optionsOf(tenant, { apiUser: "admin" }), app: "sending-app", clock });
		expect(await session.describeTenant()).toMatchObject({ table: tenant.table });
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY, "describeApp"]);
	});

	test("the tenant can be described during the pause after failed credentials", async () => {
		await using session = appSession({ maxAttempts: 1, random: () => 1 });
		const fault = tenant.faults.add({ operation: QUERY, status: 503 });
		expect(await codeOf(session.credentials())).toBe("AppSyncUnavailable");
		expect(await session.describeTenant()).toMatchObject({ active: true });
		expect(fault.met).toBe(1);
	});

	test("a failure to sign in, or an outage, is the error of the description, without a second attempt", async () => {
		await using wrong = appSession({ password: "wrong" });
		expect(await codeOf(wrong.describeTenant())).toBe("SignInRejected");
		await using session = appSession({ maxAttempts: 1 });
		tenant.faults.add({ service: "appsync", status: 503 });
		tenant.requestLog.clear();
		expect(await codeOf(session.describeTenant())).toBe("AppSyncUnavailable");
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY]);
	});

	test("a destroyed session does not return a description that it has just received", async () => {
		const session = appSession();
		await session.describeTenant();
		session.destroy();
		expect(await codeOf(session.describeTenant())).toBe("SessionDestroyed");
	});

	test("credentials that are denied and a description that hangs end within one total deadline", async () => {
		const own = new ManualClock();
		await using server = await LyingServer.start(({ body }, response) => {
			if (!body.includes(QUERY)) {
				void own.advance(20_000);
				return undefined;
			}
			void own.advance(40_000).then(() => response.end(JSON.stringify({ data: {}, errors: [denied("GetApp")] })));
			return undefined;
		});
		await using session = sessionOf(server.url, { clock: own, requestTimeoutMs: 60_000, totalTimeoutMs: 60_000 });
		const error: unknown = await session.describeTenant().catch((reason: unknown) => reason);
		expect(error).toMatchObject({ code: "AppSyncUnavailable", message: expect.stringContaining("totalTimeoutMs") });
		expect(server.received.length).toBe(2);
	});
});

describe("an app whose tenant may not be read", () => {
	test("an app whose tenant may not be read gets its credentials, and refreshes them, with one query each", async () => {
		await using session = appSession({ regionName: tenant.region }, SECRETIVE);
		await put(session);
		await session.credentials({ forceRefresh: true });
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY, "PutItem", QUERY]);
		expect(tenant.requestLog.since().map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
	});

	test("an app whose tenant may not be read gets PermissionDenied for the description and the region", async () => {
		await using session = appSession({}, SECRETIVE);
		expect(await codeOf(session.describeTenant())).toBe("PermissionDenied");
		expect(await codeOf(session.regionName())).toBe("PermissionDenied");
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY, "describeApp", "describeApp"]);
	});

	const nulled = { ...denied("tenant", "tenant"), message: "Cannot return null for non-nullable type: 'Tenant'" };
	test.each<[string, object, object[]]>([
		["the field of the tenant null", { tenant: { tenant: null } }, [denied("tenant", "tenant")]],
		["the whole field null, with two errors", { tenant: null }, [denied("tenant", "tenant"), nulled]],
		["no such field", {}, [denied("tenant")]],
		["a throttled tenant", { tenant: null }, [{ path: ["tenant"], errorType: "Lambda:Throttling", message: "no" }]],
	])("a response with %s beside the credentials brings the credentials", async (_, described, errors) => {
		await using session = appSession({ regionName: tenant.region });
		rewrite(({ GetApp }) => ({ data: { GetApp, ...described }, errors }));
		await put(session);
		expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY, "PutItem"]);
	});
});

describe("an error that concerns the credentials", () => {
	const failed = { path: ["GetApp", "GetAwsCredentials"], errorType: "Lambda:Unhandled", message: "no" };
	test.each<[string, object[], string]>([
		["an error at the credentials", [failed], "QueryFailed"],
		["an error at the credentials and one at the tenant", [denied("tenant"), failed], "PermissionDenied"],
		["an error without a path", [{ message: "no" }], "QueryFailed"],
		["a denied app", [denied("GetApp")], "PermissionDenied"],
	])("%s beside complete credentials is the error of the call, without a secret", async (_, errors, code) => {
		await using session = appSession({ maxAttempts: 1 });
		const secrets: unknown[] = [];
		rewrite((data) => {
			const keys = data.GetApp.GetAwsCredentials as Record<string, unknown>;
			secrets.push(keys.secretAccessKey, keys.sessionToken);
			const message = `no: ${JSON.stringify(keys)}`;
			return { data, errors: errors.map((error) => ({ ...error, message })) };
		});
		const error: unknown = await session.credentials().catch((reason: unknown) => reason);
		expect(error).toMatchObject({ code });
		expect(secrets.length).toBe(2);
		for (const secret of secrets) expect(inspect([error, session], { depth: 20 })).not.toContain(String(secret));
	});

	test("credentials that are incomplete beside an unreadable tenant are the denial that AppSync reported", async () => {
		await using session = appSession();
		rewrite(() => ({ data: { GetApp: null, tenant: null }, errors: [denied("GetApp", "tenant")] }));
		expect(await codeOf(session.credentials())).toBe("PermissionDenied");
	});

	test("a tenant that is not active is known from the query that fails, and described by it", async () => {
		tenant.active = false;
		for (const session of [appSession(), apiSession()]) {
			tenant.requestLog.clear();
			expect(await session.describeTenant()).toMatchObject({ active: false, region: tenant.region });
			expect(await codeOf(session.credentials())).toBe("TenantNotActive");
			session.destroy();
			expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, QUERY]);
		}
	});
});

test.each([
	["a number", 7],
	["without a region", { tenant: { active: true, name: "local", table: "db-local" } }],
	["with a region that is none", { tenant: { active: true, name: "local", region: "a b", table: "db-local" } }],
])("a malformed description, %s, does not cost the credentials, and is an error of its own", async (_, described) => {
	await using session = appSession();
	rewrite(({ GetApp }) => ({ data: { GetApp, tenant: described } }));
	await session.credentials();
	tenant.faults.add({ operation: "describeApp", status: 200, body: { data: { GetApp: { tenant: {} } } } });
	expect(await codeOf(session.describeTenant())).toBe("InvalidAppSyncResponse");
	expect(await codeOf(session.regionName())).toBe("InvalidAppSyncResponse");
	tenant.faults.clear();
	expect(await session.regionName()).toBe(tenant.region);
});

test("a session class whose query for credentials does not request the tenant describes it with its own query alone", async () => {
	class Separate extends AppSession {
		protected override tenantQuery(wanted: "credentials" | "tenant"): TenantQuery {
			const query = super.tenantQuery(wanted);
			return { ...query, document: query.document.replace(/tenant: GetApp.*/, "") };
		}
	}
	await using session = new Separate({ ...optionsOf(tenant, { app: APP }), clock });
	const { table } = await session.describeTenant();
	await put(session, table);
	expect(tenant.requestLog.operations()).toEqual([...SIGN_IN, "describeApp", QUERY, "PutItem"]);
});
