import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

let tenant: LocalTenant;
const tokens = new Map<string, string>();
const apps = [{ name: "own" }, { name: "other", config: { secret: 1 } }];
const apiUsers = [
	{ username: "admin" },
	{ username: "user", role: "user" as const },
	{ username: "reader", role: "read_only" as const },
];
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, apps, apiUsers });
	for (const { username } of apiUsers) tokens.set(username, await signIn(tenant, { apiUser: username }));
	tokens.set("app", await signIn(tenant, { app: "own" }));
});
afterAll(() => tenant.stop());

function send(document: string, who = "admin") {
	return sendQuery(tenant, tokens.get(who), document);
}

async function names(args: string): Promise<{ names: string[]; next: string | null }> {
	const { data, errors } = await send(
		`{ one: ListNodes(tenant: "local" ${args}) { echos { name } lastEvaluatedKey } }`,
	);
	expect(errors).toBeUndefined();
	const { echos, lastEvaluatedKey } = data.one;
	return { names: echos.map(({ name }: { name: string }) => name), next: lastEvaluatedKey };
}

const start = (key: string | null) => (key === null ? "" : `exclusiveStartKey: ${JSON.stringify(key)}`);

describe("lists", () => {
	test("the pages of a list have every resource once, in the same order as the whole list", async () => {
		const all = await names("");
		const paged: string[] = [];
		let next: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof names>> = await names(`limit: 3 ${start(next)}`);
			paged.push(...page.names);
			next = page.next;
		} while (next !== null);
		expect(paged).toEqual(all.names);
		expect(all).toEqual({ names: [...all.names].sort(), next: null });
	});

	test("resources that are created and deleted between two pages move no other to another page", async () => {
		const first = await names("limit: 3");
		const add = (name: string) =>
			send(
				`mutation { CreateLoadBalancerNode(name: "${name}" receiveMessageType: "echo.text" tenant: "local") { name } }`,
			);
		await add("AAA");
		await add("zzz");
		const last = JSON.parse(first.next ?? "");
		const second = await names(`limit: 100 ${start(first.next)}`);
		await send('{ GetNode(name: "AAA" tenant: "local") { ... on LoadBalancerNode { Delete } } }');
		expect(second.names.every((name) => name > last)).toBe(true);
		expect(second.names).toContain("zzz");
		await send('{ GetNode(name: "zzz" tenant: "local") { ... on LoadBalancerNode { Delete } } }');
	});

	test.each([
		['types: ["ExternalNode"]', ["other-node", "own-node"]],
		['types: ["!ExternalNode" "ExternalNode" "LogEmitterNode"]', ["Log Emitter"]],
		["types: []", expect.arrayContaining(["Alert Emitter", "own-node"])],
		['types: ["!ExternalNode"]', expect.not.arrayContaining(["own-node"])],
	])("ListNodes with %s has the nodes of these types", async (types, expected) => {
		expect((await names(types)).names).toEqual(expected);
	});

	test.each([
		["limit: 0", /limit 0: it must be at least 1/],
		["limit: -1", /limit -1/],
		['exclusiveStartKey: "7"', /Invalid exclusiveStartKey 7: pass the lastEvaluatedKey/],
		['exclusiveStartKey: "no JSON"', /Unable to parse "no JSON" as a valid AWSJSON/],
	])("a list with %s is rejected", async (args, message) => {
		const { errors } = await send(`{ ListApps(tenant: "local" ${args}) { echos { name } } }`);
		expect(errors?.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
	});

	test.each([
		["ListApiUsers", "username", ["admin", "reader", "user"]],
		["ListApps", "name", ["other", "own"]],
		["ListFunctions", "name", ["echo.basic", "echo.csv:echo.json", "echo.json:echo.xml"]],
		["ListKmsKeys", "name", []],
		["ListManagedNodeTypes", "name", ["echo.hl7-mllp-inbound-node", "echo.hl7-mllp-outbound-node"]],
		["ListMessageTypes", "name", expect.arrayContaining(["echo.change", "echo.json", "echo.text", "echo.timer"])],
		["ListTenantUsers", "email", []],
	])("%s lists what a tenant has", async (list, field, expected) => {
		const { data } = await send(`{ one: ${list}(tenant: "local") { echos { ${field} } } }`);
		expect(data.one.echos.map((one: Record<string, string>) => one[field])).toEqual(expected);
	});

	test("a tenant has the nodes of every EchoStream tenant, with the edge between two of them", async () => {
		const { data } = await send(
			'{ one: GetNode(name: "App Change Router" tenant: "local") { __typename ... on AppChangeRouterNode { receiveEdge { source { __typename name } messageType { name system } } } } }',
		);
		expect(data.one).toEqual({
			__typename: "AppChangeRouterNode",
			receiveEdge: {
				source: { __typename: "ChangeEmitterNode", name: "Change Emitter" },
				messageType: { name: "echo.change", system: true },
			},
		});
	});
});

