import {
	ChangeMessageVisibilityCommand,
	DeleteMessageCommand,
	type Message,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { credentialsOf, plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

let tenant: LocalTenant;
let admin: string;
let sqs: SQSClient;
const apps = [{ name: "from" }, { name: "to" }];
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, apps, edges: [] });
	admin = await signIn(tenant, { apiUser: "admin" });
	sqs = await clientOf({ apiUser: "admin" });
});
afterAll(() => tenant.stop());

async function clientOf(of: Parameters<LocalTenant["environment"]>[0]) {
	const { expiration: _, ...credentials } = await credentialsOf(tenant, of);
	return new SQSClient({ region: tenant.region, endpoint: tenant.url, credentials });
}

async function query(document: string) {
	const { data, errors } = await sendQuery(tenant, admin, document);
	expect(errors).toBeUndefined();
	return data.one;
}

let names = 0;

/** A name that no other test uses. */
function unique(kind: string): string {
	names += 1;
	return `${kind}-${names}`;
}

async function addNode(mutation: string, args = "", type = "echo.text"): Promise<string> {
	const name = unique("node");
	const received = mutation === "CreateExternalNode" ? "" : `receiveMessageType: "${type}"`;
	await query(`mutation { one: ${mutation}(name: "${name}" tenant: "local" ${received} ${args}) { name } }`);
	return name;
}

/** A node of the app "to", which receives what is sent there. */
function addReceiver(type = "echo.text"): Promise<string> {
	return addNode("CreateExternalNode", `app: "to" receiveMessageType: "${type}"`);
}

function addSender(type = "echo.text"): Promise<string> {
	return addNode("CreateExternalNode", `app: "from" sendMessageType: "${type}"`);
}

async function addEdge(source: string, target: string, args = ""): Promise<string> {
	const ends = `source: "${source}" target: "${target}"`;
	return (await query(`mutation { one: CreateEdge(${ends} tenant: "local" ${args}) { queue } }`)).queue;
}

function edge(source: string, target: string, fields: string) {
	return query(`{ one: GetEdge(source: "${source}" target: "${target}" tenant: "local") { ${fields} } }`);
}

async function send(queue: string, body: string, group = "g", attributes: Record<string, string> = {}): Promise<void> {
	const MessageAttributes = Object.fromEntries(
		Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
	);
	await sqs.send(
		new SendMessageCommand({ QueueUrl: queue, MessageBody: body, MessageGroupId: group, MessageAttributes }),
	);
}

/** Receives this many messages of a queue, and deletes them. */
async function take(QueueUrl: string, count: number): Promise<Message[]> {
	const taken: Message[] = [];
	while (taken.length < count) {
		const { Messages = [] } = await sqs.send(
			new ReceiveMessageCommand({
				QueueUrl,
				MaxNumberOfMessages: 10,
				WaitTimeSeconds: 20,
				MessageAttributeNames: ["All"],
				AttributeNames: ["All"],
			}),
		);
		for (const message of Messages) {
			taken.push(message);
			await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
		}
	}
	return taken;
}

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

