// Read the first items only, and continue later where it stopped.
import { type AttributeValue, DynamoDB } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

type Key = Record<string, AttributeValue> | undefined;

const dynamodb = new AppSession().client(DynamoDB);
const TableName = process.env.TABLE;
for (let number = 0; number < 7; number++) {
	const Item = { pk: { S: "first" }, sk: { S: String(number) } };
	await dynamodb.putItem({ TableName, Item });
}

async function read(limit: number, start: Key) {
	const response = await dynamodb.query({
		TableName,
		KeyConditionExpression: "pk = :pk",
		ExpressionAttributeValues: { ":pk": { S: "first" } },
		Limit: limit,
		ExclusiveStartKey: start,
	});
	return [response.Items ?? [], response.LastEvaluatedKey] as const;
}

let start: Key;
do {
	const [items, next] = await read(3, start);
	console.log(JSON.stringify(items.map((item) => item.sk?.S)));
	start = next;
} while (start);
for (let number = 0; number < 7; number++) {
	await dynamodb.deleteItem({ TableName, Key: { pk: { S: "first" }, sk: { S: String(number) } } });
}
