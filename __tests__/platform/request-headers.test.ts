import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { gql } from "@apollo/client";
import { describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { LocalTenant, ManualClock } from "echostream-local";
import { build } from "esbuild";
import { apolloClient } from "../../src/apollo.ts";
import { AppSession, type HttpHandler, isEchoStreamError } from "../../src/index.ts";
import { LyingServer, type Received, sessionOf, userOf } from "../support/lying-server.ts";
import { optionsOf } from "../support/signed-in.ts";
import { until } from "../support/watched-session.ts";

/** An access token that names a key, which takes the key set to verify. */
const SIGNED = `${btoa(JSON.stringify({ alg: "RS256", kid: "key" }))}.e30.x`;

const OURS = /^echostream-botocore\/\d+\.\d+\.\d+$/;
const agentsOf = ({ headers }: Received) => [headers["user-agent"], headers["x-amz-user-agent"]];
const data = () => ({ body: { data: { GetVersion: "1" } } });
const VERSION = "query version { GetVersion }";

describe("User-Agent, without which AWS WAF's core rule set blocks a request,", () => {
	test("User-Agent names this package in every request to Cognito, including the one for its key set", async () => {
		await using server = await LyingServer.start(() => ({ status: 400 }));
		const user = userOf(server.url, { accessToken: SIGNED, maxAttempts: 1 });
		await Promise.allSettled([user.getUser(), user.authenticate(), user.verifyTokens()]);
		expect(server.received.map(({ method }) => method).sort()).toEqual(["GET", "POST", "POST"]);
		for (const request of server.received) expect(request.headers["user-agent"]).toMatch(OURS);
		user.destroy();
	});

	test("User-Agent names the program in every query, as x-amz-user-agent does", async () => {
		await using server = await LyingServer.start(data);
		const session = sessionOf(server.url);
		await session.query(VERSION);
		Object.assign(session, { userAgentName: "billing", userAgentVersion: "7", userAgentExtra: "lang/fr plan/pro" });
		await session.query(VERSION);
		const [first = [], second = []] = server.received.map(agentsOf);
		expect(first).toEqual([expect.stringMatching(OURS), first[0]]);
		expect(second).toEqual(["billing/7 lang/fr plan/pro", "billing/7 lang/fr plan/pro"]);
	});

	test("User-Agent names Apollo's link and the program in a query of Apollo's", async () => {
		await using server = await LyingServer.start(data);
		await apolloClient(sessionOf(server.url)).query({ query: gql(VERSION) });
		const [[sent, amazon] = []] = server.received.map(agentsOf);
		expect(sent).toMatch(/^aws-amplify\S* echostream-botocore\/\S+$/);
		expect(amazon).toBe(sent);
	});

	test("User-Agent is in the time request after a sleep", async () => {
		const clock = new ManualClock();
		const expiration = new Date(clock.now() + 3_600_000).toISOString();
		const GetAwsCredentials = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token", expiration };
		await using server = await LyingServer.start(() => ({
			headers: { date: new Date(clock.now()).toUTCString() },
			body: { data: { GetApp: { GetAwsCredentials } } },
		}));
		const session = sessionOf(server.url, { clock });
		await session.credentials();
		clock.jump(600_000);
		await session.credentials();
		await until(() => server.received.length === 2);
		expect(server.received.map(({ method, headers }) => [method, headers["user-agent"]])).toContainEqual([
			"GET",
			expect.stringMatching(OURS),
		]);
	});

	test("User-Agent is not set in a page, which may not set it, or would need a preflight request", async () => {
		const { outputFiles } = await build({
			stdin: { contents: 'export * from "./src/index.ts"', resolveDir: process.cwd() },
			bundle: true,
			write: false,
			format: "iife",
			globalName: "echostream",
			platform: "browser",
			logLevel: "error",
			alias: Object.fromEntries(
				["config-files", "request-handler"].map((name) => [
					`#${name}`,
					fileURLToPath(new URL(`../../src/platform/${name}.browser.ts`, import.meta.url)),
				]),
			),
			// Without the paths of tsconfig.json, which lead to the request handler for Node.
			tsconfigRaw: {},
		});
		const sent: Request[] = [];
		const fetched = async (request: Request) => {
			sent.push(request);
			return new Response("{}", { status: 400 });
		};
		const page = {
			AbortController,
			AbortSignal,
			Headers,
			Request,
			Response,
			TextDecoder,
			TextEncoder,
			URL,
			URLSearchParams,
		};
		const timers = { setTimeout, clearTimeout, queueMicrotask, performance, crypto, atob, btoa };
		const context = createContext({ ...page, ...timers, fetch: fetched });
		runInContext(outputFiles.map(({ text }) => text).join(""), context);
		await runInContext(
			`(() => {
				const user = new echostream.Cognito({ userPoolId: "us-east-1_A", clientId: "c", username: "u", password: "p" });
				const cognito = { username: "u", getAccessToken: async () => "t" };
				const session = new echostream.AppSession({ appsyncEndpoint: "https://appsync.example/", tenant: "t", app: "a", cognito });
				return Promise.allSettled([user.getAccessToken(), session.query("{ a }")]);
			})()`,
			context,
		);
		expect([...new Set(sent.map(({ url }) => new URL(url).hostname))].sort()).toEqual([
			"appsync.example",
			"cognito-idp.us-east-1.amazonaws.com",
		]);
		for (const { headers } of sent) {
			expect([headers.get("user-agent"), headers.get("x-amz-user-agent")]).toEqual([null, expect.stringMatching(OURS)]);
		}
	});
});

describe("A header that cannot be sent is an error in the settings, before anything is sent, when", () => {
	test.each([
		["userAgentName", "a line break", "billing\r\nX-Injected: 1"],
		["userAgentVersion", "a control character", "1\u0000"],
		["userAgentExtra", "a character that is not Latin-1", "plan/名"],
		["userAgentExtra", "a Latin-1 character, which Node sends as UTF-8", "plan/ü"],
		["userAgentVersion", "a number", 7],
	] as ["userAgentName" | "userAgentVersion" | "userAgentExtra", string, string][])(
		"%s of a session rejects %s as soon as it is set, and keeps its value",
		async (attribute, _, value) => {
			await using session = sessionOf("http://127.0.0.1:1");
			const before = session[attribute];
			const set = () => Object.assign(session, { [attribute]: value });
			expect(set).toThrow(
				expect.objectContaining({
					code: "InvalidSettings",
					problems: [expect.objectContaining({ option: attribute })],
				}),
			);
			expect(set).toThrow(/^Cannot create a user agent/);
			expect(session[attribute]).toBe(before);
		},
	);

	test("an access token that ends with a line break, as one that was read from a file, is a settings error", async () => {
		await using server = await LyingServer.start(data);
		const session = sessionOf(server.url, {}, "canary\naccess-token");
		for (const query of [() => session.query(VERSION), () => apolloClient(session).query({ query: gql(VERSION) })]) {
			const error = await query().catch((reason: unknown) => reason);
			expect(error).toMatchObject({ code: "InvalidSettings", problems: [{ option: "accessToken" }] });
			expect(isEchoStreamError(error) && `${error.message}${error.stack}`).not.toContain("canary");
		}
		expect(server.received).toEqual([]);
	});

	test("an invalid header of an Apollo context is a settings error", async () => {
		await using server = await LyingServer.start(data);
		const client = apolloClient(sessionOf(server.url));
		for (const headers of [{ "x-own": "a\nb" }, { "x own": "a" }] as Record<string, string>[]) {
			await expect(client.query({ query: gql(VERSION), context: { headers } })).rejects.toMatchObject({
				code: "InvalidSettings",
				problems: [{ option: `header ${Object.keys(headers)[0]}` }],
			});
		}
		expect(server.received).toEqual([]);
	});
});

test("a token of Cognito that no header can hold is an invalid response, and is not stored", async () => {
	const AuthenticationResult = { AccessToken: "e30.e30\n.x", ExpiresIn: 3600, RefreshToken: "r" };
	await using server = await LyingServer.start(() => ({ body: { AuthenticationResult } }));
	const user = userOf(server.url);
	await expect(user.getAccessToken()).rejects.toMatchObject({ code: "InvalidCognitoResponse" });
	expect(user.accessToken).toBeUndefined();
	user.destroy();
});

test("parameters in the endpoint's URL are sent unchanged, also when a name comes twice", async () => {
	await using server = await LyingServer.start(data);
	const appsyncEndpoint = `${server.url}/graphql?a=1&b=x%26y&a=2&__proto__=3&c=`;
	await sessionOf(server.url, { appsyncEndpoint }).query(VERSION);
	const [{ path } = { path: "" }] = server.received;
	const { searchParams } = new URL(path, server.url);
	expect([...searchParams].sort()).toEqual([
		["__proto__", "3"],
		["a", "1"],
		["a", "2"],
		["b", "x&y"],
		["c", ""],
	]);
});

test("a sign-in and a query of a real session send the user agent too", async () => {
	await using tenant = await LocalTenant.start();
	const seen: (string | undefined)[] = [];
	const requestHandler: HttpHandler = new NodeHttpHandler();
	await using session = new AppSession({
		...optionsOf(tenant, { app: "external-app" }),
		requestHandler: {
			handle: (request, options) => {
				seen.push(request.headers["user-agent"]);
				const { hostname } = request;
				const url = new URL(tenant.url);
				const local = hostname.includes("amazonaws")
					? { protocol: "http:", hostname: url.hostname, port: Number(url.port) }
					: {};
				return requestHandler.handle(Object.assign(request.clone(), local), options);
			},
		},
	});
	await session.credentials();
	requestHandler.destroy?.();
	expect(seen).toEqual([1, 2, 3].map(() => expect.stringMatching(OURS)));
});
