// The SDK's client for DynamoDB alone, with AWS credentials that the program has from the start.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { announce } from "./announce.mjs";

const { ACCESS_KEY_ID: accessKeyId, SECRET_ACCESS_KEY: secretAccessKey, SESSION_TOKEN: sessionToken } = process.env;
const dynamodb = new DynamoDBClient({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
const { Item } = await dynamodb.send(
	new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: "item" }, sk: { S: "first" } } }),
);
announce(Item.pk.S);
