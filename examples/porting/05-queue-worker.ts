// Run a worker that receives batches of messages by long polling, handles them and deletes them.
import assert from "node:assert/strict";
import { SQS } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const sqs = session.client(SQS);
const QueueUrl = process.env.QUEUE_URL;

function handle(body: string): number {
	return JSON.parse(body).number ** 2;
}

await sqs.sendMessageBatch({
	QueueUrl,
	Entries: [
		...Array.from({ length: 8 }, (_, number) => ({ Id: String(number), MessageBody: JSON.stringify({ number }) })),
		{ Id: "broken", MessageBody: "this is no JSON" },
	],
});

const squares: number[] = [];
const broken: string[] = [];
while (squares.length + broken.length < 9) {
	const { Messages = [] } = await sqs.receiveMessage({
		QueueUrl,
		MaxNumberOfMessages: 10,
		MessageAttributeNames: ["All"],
		WaitTimeSeconds: 20,
	});
	const handled = [];
	for (const { Body = "", MessageId, ReceiptHandle } of Messages) {
		try {
			squares.push(handle(Body));
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			broken.push(Body);
		}
		handled.push({ Id: MessageId, ReceiptHandle });
	}
	if (handled.length > 0) {
		const { Successful = [] } = await sqs.deleteMessageBatch({ QueueUrl, Entries: handled });
		assert.equal(Successful.length, handled.length);
	}
}

console.log(JSON.stringify(squares.sort((a, b) => a - b)));
console.log(JSON.stringify(broken));
