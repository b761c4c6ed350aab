// An AWS Lambda function that counts what it is told of, in the table of an EchoStream tenant. Bundle it with build.mjs.
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

// Once for each execution environment. Nothing is sent here: the first invocation logs in, the next ones find all they need in
// memory, and the first one after a long freeze refreshes what has expired meanwhile.
const session = new AppSession();

export async function handler(event) {
	const tenant = await table();
	const { Attributes } = await session.client(DynamoDBClient).send(
		new UpdateItemCommand({
			TableName: tenant,
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

/** The tenant's table, asked once. */
async function table() {
	name ??= (await session.describeTenant()).table;
	return name;
}
