import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import { ApiSession, AppSession } from "echostream-botocore";
import { buildClientSchema, getIntrospectionQuery, validateSchema } from "graphql";
import { type AppOptions, LocalTenant, ManualClock } from "../src/index.ts";
import { credentialsOf, jsonRequest, plainSignIn, seededRandom, sendQuery, signed, signIn } from "./tenant-client.ts";

const kidOf = ({ userPool }: LocalTenant) => (userPool.keySet().keys[0] as { kid: string }).kid;

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
});
afterAll(() => tenant.stop());

describe("a tenant without options", () => {
	test("a tenant without options has one app of every type, an admin, a reader, a table and queues", () => {
		expect([...tenant.directory.apps.values()].map(({ type }) => type).sort()).toEqual([
			"CrossAccountApp",
			"CrossTenantReceivingApp",
			"CrossTenantSendingApp",
			"ExternalApp",
			"ManagedApp",
		]);
		expect([...tenant.directory.apiUsers.values()].map(({ role }) => role)).toEqual(["admin", "read_only"]);
		expect([tenant.name, tenant.region, tenant.table]).toEqual(["local", "us-east-1", "db-local"]);
		expect(tenant.directory.queues()).toHaveLength(6);
	});

	test("a tenant listens on the loopback interface only", () => {
		expect(tenant.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	});

	test("environment() returns the variables of an app or an API user, and changes none of this process", () => {
		const before = { ...process.env };
		const { PASSWORD, COGNITO_JWKS, ...rest } = tenant.environment({ app: "external-app" });
		expect(rest).toEqual({
			APP: "external-app",
			APPSYNC_ENDPOINT: `${tenant.url}/graphql`,
			AWS_ENDPOINT_URL: tenant.url,
			CLIENT_ID: tenant.userPool.clientId,
			TENANT: "local",
			USER_NAME: "external-app-user",
			USER_POOL_ID: tenant.userPool.id,
		});
		expect(PASSWORD).toMatch(/^.{20,}$/);
		expect(JSON.parse(COGNITO_JWKS ?? "")).toEqual(tenant.userPool.keySet());
		expect(tenant.environment({ apiUser: "admin" })).not.toHaveProperty("APP");
		expect(process.env).toEqual(before);
	});

	test("environment() throws a TypeError for an app without a user, and for an unknown app or API user", () => {
		for (const of of [{ app: "sending-app" }, { app: "none" }, { apiUser: "none" }]) {
			expect(() => tenant.environment(of)).toThrow(TypeError);
		}
	});

	test("a tenant publishes the key set of its own user pool only", async () => {
		const keys = await fetch(`${tenant.url}/${tenant.userPool.id}/.well-known/jwks.json`);
		expect(await keys.json()).toEqual(tenant.userPool.keySet());
		expect((await fetch(`${tenant.url}/us-east-1_Other/.well-known/jwks.json`)).status).toBe(404);
	});

	test("amazon-cognito-identity-js signs in, and its token is accepted by AppSync", async () => {
		await using own = await LocalTenant.start();
		const {
			CLIENT_ID = "",
			PASSWORD = "",
			USER_NAME = "",
			USER_POOL_ID = "",
		} = own.environment({ app: "managed-app" });
		const pool = new CognitoUserPool({ UserPoolId: USER_POOL_ID, ClientId: CLIENT_ID, endpoint: own.url });
		const user = new CognitoUser({ Username: USER_NAME, Pool: pool });
		const token = await new Promise<string>((resolve, reject) => {
			user.authenticateUser(new AuthenticationDetails({ Username: USER_NAME, Password: PASSWORD }), {
				onSuccess: (session) => resolve(session.getAccessToken().getJwtToken()),
				onFailure: reject,
			});
		});
		const { data } = await sendQuery(own, token, '{ GetApp(name: "managed-app", tenant: "local") { name } }');
		expect(data).toEqual({ GetApp: { name: "managed-app" } });
	});
});

describe("Cognito over HTTP", () => {
	const post = (body: string) =>
		fetch(tenant.url, {
			method: "POST",
			headers: {
				"content-type": "application/x-amz-json-1.1",
				"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
			},
			body,
		});

	test("a Cognito exception is JSON 1.1, with error type and request id", async () => {
		const response = await post(JSON.stringify({ ClientId: "other", AuthFlow: "USER_PASSWORD_AUTH" }));
		expect(response.status).toBe(400);
		const { __type } = (await response.json()) as { __type: string };
		expect(response.headers.get("x-amzn-errortype")).toBe(`${__type}:`);
		expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
		expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.1");
	});

	test.each(["", "{", "null", "[]"])("Cognito rejects the body %p", async (body) => {
		expect((await post(body)).status).toBe(400);
	});
});

describe("the request log", () => {
	test("the request log has every request in the order of arrival, with its user and access key", async () => {
		tenant.requestLog.clear();
		const key = await credentialsOf(tenant, { apiUser: "admin" });
		const { init, url } = await signed(tenant, key, jsonRequest("dynamodb", "ListTables", {}));
		await fetch(url, init);
		await sendQuery(tenant, "no token", "query version { GetVersion }");
		expect(tenant.requestLog.since()).toMatchObject([
			{ service: "cognito", operation: "InitiateAuth", user: "admin", status: 200 },
			{ service: "appsync", operation: "anonymous", user: "admin", status: 200 },
			{ service: "dynamodb", operation: "ListTables", user: "admin", status: 200, accessKeyId: key.accessKeyId },
			{ service: "appsync", operation: "version", status: 401 },
		]);
		const mark = tenant.requestLog.length;
		await sendQuery(tenant, undefined, "query version { GetVersion }");
		expect([tenant.requestLog.count("version"), tenant.requestLog.count("version", mark)]).toEqual([2, 1]);
		expect(tenant.requestLog.operations(mark)).toEqual(["version"]);
		tenant.requestLog.clear();
		expect([...tenant.requestLog]).toEqual([]);
	});

	test("the request log counts a request before its response", async () => {
		const hung = tenant.faults.add({ hang: true });
		const mark = tenant.requestLog.length;
		const abort = new AbortController();
		const pending = fetch(`${tenant.url}/graphql`, { method: "POST", body: "{}", signal: abort.signal });
		while (hung.met === 0) await new Promise(setImmediate);
		expect(tenant.requestLog.length).toBe(mark + 1);
		tenant.faults.clear();
		abort.abort();
		await expect(pending).rejects.toThrow();
	});
});

describe("sessions of the library", () => {
	const options = (one: LocalTenant, of: Parameters<LocalTenant["environment"]>[0]) => {
		const { APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = one.environment(of);
		return {
			appsyncEndpoint: APPSYNC_ENDPOINT,
			clientId: CLIENT_ID,
			password: PASSWORD,
			tenant: TENANT,
			username: USER_NAME,
			userPoolId: USER_POOL_ID,
		};
	};

	test.each(["external-app", "managed-app", "cross-account-app"])(
		"an AppSession of %s gets credentials with three requests",
		async (app) => {
			await using own = await LocalTenant.start();
			process.env.AWS_ENDPOINT_URL = own.url;
			await using session = new AppSession({ ...options(own, { app }), app } as ConstructorParameters<
				typeof AppSession
			>[0]);
			const { accessKey } = await (await session.getCredentials()).getFrozenCredentials();
			delete process.env.AWS_ENDPOINT_URL;
			expect(accessKey).toMatch(/^ASIA[A-Z2-7]{16}$/);
			expect(own.requestLog.since().map(({ service }) => service)).toEqual(["cognito", "cognito", "appsync"]);
		},
	);

	test("an ApiSession reports TenantNotActive for an inactive tenant", async () => {
		await using own = await LocalTenant.start({ active: false });
		process.env.AWS_ENDPOINT_URL = own.url;
		await using session = new ApiSession(
			options(own, { apiUser: "admin" }) as ConstructorParameters<typeof ApiSession>[0],
		);
		await expect((async () => (await session.getCredentials()).getFrozenCredentials())()).rejects.toMatchObject({
			code: "TenantNotActive",
		});
		own.active = true;
		delete process.env.AWS_ENDPOINT_URL;
	});
});

describe("a tenant with options", () => {
	const apps: AppOptions[] = [
		{ name: "a", username: "ann", password: "Passw0rd!", config: { deep: [1] }, tableAccess: false },
		{ name: "b", type: "ManagedApp", description: "second" },
	];

	test("a tenant has the apps, users and edges of its options", async () => {
		await using own = await LocalTenant.start({
			...plainSignIn,
			name: "acme",
			region: "eu-west-1",
			apps,
			edges: [{ source: "a-node", target: "b-node" }],
		});
		expect(own.environment({ app: "a" })).toMatchObject({ USER_NAME: "ann", PASSWORD: "Passw0rd!", TENANT: "acme" });
		expect(own.userPool.id).toMatch(/^eu-west-1_/);
		expect(own.directory.edges).toHaveLength(1);
		expect(own.table).toBe("db-acme");
		const query =
			'{ GetApp(name: "a", tenant: "acme") { ... on ExternalApp { config tableAccess tenant { name region } } } }';
		expect((await sendQuery(own, await signIn(own, { app: "a" }), query)).data).toEqual({
			GetApp: { config: '{"deep":[1]}', tableAccess: false, tenant: { name: "acme", region: "eu-west-1" } },
		});
	});

	test("a tenant with an edge to an unknown node does not start", async () => {
		await expect(LocalTenant.start({ apps, edges: [{ source: "a-node", target: "x" }] })).rejects.toThrow("node x");
	});

	test("a user in the user pool's options replaces the tenant's user of the same name", async () => {
		const users = [{ username: "external-app-user", password: "Own-passw0rd", aliases: ["jo@example.com"] }];
		await using own = await LocalTenant.start({ userPool: { ...plainSignIn.userPool, users } });
		expect(own.environment({ app: "external-app" }).PASSWORD).toBe("Own-passw0rd");
		expect(await signIn(own, { app: "external-app" })).toMatch(/^ey/);
	});

	test("two tenants have the same passwords and client ids only with the same random source", async () => {
		const make = async (seed: string) => {
			await using own = await LocalTenant.start({ random: seededRandom(seed), clock: new ManualClock() });
			return [own.environment({ app: "external-app" }).PASSWORD, own.userPool.clientId];
		};
		expect(await make("1")).toEqual(await make("1"));
		expect(await make("1")).not.toEqual(await make("2"));
	});

	test("Lambda functions return their results, and what they throw becomes a function error", async () => {
		const lambdas = {
			twice: (event: unknown) => ({ twice: [event, event] }),
			fails: () => {
				throw new RangeError("no");
			},
		};
		await using own = await LocalTenant.start({ ...plainSignIn, lambdas });
		const key = await credentialsOf(own, { app: "external-app" });
		const invoke = async (name: string) => {
			const { init, url } = await signed(own, key, {
				service: "lambda",
				path: `/2015-03-31/functions/${name}/invocations`,
				body: "1",
			});
			return fetch(url, init);
		};
		expect(await (await invoke("twice")).json()).toEqual({ twice: [1, 1] });
		const failed = await invoke("fails");
		expect(failed.headers.get("x-amz-function-error")).toBe("Unhandled");
		expect(await failed.json()).toMatchObject({ errorMessage: "no", errorType: "RangeError" });
	});
});

describe("two tenants in one process", () => {
	test("two tenants in one process reject each other's tokens and credentials, and share no data", async () => {
		await using other = await LocalTenant.start({
			...plainSignIn,
			userPool: { ...plainSignIn.userPool, clientId: tenant.userPool.clientId },
		});
		const foreign = await sendQuery(tenant, await signIn(other, { apiUser: "admin" }), "{ GetVersion }");
		expect(foreign).toMatchObject({ status: 401 });
		const key = await credentialsOf(other, { apiUser: "admin" });
		const { init, url } = await signed(tenant, key, jsonRequest("dynamodb", "ListTables", {}));
		expect(await (await fetch(url, init)).json()).toMatchObject({
			__type: expect.stringContaining("UnrecognizedClientException"),
		});
		const put = { TableName: "db-local", Item: { pk: { S: "only" }, sk: { S: "here" } } };
		const write = await signed(other, key, jsonRequest("dynamodb", "PutItem", put));
		expect((await fetch(write.url, write.init)).status).toBe(200);
		const get = jsonRequest("dynamodb", "GetItem", { TableName: "db-local", Key: put.Item });
		const read = await signed(tenant, await credentialsOf(tenant, { apiUser: "admin" }), get);
		expect(await (await fetch(read.url, read.init)).json()).toEqual({});
	});

	test("two running tenants have different pool ids, issuers and keys", async () => {
		await using other = await LocalTenant.start(plainSignIn);
		for (const of of [
			(of: LocalTenant) => of.userPool.id,
			(of: LocalTenant) => of.userPool.issuer,
			(of: LocalTenant) => kidOf(of),
		]) {
			expect(of(other)).not.toEqual(of(tenant));
		}
	});

	test("a token of a stopped tenant is invalid in the next one, which has its keys, also after a second stop", async () => {
		const stopped = await LocalTenant.start(plainSignIn);
		const token = await signIn(stopped, { apiUser: "admin" });
		await stopped.stop();
		await using next = await LocalTenant.start({
			...plainSignIn,
			userPool: { ...plainSignIn.userPool, clientId: stopped.userPool.clientId },
		});
		expect(kidOf(next)).toBe(kidOf(stopped));
		expect(await sendQuery(next, token, "{ GetVersion }")).toMatchObject({ status: 401 });
		await stopped.stop();
		await using third = await LocalTenant.start(plainSignIn);
		expect(kidOf(third)).not.toBe(kidOf(next));
	});

	test("a tenant with the pool id and client id of a stopped one has other keys, and rejects its tokens", async () => {
		const stopped = await LocalTenant.start(plainSignIn);
		const token = await signIn(stopped, { apiUser: "admin" });
		await stopped.stop();
		const { id, clientId } = stopped.userPool;
		await using same = await LocalTenant.start({ ...plainSignIn, userPool: { ...plainSignIn.userPool, id, clientId } });
		expect(same.userPool.issuer).toBe(stopped.userPool.issuer);
		expect(kidOf(same)).not.toBe(kidOf(stopped));
		expect(await sendQuery(same, token, "{ GetVersion }")).toMatchObject({ status: 401 });
	});

	test("a second tenant on the same port fails with EADDRINUSE", async () => {
		await expect(LocalTenant.start({ port: Number(new URL(tenant.url).port) })).rejects.toMatchObject({
			code: "EADDRINUSE",
		});
	});
});

describe("pages in browsers", () => {
	const origin = "http://localhost:5173";
	const preflight = {
		method: "OPTIONS",
		headers: {
			origin,
			"access-control-request-method": "POST",
			"access-control-request-headers": "x-amz-target,authorization",
		},
	};
	const query = { method: "POST", headers: { origin }, body: "{}" };

	test("a page of an allowed origin calls the tenant with any header, and reads the date and the error type", async () => {
		await using own = await LocalTenant.start({ allowedOrigins: ["http://localhost:4173", origin] });
		const permission = await fetch(own.url, preflight);
		expect(permission.status).toBe(204);
		expect(permission.headers.get("access-control-allow-origin")).toBe(origin);
		expect(permission.headers.get("access-control-allow-headers")).toBe("x-amz-target,authorization");
		const { headers } = await fetch(`${own.url}/graphql`, query);
		expect(headers.get("access-control-allow-origin")).toBe(origin);
		expect(headers.get("vary")).toBe("origin");
		expect(headers.get("access-control-expose-headers")).toMatch(/\bdate\b.*\bx-amzn-errortype\b/);
	});

	test("a page of any origin calls a tenant that allows *", async () => {
		await using own = await LocalTenant.start({ allowedOrigins: ["*"] });
		const { headers } = await fetch(`${own.url}/graphql`, query);
		expect(headers.get("access-control-allow-origin")).toBe(origin);
	});

	test.each<[string, readonly string[] | undefined]>([
		["by default", undefined],
		["that allows another origin", ["http://localhost:5174"]],
	])("no page calls a tenant %s", async (_, allowedOrigins) => {
		await using own = await LocalTenant.start({ ...(allowedOrigins && { allowedOrigins }) });
		for (const response of [await fetch(own.url, preflight), await fetch(`${own.url}/graphql`, query)]) {
			expect(response.status).toBeGreaterThanOrEqual(400);
			expect(response.headers.has("access-control-allow-origin")).toBe(false);
		}
	});
});

test("the schema can be queried, except where introspection is false", async () => {
	const { data } = await sendQuery(tenant, await signIn(tenant, { app: "external-app" }), getIntrospectionQuery());
	expect(validateSchema(buildClientSchema(data))).toEqual([]);
	await using own = await LocalTenant.start({ ...plainSignIn, introspection: false });
	const denied = await sendQuery(own, await signIn(own, { app: "external-app" }), getIntrospectionQuery());
	expect([denied.data, denied.errors?.[0]?.message]).toEqual([null, expect.stringContaining("introspection")]);
});
