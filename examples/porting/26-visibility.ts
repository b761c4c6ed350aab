// Give a message back to the queue, receive it again, and read what a batch reports.
import { SQS } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

const sqs = new AppSession().client(SQS);
const QueueUrl = process.env.QUEUE_URL;

await sqs.sendMessage({
	QueueUrl,
	MessageBody: "work",
	MessageAttributes: { kind: { DataType: "String", StringValue: "test" } },
});
const first = await sqs.receiveMessage({
	QueueUrl,
	WaitTimeSeconds: 5,
	MessageSystemAttributeNames: ["ApproximateReceiveCount"],
	MessageAttributeNames: ["All"],
});
const message = first.Messages?.[0];
const kind = message?.MessageAttributes?.kind?.StringValue;
console.log(JSON.stringify({ kind, count: message?.Attributes?.ApproximateReceiveCount }));

await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
const again = await sqs.receiveMessage({
	QueueUrl,
	WaitTimeSeconds: 5,
	MessageSystemAttributeNames: ["ApproximateReceiveCount"],
});
console.log(JSON.stringify({ count: again.Messages?.[0]?.Attributes?.ApproximateReceiveCount }));

const { Successful = [], Failed = [] } = await sqs.deleteMessageBatch({
	QueueUrl,
	Entries: [
		{ Id: "good", ReceiptHandle: again.Messages?.[0]?.ReceiptHandle },
		{ Id: "bad", ReceiptHandle: "no handle" },
	],
});
console.log(JSON.stringify(Successful.map(({ Id }) => Id)));
console.log(JSON.stringify(Failed.map(({ Id }) => Id)));
