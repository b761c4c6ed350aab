// Lock optimistically: a write succeeds only on the version that it names.
import { DynamoDB, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const dynamodb = session.client(DynamoDB);
const { table } = await session.describeTenant();
const key = { pk: { S: "document" }, sk: { S: "1" } };

async function create(text: string) {
	await dynamodb.putItem({
		TableName: table,
		Item: { ...key, version: { N: "1" }, text: { S: text } },
		ConditionExpression: "attribute_not_exists(pk)",
	});
}

async function update(version: number, text: string) {
	const { Attributes } = await dynamodb.updateItem({
		TableName: table,
		Key: key,
		UpdateExpression: "SET #text = :text, version = version + :one",
		ConditionExpression: "version = :version",
		ExpressionAttributeNames: { "#text": "text" },
		ExpressionAttributeValues: {
			":one": { N: "1" },
			":text": { S: text },
			":version": { N: String(version) },
		},
		ReturnValues: "ALL_NEW",
	});
	console.log(JSON.stringify(Attributes));
}

async function refused(write: Promise<void>) {
	try {
		await write;
	} catch (error) {
		if (!(error instanceof DynamoDBServiceException)) throw error;
		console.log(JSON.stringify({ refused: error.name }));
	}
}

await create("one");
await refused(create("another one"));
await update(1, "two");
await refused(update(1, "two again"));
await dynamodb.deleteItem({ TableName: table, Key: key });
