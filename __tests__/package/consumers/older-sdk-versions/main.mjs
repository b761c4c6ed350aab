// Calls of a client of the AWS SDK, on a tenant whose clock is not that of this machine: with new credentials, with revoked
// ones, with their replacement, and with static ones. Prints how each ten calls end, and how many requests are sent for them and
// for credentials.
import { AppSession } from "echostream-botocore";
import { LocalTenant, ManualClock } from "echostream-local";

const clock = new ManualClock();
const tenant = await LocalTenant.start({ clock });
Object.assign(process.env, tenant.environment({ app: "external-app" }));

const { DynamoDBClient, GetItemCommand } = await import(process.argv[2]);
const session = new AppSession({ clock });
const client = session.client(DynamoDBClient, { endpoint: tenant.url, maxAttempts: 1, region: tenant.region });
const Key = { pk: { S: "1" }, sk: { S: "1" } };
const read = () =>
	client.send(new GetItemCommand({ TableName: tenant.table, Key })).then(
		() => "read",
		(error) => error.name,
	);
const reads = async () => {
	tenant.requestLog.clear();
	const ends = new Set(await Promise.all(Array.from({ length: 10 }, read)));
	const { requestLog } = tenant;
	return [...ends, requestLog.count("GetItem"), requestLog.count("getAwsCredentials")].join(" ");
};
const printed = [await reads()];
tenant.revokeAccessKeys();
printed.push(await reads(), await reads());
session.setCredentials("AKIAEXPLICIT", "explicit");
printed.push(await reads());
console.log(printed.join(", "));
session.destroy();
await tenant.stop();
