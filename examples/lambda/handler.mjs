// An AWS Lambda function that counts its events by name, in the table of an EchoStream tenant. build.mjs bundles it.
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

// Each execution environment signs in once, during its initialization. Lambda waits for a top-level await, but freezes work that
// nobody awaits. If the sign-in fails here, the handler tries again. An error thrown here would restart the environment on every
// invocation, and repeat a sign-in that Cognito rejected.
const session = new AppSession();
await session.ready().catch((error) => console.error(error.message));

export async function handler(event) {
	const { Attributes } = await session.client(DynamoDBClient).send(
		new UpdateItemCommand({
			TableName: await table(),
			Key: { pk: { S: "counter" }, sk: { S: event.name } },
			UpdateExpression: "ADD #count :one",
			ExpressionAttributeNames: { "#count": "count" },
			ExpressionAttributeValues: { ":one": { N: "1" } },
			ReturnValues: "UPDATED_NEW",
		}),
	);
	return { name: event.name, count: Number(Attributes?.count?.N) };
}

let name;

/** Returns the name of the tenant's table, with one query. The name is kept, a failure is not. */
async function table() {
	name ??= (await session.describeTenant()).table;
	return name;
}
