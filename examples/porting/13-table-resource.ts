// Use the table through a document client, with plain values instead of DynamoDB's typed values.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const table = DynamoDBDocument.from(session.client(DynamoDBClient));
const { table: TableName } = await session.describeTenant();

const people = [
	{ pk: "people", sk: "ada", born: 1815, languages: ["en", "fr"] },
	{ pk: "people", sk: "alan", born: 1912, chess: { plays: true, title: null } },
	{ pk: "people", sk: "grace", born: 1906 },
];
await table.batchWrite({ RequestItems: { [TableName]: people.map((Item) => ({ PutRequest: { Item } })) } });

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
const keys = people.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
await table.batchWrite({ RequestItems: { [TableName]: keys } });
