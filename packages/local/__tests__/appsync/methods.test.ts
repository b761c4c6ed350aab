import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

const CODE = JSON.stringify("def f(*, context, message, source, **kwargs):\n\treturn message\n");

const clock = new ManualClock();
let tenant: LocalTenant;
let admin: string;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	admin = await signIn(tenant, { apiUser: "admin" });
});
afterAll(() => tenant.stop());

async function query(document: string, token = admin) {
	const { data, errors } = await sendQuery(tenant, token, document);
	expect(errors).toBeUndefined();
	return data.one;
}

async function refusal(document: string, token = admin): Promise<string | undefined> {
	const { errors } = await sendQuery(tenant, token, document);
	return errors?.[0]?.message;
}

function create(mutation: string, args: string, fields = "name") {
	return query(`mutation { one: Create${mutation}(tenant: "local" ${args}) { ${fields} } }`);
}

const on = (type: string, fields: string) => `... on ${type} { ${fields} }`;
const get = (kind: string, name: string, fields: string) =>
	`{ one: Get${kind}(name: "${name}" tenant: "local") { ${fields} } }`;

/** Signs in with what GraphQL returned. */
async function signInWith({ clientId, password, username }: { clientId: string; password: string; username: string }) {
	const response = await tenant.userPool.respond("InitiateAuth", {
		ClientId: clientId,
		AuthFlow: "USER_PASSWORD_AUTH",
		AuthParameters: { USERNAME: username, PASSWORD: password },
	});
	return (response.body.AuthenticationResult as { AccessToken: string } | undefined)?.AccessToken;
}

const CREDENTIALS = "credentials { clientId password userPoolId username }";

describe("users", () => {
	test("the user of a new app signs in, gets AWS credentials, and loses both with its app", async () => {
		const app = await create("ExternalApp", 'name: "short-lived" tableAccess: true', `name ${CREDENTIALS}`);
		const token = await signInWith(app.credentials);
		const own = get("App", "short-lived", on("ExternalApp", "name GetAwsCredentials { accessKeyId }"));
		expect((await query(own, token)).GetAwsCredentials.accessKeyId).toMatch(/^ASIA/);
		expect(tenant.environment({ app: "short-lived" }).PASSWORD).toBe(app.credentials.password);
		expect(await query(get("App", "short-lived", "Delete"))).toEqual({ Delete: true });
		expect(await query(get("App", "short-lived", "name"))).toBeNull();
		expect(await signInWith(app.credentials)).toBeUndefined();
		expect((await sendQuery(tenant, token, own)).status).toBe(401);
		expect(() => tenant.environment({ app: "short-lived" })).toThrow(TypeError);
	});

	test("a new API user signs in, gets another role and another password, and is deleted", async () => {
		const user = await create("ApiUser", "role: read_only", `username ${CREDENTIALS}`);
		const one = (fields: string) => `{ one: GetApiUser(username: "${user.username}" tenant: "local") { ${fields} } }`;
		const token = await signInWith(user.credentials);
		const mutation = 'mutation { one: CreateKmsKey(name: "of-user" tenant: "local") { name } }';
		expect(await refusal(mutation, token)).toBe("Not Authorized to access CreateKmsKey on type Mutation");
		await query(one('Update(role: user description: "d") { role }'));
		expect(await query(mutation, token)).toEqual({ name: "of-user" });
		const { ResetPassword } = await query(one(`ResetPassword { description ${CREDENTIALS} }`));
		expect(ResetPassword.description).toBe("d");
		expect(await signInWith(user.credentials)).toBeUndefined();
		expect(await signInWith(ResetPassword.credentials)).toEqual(expect.any(String));
		await query(one("Delete"));
		expect(await query(one("username"))).toBeNull();
		expect(await signInWith(ResetPassword.credentials)).toBeUndefined();
	});

	test("ResetPassword gives an app's user a new password", async () => {
		const before = tenant.environment({ app: "managed-app" }).PASSWORD;
		const reset = await query(get("App", "managed-app", on("ManagedApp", `ResetPassword { ${CREDENTIALS} }`)));
		expect(reset.ResetPassword.credentials.password).not.toBe(before);
		expect(await signInWith(reset.ResetPassword.credentials)).toEqual(expect.any(String));
	});

	test("a tenant user is invited, changed, given layouts and removed", async () => {
		const tenantQuery = (fields: string) => query(`{ one: GetTenant(tenant: "local") { ${fields} } }`);
		const userQuery = (fields: string) =>
			query(`{ one: GetTenantUser(email: "a@example.com" tenant: "local") { ${fields} } }`);
		const fields = "email firstName lastName role status invited { by }";
		expect(await tenantQuery(`AddUser(email: "a@example.com" role: user) { ${fields} }`)).toEqual({
			AddUser: {
				email: "a@example.com",
				firstName: null,
				lastName: null,
				role: "user",
				status: "invited",
				invited: { by: "admin" },
			},
		});
		await userQuery('SaveGraphLayout(name: "l" layout: "{}") { name layout }');
		expect(await userQuery("Update(role: null status: active) { role status graphLayouts { name layout } }")).toEqual({
			Update: { role: "user", status: "active", graphLayouts: [{ name: "l", layout: "{}" }] },
		});
		expect(await userQuery('DeleteGraphLayout(name: "l")')).toEqual({ DeleteGraphLayout: true });
		expect(await tenantQuery("users { email }")).toEqual({ users: [{ email: "a@example.com" }] });
		await userQuery("Delete");
		expect(await tenantQuery("users { email }")).toEqual({ users: [] });
	});
});

