import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

const CODE = "def f(*, context, message, source, **kwargs):\n\treturn message\n";

let tenant: LocalTenant;
let admin: string;
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
	admin = await signIn(tenant, { apiUser: "admin" });
	// What the mutations of the table refer to.
	await run("CreateExternalApp", { name: "the-app" }, "name");
	await run("CreateManagedApp", { name: "the-managed-app" }, "name");
	await run("CreateCrossTenantSendingApp", { name: "the-sender", receivingApp: "a", receivingTenant: "far" }, "name");
	await run("CreateLoadBalancerNode", { name: "the-balancer", receiveMessageType: "echo.text" }, "name");
	await run("CreateLoadBalancerNode", { name: "the-xml-balancer", receiveMessageType: "echo.xml" }, "name");
	await run("CreateBitmapperFunction", { ...code("the-bitmapper"), argumentMessageType: "echo.text" }, "name");
});
afterAll(() => tenant.stop());

function code(name: string) {
	return { name, code: CODE, description: "d" };
}

/** Names of enum values, which a document has without quotes. */
const ENUMS = ["role", "loggingLevel", "signatureAlgorithm", "subscriptionSecurity", "protocol", "status"];

function literal(value: unknown, name = ""): string {
	if (Array.isArray(value)) return `[${value.map((one) => literal(one)).join(" ")}]`;
	if (typeof value === "object" && value !== null) return `{ ${argumentsOf(value)} }`;
	return ENUMS.includes(name) ? String(value) : JSON.stringify(value);
}

function argumentsOf(values: object): string {
	return Object.entries(values)
		.map(([name, value]) => `${name}: ${literal(value, name)}`)
		.join(" ");
}

function run(mutation: string, args: object, fields: string, who = admin) {
	const scope = mutation === "CreateTenant" ? args : { ...args, tenant: "local" };
	return sendQuery(tenant, who, `mutation { one: ${mutation}(${argumentsOf(scope)}) { ${fields} } }`);
}

async function created(mutation: string, args: object, fields: string) {
	const { data, errors } = await run(mutation, args, fields);
	expect(errors).toBeUndefined();
	return data.one;
}

const types = "receiveMessageType { name } sendMessageType { name }";
const text = { name: "echo.text" };

