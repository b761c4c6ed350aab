// A session of an app. Describes the app, writes to the table and reads from it. `npm run examples -- app-session`
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession(); // reads its settings from the environment, and sends nothing yet
const dynamodb = session.client(DynamoDBClient);

const app = await session.describeApp();
const { region, table } = await session.describeTenant();
console.log(`The app ${app.name} has the type ${app.type}, the region ${region} and the configuration`, app.config);

const Key = { pk: { S: "greeting" }, sk: { S: app.name } };
await dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...Key, text: { S: "hello" } } }));
const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
console.log("Read from the table:", Item?.text?.S);

session.destroy();
