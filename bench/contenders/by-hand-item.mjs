// A typical program without a library, up to the first item of DynamoDB.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { announce } from "./announce.mjs";
import { credentialsByHand } from "./by-hand-credentials.mjs";

const { accessKeyId, secretAccessKey, sessionToken } = await credentialsByHand();
const dynamodb = new DynamoDBClient({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
const { Item } = await dynamodb.send(
	new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: "item" }, sk: { S: "first" } } }),
);
announce(Item.pk.S);
