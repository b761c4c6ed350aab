// Use the table through a document client, with plain values instead of DynamoDB's typed values.
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type BatchWriteCommandInput, DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const table = DynamoDBDocument.from(session.client(DynamoDBClient));
const { table: TableName } = await session.describeTenant();

const people = [
	{ pk: "people", sk: "ada", born: 1815, languages: ["en", "fr"] },
	{ pk: "people", sk: "alan", born: 1912, chess: { plays: true, title: null } },
	{ pk: "people", sk: "grace", born: 1906 },
];
await batchWrite(people.map((Item) => ({ PutRequest: { Item } })));

const { Count, Items = [] } = await table.query({
	TableName,
	KeyConditionExpression: "pk = :pk AND begins_with(sk, :start)",
	ExpressionAttributeValues: { ":pk": "people", ":start": "a" },
});
for (const item of Items) console.log(JSON.stringify(item));
console.log(JSON.stringify(Count));

const { Attributes } = await table.update({
	TableName,
	Key: { pk: "people", sk: "grace" },
	UpdateExpression: "SET born = born + :n",
	ExpressionAttributeValues: { ":n": 0 },
	ReturnValues: "ALL_NEW",
});
console.log(JSON.stringify(Attributes));
await batchWrite(people.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })));

// The service returns what it could not write. batch_writer() of boto3 sends it again, 25 items at a time.
async function batchWrite(requests: NonNullable<BatchWriteCommandInput["RequestItems"]>[string]): Promise<void> {
	const waiting = [...requests];
	while (waiting.length > 0) {
		const { UnprocessedItems } = await table.batchWrite({ RequestItems: { [TableName]: waiting.splice(0, 25) } });
		const unprocessed = UnprocessedItems?.[TableName] ?? [];
		waiting.push(...unprocessed);
		if (unprocessed.length > 0) await setTimeout(100);
	}
}