describe("every mutation creates a resource with all its fields, or is rejected", () => {
	test.each<[string, object, string, object, object, RegExp]>([
		[
			"CreateApiAuthenticatorFunction",
			{ ...code("auth"), requirements: ["a==1"] },
			"name code description inUse readme requirements system tenant { name }",
			{
				...code("auth"),
				inUse: false,
				readme: null,
				requirements: ["a==1"],
				system: false,
				tenant: { name: "local" },
			},
			{ ...code("auth-2"), code: "1 + 1" },
			/code: it must contain a single top-level function/,
		],
		[
			"CreateApiUser",
			{ role: "user", description: "d" },
			"role description appsyncEndpoint",
			{ role: "user", description: "d", appsyncEndpoint: expect.stringMatching(/\/graphql$/) },
			{ role: "boss" },
			/boss/,
		],
		[
			"CreateBitmapperFunction",
			{ ...code("bits"), argumentMessageType: "echo.text" },
			"name argumentMessageType { name }",
			{ name: "bits", argumentMessageType: text },
			{ ...code("bits-2"), argumentMessageType: "none" },
			/MessageType none was not found/,
		],
		[
			"CreateBitmapRouterNode",
			{
				name: "router",
				receiveMessageType: "echo.text",
				managedBitmapper: "the-bitmapper",
				routeTable: '{"0x1":["a"]}',
			},
			`name ${types} managedBitmapper { name inUse } inlineBitmapper routeTable config requirements loggingLevel stopped`,
			{
				name: "router",
				receiveMessageType: text,
				sendMessageType: text,
				managedBitmapper: { name: "the-bitmapper", inUse: true },
				inlineBitmapper: null,
				routeTable: '{"0x1":["a"]}',
				config: null,
				requirements: null,
				loggingLevel: null,
				stopped: false,
			},
			{ name: "router-2", receiveMessageType: "echo.text", routeTable: '{"x1":[]}' },
			/route x1: it must be hexadecimal/,
		],
		[
			"CreateCrossAccountApp",
			{ name: "cross-account", account: "123456789012", config: "{}", tableAccess: true },
			"name account config tableAccess iamPolicy",
			{ name: "cross-account", account: "123456789012", config: "{}", tableAccess: true, iamPolicy: "{}" },
			{ name: "cross-account-2", account: "1" },
			/account 1: it must have 12 digits/,
		],
		[
			"CreateCrossTenantReceivingApp",
			{ name: "receiver", sendingTenant: "far" },
			"name sendingTenant sendingApp nodes { name }",
			{ name: "receiver", sendingTenant: "far", sendingApp: null, nodes: [] },
			{ name: "receiver", sendingTenant: "far" },
			/receiver already exists/,
		],
		[
			"CreateCrossTenantSendingApp",
			{ name: "sender", receivingApp: "a", receivingTenant: "far" },
			"name receivingApp receivingTenant",
			{ name: "sender", receivingApp: "a", receivingTenant: "far" },
			{ name: "sender-2", receivingApp: "a", receivingTenant: "local" },
			/local has no app a that receives from local/,
		],
		[
			"CreateCrossTenantSendingNode",
			{ name: "sending-node", app: "the-sender", receiveMessageType: "echo.text", sequentialProcessing: true },
			`name app { name } ${types} sequentialProcessing`,
			{
				name: "sending-node",
				app: { name: "the-sender" },
				receiveMessageType: text,
				sendMessageType: text,
				sequentialProcessing: true,
			},
			{ name: "sending-node-2", app: "the-app", receiveMessageType: "echo.text" },
			/the-app is a ExternalApp, not a CrossTenantSendingApp/,
		],
		[
			"CreateEdge",
			{ source: "external-app-node", target: "the-balancer", maxReceiveCount: 3, description: "d" },
			"arn description draining kmsKey { name } maxReceiveCount messageType { name } source { name } target { name }",
			{
				arn: expect.stringMatching(/^arn:aws:sqs:us-east-1:000000000000:edge-/),
				description: "d",
				draining: false,
				kmsKey: null,
				maxReceiveCount: 3,
				messageType: text,
				source: { name: "external-app-node" },
				target: { name: "the-balancer" },
			},
			{ source: "external-app-node", target: "the-xml-balancer" },
			/external-app-node sends echo.text, but the-xml-balancer receives echo.xml/,
		],
		[
			"CreateExternalApp",
			{ name: "external", config: '{"a":1}' },
			"__typename name config description tableAccess nodes { ... on AppChangeReceiverNode { name } }",
			{
				__typename: "ExternalApp",
				name: "external",
				config: '{"a":1}',
				description: null,
				tableAccess: false,
				nodes: [{ name: "external:Change Receiver" }],
			},
			{ name: "external-2", config: "[]" },
			/config: it must be a JSON object/,
		],
		[
			"CreateExternalNode",
			{ name: "external-node", app: "the-app", sendMessageType: "echo.text" },
			`name app { ... on ExternalApp { name } } config ${types} receiveEdges { queue } sendEdges { queue }`,
			{
				name: "external-node",
				app: { name: "the-app" },
				config: null,
				receiveMessageType: null,
				sendMessageType: text,
				receiveEdges: [],
				sendEdges: [],
			},
			{ name: "external-node-2", app: "none" },
			/App none was not found/,
		],
		[
			"CreateFilesDotComWebhookNode",
			{ name: "files", apiKey: "k" },
			"name endpoint token sendMessageType { name }",
			{
				name: "files",
				endpoint: expect.stringMatching(/\/webhooks\/local\/files$/),
				token: expect.stringMatching(/^.{32}$/),
				sendMessageType: { name: "echo.files-dot-com" },
			},
			{ name: "files", apiKey: "k" },
			/files already exists/,
		],
		[
			"CreateKmsKey",
			{ name: "kms-key" },
			"name arn description inUse",
			{ name: "kms-key", arn: expect.stringMatching(/^arn:aws:kms:us-east-1:/), description: null, inUse: false },
			{ name: "kms key" },
			/name "kms key": it must match/,
		],
		[
			"CreateLoadBalancerNode",
			{ name: "balancer", receiveMessageType: "echo.text" },
			`name ${types} stopped`,
			{ name: "balancer", receiveMessageType: text, sendMessageType: text, stopped: false },
			{ name: "the-balancer", receiveMessageType: "echo.text" },
			/the-balancer already exists/,
		],
		[
			"CreateManagedApp",
			{ name: "managed" },
			"name config tableAccess managedInstances { instanceId } iso userdata",
			{
				name: "managed",
				config: null,
				tableAccess: false,
				managedInstances: [],
				iso: expect.any(String),
				userdata: expect.any(String),
			},
			{ name: "managed app" },
			/must match/,
		],
		[
			"CreateManagedNode",
			{
				name: "managed-node",
				app: "the-managed-app",
				managedNodeType: "echo.hl7-mllp-inbound-node",
				ports: [{ containerPort: 2575, hostPort: 2575, protocol: "tcp" }],
			},
			`name managedNodeType { name } mounts { target } ports { containerPort description hostAddress hostPort } ${types}`,
			{
				name: "managed-node",
				managedNodeType: { name: "echo.hl7-mllp-inbound-node" },
				mounts: null,
				ports: [{ containerPort: 2575, description: "MLLP", hostAddress: null, hostPort: 2575 }],
				receiveMessageType: null,
				sendMessageType: { name: "echo.hl7" },
			},
			{
				name: "managed-node-2",
				app: "the-managed-app",
				managedNodeType: "echo.hl7-mllp-inbound-node",
				mounts: [{ target: "/data" }],
			},
			/mount \/data: the ManagedNodeType echo.hl7-mllp-inbound-node has none/,
		],
		[
			"CreateManagedNodeType",
			{
				name: "node-type",
				description: "d",
				imageUri: "i",
				sendMessageType: "echo.text",
				mountRequirements: [{ description: "m", target: "/m" }],
			},
			`name imageUri configTemplate mountRequirements { description source target } portRequirements { description } ${types} system`,
			{
				name: "node-type",
				imageUri: "i",
				configTemplate: null,
				mountRequirements: [{ description: "m", source: null, target: "/m" }],
				portRequirements: null,
				receiveMessageType: null,
				sendMessageType: text,
				system: false,
			},
			{ name: "echo.node-type", description: "d", imageUri: "i" },
			/start with "echo." are reserved/,
		],
		[
			"CreateMessageType",
			{
				name: "note",
				description: "d",
				auditor: CODE,
				bitmapperTemplate: CODE,
				processorTemplate: CODE,
				sampleMessage: "s",
			},
			"name auditor bitmapperTemplate processorTemplate sampleMessage readme requirements inUse system tenant { name }",
			{
				name: "note",
				auditor: CODE,
				bitmapperTemplate: CODE,
				processorTemplate: CODE,
				sampleMessage: "s",
				readme: null,
				requirements: null,
				inUse: false,
				system: false,
				tenant: { name: "local" },
			},
			{
				name: "memo",
				description: "d",
				auditor: "x",
				bitmapperTemplate: CODE,
				processorTemplate: CODE,
				sampleMessage: "s",
			},
			/auditor: it must contain a single top-level function/,
		],
		[
			"CreateProcessorFunction",
			{ ...code("process"), argumentMessageType: "echo.text", returnMessageType: "echo.json" },
			"name argumentMessageType { name } returnMessageType { name }",
			{ name: "process", argumentMessageType: text, returnMessageType: { name: "echo.json" } },
			{ ...code("process-2"), argumentMessageType: "echo.text", requirements: [" "] },
			/a requirement is empty/,
		],
		[
			"CreateProcessorNode",
			{
				name: "processor",
				receiveMessageType: "echo.csv",
				sendMessageType: "echo.json",
				managedProcessor: "echo.csv:echo.json",
			},
			`name inlineProcessor managedProcessor { name system tenant { name } } ${types}`,
			{
				name: "processor",
				inlineProcessor: null,
				managedProcessor: { name: "echo.csv:echo.json", system: true, tenant: null },
				receiveMessageType: { name: "echo.csv" },
				sendMessageType: { name: "echo.json" },
			},
			{
				name: "processor-2",
				receiveMessageType: "echo.csv",
				inlineProcessor: CODE,
				managedProcessor: "echo.csv:echo.json",
			},
			/inlineProcessor and managedProcessor are mutually exclusive/,
		],
		[
			"CreateTenant",
			{ name: "second-tenant", region: "us-east-1" },
			"name region table active audit config",
			{
				name: "second-tenant",
				region: "us-east-1",
				table: "db-second-tenant",
				active: true,
				audit: false,
				config: null,
			},
			{ name: "third-tenant", region: "eu-west-1" },
			/region eu-west-1: the local tenant supports us-east-1 only/,
		],
		[
			"CreateTimerNode",
			{ name: "timer", scheduleExpression: "15 * ? * * *" },
			"name scheduleExpression sendMessageType { name }",
			{ name: "timer", scheduleExpression: "15 * ? * * *", sendMessageType: { name: "echo.timer" } },
			{ name: "timer-2", scheduleExpression: "often" },
			/scheduleExpression often: it must be a cron expression/,
		],
		[
			"CreateWebhookNode",
			{ name: "webhook", managedApiAuthenticator: "echo.basic", loggingLevel: "DEBUG" },
			"name endpoint loggingLevel managedApiAuthenticator { name } sendMessageType { name }",
			{
				name: "webhook",
				endpoint: expect.stringMatching(/\/webhooks\/local\/webhook$/),
				loggingLevel: "DEBUG",
				managedApiAuthenticator: { name: "echo.basic" },
				sendMessageType: { name: "echo.json" },
			},
			{ name: "webhook-2", managedApiAuthenticator: "the-bitmapper" },
			/the-bitmapper is a BitmapperFunction, not a ApiAuthenticatorFunction/,
		],
		[
			"CreateWebSubHubNode",
			{ name: "hub", subscriptionSecurity: "https" },
			`name defaultLeaseSeconds deliveryRetries maxLeaseSeconds signatureAlgorithm subscriptionSecurity ${types} ListSubscriptions { echos { name } }`,
			{
				name: "hub",
				defaultLeaseSeconds: 864_000,
				deliveryRetries: null,
				maxLeaseSeconds: 864_000,
				signatureAlgorithm: "sha1",
				subscriptionSecurity: "https",
				receiveMessageType: { name: "echo.websub" },
				sendMessageType: { name: "echo.websub" },
				ListSubscriptions: { echos: [] },
			},
			{ name: "hub-2", defaultLeaseSeconds: 299 },
			/defaultLeaseSeconds 299: it must be at least 300/,
		],
	])("%s", async (mutation, args, fields, expected, wrong, message) => {
		expect(await created(mutation, args, fields)).toEqual(expected);
		const { data, errors } = await run(mutation, wrong, "__typename");
		expect(data).toBeNull();
		expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
	});

	test("a rejected mutation has the error type, the path and the location of its field", async () => {
		expect(await run("CreateExternalApp", { name: "x" }, "name")).toEqual({
			status: 200,
			data: null,
			errors: [
				{
					data: null,
					errorInfo: null,
					errorType: "Lambda:Unhandled",
					locations: [{ column: 12, line: 1, sourceName: null }],
					message: expect.stringMatching(/^Invalid name "x": it must match /),
					path: ["one"],
				},
			],
		});
	});
});

test("every mutation of the schema is in the table of this file", async () => {
	const query = "{ __schema { mutationType { fields { name } } } }";
	const { data } = await sendQuery(tenant, admin, query);
	const { readFile } = await import("node:fs/promises");
	const source = await readFile(new URL(import.meta.url), "utf8");
	for (const { name } of data.__schema.mutationType.fields) expect(source).toContain(`\t\t\t"${name}",\n`);
});
