import { inspect } from "node:util";
import { ApolloLink, CombinedGraphQLErrors, gql, type TypedDocumentNode } from "@apollo/client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type LocalTenant, ManualClock } from "echostream-local";
import { build } from "esbuild";
import { filter, firstValueFrom } from "rxjs";
import { apolloClient } from "../src/apollo.ts";
import { ApiSession, AppSession, type AppSessionOptions, type HttpHandler } from "../src/index.ts";
import { APP, codeOf, optionsOf, startTenant } from "./support/signed-in.ts";

let tenant: LocalTenant;
const unhandled: unknown[] = [];
const note = (reason: unknown): unknown => unhandled.push(reason);
beforeAll(async () => {
	process.on("unhandledRejection", note);
	tenant = await startTenant();
});
afterAll(async () => {
	await tenant.stop();
	process.off("unhandledRejection", note);
	expect(unhandled).toEqual([]);
});
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});
const open: AppSession[] = [];
afterEach(() => {
	for (const session of open.splice(0)) session.destroy();
});

/** A session whose requests to AppSync are looked at on their way. */
function watchedSession(options: AppSessionOptions & { requestHandler?: HttpHandler } = {}) {
	const session = new AppSession({ ...options, requestHandler: watched(options.requestHandler) });
	open.push(session);
	return session;
}

const sent: { headers: Record<string, string>; body: string; signal: AbortSignal | undefined }[] = [];
function watched(own?: HttpHandler): HttpHandler {
	const real: HttpHandler = own ?? new NodeHttpHandler();
	return {
		handle(request, options) {
			if (request.path === "/graphql") {
				sent.push({ headers: request.headers, body: String(request.body), signal: options?.abortSignal });
			}
			return real.handle(request, options);
		},
		...(real.metadata === undefined ? {} : { metadata: real.metadata }),
	};
}
beforeEach(() => {
	sent.length = 0;
});

const DESCRIBE = gql`
	query describe($app: String!, $tenant: String!) {
		GetApp(name: $app, tenant: $tenant) {
			name
			description
		}
	}
`;
const KEYS = gql`
	query keys($app: String!, $tenant: String!) {
		GetApp(name: $app, tenant: $tenant) {
			name
			... on ExternalApp {
				GetAwsCredentials(duration: 900) {
					accessKeyId
					secretAccessKey
					sessionToken
				}
			}
		}
	}
`;
const hits = (): number => tenant.requestLog.count("describe");

describe("a query of an Apollo client", () => {
	test("a query of an Apollo client signs in, and sets the session's tenant and app where the document declares them", async () => {
		const { data } = await apolloClient(watchedSession()).query({ query: DESCRIBE });
		expect(data).toMatchObject({ GetApp: { name: APP } });
		expect(tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "describe"]);
	});

	test("an Apollo query sends no variable that the document does not declare, and the caller's value in place of the session's", async () => {
		const client = apolloClient(watchedSession());
		await client.query({ query: gql`query version { GetVersion }` });
		const failure = client.query({ query: DESCRIBE, variables: { app: "managed-app" } });
		await expect(failure).rejects.toBeInstanceOf(CombinedGraphQLErrors);
		expect(sent.map(({ body }) => JSON.parse(body).variables)).toEqual([
			{},
			{ app: "managed-app", tenant: tenant.name },
		]);
	});

	test("an Apollo query carries the raw access token and the session's user agent, and no extension", async () => {
		const session = watchedSession();
		await apolloClient(session).query({ query: DESCRIBE });
		const [{ body, headers } = { body: "", headers: {} as Record<string, string> }] = sent;
		expect(headers.authorization).toBe(await session.cognito.getAccessToken());
		expect(headers["x-amz-user-agent"]).toMatch(/ echostream-botocore\/\S+$/);
		expect(JSON.parse(body)).not.toHaveProperty("extensions");
	});

	test.each(["Authorization", "authorization"])(
		"an Apollo query has the session's token and endpoint even if its context names another %s",
		async (name) => {
			const session = watchedSession();
			const context = { headers: { [name]: "another", "x-own": "kept" }, uri: "http://127.0.0.1:1/elsewhere" };
			await apolloClient(session, { defaultContext: context }).query({ query: DESCRIBE, context });
			expect(sent.map(({ headers }) => [headers.authorization, headers["x-own"]])).toEqual([
				[await session.cognito.getAccessToken(), "kept"],
			]);
		},
	);

	test("an Apollo query is sent through the session's request handler", async () => {
		const rejecting: HttpHandler = { handle: () => Promise.reject(new Error("no way out")) };
		const { cognito } = watchedSession();
		const session = new AppSession({ cognito, requestHandler: rejecting });
		expect(await codeOf(apolloClient(session).query({ query: DESCRIBE }))).toBe("AppSyncUnavailable");
	});

	test("an Apollo query accepts typed documents", async () => {
		const typed: TypedDocumentNode<{ GetVersion: string }, Record<string, never>> = gql`query version { GetVersion }`;
		const { data } = await apolloClient(watchedSession()).query({ query: typed });
		const version: string | undefined = data?.GetVersion;
		expect(version).toBe("local");
	});

	test("the Apollo client's chain accepts a link of the caller", async () => {
		const seen: string[] = [];
		const link = new ApolloLink((operation, forward) => {
			seen.push(String(operation.operationName));
			return forward(operation);
		});
		await apolloClient(watchedSession(), { link }).query({ query: DESCRIBE });
		expect(seen).toEqual(["describe"]);
	});
});

