import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AppSession } from "echostream-botocore";

/** Signs in, uses a client, and returns the kind of access key, and the table. */
export async function signIn() {
	const session = new AppSession();
	const { accessKeyId } = await session.credentials();
	const { table } = await session.describeTenant();
	const { Table } = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: table }));
	return `${accessKeyId.slice(0, 4)} ${Table.TableName}`;
}
