import { spawn } from "node:child_process";
import { once } from "node:events";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { AppSession } from "../../src/index.ts";
import { APP, startTenant } from "../support/signed-in.ts";
import { programOf } from "./snippets.ts";

let tenant: LocalTenant;
let worker: string;
beforeAll(async () => {
	tenant = await startTenant();
	worker = await programOf("docs/recipes/graceful-shutdown.md", "ReceiveMessageCommand");
	process.env.QUEUE_URL = tenant.queueUrl(tenant.directory.apps.get(APP)?.queue ?? "");
});
afterAll(() => tenant.stop());
beforeEach(() => tenant.requestLog.clear());

/** Waits until the tenant has received this request this many times. */
async function arrived(operation: string, count = 1): Promise<void> {
	while (tenant.requestLog.count(operation) < count) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Starts the worker of the recipe. The result is its exit code, the signal that ended it and its errors. */
function startWorker() {
	const child = spawn(process.execPath, [worker], { env: process.env, stdio: ["ignore", "ignore", "pipe"] });
	let errors = "";
	child.stderr.on("data", (chunk) => {
		errors += chunk;
	});
	const ended = once(child, "close").then(([code, signal]) => ({ code, signal, errors }));
	return { child, ended };
}

// Windows has no SIGTERM.
const testOnPosix = process.platform === "win32" ? test.skip : test;

testOnPosix(
	"the worker of the recipe stores and deletes a message that arrived before SIGTERM, and receives no other",
	async () => {
		await using session = new AppSession();
		await session
			.client(SQSClient)
			.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: "last order" }));
		const fault = tenant.faults.add({ operation: "PutItem", delayMs: 500 });
		const { child, ended } = startWorker();
		while (fault.met === 0) await new Promise((resolve) => setTimeout(resolve, 10));
		child.kill("SIGTERM");
		expect(await ended).toEqual({ code: 0, signal: null, errors: "" });
		expect(tenant.requestLog.count("DeleteMessage")).toBe(1);
		expect(tenant.requestLog.count("ReceiveMessage")).toBe(1);
		const scan = new ScanCommand({ TableName: tenant.table });
		const { Items } = await session.client(DynamoDBClient).send(scan);
		expect(Items).toMatchObject([{ sk: { S: "last order" } }]);
	},
);

// The last one, because a request that is cancelled may still receive a message.
testOnPosix("the worker of the recipe ends by SIGTERM while it waits for messages", async () => {
	const { child, ended } = startWorker();
	await arrived("ReceiveMessage");
	child.kill("SIGTERM");
	expect(await ended).toEqual({ code: 0, signal: null, errors: "" });
});