describe("nodes that EchoStream runs pass messages on", () => {
	test("messages pass a processor unchanged, in the order of their group, with their attributes", async () => {
		const [sender, receiver] = [await addSender(), await addReceiver()];
		const processor = await addNode("CreateProcessorNode", 'sendMessageType: "echo.text"');
		const into = await addEdge(sender, processor);
		const out = await addEdge(processor, receiver);
		for (let i = 0; i < 15; i++) await send(into, `${i}`, `group ${i % 2}`, { trackingId: `t${i}` });
		const taken = await take(out, 15);
		for (const rest of [0, 1]) {
			const ofGroup = taken.filter(({ Attributes }) => Attributes?.MessageGroupId === `group ${rest}`);
			expect(bodies(ofGroup)).toEqual(
				Array.from({ length: 15 }, (_, i) => `${i}`).filter((i) => Number(i) % 2 === rest),
			);
		}
		const [first] = taken.filter(({ Body }) => Body === "7");
		expect(first?.MessageAttributes?.trackingId?.StringValue).toBe("t7");
		expect(await edge(sender, processor, "messageCounts { approximateNumberOfMessages }")).toEqual({
			messageCounts: { approximateNumberOfMessages: 0 },
		});
	});

	test("a chain of nodes passes a message to both targets of its last node", async () => {
		const [sender, one, two] = [await addSender(), await addReceiver(), await addReceiver()];
		const chain = [];
		for (let i = 0; i < 3; i++) chain.push(await addNode("CreateProcessorNode", 'sendMessageType: "echo.text"'));
		const [first = "", middle = "", last = ""] = chain;
		const into = await addEdge(sender, first);
		await addEdge(first, middle);
		await addEdge(middle, last);
		const outs = [await addEdge(last, one), await addEdge(last, two)];
		await send(into, "hello");
		for (const out of outs) expect(bodies(await take(out, 1))).toEqual(["hello"]);
	});

	test("a load balancer sends each message to one of its targets in turn", async () => {
		const [sender, one, two] = [await addSender(), await addReceiver(), await addReceiver()];
		const balancer = await addNode("CreateLoadBalancerNode");
		const into = await addEdge(sender, balancer);
		const outs = [await addEdge(balancer, one), await addEdge(balancer, two)];
		for (let i = 0; i < 4; i++) await send(into, `${i}`);
		for (const out of outs) expect(await take(out, 2)).toHaveLength(2);
	});

	test("a router sends to the targets whose bits a constant bitmapper sets", async () => {
		const [sender, one, two] = [await addSender(), await addReceiver(), await addReceiver()];
		const bitmapper = JSON.stringify("def b(*, context, message, source, **kwargs):\n\treturn 0x5\n");
		const routes = JSON.stringify(JSON.stringify({ "0x4": [one], "0x2": [two] }));
		const router = await addNode("CreateBitmapRouterNode", `inlineBitmapper: ${bitmapper} routeTable: ${routes}`);
		const into = await addEdge(sender, router);
		const outs = [await addEdge(router, one), await addEdge(router, two)];
		await send(into, "hello");
		expect(bodies(await take(outs[0] ?? "", 1))).toEqual(["hello"]);
		expect(await edge(router, two, "messageCounts { approximateNumberOfMessages }")).toEqual({
			messageCounts: { approximateNumberOfMessages: 0 },
		});
	});

	test("messages wait for a stopped node, and for a node without an edge to send on", async () => {
		const [sender, receiver] = [await addSender(), await addReceiver()];
		const processor = await addNode("CreateProcessorNode", 'sendMessageType: "echo.text"');
		const into = await addEdge(sender, processor);
		await send(into, "early");
		await query(`{ one: GetNode(name: "${processor}" tenant: "local") { ... on ProcessorNode { Stop } } }`);
		const out = await addEdge(processor, receiver);
		await send(into, "late");
		expect(await edge(sender, processor, "messageCounts { approximateNumberOfMessages }")).toEqual({
			messageCounts: { approximateNumberOfMessages: 2 },
		});
		await query(`{ one: GetNode(name: "${processor}" tenant: "local") { ... on ProcessorNode { Start } } }`);
		expect(bodies(await take(out, 2))).toEqual(["early", "late"]);
	});
});

test("a message in a ring of nodes comes to rest, and is not lost", async () => {
	const [sender, one, two] = [
		await addSender(),
		await addNode("CreateLoadBalancerNode"),
		await addNode("CreateLoadBalancerNode"),
	];
	const into = await addEdge(sender, one);
	await addEdge(one, two);
	await addEdge(two, one);
	await send(into, "around");
	const ends = [
		[one, two],
		[two, one],
	] as const;
	let unchanged = 0;
	for (let last = ""; unchanged < 20; ) {
		const counts: number[] = [];
		for (const [source, target] of ends) {
			const { messageCounts } = await edge(source, target, "messageCounts { approximateNumberOfMessages }");
			counts.push(messageCounts.approximateNumberOfMessages);
		}
		unchanged = counts.join() === last && counts.includes(1) ? unchanged + 1 : 0;
		last = counts.join();
	}
});

