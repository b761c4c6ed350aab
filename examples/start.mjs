// The main job, end to end: `npm start`.
//
// If the environment names a tenant (APPSYNC_ENDPOINT and so on), this works in that one, and only reads. Otherwise it starts
// a local tenant, whose credentials live twelve seconds, so that a refresh can be watched.
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

// On Node 20 the AWS SDK would tell, in the midst of all this, that it will want Node 22 from January 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const started = performance.now();
const say = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(2).padStart(6)} s  ${text}`);
const seconds = (ms) => `${Math.round(ms / 100) / 10} s`;

function tell(event) {
	if (event.type === "login") say(`logged in as ${event.username} (SRP: the password itself was never sent)`);
	if (event.type === "tokensRenewed") say("access token renewed");
	if (event.type === "credentialsRefreshed") {
		const how = { first: "fetched", advisory: "refreshed in the background", mandatory: "refreshed" };
		say(`AWS credentials ${how[event.reason] ?? event.reason}: good for ${seconds(event.expiresInMs)}`);
	}
	if (event.type === "refreshFailed") say(`no refresh: ${event.error.message}`);
}

if (process.env.APPSYNC_ENDPOINT) await readOnly();
else await onLocalTenant();

async function onLocalTenant() {
	const { LocalTenant } = await import("echostream-local");
	const tenant = await LocalTenant.start({ credentials: { maxSeconds: 12 } });
	say(`local tenant "${tenant.name}" listens on ${tenant.url}`);
	Object.assign(process.env, tenant.environment({ app: "external-app" }));
	const session = new AppSession({ onEvent: tell });
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
	say(`tenant ${name} is in ${region}, its table is ${table}`);
	const QueueUrl = tenant.queueUrl(`app-${session.app}`);

	const Key = { pk: { S: "greeting" }, sk: { S: "1" } };
	await dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...Key, text: { S: "hello" } } }));
	const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
	say(`wrote and read an item: ${Item?.text?.S}`);

	await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello, queue" }));
	const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
	for (const { Body, ReceiptHandle } of Messages) {
		await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
		say(`sent and received a message: ${Body}`);
	}

	say("reading on, until the credentials have been refreshed once ...");
	const isRefreshed = () => tenant.ledger.count("getAwsCredentials") > 1;
	let calls = 0;
	while (!isRefreshed()) {
		await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
		calls++;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
	say(`${calls + 1} reads meanwhile, none waited, none failed`);
	const { ledger } = tenant;
	const counted = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"].map(
		(name) => `${name} ${ledger.count(name)}`,
	);
	say(`requests to sign in and stay so: ${counted.join(", ")}`);
}

async function readOnly() {
	const session = new AppSession({ onEvent: tell });
	const tenant = await session.describeTenant();
	const app = await session.describeApp();
	say(`app ${app.name} (${app.type}) in tenant ${tenant.name}, region ${tenant.region}, table ${tenant.table}`);
	try {
		const { Table } = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: tenant.table }));
		say(`the table holds about ${Table?.ItemCount} items`);
	} catch (error) {
		say(`this app may not look at the table (${error.name})`);
	}
	await session.credentials({ forceRefresh: true });
	say("nothing was written");
	session.destroy();
}