describe("permissions", () => {
	const CREATE_KEY = (name: string) => `mutation { one: CreateKmsKey(name: "${name}" tenant: "local") { name } }`;
	const OTHER = '{ one: GetNode(name: "own-node" tenant: "local") { ... on ExternalNode { sendEdges { target { name';

	test.each<[string, string, ...string[]]>([
		["a list of apps", '{ one: ListApps(tenant: "local") { echos { name } } }', "admin", "user", "reader"],
		["a list of nodes", '{ one: ListNodes(tenant: "local") { echos { name } } }', "admin", "user", "reader"],
		[
			"a list of changes",
			'{ one: ListChanges(tenant: "local") { echos { new { __typename } } } }',
			"admin",
			"user",
			"reader",
		],
		["a list of tenants", "{ one: ListTenants { echos { name } } }", "admin", "user", "reader"],
		["a list of API users", '{ one: ListApiUsers(tenant: "local") { echos { username } } }', "admin"],
		[
			"a message type",
			'{ one: GetMessageType(name: "echo.text" tenant: "local") { name } }',
			"admin",
			"user",
			"reader",
		],
		["itself as a LoginUser", "{ one: GetUser { email } }"],
		["a new KMS key", CREATE_KEY("key"), "admin", "user"],
		["a new API user", 'mutation { one: CreateApiUser(role: user tenant: "local") { role } }', "admin"],
		["a new tenant", 'mutation { one: CreateTenant(name: "new-tenant" region: "us-east-1") { name } }', "admin"],
		["an update of the tenant", '{ one: GetTenant(tenant: "local") { Update(description: "d") { name } } }', "admin"],
		["an invitation", '{ one: GetTenant(tenant: "local") { AddUser(email: "a@b" role: user) { email } } }', "admin"],
		[
			"AWS credentials of the tenant",
			'{ one: GetTenant(tenant: "local") { GetAwsCredentials { accessKeyId } } }',
			"admin",
			"user",
			"reader",
		],
		[
			"an update of an app",
			'{ one: GetApp(name: "own" tenant: "local") { ... on ExternalApp { Update(description: "d") { name } } } }',
			"admin",
			"user",
		],
		[
			"its app's credentials",
			'{ one: GetApp(name: "own" tenant: "local") { ... on ExternalApp { GetAwsCredentials { accessKeyId } } } }',
			"admin",
			"user",
			"reader",
			"app",
		],
		[
			"a stop of a node",
			'{ one: GetNode(name: "own-node" tenant: "local") { ... on ExternalNode { Stop } } }',
			"admin",
			"user",
		],
		["the name of a node at the other end of an edge", `${OTHER} } } } } }`, "admin", "user", "reader", "app"],
		[
			"the config of a node at the other end of an edge",
			`${OTHER} ... on ExternalNode { config } } } } } }`,
			"admin",
			"user",
			"reader",
		],
		[
			"the config of another app",
			`${OTHER} ... on ExternalNode { app { ... on ExternalApp { config } } } } } } } }`,
			"admin",
			"user",
			"reader",
		],
		[
			"the AWS credentials of another app",
			`${OTHER} ... on ExternalNode { app { ... on ExternalApp { GetAwsCredentials { accessKeyId } } } } } } } } }`,
			"admin",
			"user",
			"reader",
		],
		["another tenant's apps", '{ one: ListApps(tenant: "none") { echos { name } } }'],
	])("only those who may have %s get it", async (_, document, ...allowed) => {
		const responses = new Map<string, unknown>();
		for (const who of [...allowed, ...[...tokens.keys()].filter((one) => !allowed.includes(one))]) {
			const unique = document.replace('"key"', `"key-${who}"`).replace("a@b", `${who}@b`);
			const { errors } = await send(unique, who);
			responses.set(who, errors?.[0]?.errorType ?? "allowed");
		}
		expect(Object.fromEntries(responses)).toEqual(
			Object.fromEntries([...tokens.keys()].map((who) => [who, allowed.includes(who) ? "allowed" : "Unauthorized"])),
		);
	});
});
