import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { clientConfig, credentialsOf, plainSignIn, signed } from "../tenant-client.ts";

test("groups of users and audit records survive a restart", async () => {
	const data = mkdtempSync(join(tmpdir(), "kept-groups-"));
	// Another port, because fetch would use the connections of the first one again.
	const options = { ...plainSignIn, data, port: 0 };
	const client = async (tenant: LocalTenant) =>
		new CognitoIdentityProvider(clientConfig(tenant, await credentialsOf(tenant, { apiUser: "admin" })));
	try {
		{
			await using tenant = await LocalTenant.start(options);
			const cognito = await client(tenant);
			const UserPoolId = tenant.userPool.id;
			await cognito.createGroup({ UserPoolId, GroupName: "g", Precedence: 3 });
			await cognito.adminCreateUser({ UserPoolId, Username: "eve" });
			await cognito.adminAddUserToGroup({ UserPoolId, Username: "eve", GroupName: "g" });
			const { init, url } = await signed(tenant, await credentialsOf(tenant, { app: "external-app" }), {
				service: "lambda",
				path: "/audit-records/external-app/external-app-node",
				body: '{"messageType":"echo.text","auditRecords":[{"datetime":"d","trackingId":"t"}]}',
			});
			expect((await fetch(url, init)).status).toBe(200);
		}
		await using tenant = await LocalTenant.start(options);
		const user = { UserPoolId: tenant.userPool.id, Username: "eve" };
		const { Groups } = await (await client(tenant)).adminListGroupsForUser(user);
		expect(Groups).toMatchObject([{ GroupName: "g", Precedence: 3 }]);
		expect(tenant.auditRecords).toMatchObject([{ node: "external-app-node", record: { trackingId: "t" } }]);
	} finally {
		rmSync(data, { recursive: true, force: true });
	}
});
