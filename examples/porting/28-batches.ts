// Write, read and delete more items than fit into one batch, and lose none.
import { setTimeout } from "node:timers/promises";
import { type AttributeValue, DynamoDB, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

type Key = Record<string, AttributeValue>;

const dynamodb = new AppSession().client(DynamoDB);
const table = String(process.env.TABLE);
const keys: Key[] = Array.from({ length: 60 }, (_, number) => ({
	pk: { S: "batches" },
	sk: { S: String(number).padStart(3, "0") },
}));

async function write(requests: WriteRequest[]): Promise<void> {
	const waiting = [...requests];
	while (waiting.length > 0) {
		const batch = waiting.splice(0, 25);
		const response = await dynamodb.batchWriteItem({ RequestItems: { [table]: batch } });
		const unprocessed = response.UnprocessedItems?.[table] ?? [];
		waiting.push(...unprocessed);
		if (unprocessed.length > 0) await setTimeout(100);
	}
}

async function read(wanted: Key[]): Promise<Key[]> {
	const [found, waiting] = [[] as Key[], [...wanted]];
	while (waiting.length > 0) {
		const batch = waiting.splice(0, 100);
		const response = await dynamodb.batchGetItem({ RequestItems: { [table]: { Keys: batch } } });
		found.push(...(response.Responses?.[table] ?? []));
		waiting.push(...(response.UnprocessedKeys?.[table]?.Keys ?? []));
	}
	return found;
}

await write(keys.map((Item) => ({ PutRequest: { Item } })));
console.log(JSON.stringify((await read(keys)).length));
await write(keys.map((Key) => ({ DeleteRequest: { Key } })));
console.log(JSON.stringify((await read(keys)).length));
