// A jest test of a program in its own local tenant. `npm run examples -- local-tenant.test`
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { AppSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";

let tenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ app: "external-app" }));
});
afterAll(() => tenant.stop());

test("a call with revoked credentials succeeds after one refresh", async () => {
	const session = new AppSession();
	const read = new GetItemCommand({ TableName: tenant.table, Key: { pk: { S: "a" }, sk: { S: "b" } } });
	await session.client(DynamoDBClient).send(read);

	tenant.revokeAccessKeys();
	await session.client(DynamoDBClient).send(read);

	expect(tenant.requestLog.count("getAwsCredentials")).toBe(2);
	session.destroy();
});
