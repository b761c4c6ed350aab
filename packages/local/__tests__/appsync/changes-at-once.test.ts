import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import {
	type AwsCredentials,
	accessToken,
	clientConfig,
	credentialsOf,
	plainSignIn,
	sendQuery,
	signIn,
} from "../tenant-client.ts";

let tenant: LocalTenant;
let admin: string;
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
	admin = await signIn(tenant, { apiUser: "admin" });
	await run('mutation { CreateExternalApp(name: "the-app", tenant: "local") { name } }');
	for (const name of ["one", "two", "three", "four", "five"]) {
		const types = 'receiveMessageType: "echo.text", sendMessageType: "echo.text"';
		await run(
			`mutation { CreateExternalNode(name: "node-${name}", app: "the-app", tenant: "local", ${types}) { name } }`,
		);
	}
});
afterAll(() => tenant.stop());

function run(query: string, token = admin) {
	return sendQuery(tenant, token, query);
}

function node(name: string, fields: string) {
	return run(`{ one: GetNode(name: "${name}", tenant: "local") { ... on ExternalNode { ${fields} } } }`);
}

describe("changes of a resource that was read before another change", () => {
	test("two updates of different fields are both kept", async () => {
		await node("node-one", 'a: Update(description: "d") { name } b: Update(config: "{}") { name }');
		const { data } = await node("node-one", "description config");
		expect(data.one).toEqual({ description: "d", config: "{}" });
	});

	test("an update of a deleted node fails, and the node stays deleted", async () => {
		const { errors } = await node("node-two", 'Delete Update(description: "d") { name }');
		expect(errors).toMatchObject([{ message: "ExternalNode node-two was not found", errorType: "Lambda:Unhandled" }]);
		expect((await node("node-two", "name")).data.one).toBeNull();
	});

	test("an edge that is moved twice is one edge", async () => {
		await run('mutation { CreateEdge(source: "node-one", target: "node-three", tenant: "local") { queue } }');
		const move = (target: string) => `Move(source: "node-one", target: "${target}") { queue }`;
		const edge = 'GetEdge(source: "node-one", target: "node-three", tenant: "local")';
		await run(`{ ${edge} { a: ${move("node-four")} b: ${move("node-five")} } }`);
		const { data } = await node("node-one", "sendEdges { target { ... on ExternalNode { name } } }");
		expect(data.one.sendEdges).toEqual([{ target: { name: "node-four" } }]);
	});
});

describe("the tenants of one process", () => {
	let foreign: AwsCredentials;
	let foreignToken: string;
	beforeAll(async () => {
		for (const name of ["tenant-one", "tenant-one-two"]) {
			await run(`mutation { CreateTenant(name: "${name}", region: "us-east-1") { name } }`);
		}
		const { data } = await run(
			'mutation { one: CreateApiUser(role: admin, tenant: "tenant-one") { credentials { clientId username password } } }',
		);
		foreignToken = await accessToken(tenant.url, data.one.credentials);
		const fields = "GetAwsCredentials { accessKeyId secretAccessKey sessionToken expiration }";
		const credentials = await run(`{ one: GetTenant(tenant: "tenant-one") { ${fields} } }`, foreignToken);
		foreign = credentials.data.one.GetAwsCredentials;
	});

	test("apps whose names read the same with those of their tenants have different queues", async () => {
		for (const [app, of] of [
			["two-app", "tenant-one"],
			["app", "tenant-one-two"],
			["tenant-one-two-app", "local"],
		]) {
			await run(`mutation { CreateExternalApp(name: "${app}", tenant: "${of}") { name } }`);
		}
		const sqs = new SQS(clientConfig(tenant, await credentialsOf(tenant, { apiUser: "admin" })));
		const { QueueUrls = [] } = await sqs.listQueues({ QueueNamePrefix: "app-tenant-one" });
		expect(QueueUrls).toHaveLength(3);
	});

	test("an admin of another tenant may use its table, and no other table or queue", async () => {
		const dynamodb = new DynamoDB(clientConfig(tenant, foreign));
		const sqs = new SQS(clientConfig(tenant, foreign));
		await expect(dynamodb.scan({ TableName: "db-tenant-one" })).resolves.toMatchObject({ Count: 0 });
		for (const TableName of ["db-local", "db-tenant-one-two"]) {
			await expect(dynamodb.scan({ TableName })).rejects.toThrow("is not authorized to perform: dynamodb:Scan");
		}
		const QueueUrl = tenant.queueUrl("app-external-app");
		await expect(sqs.receiveMessage({ QueueUrl })).rejects.toThrow("is not authorized to perform: sqs:ReceiveMessage");
	});

	test("a tenant without apps can be deleted, and created again", async () => {
		const create = 'mutation { one: CreateTenant(name: "short-lived", region: "us-east-1") { name } }';
		for (let round = 0; round < 2; round++) {
			expect((await run(create)).data.one).toEqual({ name: "short-lived" });
			expect((await run('{ one: GetTenant(tenant: "short-lived") { Delete } }')).data.one).toEqual({ Delete: true });
			expect((await run('{ one: GetTenant(tenant: "short-lived") { name } }')).data.one).toBeNull();
		}
	});

	test("the items of a deleted tenant are not in a later tenant of the same name", async () => {
		const create = 'mutation { one: CreateTenant(name: "with-items", region: "us-east-1") { table } }';
		const { table } = (await run(create)).data.one;
		const dynamodb = new DynamoDB(clientConfig(tenant, await credentialsOf(tenant, { apiUser: "admin" })));
		const Item = { pk: { S: "1" }, sk: { S: "1" } };
		await dynamodb.putItem({ TableName: table, Item });
		await run('{ one: GetTenant(tenant: "with-items") { Delete } }');
		await expect(dynamodb.getItem({ TableName: table, Key: Item })).rejects.toThrow(/not found/);
		await run(create);
		expect((await dynamodb.scan({ TableName: table })).Items).toEqual([]);
	});

	test("a tenant gets no node from a tenant that it receives nothing from", async () => {
		const app = 'name: "squat", tenant: "tenant-one", receivingTenant: "later-tenant", receivingApp: "victim"';
		await run(`mutation { CreateCrossTenantSendingApp(${app}) { name } }`, foreignToken);
		await run('mutation { CreateTenant(name: "later-tenant", region: "us-east-1") { name } }');
		await run('mutation { CreateExternalApp(name: "victim", tenant: "later-tenant") { name } }');
		const sender = 'name: "sneak", app: "squat", tenant: "tenant-one", receiveMessageType: "echo.text"';
		await run(`mutation { CreateCrossTenantSendingNode(${sender}) { name } }`, foreignToken);
		const { data } = await run('{ one: GetNode(name: "tenant-one:sneak", tenant: "later-tenant") { __typename } }');
		expect(data.one).toBeNull();
	});
});
