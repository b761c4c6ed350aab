import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AppSession, isEchoStreamError } from "echostream-botocore";
import type { LocalTenantOptions } from "echostream-local";

export const options: LocalTenantOptions = { name: "local" };

async function main(): Promise<string> {
	const session = new AppSession();
	const { accessKeyId } = await session.credentials();
	const { table } = await session.describeTenant();
	const dynamodb = session.client(DynamoDBClient, { maxAttempts: 2 });
	const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
	// @ts-expect-error: clients are fully inferred, and so a misspelt option does not compile.
	session.client(DynamoDBClient, { maxAttempt: 2 });
	return `${accessKeyId.slice(0, 4)} ${Table?.TableName}`;
}

main().then(console.log, (error: unknown) => {
	const code: string = isEchoStreamError(error) ? error.code : "unknown";
	console.log(code);
});
