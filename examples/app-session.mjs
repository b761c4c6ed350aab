// An app's session: what it is, its table, its queue. `npm run examples -- app-session`
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession(); // settings from the environment; nothing is sent yet
const dynamodb = session.client(DynamoDBClient);

const app = await session.describeApp();
const { region, table } = await session.describeTenant();
console.log(`${app.name} is an ${app.type} in ${region}, with the configuration`, app.config);

const Key = { pk: { S: "greeting" }, sk: { S: app.name } };
await dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...Key, text: { S: "hello" } } }));
const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
console.log("The table says", Item?.text?.S);

session.destroy();
