import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Message, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { AppSession } from "echostream-botocore";
import { Consumer } from "sqs-consumer";
import { queuesOf } from "./queues.js";

/** Pause after a failure, in which sqs-consumer would otherwise poll again at once. */
const PAUSE_MS = 5_000;

const session = new AppSession({ logger: console });
const sqs = session.client(SQSClient);
const dynamodb = DynamoDBDocumentClient.from(session.client(DynamoDBClient));
const { table } = await session.describeTenant();

/** Keeps the message in the table. Handling it twice has the same result, because SQS may deliver it twice. */
async function handleMessage(message: Message): Promise<Message> {
	const item = { pk: "message", sk: message.MessageId, body: message.Body };
	await dynamodb.send(new PutCommand({ TableName: table, Item: item }));
	return message; // which lets sqs-consumer delete it
}

function consume(queueUrl: string): Consumer {
	const consumer = Consumer.create({
		queueUrl,
		sqs,
		handleMessage,
		// The queues of EchoStream are FIFO queues. With one message at a time their order is kept.
		batchSize: 1,
		suppressFifoWarning: true,
		// Longer than a poll, so that the last message is handled before the session is destroyed.
		pollingCompleteWaitTimeMs: 25_000,
	});
	const pause = (ms: number) => consumer.updateOption("pollingWaitTimeMs", ms);
	for (const event of ["empty", "response_processed"] as const) consumer.on(event, () => pause(0));
	consumer.on("error", (error) => {
		console.error(error.message);
		pause(PAUSE_MS);
	});
	consumer.on("processing_error", (error) => console.error(error.message));
	consumer.start();
	return consumer;
}

const consumers = (await queuesOf(session)).map(consume);
console.log(`Waiting for messages of ${consumers.length} queues`);

for (const signal of ["SIGINT", "SIGTERM"]) {
	process.once(signal, async () => {
		const stopped = consumers.map((consumer) => new Promise((resolve) => consumer.once("stopped", resolve)));
		for (const consumer of consumers) consumer.stop();
		await Promise.all(stopped);
		session.destroy();
	});
}
