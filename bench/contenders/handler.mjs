// A Lambda function that reads an item. START is what it does while the environment is initialized.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const dynamodb = session.client(DynamoDBClient);
const start = () => session.describeTenant().catch(() => undefined);
let tenant;
if (process.env.START === "not awaited") void start();
if (process.env.START === "awaited") tenant = await start();

export async function handler() {
	tenant ??= await session.describeTenant();
	const Key = { pk: { S: "item" }, sk: { S: "first" } };
	const { Item } = await dynamodb.send(new GetItemCommand({ TableName: tenant.table, Key }));
	return Item.pk.S;
}
