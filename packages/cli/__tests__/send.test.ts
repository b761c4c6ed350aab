import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ApiSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";
import { Environment } from "./support/environment.ts";
import { outputOf } from "./support/output-of.ts";
import { ECHOSTREAM, Workplace } from "./support/workplace.ts";

const ONE = { source: "shop-node", target: "mailer-node" };
const SECOND = { source: "shop-node", target: "archive-node" };
const APPS = ["shop", "mailer", "archive"].map((name) => ({ name }));

let tenant: LocalTenant;
let environment: Environment;
async function start(edges: readonly { source: string; target: string }[]): Promise<void> {
	tenant = await LocalTenant.start({ apps: APPS, edges });
	environment = new Environment(tenant.environment({ app: "shop" }));
}
beforeEach(() => start([ONE]));
afterEach(async () => {
	environment[Symbol.dispose]();
	await tenant.stop();
});

function urlOf(target: string): string {
	return tenant.queueUrl(tenant.directory.edges.find((edge) => edge.target === target)?.queue ?? "");
}

/** Takes all messages out of a queue. */
async function messagesIn(url: string) {
	using _admin = new Environment(tenant.environment({ apiUser: "admin" }));
	await using session = new ApiSession();
	const client = session.client(SQSClient);
	const found = [];
	for (;;) {
		const { Messages } = await client.send(
			new ReceiveMessageCommand({
				QueueUrl: url,
				MaxNumberOfMessages: 10,
				MessageAttributeNames: ["All"],
				MessageSystemAttributeNames: ["All"],
			}),
		);
		if (Messages === undefined || Messages.length === 0) return found;
		for (const { ReceiptHandle } of Messages)
			await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
		found.push(...Messages);
	}
}

