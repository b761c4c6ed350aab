// Read all of an error: its operation, code, message and response, and its class.
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
const Key = { pk: { S: "errors" }, sk: { S: "1" } };

try {
	await dynamodb.updateItem({
		TableName: process.env.TABLE,
		Key,
		UpdateExpression: "SET n = :n",
		ConditionExpression: "n = :n",
		ExpressionAttributeValues: { ":n": { N: "1" } },
	});
} catch (error) {
	if (!(error instanceof ClientError)) throw error;
	if (error.response.Error.Code !== "ConditionalCheckFailedException") throw error;
	console.log(JSON.stringify(error.operationName));
	console.log(JSON.stringify(error.message));
	console.log(JSON.stringify(error.response.Error.Message));
	console.log(JSON.stringify(error.response.ResponseMetadata.HTTPStatusCode));
	console.log(JSON.stringify(error.response.ResponseMetadata.RetryAttempts));
}

try {
	await s3.getObject({ Bucket: process.env.BUCKET, Key: "none" });
} catch (error) {
	if (!(error instanceof s3.exceptions.NoSuchKey)) throw error;
	console.log(JSON.stringify([error.operationName, error.response.Error.Code]));
}
try {
	await sqs.getQueueUrl({ QueueName: "none" });
} catch (error) {
	if (!(error instanceof sqs.exceptions.QueueDoesNotExist)) throw error;
	console.log(JSON.stringify(error.response.Error.Code));
	console.log(JSON.stringify(error.response.Error.QueryErrorCode));
}
for (const operation of [
	() => s3.headObject({ Bucket: process.env.BUCKET, Key: "none" }),
	() => s3.headBucket({ Bucket: "none" }),
]) {
	try {
		await operation();
	} catch (error) {
		if (!(error instanceof ClientError)) throw error;
		console.log(JSON.stringify(error.message));
	}
}