describe("updates", () => {
	test("a node is updated: null removes a value, what is not given stays", async () => {
		const args = `name: "updated" receiveMessageType: "echo.text" inlineProcessor: ${CODE} config: "{}" description: "d"`;
		await create("ProcessorNode", args);
		const fields = "config description inlineProcessor managedProcessor { name } requirements loggingLevel";
		const update = (set: string) => query(get("Node", "updated", on("ProcessorNode", `Update(${set}) { ${fields} }`)));
		expect(await update('description: null requirements: ["a"] loggingLevel: ERROR')).toEqual({
			Update: {
				config: "{}",
				description: null,
				inlineProcessor: JSON.parse(CODE),
				managedProcessor: null,
				requirements: ["a"],
				loggingLevel: "ERROR",
			},
		});
		expect(
			await refusal(
				get("Node", "updated", on("ProcessorNode", 'Update(managedProcessor: "echo.json:echo.xml") { name }')),
			),
		).toMatch(/mutually exclusive/);
		expect(await update("config: null inlineProcessor: null requirements: []")).toMatchObject({
			Update: { config: null, inlineProcessor: null, requirements: null },
		});
	});

	test.each<[string, string, object]>([
		[
			"an app ignores null as its config, and takes null for no table access",
			get("App", "external-app", on("ExternalApp", "Update(config: null tableAccess: null) { config tableAccess }")),
			{ Update: { config: '{"greeting":"hello"}', tableAccess: false } },
		],
		[
			"a cross-tenant app has a new description",
			get("App", "sending-app", on("CrossTenantSendingApp", 'Update(description: "new") { description }')),
			{ Update: { description: "new" } },
		],
		[
			"an edge has a new description",
			'{ one: GetEdge(source: "external-app-node" target: "managed-app-node" tenant: "local") { Update(description: "new") { description } } }',
			{ Update: { description: "new" } },
		],
		[
			"the tenant has a new config, and is audited",
			'{ one: GetTenant(tenant: "local") { Update(audit: true config: "{\\"a\\":1}" description: null) { audit config description } } }',
			{ Update: { audit: true, config: '{"a":1}', description: null } },
		],
		[
			"a managed node has a new config",
			get("Node", "managed-app-node", on("ManagedNode", 'Update(config: "{}" loggingLevel: INFO) { loggingLevel }')),
			{ Update: { loggingLevel: "INFO" } },
		],
	])("%s", async (_, document, expected) => {
		expect(await query(document)).toEqual(expected);
	});

	test("a resource of the system can be neither updated nor deleted", async () => {
		for (const method of ['Update(description: "d") { name }', "Delete"]) {
			for (const [kind, name] of [
				["MessageType", "echo.text"],
				["ManagedNodeType", "echo.hl7-mllp-inbound-node"],
			] as const) {
				expect(await refusal(get(kind, name, method))).toBe(`${name} is a system resource and cannot be changed`);
			}
			const inFunction = on("ApiAuthenticatorFunction", method);
			expect(await refusal(get("Function", "echo.basic", inFunction))).toMatch(/system resource/);
		}
	});
});

