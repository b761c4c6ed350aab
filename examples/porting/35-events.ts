// Change the requests of a client and look at its responses, with handlers of events.
import { DynamoDB, type GetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const dynamodb = new AppSession().client(DynamoDB);
const events = dynamodb.middlewareStack;
const seen: unknown[] = [];

events.add(
	(next) => (args) => {
		(args.input as { TableName?: string }).TableName ??= String(process.env.TABLE);
		return next(args);
	},
	{ step: "initialize", name: "addTable" },
);
events.add(
	(next) => async (args) => {
		const result = await next(args);
		seen.push((result.response as { statusCode: number }).statusCode);
		return result;
	},
	{ step: "deserialize", priority: "high" },
);

const key = { pk: { S: "events" }, sk: { S: "1" } };
await dynamodb.putItem({ Item: key } as never);
const { Item } = await dynamodb.getItem({ Key: key } as unknown as GetItemCommandInput);
console.log(JSON.stringify(Item));
await dynamodb.deleteItem({ Key: key } as never);
console.log(JSON.stringify(seen));
events.remove("addTable");
