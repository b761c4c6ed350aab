// npm run soak:tenant: signs in 1,000 times and sends 20,000 signed requests to a local tenant in a process of its own, and prints the memory of
// that process as JSON, after garbage collection: once half of it is done, and at the end. Fails if a request fails, or if the second half
// needs more than 10 MB of memory.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SIGN_INS = 1000;
const REQUESTS = 20_000;
const AT_ONCE = 20;
const MAX_GROWTH = 10 * 2 ** 20;

await (process.send === undefined ? runSoak() : runTenant());

/** The tenant's process: prints its variables, and its memory on request. */
async function runTenant() {
	const { LocalTenant } = await import("../packages/local/dist/esm/index.js");
	const tenant = await LocalTenant.start({ userPool: { devices: "always" } });
	process.send({ environment: tenant.environment({ apiUser: "admin" }), table: tenant.table });
	process.on("message", async (message) => {
		if (message === "stop") return tenant.stop().then(() => process.disconnect());
		globalThis.gc();
		const { arrayBuffers, heapUsed, rss } = process.memoryUsage();
		process.send({ heap: heapUsed + arrayBuffers, rss, logged: tenant.requestLog.since().length });
	});
}

async function runSoak() {
	const { DynamoDBClient, GetItemCommand, PutItemCommand } = await import("@aws-sdk/client-dynamodb");
	const { ReceiveMessageCommand, SQSClient } = await import("@aws-sdk/client-sqs");
	const { ApiSession, Cognito } = await import("../dist/esm/index.js");
	const child = fork(fileURLToPath(import.meta.url), { execArgv: ["--expose-gc"] });
	const [{ environment, table: TableName }] = await once(child, "message");
	const { APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = environment;
	const options = { clientId: CLIENT_ID, endpoint: AWS_ENDPOINT_URL, userPoolId: USER_POOL_ID, username: USER_NAME };
	const newUser = () => new Cognito({ ...options, password: PASSWORD });
	const user = newUser();
	const session = new ApiSession({ appsyncEndpoint: APPSYNC_ENDPOINT, cognito: user, tenant: TENANT });
	const dynamodb = session.client(DynamoDBClient, { endpoint: AWS_ENDPOINT_URL, maxAttempts: 1 });
	const sqs = session.client(SQSClient, { endpoint: AWS_ENDPOINT_URL, maxAttempts: 1 });
	const QueueUrl = `${AWS_ENDPOINT_URL}/000000000000/app-external-app`;

	const signIn = async () => {
		const one = newUser();
		await one.authenticate();
		one.destroy();
	};
	const sendRequest = (number) => {
		const Key = { pk: { S: String(number % 100) }, sk: { S: "1" } };
		if (number % 10 === 0) return sqs.send(new ReceiveMessageCommand({ QueueUrl }));
		return dynamodb.send(
			number % 2 === 0
				? new PutItemCommand({ TableName, Item: { ...Key, number: { N: String(number) } } })
				: new GetItemCommand({ TableName, Key }),
		);
	};
	const memory = async () => {
		child.send("memory");
		return (await once(child, "message"))[0];
	};
	const half = async () => {
		await times(SIGN_INS / 2, 4, signIn);
		await times(REQUESTS / 2, AT_ONCE, sendRequest);
		return memory();
	};

	const start = await memory();
	const middle = await half();
	const end = await half();
	session.destroy();
	user.destroy();
	child.send("stop");
	await once(child, "exit");

	const megabytes = (bytes) => Math.round(bytes / 2 ** 18) / 4;
	const growth = end.heap - middle.heap;
	const of = ({ heap, logged, rss }) => ({ heapMB: megabytes(heap), rssMB: megabytes(rss), requestLog: logged });
	const report = { signIns: SIGN_INS, requests: REQUESTS, start: of(start), middle: of(middle), end: of(end) };
	console.log(JSON.stringify({ ...report, growthOfSecondHalfMB: megabytes(growth) }, undefined, "\t"));
	if (growth > MAX_GROWTH) {
		console.error(`The second half needed ${megabytes(growth)} MB of memory, more than ${megabytes(MAX_GROWTH)}`);
		process.exitCode = 1;
	}
}

/** Calls a function `count` times, `atOnce` calls at a time. */
async function times(count, atOnce, call) {
	let next = 0;
	const work = async () => {
		while (next < count) await call(next++);
	};
	await Promise.all(Array.from({ length: atOnce }, work));
}
