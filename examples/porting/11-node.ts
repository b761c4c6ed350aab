// Run a node: query its edges from AppSync, and move messages from its receive edges to its send edges.
import { SQS } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

interface Node {
	readonly __typename: string;
	readonly name: string;
	readonly tenant: { readonly region: string; readonly table: string };
	readonly receiveEdges: readonly { readonly queue: string; readonly source: { readonly name: string } }[];
	readonly sendEdges: readonly { readonly queue: string; readonly target: { readonly name: string } }[];
}

const GET_NODE = `
	query getNode($name: String!, $tenant: String!) {
		GetNode(name: $name, tenant: $tenant) {
			__typename
			name
			tenant { region table }
			... on ExternalNode {
				receiveEdges { queue source { name } }
				sendEdges { queue target { name } }
			}
			... on ManagedNode {
				receiveEdges { queue source { name } }
				sendEdges { queue target { name } }
			}
		}
	}`;

// The queries and the clients share one sign-in.
const session = new AppSession();
const data = await session.query<{ readonly GetNode: Node }>(GET_NODE, {
	name: process.env.NODE,
	tenant: session.tenant,
});
const node = data.GetNode;

session.setConfigVariable("region", node.tenant.region);
const sqs = session.client(SQS);

const sources = node.receiveEdges.map((edge) => edge.source.name);
const targets = node.sendEdges.map((edge) => edge.target.name);
console.log(JSON.stringify({ type: node.__typename, from: sources, to: targets }));

// Send what the neighboring nodes would send.
for (const edge of node.receiveEdges) {
	for (const number of [0, 1, 2]) {
		await sqs.sendMessage({
			QueueUrl: edge.queue,
			MessageBody: `message ${number}`,
			MessageGroupId: edge.source.name,
			MessageDeduplicationId: `${process.env.RUN}-${number}`,
		});
	}
}

const receive = async (QueueUrl: string) =>
	(await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 })).Messages ?? [];

for (const { queue } of node.receiveEdges) {
	for (let messages = await receive(queue); messages.length > 0; messages = await receive(queue)) {
		for (const target of node.sendEdges) {
			await sqs.sendMessageBatch({
				QueueUrl: target.queue,
				Entries: messages.map(({ Body, MessageId }) => ({
					Id: MessageId,
					MessageBody: Body?.toUpperCase(),
					MessageGroupId: node.name,
					MessageDeduplicationId: MessageId,
				})),
			});
		}
		await sqs.deleteMessageBatch({
			QueueUrl: queue,
			Entries: messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle })),
		});
	}
}

// Receive what the neighboring nodes would receive.
for (const { queue } of node.sendEdges) {
	const received = [];
	for (let messages = await receive(queue); messages.length > 0; messages = await receive(queue)) {
		for (const { Body, ReceiptHandle } of messages) {
			received.push(Body);
			await sqs.deleteMessage({ QueueUrl: queue, ReceiptHandle });
		}
	}
	console.log(JSON.stringify(received));
}
