import { gql } from "@apollo/client";
import { describe, expect, test } from "@jest/globals";
import { apolloClient } from "../../src/apollo.ts";
import { LyingServer, type Reply, sessionOf, userOf } from "../support/lying-server.ts";

const PAGE =
	"<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>";
const waf = (errorType: string) => ({ errors: [{ errorType, message: "403 Forbidden" }] });

/** What AWS WAF, CloudFront and company proxies respond with instead of the service. */
const BLOCKS: Readonly<Record<string, Reply>> = {
	"a page": { status: 403, headers: { "content-type": "text/html" }, body: PAGE },
	"nothing but the status 403": { status: 403, body: "" },
	"ForbiddenException in a header": {
		status: 403,
		headers: { "x-amzn-errortype": "ForbiddenException" },
		body: { message: "Forbidden" },
	},
	"ForbiddenException in the body": {
		status: 403,
		body: { __type: "ForbiddenException", message: "Request not allowed due to WAF block." },
	},
	"a challenge for browsers": { status: 202, headers: { "x-amzn-waf-action": "challenge" }, body: "" },
	"a puzzle for people": { status: 405, headers: { "x-amzn-waf-action": "captcha" }, body: PAGE },
};
const GRAPHQL_BLOCKS: Readonly<Record<string, Reply>> = {
	WAFForbiddenException: { status: 403, body: waf("WAFForbiddenException") },
	"WAFForbiddenException with a status that the firewall's owner chose": {
		status: 400,
		body: waf("WAFForbiddenException"),
	},
};

const BLOCKED = {
	code: "RequestBlocked",
	transient: false,
	message: expect.stringMatching(
		/AWS WAF.*not about the user's permissions.*user agent "echostream-botocore\/[^"]+" and the IP address/,
	),
};

describe("a firewall that responds with", () => {
	test.each(Object.entries(BLOCKS))(
		"a firewall that blocks a sign-in with %s: one request, an error of its own",
		async (_, reply) => {
			await using server = await LyingServer.start(() => reply);
			const user = userOf(server.url);
			// A page, or a bare status, may be a proxy's, and pass.
			const isNamed =
				JSON.stringify(reply).includes("ForbiddenException") || "x-amzn-waf-action" in (reply.headers ?? {});
			await expect(user.getAccessToken()).rejects.toMatchObject({ ...BLOCKED, transient: !isNamed });
			expect(server.received).toHaveLength(1);
			user.destroy();
		},
	);

	test.each(Object.entries({ ...BLOCKS, ...GRAPHQL_BLOCKS }))(
		"a firewall that blocks a query with %s: one request, an error of its own, no new token",
		async (_, reply) => {
			await using server = await LyingServer.start(() => reply);
			const session = sessionOf(server.url);
			await expect(session.query("query version { GetVersion }")).rejects.toMatchObject(BLOCKED);
			await expect(apolloClient(session).query({ query: gql`query version { GetVersion }` })).rejects.toMatchObject(
				BLOCKED,
			);
			expect(server.received).toHaveLength(2);
		},
	);

	test("WAFForbiddenException names the user agent that the program has set", async () => {
		await using server = await LyingServer.start(() => ({ status: 403, body: waf("WAFForbiddenException") }));
		const session = Object.assign(sessionOf(server.url), { userAgentName: "billing", userAgentVersion: "7" });
		await expect(session.query("{ GetVersion }")).rejects.toThrow('user agent "billing/7"');
	});
});

const denial = (errorType: string) => ({ data: { GetApp: null }, errors: [{ errorType, message: "Not Authorized" }] });

describe("what AppSync itself denies is not taken for a firewall:", () => {
	test.each([
		["Unauthorized in a response of 200", { status: 200, body: denial("Unauthorized") }, "PermissionDenied"],
		["a GraphQL error with status 403", { status: 403, body: denial("AccessDeniedException") }, "PermissionDenied"],
		["UnauthorizedException", { status: 401, body: denial("UnauthorizedException") }, "TokenRejected"],
	])("a denial of AppSync itself is not taken for a firewall's: %s", async (_, reply, code) => {
		await using server = await LyingServer.start(() => reply);
		await expect(sessionOf(server.url).query("{ GetApp { name } }")).rejects.toMatchObject({ code });
	});
});
