// Write more items than fit into one batch, and let later ones replace earlier ones of the same key.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Attr, Key, Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new AppSession(), services: { dynamodb: DynamoDB } });
const table = session.resource("dynamodb").Table(String(process.env.TABLE));
const sortKey = (number: number) => String(number).padStart(3, "0");

{
	await using batch = table.batchWriter({ overwriteByPkeys: ["pk", "sk"] });
	for (let number = 0; number < 60; number++) {
		await batch.putItem({ Item: { pk: "writer", sk: sortKey(number), n: number } });
		if (number % 10 === 0) {
			await batch.putItem({ Item: { pk: "writer", sk: sortKey(number), n: -number } });
		}
	}
}

let response = await table.query({
	KeyConditionExpression: Key("pk").eq("writer").and(Key("sk").between("010", "040")),
	FilterExpression: Attr("n")
		.lt(0)
		.or(Attr("n").isIn([25, 35])),
});
console.log(JSON.stringify(response.Items?.map(({ n }) => n)));
response = await table.query({ KeyConditionExpression: Key("pk").eq("writer"), Select: "COUNT" });
console.log(JSON.stringify(response.Count));

{
	await using batch = table.batchWriter();
	for (let number = 0; number < 60; number++) {
		await batch.deleteItem({ Key: { pk: "writer", sk: sortKey(number) } });
	}
}
response = await table.query({ KeyConditionExpression: Key("pk").eq("writer"), Select: "COUNT" });
console.log(JSON.stringify(response.Count));
