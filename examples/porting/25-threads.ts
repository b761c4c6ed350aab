// Send messages at the same time, and receive all of them.
import { SQS } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

const sqs = new AppSession().client(SQS);
const QueueUrl = process.env.QUEUE_URL;

async function send(number: number): Promise<number> {
	await sqs.sendMessage({ QueueUrl, MessageBody: String(number) });
	return number;
}

const numbers = await Promise.all(Array.from({ length: 20 }, (_, number) => send(number)));
console.log(JSON.stringify(numbers.reduce((sum, number) => sum + number)));

const received: number[] = [];
while (received.length < 20) {
	const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
	for (const { Body, ReceiptHandle } of Messages) {
		received.push(Number(Body));
		await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
	}
}
console.log(JSON.stringify(received.sort((a, b) => a - b)));
