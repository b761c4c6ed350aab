import { gql } from "@apollo/client";
import { describe, expect, test } from "@jest/globals";
import { apolloClient } from "../../src/apollo.ts";
import type { HttpHandler } from "../../src/index.ts";
import { openConnections as openPageConnections } from "../../src/platform/request-handler.browser.ts";
import { openConnections } from "../../src/platform/request-handler.ts";
import { LyingServer, sessionOf, userOf } from "../support/lying-server.ts";

/** An access token that names a key, which takes the key set to verify. */
const SIGNED = `${btoa(JSON.stringify({ alg: "RS256", kid: "key" }))}.e30.x`;

const QUERY = "query version { GetVersion }";

/** What sends a request to `url`. Each would send a secret along with the redirect. */
const SENDERS: Readonly<Record<string, (url: string, requestHandler: HttpHandler) => Promise<unknown>>> = {
	"a login": (endpoint, requestHandler) => userOf(endpoint, { requestHandler }).getAccessToken(),
	"a renewal of tokens": (endpoint, requestHandler) =>
		userOf(endpoint, { requestHandler, refreshToken: "canary-refresh-token" }).getAccessToken(),
	"a key set": (endpoint, requestHandler) => userOf(endpoint, { requestHandler, accessToken: SIGNED }).verifyTokens(),
	"a query": (url, requestHandler) => sessionOf(url, { requestHandler }).query(QUERY),
	"a query for AWS credentials": (url, requestHandler) => sessionOf(url, { requestHandler }).credentials(),
	"an Apollo query": (url, requestHandler) =>
		apolloClient(sessionOf(url, { requestHandler })).query({ query: gql(QUERY) }),
};

/** A server that redirects everything but what has been redirected. */
const redirecting = (status: number) =>
	LyingServer.start(({ path, headers: { host } }) =>
		path === "/elsewhere" ? {} : { status, headers: { location: `http://${host}/elsewhere` } },
	);

const CONNECTIONS = { "the request handler for Node": openConnections, "the one for pages": openPageConnections };

describe.each(Object.entries(CONNECTIONS))("with %s", (_, openAll) => {
	describe.each(Object.entries(SENDERS))("%s", (_, send) => {
		test.each([301, 302, 303, 307, 308])(
			"a redirected request is not sent on, nor sent again, with status %i",
			async (status) => {
				await using server = await redirecting(status);
				const connections = openAll({}, (cause) => cause as Error);
				const requestHandler = connections.handler;
				const error = await send(server.url, requestHandler).catch((reason: unknown) => reason);
				expect(error).toMatchObject({
					code: "RedirectRejected",
					transient: false,
					message: expect.stringMatching(/redirected the request to http:.*[eE]ndpoint \(or A/),
				});
				expect(server.received).toHaveLength(1);
				connections.destroy(new Error("The test is over"));
			},
		);
	});
});

test("a redirect that a page cannot read, with status 0, is rejected too", async () => {
	const requestHandler = { handle: async () => ({ response: { statusCode: 0, headers: {} } }) };
	await expect(sessionOf("https://appsync.example", { requestHandler }).query(QUERY)).rejects.toMatchObject({
		code: "RedirectRejected",
		message: expect.stringContaining("redirected the request to another address"),
	});
});

test("a redirect with the access token in its address does not show it", async () => {
	await using server = await LyingServer.start(({ headers: { authorization } }) => ({
		status: 307,
		headers: { location: `https://${authorization}.example/` },
	}));
	const error = await sessionOf(server.url)
		.query(QUERY)
		.catch((reason: unknown) => reason);
	expect(error).toMatchObject({ code: "RedirectRejected" });
	expect(String(error)).not.toContain("canary");
});

test("a sign-in that was redirected is tried again by the next call", async () => {
	await using server = await redirecting(302);
	const user = userOf(server.url);
	await expect(user.getAccessToken()).rejects.toMatchObject({ code: "RedirectRejected" });
	await expect(user.getAccessToken()).rejects.toMatchObject({ code: "RedirectRejected" });
	expect(server.received).toHaveLength(2);
	user.destroy();
});
