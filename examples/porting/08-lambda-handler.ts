// Handle events in an AWS Lambda function, with one session for each execution environment.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession(); // sends nothing yet; refreshes in the handler when it must, also after a long freeze
const dynamodb = session.client(DynamoDB);
const TableName = process.env.TABLE;

export async function handler(event: { name: string; by: number }, context: { awsRequestId: string }) {
	const { Attributes } = await dynamodb.updateItem({
		TableName,
		Key: { pk: { S: "counter" }, sk: { S: event.name } },
		UpdateExpression: "ADD #count :by",
		ExpressionAttributeNames: { "#count": "count" },
		ExpressionAttributeValues: { ":by": { N: String(event.by) } },
		ReturnValues: "UPDATED_NEW",
	});
	return {
		name: event.name,
		count: Number(Attributes?.count?.N),
		requestId: context.awsRequestId,
	};
}

if (process.env.AWS_LAMBDA_FUNCTION_NAME === undefined) {
	// Outside AWS Lambda, call the handler as AWS Lambda does.
	for (const by of [1, 2, 3]) {
		console.log(JSON.stringify(await handler({ name: "visits", by }, { awsRequestId: `r${by}` })));
	}
	await dynamodb.deleteItem({ TableName, Key: { pk: { S: "counter" }, sk: { S: "visits" } } });
}
