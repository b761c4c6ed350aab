// As a cross-account app, use the table through EchoStream and a queue with the credentials of this account.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SQS } from "@aws-sdk/client-sqs";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const dynamodb = session.client(DynamoDB);
const sqs = session.client(SQS, { credentials: defaultProvider() }); // for this client only
const { TABLE: TableName, QUEUE_URL: QueueUrl } = process.env;

console.log(JSON.stringify(session.getCredentials().method));
const key = { pk: { S: "cross-account" }, sk: { S: "1" } };
await dynamodb.putItem({ TableName, Item: { ...key, state: { S: "seen" } } });

await sqs.sendMessage({ QueueUrl, MessageBody: JSON.stringify(key) });
const { Messages: [message] = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 });
const { Item } = await dynamodb.getItem({ TableName, Key: JSON.parse(message?.Body ?? "") });
console.log(JSON.stringify(Item));
await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message?.ReceiptHandle });
await dynamodb.deleteItem({ TableName, Key: key });