describe("a query that fails", () => {
	test("an Apollo query rejects when the token is unavailable, and leaves no unhandled rejection", async () => {
		const session = watchedSession({ password: "wrong" });
		expect(await codeOf(apolloClient(session).query({ query: DESCRIBE }))).toBe("SignInRejected");
		expect(hits()).toBe(0);
	});

	test("an Apollo query rejects when the endpoint never responds", async () => {
		tenant.faults.add({ operation: "describe", hang: true });
		const { cognito } = watchedSession();
		await cognito.getAccessToken();
		const session = watchedSession({ cognito, requestTimeoutMs: 50 });
		expect(await codeOf(apolloClient(session).query({ query: DESCRIBE }))).toBe("AppSyncUnavailable");
	});

	test("an Apollo query whose user never returns a token fails at the total deadline, or when the session is destroyed", async () => {
		const clock = new ManualClock();
		const cognito = { username: "somebody", getAccessToken: () => new Promise<string>(() => {}) };
		const session = watchedSession({ cognito, clock, totalTimeoutMs: 5_000 });
		const query = () => codeOf(apolloClient(session).query({ query: DESCRIBE }));
		const late = query();
		await clock.advance(5_000);
		expect(await late).toBe("AppSyncUnavailable");
		const pending = query();
		session.destroy();
		expect(await pending).toBe("SessionDestroyed");
		expect(sent.length).toBe(0);
	});

	test("an Apollo query whose user returns no token fails, and sends nothing", async () => {
		const cognito = { username: "somebody", getAccessToken: async () => "" };
		const query = apolloClient(watchedSession({ cognito })).query({ query: DESCRIBE });
		const message = expect.stringContaining("Check the option cognito");
		await expect(query).rejects.toMatchObject({ code: "NotSignedIn", message });
		expect(sent.length).toBe(0);
	});

	const rejected = { errors: [{ errorType: "UnauthorizedException", message: "Token has expired." }] };
	test("an Apollo query whose token is rejected renews it once, and succeeds with the new one", async () => {
		const session = watchedSession();
		await session.cognito.getAccessToken();
		tenant.requestLog.clear();
		tenant.faults.add({ operation: "describe", times: 1, status: 401, body: rejected });
		await apolloClient(session).query({ query: DESCRIBE });
		expect(tenant.requestLog.operations()).toEqual(["describe", "GetTokensFromRefreshToken", "describe"]);
		expect(new Set(sent.map(({ headers }) => headers.authorization)).size).toBe(2);
	});

	test.each([401, 200])(
		"an Apollo query whose token is always rejected, with status %d, is sent at most twice",
		async (status) => {
			tenant.faults.add({ operation: "describe", status, body: rejected });
			expect(await codeOf(apolloClient(watchedSession()).query({ query: DESCRIBE }))).toBe("TokenRejected");
			expect(hits()).toBe(2);
		},
	);

	test("twenty Apollo queries at once with one rejected token renew it once", async () => {
		const session = watchedSession();
		const old = await session.cognito.getAccessToken();
		tenant.requestLog.clear();
		const real: HttpHandler = new NodeHttpHandler();
		const rejecting: HttpHandler = {
			async handle(request, options) {
				if (request.headers.authorization !== old) return real.handle(request, options);
				return { response: { statusCode: 401, headers: {}, body: JSON.stringify(rejected) } };
			},
		};
		const client = apolloClient(new AppSession({ cognito: session.cognito, requestHandler: rejecting }));
		await Promise.all(Array.from({ length: 20 }, () => client.query({ query: DESCRIBE, fetchPolicy: "no-cache" })));
		expect(tenant.requestLog.count("GetTokensFromRefreshToken")).toBe(1);
		expect(hits()).toBe(20);
	});

	const denial = { data: null, errors: [{ errorType: "Unauthorized", message: "Not Authorized to access GetApp" }] };
	test.each([
		["a denial in an answer of 200", { status: 200, body: denial }, "CombinedGraphQLErrors"],
		[
			"a failed resolver",
			{ status: 200, body: { errors: [{ errorType: "Lambda:Unhandled", message: "no" }] } },
			"CombinedGraphQLErrors",
		],
		["403", { status: 403, body: { message: "Forbidden" } }, "RequestBlocked"],
		["429", { status: 429 }, "AppSyncUnavailable"],
		["503", { status: 503, body: "secret-canary" }, "AppSyncUnavailable"],
		[
			"400",
			{ status: 400, body: { errors: [{ errorType: "MalformedHttpRequestException", message: "no" }] } },
			"QueryFailed",
		],
		["a page of a hotel", { corrupt: "html" as const }, "InvalidAppSyncResponse"],
		["half an answer", { corrupt: "truncated" as const }, "InvalidAppSyncResponse"],
		["an empty answer", { corrupt: "empty" as const }, "InvalidAppSyncResponse"],
		["a broken connection", { drop: "before" as const }, "AppSyncUnavailable"],
	])("an Apollo query that fails because of %s is sent once, and refreshes nothing", async (_, fault, code) => {
		const session = watchedSession();
		await session.cognito.getAccessToken();
		tenant.requestLog.clear();
		tenant.faults.add({ operation: "describe", ...fault });
		expect(await codeOf(apolloClient(session).query({ query: DESCRIBE }))).toBe(code);
		expect(tenant.requestLog.operations()).toEqual(["describe"]);
	});
});

