// Registers handlers of events for a client of the AWS SDK, on a tenant. Prints which are called, and whether a header that one adds is
// signed.
import { AppSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";

const tenant = await LocalTenant.start();
Object.assign(process.env, tenant.environment({ app: "external-app" }));

const { DynamoDBClient, GetItemCommand } = await import(process.argv[2]);
const session = new AppSession();
const client = session.client(DynamoDBClient, { endpoint: tenant.url, region: tenant.region });
const printed = [];
session.register("*", ({ eventName }) => void printed.push(eventName.split(".")[0]));
session.register("before-sign.dynamodb.GetItem", ({ request }) => {
	request.headers["x-trace"] = "42";
});
session.register(
	"before-send",
	({ request }) => void printed.push(/SignedHeaders=\S*x-trace/.test(request.headers.authorization)),
);
const Key = { pk: { S: "1" }, sk: { S: "1" } };
await client.send(new GetItemCommand({ TableName: tenant.table, Key }));
console.log(printed.join(" "));
session.destroy();
await tenant.stop();
