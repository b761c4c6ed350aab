// Run a worker on a queue as a resource, and delete messages until no deletion has failed.
import { type DeleteMessageBatchRequestEntry, SQS } from "@aws-sdk/client-sqs";
import { BatchError, Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new AppSession(), services: { sqs: SQS } });
const queue = session.resource("sqs").Queue(String(process.env.QUEUE_URL));

await queue.sendMessages({
	Entries: Array.from({ length: 9 }, (_, number) => ({ Id: String(number), MessageBody: String(number) })),
});
await queue.sendMessage({
	MessageBody: "last",
	MessageAttributes: { kind: { DataType: "String", StringValue: "end" } },
});

async function remove(entries: DeleteMessageBatchRequestEntry[]): Promise<void> {
	try {
		if (entries.length > 0) await queue.deleteMessages({ Entries: entries });
	} catch (error) {
		if (!(error instanceof BatchError)) throw error;
		const failed = error.response.Failed.map(({ Id }) => Id);
		await remove(entries.filter(({ Id }) => failed.includes(Id)));
	}
}

let total = 0;
let kind: string | undefined;
while (total < 36 || kind === undefined) {
	const handled = [];
	for (const message of await queue.receiveMessages({
		MaxNumberOfMessages: 10,
		WaitTimeSeconds: 5,
		MessageAttributeNames: ["All"],
	})) {
		if (message.messageAttributes) {
			kind = message.messageAttributes.kind?.StringValue;
			await message.delete();
		} else {
			total += Number(message.body);
			handled.push({ Id: message.messageId, ReceiptHandle: message.receiptHandle });
		}
	}
	await remove(handled);
}

console.log(JSON.stringify([total, kind]));
console.log(JSON.stringify((await queue.receiveMessages({ MaxNumberOfMessages: 10 })).length));
