// The local tenant and Apollo, required.
const { DescribeTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { AppSession } = require("echostream-botocore");
const { apolloClient } = require("echostream-botocore/apollo");
const { LocalTenant } = require("echostream-local");

async function main() {
	const tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ app: "external-app" }));
	const session = new AppSession();
	apolloClient(session).stop();
	const { Table } = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: tenant.table }));
	const { accessKeyId } = await session.credentials();
	console.log(accessKeyId.slice(0, 4), Table.TableName);
	session.destroy();
	await tenant.stop();
}

void main();
