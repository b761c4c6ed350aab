import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { ApiSession, AppSession, Cognito } from "../../src/index.ts";
import { codeOf, optionsOf, startTenant } from "../support/signed-in.ts";

const Key = { pk: { S: "a" }, sk: { S: "b" } };

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(() => tenant.requestLog.clear());
afterEach(() => {
	tenant.faults.clear();
});

/** A `Cognito` of an app or an API user of a tenant. */
function userOf(one: LocalTenant, of: { readonly app: string } | { readonly apiUser: string }): Cognito {
	const { userPoolId = "", clientId = "", username, password } = optionsOf(one, of);
	return new Cognito({ userPoolId, clientId, username, password, endpoint: one.url });
}

describe("the recipe for several tenants", () => {
	test("a session works while another tenant of the process is not active and the user of a third is rejected", async () => {
		const others = await Promise.all(["orders", "billing"].map((name) => LocalTenant.start({ name })));
		const [orders, billing] = others as [LocalTenant, LocalTenant];
		try {
			orders.active = false;
			billing.userPool.setPassword("admin", "Another-1!");
			const sessions = [tenant, orders, billing].map(
				(one) =>
					new ApiSession({ ...optionsOf(one, { apiUser: "admin" }), cognito: userOf(one, { apiUser: "admin" }) }),
			);
			expect(await Promise.all(sessions.map((session) => codeOf(session.credentials())))).toEqual([
				"none",
				"TenantNotActive",
				"SignInRejected",
			]);
			sessions[1]?.destroy();
			sessions[2]?.destroy();
			expect((await sessions[0]?.describeTenant())?.name).toBe(tenant.name);
			sessions[0]?.destroy();
		} finally {
			await Promise.all(others.map((one) => one.stop()));
		}
	});

	test("a session takes settings that its options lack from the environment", async () => {
		const { username: _, ...options } = optionsOf(tenant, { apiUser: "admin" });
		await using session = new ApiSession(options);
		expect(session.cognito.username).toBe("external-app-user");
	});

	test("AWS_REGION precedes the region of the tenant, and regionName precedes both", async () => {
		process.env.AWS_REGION = "us-west-2";
		try {
			await using session = new AppSession();
			await using other = new AppSession({ regionName: tenant.region });
			expect([await session.regionName(), await other.regionName()]).toEqual(["us-west-2", tenant.region]);
			expect((await session.describeTenant()).region).toBe(tenant.region);
		} finally {
			delete process.env.AWS_REGION;
		}
	});

	test("a user of another tenant gets TenantNotFound or AppNotFound", async () => {
		await using api = new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), tenant: "orders" });
		await using app = new AppSession({ tenant: "orders" });
		expect([await codeOf(api.ready()), await codeOf(app.ready())]).toEqual(["TenantNotFound", "AppNotFound"]);
	});
});

describe("the recipe for several apps", () => {
	test("sessions that share a Cognito sign in once, and the destroyed one leaves the other and the user", async () => {
		await using cognito = userOf(tenant, { apiUser: "admin" });
		await using own = new ApiSession({ cognito });
		const passedOn = new ApiSession({ cognito, duration: 900 });
		await Promise.all([own.ready(), passedOn.ready()]);
		passedOn.destroy();
		expect(await codeOf(own.credentials({ forceRefresh: true }))).toBe("none");
		expect([tenant.requestLog.count("InitiateAuth"), tenant.requestLog.count("getAwsCredentials")]).toEqual([1, 3]);
	});

	test("an AppUser's Cognito in a session of another app gets PermissionDenied, which names the option app", async () => {
		await using cognito = userOf(tenant, { app: "managed-app" });
		await using session = new AppSession({ cognito });
		await expect(session.ready()).rejects.toMatchObject({
			code: "PermissionDenied",
			message: expect.stringContaining("check the option app (or APP)"),
		});
	});
});

