import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { ask, logIn, plainLogin } from "../tenant-client.ts";

const FIELDS = "accessKeyId secretAccessKey sessionToken expiration";
const VERSION = "{ GetVersion }";

let tenant: LocalTenant;
let other: LocalTenant;
let admin: string;
let reader: string;
let app: string;
const clock = new ManualClock(Date.UTC(2026, 5, 1));
beforeAll(async () => {
	[tenant, other] = await Promise.all([LocalTenant.start({ ...plainLogin, clock }), LocalTenant.start(plainLogin)]);
	[admin, reader, app] = await Promise.all([
		logIn(tenant, { apiUser: "admin" }),
		logIn(tenant, { apiUser: "reader" }),
		logIn(tenant, { app: "external-app" }),
	]);
});
afterAll(() => Promise.all([tenant.stop(), other.stop()]));

const tokens = { admin: () => admin, reader: () => reader, app: () => app };
type Who = keyof typeof tokens;

describe("the token", () => {
	test.each<[string, () => string | undefined | Promise<string>, string]>([
		["missing", () => undefined, "Valid authorization header not provided."],
		["with Bearer before it", () => `Bearer ${admin}`, "Unable to parse JWT token."],
		["not a token", () => "abc", "Unable to parse JWT token."],
		["of another pool", () => logIn(other, { apiUser: "admin" }), "You are not authorized to make this call."],
		["with another signature", () => admin.replace(/.{8}$/, "AAAAAAAA"), "You are not authorized to make this call."],
	])("%s is refused with 401", async (_, token, message) => {
		expect(await ask(tenant, await token(), VERSION)).toEqual({
			status: 401,
			errors: [{ errorType: "UnauthorizedException", message }],
		});
	});

	test("is refused once it has expired by the tenant's clock, or its user has signed out", async () => {
		const token = await logIn(tenant, { apiUser: "reader" });
		clock.jump(3_601_000);
		const late = await ask(tenant, token, VERSION);
		clock.jump(-3_601_000);
		expect(late).toMatchObject({ status: 401, errors: [{ message: "Token has expired." }] });
		expect(await ask(tenant, token, VERSION)).toEqual({ status: 200, data: { GetVersion: "local" } });
		await tenant.userPool.respond("GlobalSignOut", { AccessToken: token });
		expect(await ask(tenant, token, VERSION)).toMatchObject({ status: 401 });
		reader = await logIn(tenant, { apiUser: "reader" });
	});
});

describe("AWS credentials", () => {
	const get = (duration: string, of = tenant, token = admin) =>
		ask(of, token, `{ GetTenant(tenant: "local") { GetAwsCredentials${duration} { ${FIELDS} } } }`);

	test.each([
		["", 3600],
		["(duration: null)", 3600],
		["(duration: 900)", 900],
		["(duration: 43200)", 43_200],
	])("asked for as GetAwsCredentials%s live %i seconds", async (duration, seconds) => {
		const { data } = await get(duration);
		expect(data.GetTenant.GetAwsCredentials).toEqual({
			accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
			secretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
			sessionToken: expect.stringMatching(/^[\w+/=]{200,}$/),
			expiration: new Date(clock.now() + seconds * 1000).toISOString(),
		});
	});

	test.each([899, 43_201, 0, -1])(
		"are not given for %i seconds: an error, and null in their parent's place",
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

	test("are new each time", async () => {
		const [one, two] = await Promise.all([get(""), get("")]);
		expect(one.data.GetTenant.GetAwsCredentials.accessKeyId).not.toBe(two.data.GetTenant.GetAwsCredentials.accessKeyId);
	});

	test("are capped, and their date is written, as the tenant was told", async () => {
		const dateFormat = (ms: number) => new Date(ms).toISOString().replace(".000Z", "+00:00:00");
		const credentials = { maxSeconds: 3600, dateFormat };
		await using own = await LocalTenant.start({ ...plainLogin, clock, credentials });
		const { data } = await get("(duration: 43200)", own, await logIn(own, { apiUser: "admin" }));
		expect(data.GetTenant.GetAwsCredentials.expiration).toBe("2026-06-01T01:00:00+00:00:00");
	});

	test("are not given by a tenant that is not active, which can still be read", async () => {
		tenant.active = false;
		const [asked, read] = [await get(""), await ask(tenant, admin, '{ GetTenant(tenant: "local") { active } }')];
		tenant.active = true;
		expect(asked).toMatchObject({ data: { GetTenant: null }, errors: [{ message: "Tenant local is not active" }] });
		expect(read).toEqual({ status: 200, data: { GetTenant: { active: false } } });
	});
});

describe("what there is not is null, without an error", () => {
	test.each<[string, string]>([
		["tenant", '{ one: GetTenant(tenant: "none") { name } }'],
		["app", '{ one: GetApp(name: "none", tenant: "local") { name } }'],
		["app, of another tenant", '{ one: GetApp(name: "external-app", tenant: "none") { name } }'],
		["node", '{ one: GetNode(name: "none", tenant: "local") { name } }'],
		["edge", '{ one: GetEdge(source: "a", target: "b", tenant: "local") { queue } }'],
		["API user", '{ one: GetApiUser(username: "none", tenant: "local") { role } }'],
	])("%s", async (_, query) => {
		expect(await ask(tenant, admin, query)).toEqual({ status: 200, data: { one: null } });
	});
});

describe("who may ask what", () => {
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
		expect(await ask(tenant, tokens[who](), query)).toMatchObject({ status: 200, ...denial(field) });
	});

	test("an app's user reads its tenant through its app, and gets no credentials of the tenant that way", async () => {
		const query = (fields: string) => `{ GetApp(name: "external-app", tenant: "local") { tenant { ${fields} } } }`;
		const read = await ask(tenant, app, query("name region table active"));
		expect(read.data.GetApp.tenant).toEqual({ name: "local", region: "us-east-1", table: "db-local", active: true });
		const asked = await ask(tenant, app, query(`GetAwsCredentials { ${FIELDS} }`));
		expect(asked).toMatchObject({ data: { GetApp: null }, errors: [{ errorType: "Unauthorized" }] });
	});

	test.each<[Who, string]>([
		["admin", '{ one: GetApiUser(username: "admin", tenant: "local") { role credentials { username userPoolId } } }'],
		["reader", '{ one: GetApiUser(username: "reader", tenant: "local") { role credentials { username userPoolId } } }'],
	])("%s may ask about itself", async (who, query) => {
		const role = who === "admin" ? "admin" : "read_only";
		const { data } = await ask(tenant, tokens[who](), query);
		expect(data.one).toEqual({ role, credentials: { username: who, userPoolId: tenant.userPool.id } });
	});

	test("API users see all apps, those without credentials too", async () => {
		const { data } = await ask(tenant, reader, '{ ListApps(tenant: "local") { echos { __typename name } } }');
		expect(data.ListApps.echos).toHaveLength(5);
		expect(data.ListApps.echos).toContainEqual({ __typename: "CrossTenantSendingApp", name: "sending-app" });
	});
});

