// Read the same pages twice, with the same arguments.
import { DynamoDB, paginateQuery } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const TableName = process.env.TABLE;
const dynamodb = new AppSession().client(DynamoDB);
for (let number = 0; number < 8; number++) {
	const Item = { pk: { S: "twice" }, sk: { S: String(number) } };
	await dynamodb.putItem({ TableName, Item });
}

const args = {
	TableName,
	KeyConditionExpression: "pk = :pk",
	ExpressionAttributeValues: { ":pk": { S: "twice" } },
};
for (let time = 0; time < 2; time++) {
	const counts = [];
	// A copy, because the SDK writes the key of the next page into its argument.
	for await (const page of paginateQuery({ client: dynamodb, pageSize: 3 }, { ...args })) {
		counts.push(page.Count);
	}
	console.log(JSON.stringify(counts));
}

for (let number = 0; number < 8; number++) {
	const Key = { pk: { S: "twice" }, sk: { S: String(number) } };
	await dynamodb.deleteItem({ TableName, Key });
}