describe("secrets", () => {
	test("secrets that an Apollo document selects are returned, and never stored in the cache", async () => {
		const client = apolloClient(watchedSession());
		for (let time = 0; time < 2; time++) {
			const { data } = await client.query({ query: KEYS });
			expect(inspect(data, { depth: 10 })).toContain("secretAccessKey");
		}
		const watched = await firstValueFrom(
			client.watchQuery({ query: KEYS }).pipe(filter(({ dataState }) => dataState === "complete")),
		);
		expect(client.watchQuery({ query: KEYS }).options.fetchPolicy).toBe("no-cache");
		client.cache.writeQuery({ query: KEYS, data: watched.data });
		expect(tenant.requestLog.count("keys")).toBe(3);
		expect(client.cache.extract()).toEqual({});
	});

	test("secrets are the only data that is kept out of the Apollo cache", async () => {
		const client = apolloClient(watchedSession());
		await client.query({ query: DESCRIBE });
		await client.query({ query: DESCRIBE });
		expect(hits()).toBe(1);
		expect(inspect(client.cache.extract(), { depth: 10 })).toContain(APP);
	});

	test("no error of Apollo holds a secret, whatever arrived with it", async () => {
		const canary = "canary-of-a-secret";
		const keys = { GetApp: { GetAwsCredentials: { secretAccessKey: canary } } };
		const client = apolloClient(watchedSession());
		const bodies = [
			{ status: 200, body: { data: keys, errors: [{ errorType: "Lambda:Unhandled", message: "half" }] } },
			{ status: 500, body: { data: keys } },
			{ status: 200, body: `${JSON.stringify({ data: keys })}}` },
			{ status: 401, body: { data: keys, errors: [{ errorType: "UnauthorizedException", message: "no" }] } },
		];
		for (const fault of bodies) {
			tenant.faults.clear();
			tenant.faults.add({ operation: "keys", ...fault });
			const error = await client.query({ query: KEYS }).catch((reason: unknown) => reason);
			expect(error).toBeInstanceOf(Error);
			expect(`${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}`).not.toContain(canary);
		}
	});

	test("inspection and JSON of an Apollo client show no secret", async () => {
		const session = watchedSession();
		const client = apolloClient(session);
		await client.query({ query: KEYS });
		expect(client.devtoolsConfig.enabled).toBe(false);
		const shown = inspect(client, { depth: 4, showHidden: true });
		expect(shown).not.toContain(await session.cognito.getAccessToken());
		expect(shown).not.toContain((await session.credentials()).secretAccessKey);
	});
});

