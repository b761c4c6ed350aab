// This package and the SDK's client for DynamoDB, with all settings from the environment.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";
import { announce } from "./announce.mjs";

const loadedAt = performance.now();
const session = new AppSession(process.argv.includes("serial") ? { connectAhead: false } : {});
const dynamodb = session.client(DynamoDBClient);
const { Item } = await dynamodb.send(
	new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: "item" }, sk: { S: "first" } } }),
);
announce(Item.pk.S, { loadedAt });
