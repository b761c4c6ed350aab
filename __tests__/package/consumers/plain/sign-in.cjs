const { DescribeTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { AppSession } = require("echostream-botocore");

/** Signs in, uses a client, and returns the kind of access key, and the table. */
async function signIn() {
	const session = new AppSession();
	const { accessKeyId } = await session.credentials();
	const { table } = await session.describeTenant();
	const { Table } = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: table }));
	return `${accessKeyId.slice(0, 4)} ${Table.TableName}`;
}

module.exports = { signIn };
