// Keep sets, bytes, large numbers and nested values in the table, without types of DynamoDB.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new AppSession(), services: { dynamodb: DynamoDB } });
const table = session.resource("dynamodb").Table(String(process.env.TABLE));
const Key = { pk: "plain", sk: "1" };

await table.putItem({
	Item: {
		...Key,
		names: new Set(["ada", "alan"]),
		bytes: new Uint8Array([0x00, 0xff]),
		number: 12345678901234567890n,
		nested: { list: [1, "two", null, true] },
	},
});
const { Item } = await table.getItem({ Key });
console.log(JSON.stringify([...(Item?.names ?? [])].sort()));
console.log(JSON.stringify([...(Item?.bytes ?? [])]));
console.log(JSON.stringify(String(Item?.number)));
console.log(JSON.stringify(Item?.nested));
await table.deleteItem({ Key });
