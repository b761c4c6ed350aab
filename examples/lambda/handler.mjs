// An AWS Lambda function that counts its events by name, in the table of an EchoStream tenant. build.mjs bundles it.
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

// Each execution environment signs in once, during its initialization. Lambda waits for a top-level await, but freezes work that
// nobody awaits. One query brings the tenant and the credentials. If it fails here, the handler tries again. An error thrown here
// would restart the environment on every invocation, and repeat a sign-in that Cognito rejected.
const session = new AppSession();
const dynamodb = session.client(DynamoDBClient);
let tenant = await session.describeTenant().catch((error) => void console.error(error.message));

export async function handler(event) {
	tenant ??= await session.describeTenant();
	const { Attributes } = await dynamodb.send(
		new UpdateItemCommand({
			TableName: tenant.table,
			Key: { pk: { S: "counter" }, sk: { S: event.name } },
			UpdateExpression: "ADD #count :one",
			ExpressionAttributeNames: { "#count": "count" },
			ExpressionAttributeValues: { ":one": { N: "1" } },
			ReturnValues: "UPDATED_NEW",
		}),
	);
	return { name: event.name, count: Number(Attributes?.count?.N) };
}
