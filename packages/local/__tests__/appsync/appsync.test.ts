import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

const FIELDS = "accessKeyId secretAccessKey sessionToken expiration";
const VERSION = "{ GetVersion }";

let tenant: LocalTenant;
let other: LocalTenant;
let admin: string;
let reader: string;
let app: string;
const clock = new ManualClock(Date.UTC(2026, 5, 1));
beforeAll(async () => {
	[tenant, other] = await Promise.all([LocalTenant.start({ ...plainSignIn, clock }), LocalTenant.start(plainSignIn)]);
	[admin, reader, app] = await Promise.all([
		signIn(tenant, { apiUser: "admin" }),
		signIn(tenant, { apiUser: "reader" }),
		signIn(tenant, { app: "external-app" }),
	]);
});
afterAll(() => Promise.all([tenant.stop(), other.stop()]));

const tokens = { admin: () => admin, reader: () => reader, app: () => app };
type Who = keyof typeof tokens;

describe("the token", () => {
	test.each<[string, () => string | undefined | Promise<string>, string]>([
		["a missing token", () => undefined, "Valid authorization header not provided."],
		["a token with Bearer before it", () => `Bearer ${admin}`, "Unable to parse JWT token."],
		["text that is not a token", () => "abc", "Unable to parse JWT token."],
		["a token of another pool", () => signIn(other, { apiUser: "admin" }), "You are not authorized to make this call."],
		[
			"a token with another signature",
			() => admin.replace(/.{8}$/, "AAAAAAAA"),
			"You are not authorized to make this call.",
		],
	])("%s is rejected with 401", async (_, token, message) => {
		expect(await sendQuery(tenant, await token(), VERSION)).toEqual({
			status: 401,
			errors: [{ errorType: "UnauthorizedException", message }],
		});
	});

	test("a token is rejected with 401 after it has expired by the tenant's clock, and after a sign-out", async () => {
		const token = await signIn(tenant, { apiUser: "reader" });
		clock.jump(3_601_000);
		const late = await sendQuery(tenant, token, VERSION);
		clock.jump(-3_601_000);
		expect(late).toMatchObject({ status: 401, errors: [{ message: "Token has expired." }] });
		expect(await sendQuery(tenant, token, VERSION)).toEqual({ status: 200, data: { GetVersion: "local" } });
		await tenant.userPool.respond("GlobalSignOut", { AccessToken: token });
		expect(await sendQuery(tenant, token, VERSION)).toMatchObject({ status: 401 });
		reader = await signIn(tenant, { apiUser: "reader" });
	});
});

describe("AWS credentials", () => {
	const get = (duration: string, of = tenant, token = admin) =>
		sendQuery(of, token, `{ GetTenant(tenant: "local") { GetAwsCredentials${duration} { ${FIELDS} } } }`);

	test.each([
		["", 3600],
		["(duration: null)", 3600],
		["(duration: 900)", 900],
		["(duration: 43200)", 43_200],
	])("credentials of GetAwsCredentials%s live for %i seconds", async (duration, seconds) => {
		const { data } = await get(duration);
		expect(data.GetTenant.GetAwsCredentials).toEqual({
			accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
			secretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
			sessionToken: expect.stringMatching(/^[\w+/=]{200,}$/),
			expiration: new Date(clock.now() + seconds * 1000).toISOString(),
		});
	});

	test.each([899, 43_201, 0, -1])(
		"GetAwsCredentials for %i seconds is an error that nulls the tenant",
		async (seconds) => {
			expect(await get(`(duration: ${seconds})`)).toEqual({
				status: 200,
				data: { GetTenant: null },
				errors: [
					expect.objectContaining({
						path: ["GetTenant", "GetAwsCredentials"],
						message: expect.stringContaining(`not ${seconds}`),
					}),
				],
			});
		},
	);

	test("GetAwsCredentials issues new credentials each time", async () => {
		const [one, two] = await Promise.all([get(""), get("")]);
		expect(one.data.GetTenant.GetAwsCredentials.accessKeyId).not.toBe(two.data.GetTenant.GetAwsCredentials.accessKeyId);
	});

	test("credentials.maxSeconds and credentials.dateFormat cap the lifetime and format the expiration", async () => {
		const dateFormat = (ms: number) => new Date(ms).toISOString().replace(".000Z", "+00:00:00");
		const credentials = { maxSeconds: 3600, dateFormat };
		await using own = await LocalTenant.start({ ...plainSignIn, clock, credentials });
		const { data } = await get("(duration: 43200)", own, await signIn(own, { apiUser: "admin" }));
		expect(data.GetTenant.GetAwsCredentials.expiration).toBe("2026-06-01T01:00:00+00:00:00");
	});

	test("an inactive tenant issues no credentials, but can be queried", async () => {
		tenant.active = false;
		const [pending, read] = [
			await get(""),
			await sendQuery(tenant, admin, '{ GetTenant(tenant: "local") { active } }'),
		];
		tenant.active = true;
		expect(pending).toMatchObject({ data: { GetTenant: null }, errors: [{ message: "Tenant local is not active" }] });
		expect(read).toEqual({ status: 200, data: { GetTenant: { active: false } } });
	});
});

