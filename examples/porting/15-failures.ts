// React to each kind of failure: a service error by its code, and an error of the program.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const dynamodb = session.client(DynamoDB);
const s3 = session.client(S3, { forcePathStyle: true });
const sqs = session.client(SQS);
const nowhere = session.client(SQS, { endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
const [TableName, Bucket] = [process.env.TABLE, process.env.BUCKET];
const key = { pk: { S: "failures" }, sk: { S: "1" } };

async function codeOf(call: () => Promise<unknown>): Promise<string> {
	try {
		await call();
		return "none";
	} catch (error) {
		const { code, name } = error as { code?: string; name: string };
		return code === "ECONNREFUSED" ? "no connection" : name;
	}
}

const REACTIONS: Record<string, string> = {
	ConditionalCheckFailedException: "somebody was faster",
	ResourceNotFoundException: "create the table",
	ValidationException: "correct the request",
	QueueDoesNotExist: "create the queue",
	NoSuchKey: "upload the object",
	NotFound: "upload the object, too",
	NoSuchBucket: "create the bucket",
	"no connection": "try again later",
	none: "all is well",
};
const calls = [
	() => dynamodb.putItem({ TableName, Item: key }),
	() => dynamodb.putItem({ TableName, Item: key, ConditionExpression: "attribute_not_exists(pk)" }),
	() => dynamodb.getItem({ TableName: "none", Key: key }),
	() => dynamodb.getItem({ TableName, Key: { pk: { S: "a" } } }),
	() => sqs.getQueueUrl({ QueueName: "none" }),
	() => s3.getObject({ Bucket, Key: "none" }),
	() => s3.headObject({ Bucket, Key: "none" }),
	() => s3.listObjectsV2({ Bucket: "none" }),
	() => nowhere.listQueues({}),
	() => dynamodb.deleteItem({ TableName, Key: key }),
];
for (const call of calls) console.log(JSON.stringify(REACTIONS[await codeOf(call)]));
