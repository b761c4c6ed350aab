// Use the table as a resource, with plain values instead of DynamoDB's typed values.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Key, Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { dynamodb: DynamoDB } });
const table = session.resource("dynamodb").Table(String(process.env.TABLE));

const people = [
	{ pk: "people", sk: "ada", born: 1815, languages: ["en", "fr"] },
	{ pk: "people", sk: "alan", born: 1912, chess: { plays: true, title: null } },
	{ pk: "people", sk: "grace", born: 1906 },
];
{
	await using batch = table.batchWriter();
	for (const person of people) await batch.putItem({ Item: person });
}

const { Count, Items = [] } = await table.query({
	KeyConditionExpression: Key("pk").eq("people").and(Key("sk").beginsWith("a")),
});
for (const item of Items) console.log(JSON.stringify(item));
console.log(JSON.stringify(Count));

const { Attributes } = await table.updateItem({
	Key: { pk: "people", sk: "grace" },
	UpdateExpression: "SET born = born + :n",
	ExpressionAttributeValues: { ":n": 0 },
	ReturnValues: "ALL_NEW",
});
console.log(JSON.stringify(Attributes));
{
	await using batch = table.batchWriter();
	for (const { pk, sk } of people) await batch.deleteItem({ Key: { pk, sk } });
}
