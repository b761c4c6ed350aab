// Change the requests of clients and look at their responses, with handlers of events.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const seen: unknown[] = [];

function addTable({ params }: { params: { TableName?: string } }) {
	params.TableName ??= String(process.env.TABLE);
}

session.register("provide-client-params.dynamodb.*", addTable);
session.register("after-call.dynamodb", ({ httpResponse }) => void seen.push(httpResponse?.statusCode));

const dynamodb = session.client(DynamoDB);
const Key = { pk: { S: "events" }, sk: { S: "1" } };
await dynamodb.putItem({ Item: Key } as never);
const { Item } = await dynamodb.getItem({ Key } as never);
console.log(JSON.stringify(Item));
await dynamodb.deleteItem({ Key } as never);
console.log(JSON.stringify(seen));
session.unregister("provide-client-params.dynamodb.*", addTable);
