// A whole tenant, as one of its API users: write an item, read it back.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession(); // the region is the tenant's own, unless you name another
const dynamodb = session.client(DynamoDB);
const { table } = await session.describeTenant();

const key = { pk: { S: "greeting" }, sk: { S: "first" } };
await dynamodb.putItem({ TableName: table, Item: { ...key, text: { S: "hello" } } });
const { Item } = await dynamodb.getItem({ TableName: table, Key: key });
console.log(JSON.stringify(Item));
await dynamodb.deleteItem({ TableName: table, Key: key });
