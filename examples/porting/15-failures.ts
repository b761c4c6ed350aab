// React to each kind of failure: a service error by its code, and an error of the program.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { ClientError, Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const services = { dynamodb: DynamoDB, s3: S3, sqs: SQS };
const session = new Session({ botocoreSession: new ApiSession(), services });
const dynamodb = session.client("dynamodb");
const s3 = session.client("s3", { forcePathStyle: true });
const sqs = session.client("sqs");
const nowhere = session.client("sqs", { endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
const [TableName, Bucket] = [process.env.TABLE, process.env.BUCKET];
const key = { pk: { S: "failures" }, sk: { S: "1" } };

async function codeOf(call: () => Promise<unknown>): Promise<string> {
	try {
		await call();
		return "none";
	} catch (error) {
		if (error instanceof ClientError) return error.response.Error.Code;
		if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") return "no connection";
		throw error;
	}
}

const REACTIONS: Record<string, string> = {
	ConditionalCheckFailedException: "somebody was faster",
	ResourceNotFoundException: "create the table",
	ValidationException: "correct the request",
	"AWS.SimpleQueueService.NonExistentQueue": "create the queue",
	NoSuchKey: "upload the object",
	"404": "upload the object, too",
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
