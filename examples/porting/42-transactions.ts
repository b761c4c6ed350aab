// Move money between accounts in transactions, and read why one was cancelled.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ClientError, Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new AppSession(), services: { dynamodb: DynamoDB } });
const dynamodb = session.client("dynamodb");
const table = session.resource("dynamodb").Table(String(process.env.TABLE));

function key(account: string) {
	return { pk: { S: "accounts" }, sk: { S: account } };
}

async function balances(...accounts: string[]) {
	const gets = accounts.map((account) => ({ Get: { TableName: table.name, Key: key(account) } }));
	const { Responses } = await dynamodb.transactGetItems({ TransactItems: gets });
	return Responses?.map(({ Item }) => (Item === undefined ? null : Number(Item.balance?.N)));
}

async function transfer(source: string, target: string, amount: number, token: string) {
	await dynamodb.transactWriteItems({
		TransactItems: [
			{
				Update: {
					TableName: table.name,
					Key: key(source),
					UpdateExpression: "SET balance = balance - :amount",
					ConditionExpression: "balance >= :amount",
					ExpressionAttributeValues: { ":amount": { N: String(amount) } },
					ReturnValuesOnConditionCheckFailure: "ALL_OLD",
				},
			},
			{
				Update: {
					TableName: table.name,
					Key: key(target),
					UpdateExpression: "SET balance = balance + :amount",
					ConditionExpression: "attribute_exists(pk)",
					ExpressionAttributeValues: { ":amount": { N: String(amount) } },
				},
			},
		],
		ClientRequestToken: `${token}-${process.env.RUN}`,
	});
}

await table.meta.client.transactWriteItems({
	TransactItems: [
		{ Put: { TableName: table.name, Item: { pk: "accounts", sk: "ada", balance: 100 } } },
		{ Put: { TableName: table.name, Item: { pk: "accounts", sk: "alan", balance: 20 } } },
	],
});
await transfer("ada", "alan", 30, "first");
await transfer("ada", "alan", 30, "first");
console.log(JSON.stringify(await balances("ada", "alan", "grace")));

for (const [source, target] of [
	["ada", "alan"],
	["alan", "grace"],
] as const) {
	try {
		await transfer(source, target, source === "alan" ? 60 : 500, "cancelled");
	} catch (error) {
		if (!(error instanceof dynamodb.exceptions.TransactionCanceledException)) throw error;
		console.log(JSON.stringify(error.response.Error.Message));
		for (const reason of error.response.CancellationReasons ?? []) {
			console.log(JSON.stringify([reason.Code, reason.Message ?? null, reason.Item ?? null]));
		}
	}
}
console.log(JSON.stringify(await balances("ada", "alan")));

try {
	await transfer("alan", "ada", 1, "first");
} catch (error) {
	if (!(error instanceof ClientError)) throw error;
	console.log(JSON.stringify(error.response.Error.Code));
}

const { Responses } = await table.meta.client.transactGetItems({
	TransactItems: [
		{
			Get: {
				TableName: table.name,
				Key: { pk: "accounts", sk: "ada" },
				ProjectionExpression: "#b",
				ExpressionAttributeNames: { "#b": "balance" },
			},
		},
	],
});
console.log(JSON.stringify(Responses?.map(({ Item }) => Item?.balance)));
await table.meta.client.transactWriteItems({
	TransactItems: [
		{
			ConditionCheck: {
				TableName: table.name,
				Key: { pk: "accounts", sk: "grace" },
				ConditionExpression: "attribute_not_exists(pk)",
			},
		},
		...["ada", "alan"].map((sk) => ({ Delete: { TableName: table.name, Key: { pk: "accounts", sk } } })),
	],
});
console.log(JSON.stringify(await balances("ada", "alan")));
