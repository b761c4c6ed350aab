// This package with a FileStore, whose entry another process has written, up to the first item of DynamoDB.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";
import { FileStore } from "echostream-botocore/stores";
import { announce } from "./announce.mjs";

const loadedAt = performance.now();
const session = new AppSession({ store: new FileStore(process.env.STORE_FOLDER) });
const dynamodb = session.client(DynamoDBClient);
const { Item } = await dynamodb.send(
	new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: "item" }, sk: { S: "first" } } }),
);
announce(Item.pk.S, { loadedAt });
