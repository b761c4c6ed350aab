import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ApiSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";
import { Environment } from "./support/environment.ts";
import { outputOf } from "./support/output-of.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	using _admin = new Environment(tenant.environment({ apiUser: "admin" }));
	await using session = new ApiSession();
	await session.client(SQSClient).send(
		new SendMessageBatchCommand({
			QueueUrl: tenant.queueUrl(edge("external-app-node", "managed-app-node").queue),
			Entries: ["a", "b"].map((text) => ({ Id: text, MessageBody: text, MessageGroupId: "g" })),
		}),
	);
});
afterAll(() => tenant.stop());

function edge(source: string, target: string) {
	const found = tenant.directory.edges.find((one) => one.source === source && one.target === target);
	if (found === undefined) throw new Error("no such edge");
	return found;
}

async function outputAs(user: Parameters<LocalTenant["environment"]>[0], ...args: string[]) {
	using _user = new Environment(tenant.environment(user));
	return await outputOf(args);
}

describe("echostream tables", () => {
	test("an app sees the table of the tenant and its access, because it may not list others", async () => {
		const { errors, printed, status } = await outputAs({ app: "external-app" }, "tables");
		expect(status).toBe(0);
		expect(printed.split("\n")).toEqual([
			expect.stringMatching(/^TABLE +USE +ACCESS$/),
			expect.stringMatching(new RegExp(`^${tenant.table} +the tenant's table +yes$`)),
		]);
		expect(errors).toBe("Other tables are not listed: the user is not authorized to list them.");
	});

	test("--json has an app without access to the table", async () => {
		const { printed } = await outputAs({ app: "cross-account-app" }, "tables", "--json");
		expect(JSON.parse(printed)).toEqual([{ name: tenant.table, isTenantTable: true, access: false }]);
	});

	test("an API user sees the tables that it may list", async () => {
		const { errors, printed } = await outputAs({ apiUser: "reader" }, "tables");
		expect([errors, printed]).toEqual(["", expect.stringMatching(new RegExp(`^TABLE +USE\n${tenant.table} `))]);
	});
});

describe("echostream queues", () => {
	test("an app sees the edges of its nodes, with the other node and what it does", async () => {
		const { printed, status } = await outputAs({ app: "external-app" }, "queues");
		const { queue } = edge("external-app-node", "managed-app-node");
		expect(status).toBe(0);
		expect(printed).toMatch(/^APP +SOURCE +TARGET +MESSAGE TYPE +QUEUE\n/);
		expect(printed).toMatch(
			new RegExp(`^sends +external-app-node +managed-app-node +echo.text +${tenant.queueUrl(queue)}$`, "m"),
		);
		expect(printed.split("\n")).toHaveLength(3);
	});

	test("--counts adds the numbers of messages", async () => {
		const { printed } = await outputAs({ app: "external-app" }, "queues", "--counts", "--json");
		const found = JSON.parse(printed) as { source: string; counts: object }[];
		expect(found.find(({ source }) => source === "external-app-node")).toEqual({
			url: tenant.queueUrl(edge("external-app-node", "managed-app-node").queue),
			source: "external-app-node",
			target: "managed-app-node",
			messageType: "echo.text",
			draining: false,
			sendingApp: "ExternalApp",
			counts: { available: 2, inFlight: 0, delayed: 0 },
		});
	});

	test("an API user sees the edges of all apps once, and the queues that are no edges", async () => {
		const { printed } = await outputAs({ apiUser: "reader" }, "queues", "--json");
		const found = JSON.parse(printed) as { url: string; source?: string }[];
		const urls = found.map(({ url }) => url);
		expect(new Set(urls).size).toBe(urls.length);
		expect(found.filter(({ source }) => source !== undefined)).toHaveLength(tenant.directory.edges.length);
		expect(urls.filter((url) => /\/app-[\w-]+$/.test(url))).not.toEqual([]);
	});

	test.each([
		["overloaded", { status: 503 }, /^AWS is unavailable \(HTTP 503: .+\)\. Try again later\.$/],
		["unreachable", { drop: "before" as const }, /^AWS could not be reached: .+\. Check the network, and try again\.$/],
	])("SQS that is %s exits with 5", async (_, effect, message) => {
		const fault = tenant.faults.add({ operation: "ListQueues", ...effect });
		const { errors, printed, status } = await outputAs({ apiUser: "reader" }, "queues");
		fault.remove();
		expect([status, printed]).toEqual([5, ""]);
		expect(errors).toMatch(message);
	});

	test("the apps of every page are read", async () => {
		const first = {
			queue: "https://sqs.us-east-1.amazonaws.com/1/first.fifo",
			draining: true,
			maxReceiveCount: 5,
			source: { name: "router" },
			target: { name: "app-node" },
			messageType: { name: "hl7" },
		};
		const app = {
			__typename: "ManagedApp",
			nodes: [{ receiveEdges: [first], sendEdges: null }, { receiveEdge: first }],
		};
		const page = { data: { ListApps: { echos: [app], lastEvaluatedKey: '"app"' } } };
		tenant.faults.add({ operation: "tenantEdges", status: 200, body: JSON.stringify(page), times: 1 });
		const { printed } = await outputAs({ apiUser: "reader" }, "queues");
		expect(printed).toMatch(/^router +app-node +hl7 +draining +https:.*first\.fifo$/m);
		expect(printed).toMatch(/^external-app-node +managed-app-node /m);
	});
});
