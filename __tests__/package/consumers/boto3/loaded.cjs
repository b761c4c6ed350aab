// Prints the number of packages that are loaded at each step, without those of the client.
const { DynamoDB } = require("@aws-sdk/client-dynamodb");

const packages = () => {
	const names = Object.keys(require.cache).map(
		(path) => /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1],
	);
	return new Set(names.map((name) => name?.replace("\\", "/")));
};
const ofClient = packages();
const added = () => [...packages()].filter((name) => !ofClient.has(name)).sort();

async function main() {
	const { Session } = require("echostream-boto3");
	const imported = added();
	const credentials = { accessKeyId: "AK", secretAccessKey: "SK" };
	const session = new Session({ credentials, regionName: "us-east-1", services: { dynamodb: DynamoDB } });
	const table = session.resource("dynamodb", { endpoint: "http://127.0.0.1:1", maxAttempts: 1 }).Table("t");
	const created = added();
	await table.getItem({ Key: { pk: "a" } }).catch(() => {});
	console.log(
		JSON.stringify({ imported, created, called: added().filter((name) => !/@smithy|core$|tslib/.test(name)) }),
	);
}

void main();
