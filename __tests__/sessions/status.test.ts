import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import { ApiSession, AppSession } from "../../src/index.ts";
import { APP, codeOf, startTenant } from "../support/signed-in.ts";

const MINUTE = 60_000;

let clock: ManualClock;
let tenant: LocalTenant;
beforeAll(async () => {
	clock = new ManualClock();
	tenant = await startTenant({ clock });
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});

test("the status of a new session has who it is, and sends nothing", () => {
	const session = new AppSession({ clock });
	expect(session.status()).toEqual({
		app: APP,
		tenant: "local",
		username: `${APP}-user`,
		method: "EchoStreamAwsCredentials",
		isReady: false,
		expiration: undefined,
		accessTokenExpiration: undefined,
		lastRefresh: undefined,
		nextRefresh: undefined,
	});
	expect(tenant.requestLog.length).toBe(0);
	session.destroy();
});

test("the status has the expiry of credentials and token, the last refresh and the next one", async () => {
	await using session = new AppSession({ clock, random: () => 0 });
	const { expiration } = await session.credentials();
	const status = session.status();
	expect(status).toMatchObject({ isReady: true, expiration, lastRefresh: { at: new Date(clock.now()) } });
	expect(status.lastRefresh?.error).toBeUndefined();
	expect(status.accessTokenExpiration).toEqual(new Date(clock.now() + 60 * MINUTE));
	expect(status.nextRefresh).toEqual(session.getCredentials().refreshAt);
});

test("the status has the failure of a refresh and the end of the pause, while the credentials are still served", async () => {
	await using session = new AppSession({ clock, random: () => 1 });
	await session.credentials();
	const { nextRefresh } = session.status();
	tenant.faults.add({ operation: "getAwsCredentials", status: 400, body: { message: "no" } });
	await clock.advance((nextRefresh?.getTime() ?? 0) - clock.now());
	await session.credentials();
	while (session.status().lastRefresh?.error === undefined) await clock.advance(1);
	const { isReady, lastRefresh, nextRefresh: retry } = session.status();
	expect(isReady).toBe(true);
	expect(lastRefresh?.error).toMatchObject({ name: "AppSyncError", message: expect.stringContaining("HTTP 400") });
	expect(retry?.getTime()).toBeGreaterThan(clock.now());
	expect(retry?.getTime()).toBeLessThanOrEqual(clock.now() + 1_000);
});

test("the status of a session with a rejected password names the rejection, and the five minutes without another sign-in", async () => {
	await using session = new AppSession({ clock, password: "canary-password" });
	expect(await codeOf(session.credentials())).toBe("SignInRejected");
	const status = session.status();
	expect(status).toMatchObject({ isReady: false, lastRefresh: { error: { code: "SignInRejected" } } });
	expect(status.nextRefresh).toEqual(new Date(clock.now() + 5 * MINUTE));
	expect(JSON.stringify(status)).not.toContain("canary");
});

test("the status is not ready once the credentials have expired", async () => {
	await using session = new AppSession({ clock });
	await session.credentials();
	await clock.advance(61 * MINUTE);
	expect(session.status().isReady).toBe(false);
});

test("the status of a session with static credentials is ready and plans no refresh", async () => {
	await using session = new ApiSession({ clock, ...apiUser() });
	session.setCredentials("AKID", "canary-secret", "canary-token");
	const status = session.status();
	expect(status).toMatchObject({ method: "explicit", isReady: true, lastRefresh: undefined, nextRefresh: undefined });
	expect("app" in status).toBe(false);
	expect(JSON.stringify(status)).not.toContain("canary");
});

test("the status shows no secret, as JSON and in full", async () => {
	await using session = new AppSession({ clock });
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	const token = await session.cognito.getAccessToken();
	const text = JSON.stringify(session.status());
	for (const secret of [accessKeyId, secretAccessKey, sessionToken, token, process.env.PASSWORD]) {
		expect(text).not.toContain(secret);
	}
	expect(JSON.parse(text).expiration).toBe(session.status().expiration?.toISOString());
});

test("the status of a destroyed session has no credentials", async () => {
	const session = new AppSession({ clock });
	await session.credentials();
	session.destroy();
	expect(session.status()).toMatchObject({ isReady: false, expiration: undefined, lastRefresh: undefined });
});

test("clientConfig() signs a client that is created elsewhere in, with the session's region and connections", async () => {
	await using session = new AppSession({ clock });
	const dynamodb = new DynamoDBClient(session.clientConfig());
	const sqs = new SQSClient({ ...session.clientConfig(), maxAttempts: 1 });
	await dynamodb.send(new DescribeTableCommand({ TableName: tenant.table }));
	expect(await dynamodb.config.region()).toBe("us-east-1");
	await sqs.send(new ReceiveMessageCommand({ QueueUrl: tenant.queueUrl(`app-${APP}`) }));
	expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
	expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);
	dynamodb.destroy();
	await sqs.send(new ReceiveMessageCommand({ QueueUrl: tenant.queueUrl(`app-${APP}`) }));
});

test("clientConfig() has the defaults for clients, and keeps the session's credentials", async () => {
	await using session = new AppSession({ clock });
	session.setDefaultClientConfig({ region: "eu-west-1", maxAttempts: 7 });
	const client = new DynamoDBClient(session.clientConfig());
	expect([await client.config.region(), await client.config.maxAttempts()]).toEqual(["eu-west-1", 7]);
	expect(await client.config.credentials()).toEqual(await session.credentials());
});

function apiUser() {
	const { USER_NAME: username, PASSWORD: password } = tenant.environment({ apiUser: "admin" });
	return { username, password };
}
