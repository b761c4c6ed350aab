// Runs a tenant with the data folder of its argument, until it is killed. Prints what a client needs.
import { LocalTenant } from "../../dist/esm/index.js";

const options = { data: process.argv[2], userPool: { authFlows: ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"] } };
const tenant = await LocalTenant.start(options);
const { name, region, table, url } = tenant;
const [queue] = tenant.directory.queues();
const environments = {
	admin: tenant.environment({ apiUser: "admin" }),
	app: tenant.environment({ app: "external-app" }),
};
console.log(JSON.stringify({ name, region, table, url, queueUrl: tenant.queueUrl(queue), environments }));
