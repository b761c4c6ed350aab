// Change an item that others change too: read, write with a condition, and try again.
import { ConditionalCheckFailedException, DynamoDB } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const dynamodb = new AppSession().client(DynamoDB);
const [TableName, Key] = [process.env.TABLE, { pk: { S: "locked" }, sk: { S: "1" } }];
await dynamodb.putItem({ TableName, Item: { ...Key, n: { N: "0" }, version: { N: "0" } } });

async function add(amount: number, interrupt?: () => Promise<unknown>): Promise<number> {
	for (let attempts = 1; ; attempts++) {
		const { Item } = await dynamodb.getItem({ TableName, Key, ConsistentRead: true });
		if (attempts === 1) await interrupt?.();
		const version = Number(Item?.version?.N);
		try {
			await dynamodb.updateItem({
				TableName,
				Key,
				UpdateExpression: "SET n = :n, version = :next",
				ConditionExpression: "version = :version",
				ExpressionAttributeValues: {
					":n": { N: String(Number(Item?.n?.N) + amount) },
					":version": { N: String(version) },
					":next": { N: String(version + 1) },
				},
			});
			return attempts;
		} catch (error) {
			if (!(error instanceof ConditionalCheckFailedException)) throw error;
		}
	}
}

console.log(JSON.stringify(await add(1)));
console.log(JSON.stringify(await add(10, () => add(100))));
const { Attributes } = await dynamodb.deleteItem({ TableName, Key, ReturnValues: "ALL_OLD" });
console.log(JSON.stringify(Attributes?.n?.N));