describe("deletions", () => {
	test("what is in use cannot be deleted before what uses it", async () => {
		const code = `code: ${CODE} description: "d"`;
		const templates = `auditor: ${CODE} bitmapperTemplate: ${CODE} processorTemplate: ${CODE}`;
		await create("MessageType", `name: "used" description: "d" sampleMessage: "s" ${templates}`);
		await create("ProcessorFunction", `name: "used-function" argumentMessageType: "used" ${code}`);
		await create("ProcessorNode", 'name: "user" receiveMessageType: "used" managedProcessor: "used-function"');
		await create("KmsKey", 'name: "used-key"');
		const ends = 'source: "managed-app-node" target: "external-app-node"';
		await create("Edge", `${ends} kmsKey: "used-key"`, "kmsKey { name inUse }");
		const deletions = [
			get("MessageType", "used", "Delete"),
			get("Function", "used-function", "Delete"),
			get("KmsKey", "used-key", "Delete"),
		];
		for (const deletion of deletions) expect(await refusal(deletion)).toMatch(/is in use$/);
		await query(get("Node", "user", on("ProcessorNode", "Delete")));
		await query(`{ one: GetEdge(${ends} tenant: "local") { Delete } }`);
		for (const deletion of deletions.toReversed()) expect(await query(deletion)).toEqual({ Delete: true });
	});

	test("a node is deleted with its edges and their queues", async () => {
		await create("LoadBalancerNode", 'name: "doomed" receiveMessageType: "echo.text"');
		await create("Edge", 'source: "doomed" target: "external-app-node"', "queue");
		await create("Edge", 'source: "external-app-node" target: "doomed"', "queue");
		const queues = tenant.directory.queues().length;
		await query(get("Node", "doomed", on("LoadBalancerNode", "Delete")));
		expect(tenant.directory.queues()).toHaveLength(queues - 2);
		expect(tenant.directory.edgesAt("target", "doomed")).toEqual([]);
		expect(tenant.directory.picture().nodes.map(({ name }) => name)).not.toContain("doomed");
	});

	test("another tenant is deleted with its users, and the main tenant cannot be", async () => {
		await query('mutation { one: CreateTenant(name: "passing-tenant" region: "us-east-1") { name } }');
		const user = await query(
			`mutation { one: CreateApiUser(role: admin tenant: "passing-tenant") { ${CREDENTIALS} tenant { name } } }`,
		);
		const token = await signInWith(user.credentials);
		expect(await query("{ one: ListTenants { echos { name } } }", token)).toEqual({
			echos: [{ name: "passing-tenant" }],
		});
		expect(await refusal('{ one: ListApps(tenant: "local") { echos { name } } }', token)).toMatch(/Not Authorized/);
		await query('{ one: GetTenant(tenant: "passing-tenant") { Delete } }');
		expect(await signInWith(user.credentials)).toBeUndefined();
		expect(await query('{ one: GetTenant(tenant: "passing-tenant") { name } }')).toBeNull();
		expect(await refusal('{ one: GetTenant(tenant: "local") { Delete } }')).toMatch(/cannot be deleted/);
	});
});

describe("changes", () => {
	const CHANGE =
		"echos { new { ... on KmsKey { name description } } old { ... on KmsKey { description } } } lastEvaluatedKey";

	test("a resource lists its changes in both directions, page by page, and between two times", async () => {
		await create("KmsKey", 'name: "changing" description: "0"');
		const middle = new Date(clock.now() + 500).toISOString();
		for (const value of [1, 2]) {
			clock.jump(1000);
			await query(get("KmsKey", "changing", `Update(description: "${value}") { name }`));
		}
		const list = async (args: string) =>
			(await query(get("KmsKey", "changing", `ListChanges${args} { ${CHANGE} }`))).ListChanges;
		const descriptions = async (args: string) =>
			(await list(args)).echos.map((change: { new: { description: string } }) => change.new.description);
		expect((await list("")).echos[0]).toEqual({ new: { name: "changing", description: "0" }, old: null });
		expect((await list("")).echos[1]).toMatchObject({ new: { description: "1" }, old: { description: "0" } });
		expect(await descriptions("(sortAscending: false)")).toEqual(["2", "1", "0"]);
		expect(await descriptions(`(startDateTime: "${middle}")`)).toEqual(["1", "2"]);
		expect(await descriptions(`(endDateTime: "${middle}")`)).toEqual(["0"]);
		const { lastEvaluatedKey } = await list("(limit: 2)");
		expect(await descriptions(`(exclusiveStartKey: ${JSON.stringify(lastEvaluatedKey)})`)).toEqual(["2"]);
	});

	test("the changes of the tenant have deleted resources with what they belonged to", async () => {
		await create("ExternalApp", 'name: "gone-app"');
		await create("ExternalNode", 'name: "gone-node" app: "gone-app" sendMessageType: "echo.text"');
		await query(get("App", "gone-app", "Delete"));
		const node = on("ExternalNode", "name app { ... on ExternalApp { name } }");
		const receiver = on("AppChangeReceiverNode", "receiveEdge { source { name } }");
		const document = `{ one: ListChanges(tenant: "local" sortAscending: false limit: 10) { echos { old { ${node} ${receiver} } new { ${node} } } } }`;
		expect((await query(document)).echos).toContainEqual({
			old: { name: "gone-node", app: { name: "gone-app" } },
			new: null,
		});
	});

	test("the changes of an API user are listed there, without contents, and not among those of the tenant", async () => {
		const { username } = await create("ApiUser", "role: user", "username");
		const changes = "ListChanges { echos { new { __typename } old { __typename } } }";
		const own = `{ one: GetApiUser(username: "${username}" tenant: "local") { ${changes} } }`;
		expect(await query(own)).toEqual({ ListChanges: { echos: [{ new: null, old: null }] } });
		const last =
			'{ one: ListChanges(tenant: "local" sortAscending: false limit: 1) { echos { new { __typename } old { __typename } } } }';
		expect((await query(last)).echos[0]).not.toEqual({ new: null, old: null });
	});
});

test("Validate checks the form of code, and reports that Python does not run", async () => {
	const validate = (code: string) => `Validate(code: ${code} message: "m") { logs result stdout }`;
	expect(await query(get("MessageType", "echo.text", validate(CODE)))).toEqual({
		Validate: { logs: expect.stringContaining("does not run Python"), result: null, stdout: "" },
	});
	expect(await refusal(get("MessageType", "echo.text", validate('"1"')))).toMatch(/single top-level function/);
});
