import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { credentialsOf, plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

const NODE = '{ one: GetNode(name: "kept" tenant: "local") { ... on ProcessorNode { stopped ';

async function query(tenant: LocalTenant, token: string, document: string) {
	const { data, errors } = await sendQuery(tenant, token, document);
	expect(errors).toBeUndefined();
	return data;
}

async function sqsOf(tenant: LocalTenant) {
	const { expiration: _, ...credentials } = await credentialsOf(tenant, { apiUser: "admin" });
	return new SQSClient({ region: tenant.region, endpoint: tenant.url, credentials });
}

test("a network and its messages survive a restart, and the messages flow on", async () => {
	const data = await mkdtemp(join(tmpdir(), "network-"));
	try {
		const options = { ...plainSignIn, data, port: 0, apps: [{ name: "a" }, { name: "b" }], edges: [] };
		let out = "";
		{
			await using tenant = await LocalTenant.start(options);
			const token = await signIn(tenant, { apiUser: "admin" });
			const types = 'receiveMessageType: "echo.text" sendMessageType: "echo.text"';
			const built = await query(
				tenant,
				token,
				`mutation {
					CreateProcessorNode(name: "kept" ${types} tenant: "local") { Stop }
					into: CreateEdge(source: "a-node" target: "kept" tenant: "local") { queue }
					out: CreateEdge(source: "kept" target: "b-node" tenant: "local") { queue }
				}`,
			);
			out = built.out.queue.split("/").at(-1);
			const message = { QueueUrl: built.into.queue, MessageBody: "kept", MessageGroupId: "g" };
			await (await sqsOf(tenant)).send(new SendMessageCommand(message));
		}
		await using tenant = await LocalTenant.start(options);
		const token = await signIn(tenant, { apiUser: "admin" });
		expect(await query(tenant, token, `${NODE} } } }`)).toEqual({ one: { stopped: true } });
		expect(await query(tenant, token, `${NODE} Start } } }`)).toEqual({ one: { stopped: true, Start: true } });
		const sqs = await sqsOf(tenant);
		const QueueUrl = tenant.queueUrl(out);
		const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
		expect(Messages.map(({ Body }) => Body)).toEqual(["kept"]);
		await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
	} finally {
		await rm(data, { recursive: true });
	}
});
