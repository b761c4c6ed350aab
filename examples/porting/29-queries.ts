// Query with filters, a projection, in reverse order, and only count.
import { type AttributeValue, DynamoDB, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const dynamodb = new AppSession().client(DynamoDB);
const TableName = process.env.TABLE;
for (let number = 0; number < 6; number++) {
	await dynamodb.putItem({
		TableName,
		Item: {
			pk: { S: "queries" },
			sk: { S: String(number) },
			even: { BOOL: number % 2 === 0 },
			size: { N: String(number * 10) },
		},
	});
}

function query(more: Partial<QueryCommandInput>, values: Record<string, AttributeValue> = {}) {
	return dynamodb.query({
		TableName,
		KeyConditionExpression: "pk = :pk",
		ExpressionAttributeValues: { ":pk": { S: "queries" }, ...values },
		...more,
	});
}

const { Items: reverse = [] } = await query({ ScanIndexForward: false, Limit: 2 });
console.log(JSON.stringify(reverse.map((item) => item.sk?.S)));
const large = await query(
	{ FilterExpression: "#size > :size AND even = :even", ExpressionAttributeNames: { "#size": "size" } },
	{ ":size": { N: "10" }, ":even": { BOOL: true } },
);
console.log(JSON.stringify(large.Items?.map((item) => item.size?.N)));
console.log(JSON.stringify({ found: large.Count, read: large.ScannedCount }));
console.log(JSON.stringify((await query({ ProjectionExpression: "sk" })).Items?.[0]));
console.log(JSON.stringify((await query({ Select: "COUNT" })).Count));
for (let number = 0; number < 6; number++) {
	const Key = { pk: { S: "queries" }, sk: { S: String(number) } };
	await dynamodb.deleteItem({ TableName, Key });
}