describe("what does not exist", () => {
	test.each<[string, string]>([
		["tenant", '{ one: GetTenant(tenant: "none") { name } }'],
		["app", '{ one: GetApp(name: "none", tenant: "local") { name } }'],
		["tenant of an app", '{ one: GetApp(name: "external-app", tenant: "none") { name } }'],
		["node", '{ one: GetNode(name: "none", tenant: "local") { name } }'],
		["edge", '{ one: GetEdge(source: "a", target: "b", tenant: "local") { queue } }'],
		["API user", '{ one: GetApiUser(username: "none", tenant: "local") { role } }'],
	])("an unknown %s is null, without an error", async (_, query) => {
		expect(await sendQuery(tenant, admin, query)).toEqual({ status: 200, data: { one: null } });
	});
});

describe("permissions of queries", () => {
	const denial = (field: string) => ({
		data: { one: null },
		errors: [{ errorType: "Unauthorized", message: `Not Authorized to access ${field} on type Query`, path: ["one"] }],
	});

	test.each<[Who, string, string]>([
		["app", "GetTenant", '{ one: GetTenant(tenant: "local") { name } }'],
		["app", "GetApp", '{ one: GetApp(name: "managed-app", tenant: "local") { name } }'],
		["app", "GetApp", '{ one: GetApp(name: "none", tenant: "local") { name } }'],
		["app", "GetNode", '{ one: GetNode(name: "managed-app-node", tenant: "local") { name } }'],
		["app", "GetApiUser", '{ one: GetApiUser(username: "admin", tenant: "local") { role } }'],
		["reader", "GetApiUser", '{ one: GetApiUser(username: "admin", tenant: "local") { role } }'],
	])("%s is denied %s: %s", async (who, field, query) => {
		expect(await sendQuery(tenant, tokens[who](), query)).toMatchObject({ status: 200, ...denial(field) });
	});

	test("an app's user queries its tenant through its app, and is denied the tenant's credentials there", async () => {
		const query = (fields: string) => `{ GetApp(name: "external-app", tenant: "local") { tenant { ${fields} } } }`;
		const read = await sendQuery(tenant, app, query("name region table active"));
		expect(read.data.GetApp.tenant).toEqual({ name: "local", region: "us-east-1", table: "db-local", active: true });
		const pending = await sendQuery(tenant, app, query(`GetAwsCredentials { ${FIELDS} }`));
		expect(pending).toMatchObject({ data: { GetApp: null }, errors: [{ errorType: "Unauthorized" }] });
	});

	test.each<[Who, string]>([
		["admin", '{ one: GetApiUser(username: "admin", tenant: "local") { role credentials { username userPoolId } } }'],
		["reader", '{ one: GetApiUser(username: "reader", tenant: "local") { role credentials { username userPoolId } } }'],
	])("%s may query its own API user", async (who, query) => {
		const role = who === "admin" ? "admin" : "read_only";
		const { data } = await sendQuery(tenant, tokens[who](), query);
		expect(data.one).toEqual({ role, credentials: { username: who, userPoolId: tenant.userPool.id } });
	});

	test("an API user lists all apps, including those without credentials", async () => {
		const { data } = await sendQuery(tenant, reader, '{ ListApps(tenant: "local") { echos { __typename name } } }');
		expect(data.ListApps.echos).toHaveLength(5);
		expect(data.ListApps.echos).toContainEqual({ __typename: "CrossTenantSendingApp", name: "sending-app" });
	});
});

