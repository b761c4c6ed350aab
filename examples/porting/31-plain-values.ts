// Keep sets, bytes, large numbers and nested values in the table, without types of DynamoDB.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { AppSession } from "echostream-botocore";

const digits = {
	unmarshallOptions: { wrapNumbers: (text: string) => (Number.isSafeInteger(+text) ? +text : BigInt(text)) },
};
const table = DynamoDBDocument.from(new AppSession().client(DynamoDBClient), digits);
const TableName = process.env.TABLE;
const Key = { pk: "plain", sk: "1" };

await table.put({
	TableName,
	Item: {
		...Key,
		names: new Set(["ada", "alan"]),
		bytes: new Uint8Array([0x00, 0xff]),
		number: 12345678901234567890n,
		nested: { list: [1, "two", null, true] },
	},
});
const { Item } = await table.get({ TableName, Key });
console.log(JSON.stringify([...(Item?.names ?? [])].sort()));
console.log(JSON.stringify([...(Item?.bytes ?? [])]));
console.log(JSON.stringify(String(Item?.number)));
console.log(JSON.stringify(Item?.nested));
await table.delete({ TableName, Key });
