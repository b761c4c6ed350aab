import { Agent } from "node:http";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { AppSession, Cognito } from "../../src/index.ts";
import { defaultRequestHandler as pageRequestHandler } from "../../src/platform/request-handler.browser.ts";
import { LyingServer, userOf } from "../support/lying-server.ts";
import { codeOf, startTenant } from "../support/signed-in.ts";

/** Opens a connection for every request, and counts them. */
class CountingAgent extends Agent {
	connections = 0;
	isDestroyed = false;

	override createConnection(...parameters: Parameters<Agent["createConnection"]>) {
		this.connections++;
		return super.createConnection(...parameters);
	}

	override destroy(): void {
		this.isDestroyed = true;
		super.destroy();
	}
}

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});

const read = (session: AppSession) =>
	session.client(DynamoDBClient, { region: "us-east-1" }).send(new DescribeTableCommand({ TableName: tenant.table }));

test("options in place of a request handler apply to the sign-in, to AppSync and to clients, and destroy() closes the handler", async () => {
	const httpAgent = new CountingAgent();
	const session = new AppSession({ requestHandler: { httpAgent } });
	await read(session);
	expect(tenant.requestLog.length).toBe(4);
	expect(httpAgent.connections).toBe(4);
	session.destroy();
	expect(httpAgent.isDestroyed).toBe(true);
});

test("options in place of the request handler of a Cognito user apply to its requests, and destroy() closes the handler", async () => {
	const httpAgent = new CountingAgent();
	const { USER_POOL_ID = "", CLIENT_ID = "", USER_NAME, PASSWORD } = process.env;
	const user = new Cognito({
		userPoolId: USER_POOL_ID,
		clientId: CLIENT_ID,
		username: USER_NAME,
		password: PASSWORD,
		requestHandler: { httpAgent },
	});
	await user.getAccessToken();
	expect(httpAgent.connections).toBe(2);
	user.destroy();
	expect(httpAgent.isDestroyed).toBe(true);
});

test("a session with options for its request handler does not use the connections of its caller-provided user", async () => {
	const [ofUser, ofSession] = [new CountingAgent(), new CountingAgent()];
	const { USER_POOL_ID = "", CLIENT_ID = "", USER_NAME, PASSWORD } = process.env;
	const cognito = new Cognito({
		userPoolId: USER_POOL_ID,
		clientId: CLIENT_ID,
		username: USER_NAME,
		password: PASSWORD,
		requestHandler: { httpAgent: ofUser },
	});
	const session = new AppSession({ cognito, requestHandler: { httpAgent: ofSession } });
	await read(session);
	session.destroy();
	expect([ofUser.connections, ofSession.connections]).toEqual([2, 2]);
	expect([ofUser.isDestroyed, ofSession.isDestroyed]).toEqual([false, true]);
	cognito.destroy();
});

test("requestTimeout in place of a request handler ends a request as in the AWS SDK", async () => {
	tenant.faults.add({ service: "cognito", hang: true });
	const requestHandler = { requestTimeout: 5, throwOnRequestTimeout: true };
	await using session = new AppSession({ requestHandler, maxAttempts: 1 });
	await expect(session.credentials()).rejects.toMatchObject({
		code: "CognitoUnavailable",
		cause: { name: "TimeoutError" },
	});
});

test("in a page the options of a request handler apply, and redirects are still not followed", async () => {
	await using server = await LyingServer.start(({ headers: { host } }) => ({
		status: 307,
		headers: { location: `http://${host}/elsewhere` },
	}));
	const fetched: (string | undefined)[] = [];
	const customFetch: typeof fetch = (request, init) => {
		fetched.push(init?.redirect);
		return fetch(request, init);
	};
	const user = userOf(server.url, { requestHandler: pageRequestHandler({ customFetch }) });
	expect(await codeOf(user.getAccessToken())).toBe("RedirectRejected");
	expect([fetched, server.received.length]).toEqual([["manual"], 1]);
});
