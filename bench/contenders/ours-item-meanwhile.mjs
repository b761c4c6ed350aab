// This package, and the SDK's client for DynamoDB, which is loaded while the user signs in. All settings from the environment.
import { AppSession } from "echostream-botocore";
import { announce } from "./announce.mjs";

const loadedAt = performance.now();
const session = new AppSession();
session.ready().catch(() => {}); // the call below has the same error
const { DynamoDBClient, GetItemCommand } = await import("@aws-sdk/client-dynamodb");
const dynamodb = session.client(DynamoDBClient);
const { Item } = await dynamodb.send(
	new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: "item" }, sk: { S: "first" } } }),
);
announce(Item.pk.S, { loadedAt });
