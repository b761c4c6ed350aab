// Read the same pages twice, with the same arguments.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new AppSession(), services: { dynamodb: DynamoDB } });
const dynamodb = session.client("dynamodb");
const TableName = process.env.TABLE;
for (let number = 0; number < 8; number++) {
	const Item = { pk: { S: "twice" }, sk: { S: String(number) } };
	await dynamodb.putItem({ TableName, Item });
}

const args = {
	TableName,
	KeyConditionExpression: "pk = :pk",
	ExpressionAttributeValues: { ":pk": { S: "twice" } },
};
const paginator = dynamodb.getPaginator("query");
for (let time = 0; time < 2; time++) {
	const counts = [];
	for await (const page of paginator.paginate({ PaginationConfig: { PageSize: 3 }, ...args })) {
		counts.push(page.Count);
	}
	console.log(JSON.stringify(counts));
}

for (let number = 0; number < 8; number++) {
	const Key = { pk: { S: "twice" }, sk: { S: String(number) } };
	await dynamodb.deleteItem({ TableName, Key });
}
