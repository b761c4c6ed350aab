// Create a table, wait until it exists, use it, and delete it.
import {
	DynamoDB,
	ResourceNotFoundException,
	waitUntilTableExists,
	waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { ApiSession } from "echostream-botocore";

const dynamodb = new ApiSession().client(DynamoDB);
const TableName = `own-${process.env.RUN}`;

await dynamodb.createTable({
	TableName,
	AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
	KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
	BillingMode: "PAY_PER_REQUEST",
});
const waiting = { client: dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 30 };
await waitUntilTableExists(waiting, { TableName });
const { Table } = await dynamodb.describeTable({ TableName });
console.log(JSON.stringify({ status: Table?.TableStatus, key: Table?.KeySchema?.[0]?.AttributeName }));

await dynamodb.putItem({ TableName, Item: { id: { N: "1" } } });
console.log(JSON.stringify((await dynamodb.scan({ TableName })).Count));

await dynamodb.deleteTable({ TableName });
await waitUntilTableNotExists(waiting, { TableName });
try {
	await dynamodb.describeTable({ TableName });
} catch (error) {
	if (!(error instanceof ResourceNotFoundException)) throw error;
	console.log(JSON.stringify("deleted"));
}