describe("queries at the same time", () => {
	test("simultaneous Apollo queries are sent for each session, and for each caller", async () => {
		const admin = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
		const reader = new ApiSession(optionsOf(tenant, { apiUser: "reader" }));
		const clients = [admin, admin, reader].map((session) => apolloClient(session));
		const query = gql`query describe($tenant: String!) { GetTenant(tenant: $tenant) { name } }`;
		await Promise.all([...clients, ...clients].map((client) => client.query({ query, fetchPolicy: "no-cache" })));
		expect(hits()).toBe(6);
		const users = tenant.requestLog
			.since()
			.filter(({ operation }) => operation === "describe")
			.map(({ user }) => user);
		expect(users.sort()).toEqual(["admin", "admin", "admin", "admin", "reader", "reader"]);
		admin.destroy();
		reader.destroy();
	});

	test("simultaneous Apollo queries share one request within one session if queryDeduplication is on", async () => {
		const client = apolloClient(watchedSession(), { queryDeduplication: true });
		await Promise.all([1, 2, 3].map(() => client.query({ query: DESCRIBE, fetchPolicy: "no-cache" })));
		expect(hits()).toBe(1);
	});
});

describe("an aborted query", () => {
	const aborting = (session: AppSession, signal: AbortSignal) =>
		apolloClient(session)
			.query({ query: DESCRIBE, context: { fetchOptions: { signal } } })
			.catch(({ name }: Error) => name);

	test("an Apollo query that was aborted before is not sent", async () => {
		expect(await aborting(watchedSession(), AbortSignal.abort())).toBe("AbortError");
		expect(tenant.requestLog.length).toBe(0);
	});

	test("an Apollo query that is aborted while it waits for the token is not sent, and disturbs no other", async () => {
		const session = watchedSession();
		const controller = new AbortController();
		const other = apolloClient(session).query({ query: DESCRIBE });
		const aborted = aborting(session, controller.signal);
		controller.abort(new Error("enough"));
		expect(await aborted).toBe("Error");
		await other;
		expect(hits()).toBe(1);
	});

	test("an Apollo query that is aborted while it is sent is cancelled", async () => {
		tenant.faults.add({ operation: "describe", hang: true });
		const session = watchedSession();
		const controller = new AbortController();
		const aborted = aborting(session, controller.signal);
		while (hits() === 0) await new Promise((resolve) => setImmediate(resolve));
		controller.abort(new Error("enough"));
		expect(await aborted).toBe("Error");
		expect(hits()).toBe(1);
	});

	test("an aborted Apollo query does not wait for a sign-in that hangs", async () => {
		tenant.faults.add({ operation: "InitiateAuth", hang: true });
		const controller = new AbortController();
		const aborted = aborting(watchedSession(), controller.signal);
		controller.abort(new Error("enough"));
		expect(await aborted).toBe("Error");
	});

	test("an aborted Apollo query sends nothing afterwards, at whatever moment it is aborted", async () => {
		const session = watchedSession();
		await session.cognito.getAccessToken();
		for (let moment = 0; moment < 30; moment++) {
			const controller = new AbortController();
			const aborted = aborting(session, controller.signal);
			for (let turn = 0; turn < moment; turn++) await undefined;
			const before = sent.length;
			controller.abort(new Error("enough"));
			expect(await aborted).toBe("Error");
			await new Promise((resolve) => setImmediate(resolve));
			expect(sent.length).toBe(before);
		}
		expect(sent.length).toBeGreaterThan(0);
	});

	test("an Apollo query that nobody subscribes to any more is not sent", async () => {
		const session = watchedSession();
		await session.cognito.getAccessToken();
		const client = apolloClient(session);
		client.watchQuery({ query: DESCRIBE }).subscribe({}).unsubscribe();
		await client.query({ query: gql`query version { GetVersion }` });
		expect(hits()).toBe(0);
	});

	test("an Apollo query that is unsubscribed while it is sent is cancelled", async () => {
		tenant.faults.add({ operation: "describe", hang: true });
		const subscription = apolloClient(watchedSession()).watchQuery({ query: DESCRIBE }).subscribe({});
		while (hits() === 0) await new Promise((resolve) => setImmediate(resolve));
		subscription.unsubscribe();
		expect(sent.map(({ signal }) => signal?.aborted)).toEqual([true]);
	});
});

test("the library without its Apollo entry imports neither Apollo nor its packages", async () => {
	const { metafile } = await build({
		entryPoints: [new URL("../src/index.ts", import.meta.url).pathname],
		bundle: true,
		write: false,
		metafile: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
	const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
	expect(imported).toContain("@aws-sdk/client-cognito-identity-provider");
	expect(imported.filter((path) => /apollo|appsync-auth-link|graphql|rxjs/.test(path))).toEqual([]);
});
