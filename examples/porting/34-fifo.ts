// Process messages of a FIFO queue in order, group by group, without duplicates.
import { SQS } from "@aws-sdk/client-sqs";
import { ApiSession } from "echostream-botocore";

const sqs = new ApiSession().client(SQS);
const QueueName = `orders-${process.env.RUN}.fifo`;
const { QueueUrl } = await sqs.createQueue({ QueueName, Attributes: { FifoQueue: "true" } });

for (const group of ["a", "b"]) {
	for (const number of [1, 2, 2, 3]) {
		await sqs.sendMessage({
			QueueUrl,
			MessageBody: `${group}${number}`,
			MessageGroupId: group,
			MessageDeduplicationId: `${group}${number}`,
		});
	}
}

const received: Record<string, (string | undefined)[]> = { a: [], b: [] };
while (Object.values(received).flat().length < 6) {
	const { Messages = [] } = await sqs.receiveMessage({
		QueueUrl,
		MaxNumberOfMessages: 1,
		WaitTimeSeconds: 1,
		MessageSystemAttributeNames: ["MessageGroupId"],
	});
	for (const { Attributes, Body, ReceiptHandle } of Messages) {
		received[Attributes?.MessageGroupId ?? ""]?.push(Body);
		await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
	}
}
console.log(JSON.stringify(received));
await sqs.deleteQueue({ QueueUrl });