describe("edges", () => {
	test("an edge that is purged has no messages, and one that is moved keeps them", async () => {
		const [sender, one, two] = [await addSender(), await addReceiver(), await addReceiver()];
		const queue = await addEdge(sender, one);
		await send(queue, "gone");
		expect(await edge(sender, one, "Purge")).toEqual({ Purge: true });
		await send(queue, "kept");
		const moved = await edge(sender, one, `Move(source: "${sender}" target: "${two}") { queue target { name } }`);
		expect(moved).toEqual({ Move: { queue, target: { name: two } } });
		expect(await edge(sender, one, "queue")).toBeNull();
		expect(bodies(await take(queue, 1))).toEqual(["kept"]);
		expect(await addEdge(sender, one)).not.toBe(queue);
	});

	test("an edge that is moved to a node of EchoStream passes its messages on", async () => {
		const [sender, one, two] = [await addSender(), await addReceiver(), await addReceiver()];
		const queue = await addEdge(sender, one);
		const balancer = await addNode("CreateLoadBalancerNode");
		const out = await addEdge(balancer, two);
		await send(queue, "hello");
		await edge(sender, one, `Move(source: "${sender}" target: "${balancer}") { queue }`);
		expect(bodies(await take(out, 1))).toEqual(["hello"]);
	});

	test("an edge that is drained is deleted with its last message, and receives no more", async () => {
		const [sender, receiver] = [await addSender(), await addReceiver()];
		const queue = await addEdge(sender, receiver);
		await send(queue, "last");
		expect(await edge(sender, receiver, "Delete(drain: true)")).toEqual({ Delete: true });
		expect(await edge(sender, receiver, "draining")).toEqual({ draining: true });
		const app = await clientOf({ app: "from" });
		const late = new SendMessageCommand({ QueueUrl: queue, MessageBody: "late", MessageGroupId: "g" });
		await expect(app.send(late)).rejects.toMatchObject({ name: "AccessDenied" });
		expect(bodies(await take(queue, 1))).toEqual(["last"]);
		while ((await edge(sender, receiver, "draining")) !== null);
		await expect(send(queue, "x")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
	});

	test("a node is deleted when its edge has been drained, and its app with it", async () => {
		const app = unique("app");
		await query(`mutation { one: CreateExternalApp(name: "${app}" tenant: "local") { name } }`);
		const sender = await addNode("CreateExternalNode", `app: "${app}" sendMessageType: "echo.text"`);
		const receiver = await addReceiver();
		const queue = await addEdge(sender, receiver);
		await send(queue, "last");
		expect(await query(`{ one: GetApp(name: "${app}" tenant: "local") { Delete } }`)).toEqual({ Delete: true });
		expect(await edge(sender, receiver, "source { name }")).toEqual({ source: { name: sender } });
		await take(queue, 1);
		while ((await query(`{ one: GetApp(name: "${app}" tenant: "local") { name } }`)) !== null);
		expect(await query(`{ one: GetNode(name: "${sender}" tenant: "local") { name } }`)).toBeNull();
	});

	test("a message that was received too often is sent on by the dead letter emitter", async () => {
		const [sender, receiver, letters] = [await addSender(), await addReceiver(), await addReceiver("echo.dead-letter")];
		const queue = await addEdge(sender, receiver, "maxReceiveCount: 2");
		const out = await addEdge("Dead Letter Emitter", letters);
		await send(queue, "poison", "g", { trackingId: "t" });
		for (let i = 0; i < 2; i++) {
			const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }));
			const [message] = Messages ?? [];
			expect(message?.Body).toBe("poison");
			await sqs.send(
				new ChangeMessageVisibilityCommand({
					QueueUrl: queue,
					ReceiptHandle: message?.ReceiptHandle,
					VisibilityTimeout: 0,
				}),
			);
		}
		expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }))).Messages).toBeUndefined();
		const [letter] = await take(out, 1);
		expect(JSON.parse(letter?.Body ?? "")).toMatchObject({ source: sender, target: receiver, message: "poison" });
		expect(letter?.MessageAttributes?.trackingId?.StringValue).toBe("t");
	});
});

test("an app that mutations create receives the changes of its nodes", async () => {
	const app = unique("app");
	await query(`mutation { one: CreateExternalApp(name: "${app}" tenant: "local") { name } }`);
	const node = await addNode("CreateExternalNode", `app: "${app}" sendMessageType: "echo.text"`);
	const receiver = `{ one: GetNode(name: "${app}:Change Receiver" tenant: "local") { ... on AppChangeReceiverNode { receiveEdge { queue } } } }`;
	const [change] = await take((await query(receiver)).receiveEdge.queue, 1);
	expect(JSON.parse(change?.Body ?? "")).toMatchObject({ old: null, new: { __typename: "ExternalNode", name: node } });
});

test("messages reach another tenant through a cross-tenant sending node", async () => {
	const other = "other-tenant";
	await query(`mutation { one: CreateTenant(name: "${other}" region: "us-east-1") { name } }`);
	await query(
		`mutation { one: CreateCrossTenantReceivingApp(name: "inbox" sendingTenant: "local" tenant: "${other}") { name } }`,
	);
	await query(
		`mutation { one: CreateCrossTenantSendingApp(name: "outbox" receivingApp: "inbox" receivingTenant: "${other}" tenant: "local") { name } }`,
	);
	const node = await addNode("CreateCrossTenantSendingNode", 'app: "outbox"');
	const into = await addEdge(await addSender(), node);
	await query(`mutation { one: CreateExternalApp(name: "far" tenant: "${other}") { name } }`);
	await query(
		`mutation { one: CreateExternalNode(name: "far-node" app: "far" receiveMessageType: "echo.text" tenant: "${other}") { name } }`,
	);
	const { queue } = await query(
		`mutation { one: CreateEdge(source: "local:${node}" target: "far-node" tenant: "${other}") { queue } }`,
	);
	await send(into, "across");
	expect(bodies(await take(queue, 1))).toEqual(["across"]);
	expect(
		await query(`{ one: GetApp(name: "inbox" tenant: "${other}") { ... on CrossTenantReceivingApp { sendingApp } } }`),
	).toEqual({ sendingApp: "outbox" });
});
