import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { clientConfig, codeOf, credentialsOf, plainSignIn, type TenantIdentity } from "../tenant-client.ts";

// An engine of the user's own: here a server of dynalite. `npm run test:interop` has a moto server.

const Item = { pk: { S: "a" }, sk: { S: "1" } };

let engine: Server;
let dynamodbEndpoint: string;
beforeAll(async () => {
	const { default: dynalite } = await import("dynalite" as string);
	engine = dynalite({ createTableMs: 0 }) as Server;
	engine.listen(0, "127.0.0.1");
	await once(engine, "listening");
	dynamodbEndpoint = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
});
afterAll(() => {
	engine.close();
});

async function client(tenant: LocalTenant, of: TenantIdentity): Promise<DynamoDB> {
	return new DynamoDB(clientConfig(tenant, await credentialsOf(tenant, of)));
}

test("an engine at dynamodbEndpoint has the tables of every tenant that uses it, behind the tenant's permissions", async () => {
	const start = () => LocalTenant.start({ ...plainSignIn, dynamodbEndpoint });
	await using first = await start();
	const TableName = first.table;
	await (await client(first, { app: "external-app" })).putItem({ TableName, Item });
	await using second = await start();
	expect((await (await client(second, { apiUser: "reader" })).scan({ TableName })).Items).toEqual([Item]);
	expect(await codeOf((await client(second, { apiUser: "reader" })).putItem({ TableName, Item }))).toBe(
		"AccessDeniedException",
	);
	expect(await codeOf((await client(second, { app: "cross-account-app" })).scan({ TableName }))).toBe(
		"AccessDeniedException",
	);
	const admin = await client(second, { apiUser: "admin" });
	expect(await codeOf(admin.getItem({ TableName: "none", Key: Item }))).toBe("ResourceNotFoundException");
	expect(await codeOf(admin.executeStatement({ Statement: "SELECT * FROM t" }))).toBe("UnknownOperationException");
});

test("an engine that cannot be reached is named in the error", async () => {
	await using tenant = await LocalTenant.start({ ...plainSignIn, dynamodbEndpoint: "http://127.0.0.1:9" });
	const admin = await client(tenant, { apiUser: "admin" });
	await expect(admin.listTables({})).rejects.toMatchObject({
		name: "InternalFailure",
		message: expect.stringMatching(/dynamodbEndpoint, http:\/\/127.0.0.1:9, has failed: .*ECONNREFUSED/),
	});
});