test("a node has the fields that echostream-node queries", async () => {
	const edge = "queue source { name } target { name }";
	const node = `app { ... on ExternalApp { auditRecordsEndpoint config name tableAccess } } config receiveEdges { ${edge} } sendEdges { ${edge} } receiveMessageType { auditor name } stopped`;
	const query = `query getNode($name: String!, $tenant: String!) { GetNode(name: $name, tenant: $tenant) { __typename ... on ExternalNode { ${node} } tenant { audit config region table } } }`;
	const { data } = await sendQuery(tenant, app, query, { name: "external-app-node", tenant: "local" });
	const [sending, receiving] = [
		tenant.directory.edges.find(({ source }) => source === "external-app-node"),
		tenant.directory.edges.find(({ target }) => target === "external-app-node"),
	];
	expect(data.GetNode).toMatchObject({
		__typename: "ExternalNode",
		app: { name: "external-app", config: '{"greeting":"hello"}', tableAccess: true },
		sendEdges: [{ queue: tenant.queueUrl(sending?.queue ?? ""), target: { name: "managed-app-node" } }],
		receiveEdges: [{ queue: tenant.queueUrl(receiving?.queue ?? ""), source: { name: "cross-account-app-node" } }],
		receiveMessageType: { name: "echo.text" },
		stopped: false,
		tenant: { audit: false, config: "{}", region: "us-east-1", table: "db-local" },
	});
});

describe("documents that are sent again", () => {
	const document = "query q($tenant: String!) { one: GetTenant(tenant: $tenant) { name } }";

	test("a document has the response of its own variables and user, before and after a hundred other documents", async () => {
		const responses = async () => [
			await sendQuery(tenant, admin, document, { tenant: "local" }),
			await sendQuery(tenant, admin, document, { tenant: "none" }),
			await sendQuery(tenant, app, document, { tenant: "local" }),
			await sendQuery(tenant, admin, document),
		];
		const expected = [
			{ status: 200, data: { one: { name: "local" } } },
			{ status: 200, data: { one: null } },
			{ status: 200, data: { one: null }, errors: [{ errorType: "Unauthorized" }] },
			{ status: 200, errors: [{ message: expect.stringContaining("$tenant") }] },
		];
		expect(await responses()).toMatchObject(expected);
		for (let i = 0; i < 101; i++) {
			expect(await sendQuery(tenant, admin, `{ version${i}: GetVersion }`)).toMatchObject({ status: 200 });
		}
		expect(await responses()).toMatchObject(expected);
	});

	test("a document that is invalid or too deep is rejected each time", async () => {
		for (let i = 0; i < 2; i++) {
			const invalid = await sendQuery(tenant, admin, "{ Nothing }");
			expect(invalid).toMatchObject({ status: 200, errors: [{ message: expect.stringContaining("Nothing") }] });
			expect(await sendQuery(tenant, admin, `${"{ a ".repeat(76)}${"}".repeat(76)}`)).toMatchObject({ status: 400 });
		}
	});
});

describe("invalid queries", () => {
	test.each<[string, string, number, string | RegExp]>([
		["invalid JSON", "{", 400, "MalformedHttpRequestException"],
		["no query", "{}", 400, "MalformedHttpRequestException"],
		["a syntax error", '{"query":"{"}', 200, /Validation error: Syntax Error/],
		["an unknown field", '{"query":"{ Nothing }"}', 200, /Validation error: .*Nothing/],
		["a missing variable", '{"query":"query q($t: String!) { GetTenant(tenant: $t) { name } }"}', 200, /\$t/],
	])("a body with %s gets an error in AppSync's words", async (_, body, status, expected) => {
		const response = await fetch(`${tenant.url}/graphql`, { method: "POST", headers: { authorization: admin }, body });
		const { errors } = (await response.json()) as { errors: { errorType?: string; message: string }[] };
		expect(response.status).toBe(status);
		const seen = typeof expected === "string" ? errors[0]?.errorType : errors[0]?.message;
		expect(seen).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
	});
});
