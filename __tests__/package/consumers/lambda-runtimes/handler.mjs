import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
// The oldest releases of the SDK do not read this variable.
const dynamodb = session.client(DynamoDBClient, { endpoint: process.env.AWS_ENDPOINT_URL });

export async function handler() {
	const { table } = await session.describeTenant();
	const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
	return Table?.TableName;
}
