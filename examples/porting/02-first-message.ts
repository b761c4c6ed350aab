// As the user of an app, send a message to the app's queue, receive it and delete it.
import { SQS } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const sqs = session.client(SQS);
const QueueUrl = process.env.QUEUE_URL;

await sqs.sendMessage({ QueueUrl, MessageBody: "hello, queue" });
const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 });
for (const { Body, MD5OfBody, ReceiptHandle } of Messages) {
	console.log(JSON.stringify({ body: Body, md5: MD5OfBody }));
	await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
}
