// Create a table, wait until it exists, use it, and delete it.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { dynamodb: DynamoDB } });
const dynamodb = session.client("dynamodb");
const TableName = `own-${process.env.RUN}`;

await dynamodb.createTable({
	TableName,
	AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
	KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
	BillingMode: "PAY_PER_REQUEST",
});
await dynamodb.getWaiter("table_exists").wait({ TableName, WaiterConfig: { Delay: 1, MaxAttempts: 30 } });
const { Table } = await dynamodb.describeTable({ TableName });
console.log(JSON.stringify({ status: Table?.TableStatus, key: Table?.KeySchema?.[0]?.AttributeName }));

await dynamodb.putItem({ TableName, Item: { id: { N: "1" } } });
console.log(JSON.stringify((await dynamodb.scan({ TableName })).Count));

await dynamodb.deleteTable({ TableName });
await dynamodb.getWaiter("table_not_exists").wait({ TableName, WaiterConfig: { Delay: 1, MaxAttempts: 30 } });
try {
	await dynamodb.describeTable({ TableName });
} catch (error) {
	if (!(error instanceof dynamodb.exceptions.ResourceNotFoundException)) throw error;
	console.log(JSON.stringify("deleted"));
}