describe("echostream send", () => {
	test("a message goes to the only edge of the app, with a tracking ID and the group of its node", async () => {
		const { errors, printed, status } = await outputOf(["send", "hello", "--json"]);
		expect([status, errors]).toEqual([0, ""]);
		const sent = JSON.parse(printed) as { messageId: string; trackingId: string };
		expect(sent.trackingId).toMatch(/^[0-9a-f]{32}$/);
		expect(await messagesIn(urlOf("mailer-node"))).toEqual([
			expect.objectContaining({
				MessageId: sent.messageId,
				Body: "hello",
				MessageAttributes: { trackingId: { DataType: "String", StringValue: sent.trackingId } },
				Attributes: expect.objectContaining({ MessageGroupId: "shop-node" }),
			}),
		]);
	});

	test("the message comes from standard input byte by byte, and its id is printed", async () => {
		const { printed } = await outputOf(["send", "-"], "two\nlines ä\n");
		const [message] = await messagesIn(urlOf("mailer-node"));
		expect([message?.Body, message?.MessageId]).toEqual(["two\nlines ä\n", printed]);
	});

	test("--file, --group-id and --tracking-id are those of the message", async () => {
		const file = join(environment.folder, "message.txt");
		writeFileSync(file, "of a file");
		await outputOf(["send", "--file", file, "--group-id", "g", "--tracking-id", "t"]);
		expect(await messagesIn(urlOf("mailer-node"))).toMatchObject([
			{
				Body: "of a file",
				Attributes: { MessageGroupId: "g" },
				MessageAttributes: { trackingId: { StringValue: "t" } },
			},
		]);
	});

	test("the same message sent twice arrives twice", async () => {
		for (const _ of [1, 2]) await outputOf(["send", "same"]);
		expect(await messagesIn(urlOf("mailer-node"))).toHaveLength(2);
	});

	test("--queue-url sends to a queue that is that of no edge", async () => {
		const { errors, status } = await outputOf(["send", "x", "--queue-url", tenant.queueUrl("app-shop")]);
		expect([status, errors]).toEqual([0, ""]);
		expect(await messagesIn(tenant.queueUrl("app-shop"))).toMatchObject([{ Body: "x" }]);
	});

	test("an API user sends to the edge between two nodes", async () => {
		using _admin = new Environment(tenant.environment({ apiUser: "admin" }));
		expect(await outputOf(["send", "x", "--to", "mailer-node"])).toMatchObject({ status: 0 });
		expect(await messagesIn(urlOf("mailer-node"))).toMatchObject([
			{ Body: "x", Attributes: { MessageGroupId: "shop-node" } },
		]);
	});

	test("a queue that the user may not use exits with 4", async () => {
		const { status, errors } = await outputOf(["send", "x", "--queue-url", tenant.queueUrl("app-mailer")]);
		expect([status, errors]).toEqual([
			4,
			expect.stringMatching(/^AWS denied the request: .+ is not authorized to perform: sqs:SendMessage/),
		]);
	});

	test("a queue that does not exist exits with 1", async () => {
		using _admin = new Environment(tenant.environment({ apiUser: "admin" }));
		const { status, errors } = await outputOf(["send", "x", "--queue-url", tenant.queueUrl("nowhere")]);
		expect([status, errors]).toEqual([1, expect.stringMatching(/^AWS rejected the request \(.*QueueDoesNotExist\): /)]);
	});

	test("a cross-account app sends with the AWS credentials of the environment", async () => {
		await using other = await LocalTenant.start({
			apps: [{ name: "partner", type: "CrossAccountApp" }, { name: "mailer" }],
			edges: [{ source: "partner-node", target: "mailer-node" }],
		});
		using _admin = new Environment(other.environment({ apiUser: "admin" }));
		const variables = JSON.parse((await outputOf(["env", "--format", "json"])).printed);
		using _partner = new Environment({ ...other.environment({ app: "partner" }), ...variables });
		expect(await outputOf(["send", "x"])).toMatchObject({ status: 0, errors: "" });
		const [request] = other.requestLog.since().filter(({ operation }) => operation === "SendMessage");
		expect(request?.user).toBe("admin");
	});

	test.each([
		[
			"a message over 262,144 bytes with its attributes",
			["send", "-"],
			"ä".repeat(131_050),
			"The message has 262148 bytes",
		],
		["an empty message", ["send", "-"], "", "The message is empty, which SQS rejects."],
		[
			"a node without an edge",
			["send", "x", "--to", "nobody"],
			"",
			"No edge fits. The edges are:\n  --from shop-node --to mailer-node",
		],
		[
			"lines in the argument",
			["send", "x", "--lines"],
			"",
			"With --lines, the messages come from standard input or --file",
		],
		[
			"a tracking ID for lines",
			["send", "--lines", "--tracking-id", "x"],
			"",
			"option '--tracking-id <id>' cannot be used with option '--lines'",
		],
	])("%s exits with 2, and nothing is sent", async (_, args, stdin, message) => {
		const { errors, status } = await outputOf(args, stdin);
		expect([status, errors]).toEqual([2, expect.stringContaining(message)]);
		expect(tenant.requestLog.count("SendMessage")).toBe(0);
	});

	test("a file that is not UTF-8 is not sent with other characters", async () => {
		const file = join(environment.folder, "latin-1.txt");
		writeFileSync(file, Buffer.from([0x61, 0xe4, 0x62]));
		for (const args of [
			["--file", file],
			["--file", file, "--lines"],
		]) {
			expect(await outputOf(["send", ...args])).toEqual({
				status: 2,
				printed: "",
				errors: `${file} is not valid UTF-8.`,
			});
		}
	});

	test("several edges are listed, and --to chooses one", async () => {
		environment[Symbol.dispose]();
		await tenant.stop();
		await start([ONE, SECOND]);
		const { errors, status } = await outputOf(["send", "x"]);
		expect([status, errors]).toEqual([
			2,
			"Several edges fit. Choose one:\n  --from shop-node --to mailer-node\n  --from shop-node --to archive-node",
		]);
		expect(await outputOf(["send", "x", "--to", "archive-node"])).toMatchObject({ status: 0 });
		expect(await messagesIn(urlOf("archive-node"))).toMatchObject([{ Body: "x" }]);
	});
});

