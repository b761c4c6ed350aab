import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { S3 } from "@aws-sdk/client-s3";
import { expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { clientConfig, credentialsOf, plainSignIn, signed } from "../tenant-client.ts";

test("objects with tags, uploads in parts, groups of users and audit records survive a restart", async () => {
	const data = mkdtempSync(join(tmpdir(), "kept-aws-"));
	const object = { Bucket: "bulk-data", Key: "a/ü" };
	// Another port, because fetch would use the connections of the first one again.
	const options = { ...plainSignIn, data, port: 0 };
	let UploadId: string | undefined;
	let ETag: string | undefined;
	async function clients(tenant: LocalTenant) {
		const config = clientConfig(tenant, await credentialsOf(tenant, { apiUser: "admin" }));
		return { s3: new S3(config), cognito: new CognitoIdentityProvider(config), UserPoolId: tenant.userPool.id };
	}
	try {
		{
			await using tenant = await LocalTenant.start(options);
			const { cognito, s3, UserPoolId } = await clients(tenant);
			await s3.putObject({ ...object, Body: new Uint8Array([0, 255, 128]), Tagging: "k=v", Metadata: { m: "1" } });
			({ UploadId } = await s3.createMultipartUpload({ ...object, Key: "parts" }));
			({ ETag } = await s3.uploadPart({ ...object, Key: "parts", UploadId, PartNumber: 1, Body: "part" }));
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
		const { cognito, s3, UserPoolId } = await clients(tenant);
		const kept = await s3.getObject(object);
		expect([await kept.Body?.transformToByteArray(), kept.TagCount, kept.Metadata]).toEqual([
			new Uint8Array([0, 255, 128]),
			1,
			{ m: "1" },
		]);
		const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
		await s3.completeMultipartUpload({ ...object, Key: "parts", UploadId, MultipartUpload });
		expect(await (await s3.getObject({ ...object, Key: "parts" })).Body?.transformToString()).toBe("part");
		const { Groups } = await cognito.adminListGroupsForUser({ UserPoolId, Username: "eve" });
		expect(Groups).toMatchObject([{ GroupName: "g", Precedence: 3 }]);
		expect(tenant.auditRecords).toMatchObject([{ node: "external-app-node", record: { trackingId: "t" } }]);
	} finally {
		rmSync(data, { recursive: true, force: true });
	}
});
