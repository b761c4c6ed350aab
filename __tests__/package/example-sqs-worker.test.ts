import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { ApiSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";
import { Example, type RunningExample } from "./example.ts";

const READY = /Waiting for messages/;
const example = new Example("sqs-worker");
let tenant: LocalTenant;
let admin: ApiSession;
let queue: string;
let worker: RunningExample;

beforeAll(() => example.run("build"));

beforeEach(async () => {
	tenant = await LocalTenant.start();
	const { APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, CLIENT_ID, PASSWORD, USER_NAME, USER_POOL_ID } = tenant.environment({
		apiUser: "admin",
	});
	process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
	admin = new ApiSession({
		appsyncEndpoint: APPSYNC_ENDPOINT,
		clientId: CLIENT_ID,
		password: PASSWORD,
		tenant: tenant.name,
		username: USER_NAME,
		userPoolId: USER_POOL_ID,
	});
	const [edge] = tenant.directory.edgesAt("target", "external-app-node");
	queue = tenant.queueUrl(edge?.queue ?? "");
	worker = await example.start("start", READY, tenant.environment({ app: "external-app" }));
});

afterEach(async () => {
	await worker[Symbol.asyncDispose]();
	admin.destroy();
	await tenant.stop();
});

afterAll(() => {
	delete process.env.AWS_ENDPOINT_URL;
});

/** The number of sign-ins of the worker. */
function signIns(): number {
	const all = tenant.requestLog.since(0);
	return all.filter(({ operation, user }) => operation === "InitiateAuth" && user === "external-app-user").length;
}

async function send(body: string): Promise<void> {
	const message = { MessageBody: body, MessageGroupId: body, MessageDeduplicationId: body };
	await admin.client(SQSClient).send(new SendMessageCommand({ QueueUrl: queue, ...message }));
}

async function keptBodies(): Promise<(string | undefined)[]> {
	const { Items = [] } = await admin.client(DynamoDBClient).send(new ScanCommand({ TableName: tenant.table }));
	return Items.map(({ body }) => body?.S).sort();
}

test("the worker of the SQS example handles each message once, and with SIGTERM ends after the last one", async () => {
	for (const body of ["a", "b", "c"]) await send(body);
	while ((await keptBodies()).length < 3) await pause(20);
	expect(await keptBodies()).toEqual(["a", "b", "c"]);

	tenant.faults.add({ operation: "PutItem", delayMs: 300 });
	await send("d");
	while (tenant.requestLog.count("PutItem") < 4) await pause(10);
	expect(await worker.stop()).toBe(0);
	expect(await keptBodies()).toEqual(["a", "b", "c", "d"]);
	const left = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
	const attributes = new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [...left] });
	expect((await admin.client(SQSClient).send(attributes)).Attributes).toEqual({
		ApproximateNumberOfMessages: "0",
		ApproximateNumberOfMessagesNotVisible: "0",
	});
	expect(signIns()).toBe(1);
	example.recordPassed("sqs-consumer");
});

test("the worker of the SQS example pauses in an outage, and handles messages after it", async () => {
	const failures = () => worker.output.match(/SQS receive message failed/g)?.length ?? 0;
	tenant.faults.add({ operation: "PutItem", delayMs: 300, times: 1 });
	await send("a");
	while (tenant.requestLog.count("PutItem") < 1) await pause(10);
	const outage = tenant.faults.add({ service: "appsync", status: 503 });
	tenant.revokeAccessKeys("external-app-user");
	while (failures() < 2) await pause(20);
	// Without a pause, it would fail some ten times in this time.
	await pause(300);
	expect(failures()).toBe(2);

	outage.remove();
	await send("b");
	while (!(await keptBodies()).includes("b")) await pause(100);
	expect(await worker.stop()).toBe(0);
});
