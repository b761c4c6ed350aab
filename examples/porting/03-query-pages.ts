// Read all pages of a partition of the table.
import { DynamoDB, paginateQuery } from "@aws-sdk/client-dynamodb";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const dynamodb = session.client(DynamoDB);
const { table } = await session.describeTenant();
const keyOf = (number: number) => ({ pk: { S: "pages" }, sk: { S: String(number).padStart(3, "0") } });

for (let number = 0; number < 7; number++) {
	await dynamodb.putItem({ TableName: table, Item: { ...keyOf(number), n: { N: String(number) } } });
}

const pages = paginateQuery(
	{ client: dynamodb, pageSize: 3 },
	{
		TableName: table,
		KeyConditionExpression: "pk = :pk",
		ExpressionAttributeValues: { ":pk": { S: "pages" } },
	},
);
for await (const { Items = [] } of pages) {
	console.log(JSON.stringify(Items.map((item) => Number(item.n?.N))));
}

for (let number = 0; number < 7; number++) {
	await dynamodb.deleteItem({ TableName: table, Key: keyOf(number) });
}
