import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	ReceiveMessageCommand,
	SendMessageCommand,
	SetQueueAttributesCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ApiSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";
import { Environment } from "./support/environment.ts";
import { outputOf } from "./support/output-of.ts";
import { ECHOSTREAM, Workplace } from "./support/workplace.ts";

let tenant: LocalTenant;
let url: string;
let admin: ApiSession;
let environment: Environment;
beforeEach(async () => {
	tenant = await LocalTenant.start({
		apps: [{ name: "shop" }, { name: "mailer" }],
		edges: [{ source: "shop-node", target: "mailer-node" }],
	});
	url = tenant.queueUrl(tenant.directory.edges[0]?.queue ?? "");
	environment = new Environment({ ...tenant.environment({ apiUser: "admin" }) });
	admin = new ApiSession();
	await admin.ready();
	Object.assign(process.env, tenant.environment({ app: "mailer" }));
});
afterEach(async () => {
	admin.destroy();
	environment[Symbol.dispose]();
	await tenant.stop();
});

async function sendTo(group: string, ...bodies: string[]): Promise<void> {
	for (const body of bodies) {
		await admin.client(SQSClient).send(
			new SendMessageCommand({
				QueueUrl: url,
				MessageBody: body,
				MessageGroupId: group,
				MessageAttributes: { trackingId: { DataType: "String", StringValue: `of-${body}` } },
			}),
		);
	}
}

/** Messages of the queue that can be received, and those that are hidden. */
async function countsOf(queueUrl = url): Promise<[string | undefined, string | undefined]> {
	const { Attributes } = await admin
		.client(SQSClient)
		.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }));
	return [Attributes?.ApproximateNumberOfMessages, Attributes?.ApproximateNumberOfMessagesNotVisible];
}

async function sendToDeadLettersAfter(maxReceiveCount: number): Promise<void> {
	const client = admin.client(SQSClient);
	const Attributes = { FifoQueue: "true" };
	const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: "dead.fifo", Attributes }));
	const found = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
	const policy = JSON.stringify({ deadLetterTargetArn: found.Attributes?.QueueArn, maxReceiveCount });
	await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy: policy } }));
}

/** Runs `echostream tail` as the app, until it is stopped. */
function startTail(workplace: Workplace, ...args: string[]) {
	const child = workplace.start(process.execPath, [ECHOSTREAM, "tail", "--json", ...args]);
	const printed: string[] = [];
	child.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(...text.trim().split("\n")));
	return { child, printed, closed: once(child, "close") as Promise<[number | null, NodeJS.Signals | null]> };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await isTrue())) await setTimeout(20);
}