test("a node has what echostream-node asks for", async () => {
	const edge = "queue source { name } target { name }";
	const node = `app { ... on ExternalApp { auditRecordsEndpoint config name tableAccess } } config receiveEdges { ${edge} } sendEdges { ${edge} } receiveMessageType { auditor name } stopped`;
	const query = `query getNode($name: String!, $tenant: String!) { GetNode(name: $name, tenant: $tenant) { __typename ... on ExternalNode { ${node} } tenant { audit config region table } } }`;
	const { data } = await ask(tenant, app, query, { name: "external-app-node", tenant: "local" });
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

test("bulk data is stored and fetched by presigned URLs, and by a presigned form", async () => {
	const query = `query getBulkDataStorage($tenant: String!) { GetBulkDataStorage(tenant: $tenant, count: 2, useAccelerationEndpoint: false) { expiration presignedGet presignedPost { fields url } presignedPut { headers url } } }`;
	const { data } = await ask(tenant, app, query, { tenant: "local" });
	const [first, second] = data.GetBulkDataStorage;
	expect(first.expiration).toBe(clock.now() / 1000 + 3600);
	const headers = JSON.parse(first.presignedPut.headers);
	expect((await fetch(first.presignedPut.url, { method: "PUT", headers, body: "bulk" })).status).toBe(200);
	expect(await (await fetch(first.presignedGet)).text()).toBe("bulk");
	expect((await fetch(second.presignedGet)).status).toBe(404);
	const form = new FormData();
	for (const [name, value] of Object.entries<string>(JSON.parse(second.presignedPost.fields))) form.append(name, value);
	form.append("file", new Blob(["by form"]));
	expect((await fetch(second.presignedPost.url, { method: "POST", body: form })).status).toBe(204);
	expect(await (await fetch(second.presignedGet)).text()).toBe("by form");
	const tampered = new FormData();
	for (const [name, value] of form) tampered.append(name, name === "key" ? "other" : value);
	expect((await fetch(second.presignedPost.url, { method: "POST", body: tampered })).status).toBe(403);
});

describe("what is no query", () => {
	test.each<[string, string, number, string | RegExp]>([
		["no JSON", "{", 400, "MalformedHttpRequestException"],
		["no query", "{}", 400, "MalformedHttpRequestException"],
		["a syntax error", '{"query":"{"}', 200, /Validation error: Syntax Error/],
		["an unknown field", '{"query":"{ Nothing }"}', 200, /Validation error: .*Nothing/],
		["a missing variable", '{"query":"query q($t: String!) { GetTenant(tenant: $t) { name } }"}', 200, /\$t/],
	])("%s is answered as AppSync does", async (_, body, status, expected) => {
		const response = await fetch(`${tenant.url}/graphql`, { method: "POST", headers: { authorization: admin }, body });
		const { errors } = (await response.json()) as { errors: { errorType?: string; message: string }[] };
		expect(response.status).toBe(status);
		const seen = typeof expected === "string" ? errors[0]?.errorType : errors[0]?.message;
		expect(seen).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
	});
});