describe("the recipe for AWS rights", () => {
	const calls = {
		dynamodb: async (session: AppSession) => {
			await session.client(DynamoDBClient).send(new GetItemCommand({ TableName: tenant.table, Key }));
		},
		sqs: async (session: AppSession) => {
			const QueueUrl = tenant.queueUrl("app-managed-app");
			await session.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
		},
		s3: async (session: AppSession) => {
			const s3 = session.client(S3Client, { forcePathStyle: true });
			await s3.send(new PutObjectCommand({ Bucket: "bulk-data", Key: "a", Body: "b" }));
		},
	};

	test.each([
		["dynamodb", "AccessDeniedException", "GetItem"],
		["sqs", "AccessDenied", "ReceiveMessage"],
		["s3", "AccessDenied", "PutObject"],
	] as const)("a denied call of %s is %s, is sent once, and refreshes nothing", async (service, name, operation) => {
		await using session = new AppSession(optionsOf(tenant, { app: "cross-account-app" }));
		await expect(calls[service](session)).rejects.toMatchObject({ name });
		expect(await codeOf(session.describeApp())).toBe("none");
		expect([tenant.requestLog.count(operation), tenant.requestLog.count("getAwsCredentials")]).toEqual([1, 1]);
	});

	test.each([
		["expireAccessKeys", "dynamodb", "ExpiredTokenException"],
		["revokeAccessKeys", "dynamodb", "UnrecognizedClientException"],
		["expireAccessKeys", "s3", "ExpiredToken"],
		["revokeAccessKeys", "s3", "InvalidAccessKeyId"],
	] as const)("after %s, %s rejects the credentials with %s", async (end, service, name) => {
		await using session = new AppSession(optionsOf(tenant, { app: "external-app" }));
		const { accessKey, secretKey, token } = await session.getCredentials().getFrozenCredentials();
		session.setCredentials(accessKey, secretKey, token);
		tenant[end]();
		await expect(calls[service](session)).rejects.toMatchObject({ name });
	});

	test("the tableAccess of describeApp() is the right to use the table", async () => {
		for (const app of ["external-app", "cross-account-app"]) {
			await using session = new AppSession(optionsOf(tenant, { app }));
			const { tableAccess } = await session.describeApp();
			expect([app, await codeOf(calls.dynamodb(session))]).toEqual([
				app,
				tableAccess ? "none" : "AccessDeniedException",
			]);
		}
	});
});

describe("the recipe for timeouts", () => {
	test("the signal of a caller ends its wait, and the refresh that others share goes on", async () => {
		await using session = new AppSession();
		tenant.faults.add({ operation: "getAwsCredentials", delayMs: 300 });
		const [impatient, patient] = [session.ready({ signal: AbortSignal.timeout(20) }), session.ready()];
		expect([await codeOf(impatient), await codeOf(patient)]).toEqual([expect.anything(), "none"]);
		expect(await codeOf(impatient)).not.toBe("none");
		expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);
	});

	test("requestTimeout of the handler with throwOnRequestTimeout ends a call that gets no response", async () => {
		const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };
		await using session = new AppSession({ maxAttempts: 1 });
		await session.ready();
		tenant.faults.add({ operation: "GetItem", hang: true });
		const dynamodb = session.client(DynamoDBClient, { requestHandler });
		const read = dynamodb.send(new GetItemCommand({ TableName: tenant.table, Key }));
		await expect(read).rejects.toMatchObject({ name: "TimeoutError" });
		expect(tenant.requestLog.count("GetItem")).toBe(1);
	});

	test("totalTimeoutMs ends a call with a transient error, and a rejected password is none", async () => {
		tenant.faults.add({ operation: "getAwsCredentials", hang: true });
		await using session = new AppSession({ totalTimeoutMs: 200 });
		await expect(session.ready()).rejects.toMatchObject({ transient: true });
		await using other = new AppSession({ password: "wrong" });
		await expect(other.ready()).rejects.toMatchObject({ code: "SignInRejected", transient: false });
	});
});