describe("echostream tail", () => {
	test("a message is printed with its edge and tracking ID, and stays in the queue", async () => {
		await sendTo("g", "hello");
		const { errors, printed, status } = await outputOf(["tail", "-n", "1", "--json"]);
		expect([status, errors]).toEqual([0, ""]);
		expect(JSON.parse(printed)).toEqual({
			messageId: expect.any(String),
			trackingId: "of-hello",
			sent: expect.stringMatching(/Z$/),
			source: "shop-node",
			target: "mailer-node",
			messageType: "echo.text",
			groupId: "g",
			receiveCount: 1,
			attributes: {},
			body: "hello",
		});
		expect(await countsOf()).toEqual(["1", "0"]);
	});

	test("the text of a message cannot control the terminal", async () => {
		await sendTo("g", "one\u009b2J\n\ttwo");
		const { printed } = await outputOf(["tail", "-n", "1"]);
		expect(printed.split("\n").slice(1)).toEqual(["one\\u009b2J", "\ttwo"]);
		expect(printed).toMatch(/^\d{4}-\S+Z {2}shop-node -> mailer-node {2}of-one\\u009b/);
	});

	test("messages that arrive later are printed, and each once, although the queue returns them again", async () => {
		using workplace = new Workplace(tenant.environment({ app: "mailer" }));
		const { child, closed, printed } = startTail(workplace);
		await sendTo("a", "first");
		await until(() => printed.length === 1);
		await sendTo("b", "second");
		await until(() => printed.length === 2);
		// The first message was received once more with the second.
		expect(printed.map((line) => (JSON.parse(line) as { body: string }).body)).toEqual(["first", "second"]);
		child.kill("SIGINT");
		expect(await closed).toEqual([0, null]);
		expect(await countsOf()).toEqual(["2", "0"]);
	});

	test("--delete consumes as many messages as -n, in order, and leaves the others", async () => {
		await sendTo("g", "1", "2", "3");
		await sendTo("h", "4");
		const { printed } = await outputOf(["tail", "--delete", "-n", "2", "--json"]);
		const bodies = printed.split("\n").map((line) => (JSON.parse(line) as { body: string }).body);
		expect(bodies).toHaveLength(2);
		expect(await countsOf()).toEqual(["2", "0"]);
		const { Messages } = await admin
			.client(SQSClient)
			.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
		expect(Messages?.map(({ Body }) => Body)).not.toEqual(expect.arrayContaining(bodies));
	});

	test.each(["SIGINT", "SIGTERM"] as const)(
		"%s during a long poll ends it at once, with exit code 0",
		async (signal) => {
			using workplace = new Workplace(tenant.environment({ app: "mailer" }));
			const { child, closed } = startTail(workplace);
			await until(() => tenant.requestLog.count("GetQueueAttributes") > 0);
			await setTimeout(300);
			child.kill(signal);
			expect(await closed).toEqual([0, null]);
		},
	);

	test("with --delete, messages that nobody reads because standard output was closed are given back", async () => {
		using workplace = new Workplace(tenant.environment({ app: "mailer" }));
		const { child, closed } = startTail(workplace, "--delete");
		child.stdout.destroy();
		await sendTo("g", "unread");
		expect((await closed)[0]).toBe(0);
		expect(await countsOf()).toEqual(["1", "0"]);
	});

	test("it stops while the app has one receive left before the dead-letter queue", async () => {
		await sendToDeadLettersAfter(3);
		await sendTo("g", "precious");
		const { errors, printed, status } = await outputOf(["tail", "--json"]);
		expect([status, errors]).toEqual([
			1,
			`Stopped reading ${url}: a message moves to the dead-letter queue after 3 receives, and the app needs one of them. Pass --delete to consume the messages.`,
		]);
		expect(JSON.parse(printed)).toMatchObject({ body: "precious", receiveCount: 1 });
		const { Messages } = await admin.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl: url }));
		expect(Messages).toMatchObject([{ Body: "precious" }]);
	});

	test("it receives nothing where each receive counts, unless it consumes", async () => {
		await sendToDeadLettersAfter(1);
		await sendTo("g", "precious");
		expect(await outputOf(["tail"])).toMatchObject({ status: 1, printed: "" });
		expect(tenant.requestLog.count("ReceiveMessage")).toBe(0);
		expect(await outputOf(["tail", "--delete", "-n", "1"])).toMatchObject({ status: 0 });
	});

	test("--queue-url reads a queue that is that of no edge", async () => {
		const queueUrl = tenant.queueUrl("app-mailer");
		await admin.client(SQSClient).send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "x" }));
		const { printed } = await outputOf(["tail", "--queue-url", queueUrl, "-n", "1"]);
		expect(printed).toMatch(/^\S+Z\nx$/);
	});

	test("an API user reads the node that it names", async () => {
		await sendTo("g", "x");
		Object.assign(process.env, tenant.environment({ apiUser: "admin" }), { APP: "" });
		expect(await outputOf(["tail", "-n", "1", "--node", "mailer-node"])).toMatchObject({ status: 0 });
		expect(await outputOf(["tail"])).toMatchObject({
			status: 2,
			errors: expect.stringContaining("Pass --node or --queue-url."),
		});
	});

	test.each([
		["an unknown node", ["--node", "nobody"], "No node fits. The nodes that receive messages are mailer-node."],
		["an invalid count", ["-n", "0"], "It must be a number of messages greater than 0."],
	])("%s exits with 2", async (_, args, message) => {
		expect(await outputOf(["tail", ...args])).toMatchObject({ status: 2, errors: expect.stringContaining(message) });
	});
});
