// The quick start: `npm start`.
//
// If environment variables name a tenant (APPSYNC_ENDPOINT and so on), the program uses that tenant, and only reads from it.
// Otherwise it starts a local tenant, whose credentials expire after 12 seconds, so that you can watch a refresh.
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

// Without this, the AWS SDK prints a warning on Node 20: it requires Node 22 from January 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const started = performance.now();
const print = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(2).padStart(6)} s  ${text}`);
const seconds = (ms) => `${Math.round(ms / 100) / 10} s`;

function report(event) {
	if (event.type === "signIn") print(`signed in as ${event.username} (by SRP, which does not send the password)`);
	if (event.type === "tokensRenewed") print("access token renewed");
	if (event.type === "credentialsRefreshed") {
		const how = { first: "fetched", advisory: "refreshed in the background", mandatory: "refreshed" };
		print(`AWS credentials ${how[event.reason] ?? event.reason}, valid for ${seconds(event.expiresInMs)}`);
	}
	if (event.type === "refreshFailed") print(`refresh failed: ${event.error.message}`);
}

if (process.env.APPSYNC_ENDPOINT) await readOnly();
else await onLocalTenant();

async function onLocalTenant() {
	const { LocalTenant } = await import("echostream-local");
	const tenant = await LocalTenant.start({ credentials: { maxSeconds: 12 } });
	print(`started a local tenant at ${tenant.url}`);
	Object.assign(process.env, tenant.environment({ app: "external-app" }));
	const session = new AppSession({ onEvent: report });
	try {
		await workIn(tenant, session);
	} finally {
		session.destroy();
		await tenant.stop();
	}
}

async function workIn(tenant, session) {
	const dynamodb = session.client(DynamoDBClient);
	const sqs = session.client(SQSClient);

	const { name, region, table } = await session.describeTenant();
	print(`the tenant ${name} has the region ${region} and the table ${table}`);
	const QueueUrl = tenant.queueUrl(`app-${session.app}`);

	const Key = { pk: { S: "greeting" }, sk: { S: "1" } };
	await dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...Key, text: { S: "hello" } } }));
	const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
	print(`wrote an item and read it: ${Item?.text?.S}`);

	await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello, queue" }));
	const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
	for (const { Body, ReceiptHandle } of Messages) {
		await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
		print(`sent a message and received it: ${Body}`);
	}

	print("reading until the credentials have been refreshed ...");
	const isRefreshed = () => tenant.requestLog.count("getAwsCredentials") > 1;
	let calls = 0;
	while (!isRefreshed()) {
		await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
		calls++;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
	print(`${calls + 1} reads succeeded meanwhile`);
	const { requestLog } = tenant;
	const counted = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"].map(
		(name) => `${name} ${requestLog.count(name)}`,
	);
	print(`requests to sign in and refresh: ${counted.join(", ")}`);
}

async function readOnly() {
	const session = new AppSession({ onEvent: report });
	const tenant = await session.describeTenant();
	const app = await session.describeApp();
	print(`app ${app.name} (${app.type}), tenant ${tenant.name}, region ${tenant.region}, table ${tenant.table}`);
	try {
		const { Table } = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: tenant.table }));
		print(`the table has about ${Table?.ItemCount} items`);
	} catch (error) {
		print(`the app has no access to the table (${error.name})`);
	}
	await session.credentials({ forceRefresh: true });
	print("done, without writing anything");
	session.destroy();
}