describe("echostream send --lines", () => {
	const lines = Array.from({ length: 25 }, (_, i) => `line ${i + 1}`);

	test("each line is a message, in order, in batches of 10", async () => {
		const { errors, printed, status } = await outputOf(["send", "--lines"], `${lines.join("\r\n")}\n\n`);
		expect([status, errors]).toEqual([0, ""]);
		const messages = await messagesIn(urlOf("mailer-node"));
		expect(messages.map(({ Body }) => Body)).toEqual(lines);
		expect(messages.map(({ MessageId }) => MessageId)).toEqual(printed.split("\n"));
		expect(tenant.requestLog.count("SendMessageBatch")).toBe(3);
	});

	test("lines that come slowly are sent before the next ones come", async () => {
		using workplace = new Workplace(tenant.environment({ app: "shop" }));
		const child = workplace.start(process.execPath, [ECHOSTREAM, "send", "--lines"]);
		const ids = child.stdout[Symbol.asyncIterator]();
		for (const line of ["first", "second"]) {
			child.stdin.write(`${line}\n`);
			expect((await ids.next()).value.toString()).toMatch(/^[\da-f-]{36}\n$/);
		}
		child.stdin.end();
		expect((await messagesIn(urlOf("mailer-node"))).map(({ Body }) => Body)).toEqual(["first", "second"]);
	});

	test("equal lines arrive as often as they are sent, each with its own tracking ID", async () => {
		const { printed } = await outputOf(["send", "--lines", "--json"], "same\nsame\n");
		const sent = printed.split("\n").map((line) => JSON.parse(line) as { line: number; trackingId: string });
		expect(sent.map(({ line }) => line)).toEqual([1, 2]);
		expect(new Set(sent.map(({ trackingId }) => trackingId)).size).toBe(2);
		expect(await messagesIn(urlOf("mailer-node"))).toHaveLength(2);
	});

	test("lines that are large together go in several batches", async () => {
		const large = ["a", "b", "c"].map((letter) => letter.repeat(120_000));
		expect(await outputOf(["send", "--lines"], large.join("\n"))).toMatchObject({ status: 0, errors: "" });
		expect((await messagesIn(urlOf("mailer-node"))).map(({ Body }) => Body?.[0])).toEqual(["a", "b", "c"]);
		expect(tenant.requestLog.count("SendMessageBatch")).toBe(2);
	});

	test("a line that is too large ends it, after the lines before", async () => {
		const { errors, printed, status } = await outputOf(["send", "--lines"], `a\n${"b".repeat(262_144)}\nc\n`);
		expect([status, errors]).toEqual([
			1,
			"Line 2 was not sent: the message has 262192 bytes with its attributes, and EchoStream's limit is 262144. No line after 2 was sent.",
		]);
		expect(await messagesIn(urlOf("mailer-node"))).toMatchObject([{ MessageId: printed, Body: "a" }]);
	});

	test("lines of a batch that fail are named, the others are printed, and later lines are not sent", async () => {
		tenant.faults.add({
			operation: "SendMessageBatch",
			skip: 1,
			times: 1,
			corrupt: (body: string) => {
				const { Successful } = JSON.parse(body) as { Successful: { Id: string }[] };
				const failed = Successful.filter(({ Id }) => Id === "12" || Id === "14");
				return JSON.stringify({
					Successful: Successful.filter((one) => !failed.includes(one)),
					Failed: failed.map(({ Id }) => ({ Id, Code: "InternalError", Message: "try again", SenderFault: false })),
				});
			},
		});
		const { errors, printed, status } = await outputOf(["send", "--lines", "--json"], lines.join("\n"));
		expect([status, errors]).toEqual([1, "Lines 12, 14 were not sent: try again. No line after 20 was sent."]);
		const sent = printed.split("\n").map((line) => (JSON.parse(line) as { line: number }).line);
		expect(sent).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 16, 17, 18, 19, 20]);
		expect(tenant.requestLog.count("SendMessageBatch")).toBe(2);
	});

	test("the lines of a batch whose request fails are named", async () => {
		tenant.faults.add({ operation: "SendMessageBatch", skip: 1, status: 400, body: "{}" });
		const { errors, status } = await outputOf(["send", "--lines"], lines.join("\n"));
		expect([status, errors]).toEqual([
			1,
			expect.stringMatching(
				/^Lines 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 may not have been sent: .+ No line after 20 was sent\.$/,
			),
		]);
	});
});
