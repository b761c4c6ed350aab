// As an API user of a whole tenant, write an item and read it.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession(); // uses the region of the tenant unless you set one
const dynamodb = session.client(DynamoDB);
const { table } = await session.describeTenant();

const key = { pk: { S: "greeting" }, sk: { S: "first" } };
await dynamodb.putItem({ TableName: table, Item: { ...key, text: { S: "hello" } } });
const { Item } = await dynamodb.getItem({ TableName: table, Key: key });
console.log(JSON.stringify(Item));
await dynamodb.deleteItem({ TableName: table, Key: key });
