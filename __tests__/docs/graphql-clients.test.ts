import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Client, fetchExchange } from "@urql/core";
import { type LocalTenant, ManualClock } from "echostream-local";
import { GraphQLClient } from "graphql-request";
import { AppSession } from "../../src/index.ts";
import { APP, startTenant } from "../support/signed-in.ts";
import { programOf } from "./snippets.ts";

const DOCUMENT = "query app($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { name } }";

let clock: ManualClock;
let tenant: LocalTenant;
let authorizedFetch: (session: AppSession) => typeof fetch;
beforeAll(async () => {
	clock = new ManualClock();
	tenant = await startTenant({ clock });
	({ authorizedFetch } = await import(
		pathToFileURL(await programOf("docs/graphql.md", "function authorizedFetch")).href
	));
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});

type Request = () => Promise<unknown>;

/** How each client requests the app of a session. */
const CLIENTS: Readonly<Record<string, (session: AppSession) => Request>> = {
	urql(session) {
		const { app, appsyncEndpoint: url, tenant } = session;
		const exchanges = [fetchExchange];
		const client = new Client({ url, exchanges, preferGetMethod: false, fetch: authorizedFetch(session) });
		return async () => {
			const { data, error } = await client.query(DOCUMENT, { app, tenant });
			if (error !== undefined) throw error;
			return data;
		};
	},
	"graphql-request"(session) {
		const { app, appsyncEndpoint, tenant } = session;
		const client = new GraphQLClient(appsyncEndpoint, { fetch: authorizedFetch(session) });
		return () => client.request(DOCUMENT, { app, tenant });
	},
};

test("a client that calls the fetch of the recipe with a Request has it sent again with the next token", async () => {
	await using session = new AppSession({ clock });
	const fault = tenant.faults.add({ operation: "version", status: 401, times: 1 });
	const headers = { "content-type": "application/json" };
	const body = JSON.stringify({ query: "query version { GetVersion }" });
	const request = new Request(session.appsyncEndpoint, { method: "POST", headers, body });
	const response = await authorizedFetch(session)(request);
	expect(await response.json()).toEqual({ data: { GetVersion: expect.any(String) } });
	expect(fault.met).toBe(1);
});

describe.each(Object.entries(CLIENTS))("%s with the access token of a session", (_, requestOf) => {
	test("the first request signs in, and the next one uses the same token", async () => {
		await using session = new AppSession({ clock });
		const request = requestOf(session);
		expect(await request()).toEqual({ GetApp: { name: APP } });
		await request();
		expect(tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "app", "app"]);
	});

	test("a request after the access token has expired renews it first", async () => {
		await using session = new AppSession({ clock });
		const request = requestOf(session);
		await request();
		const mark = tenant.requestLog.length;
		await clock.advance(2 * 3_600_000);
		expect(await request()).toEqual({ GetApp: { name: APP } });
		expect(tenant.requestLog.operations(mark)).toEqual([expect.any(String), "app"]);
		expect(tenant.requestLog.count("InitiateAuth", mark)).toBe(0);
	});

	test("a request whose token is rejected is sent again with another token", async () => {
		await using session = new AppSession({ clock });
		const request = requestOf(session);
		await request();
		const before = await session.cognito.getAccessToken();
		const fault = tenant.faults.add({ operation: "app", status: 401, times: 1 });
		expect(await request()).toEqual({ GetApp: { name: APP } });
		expect(fault.met).toBe(1);
		expect(await session.cognito.getAccessToken()).not.toBe(before);
	});
});
