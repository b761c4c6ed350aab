import { CombinedGraphQLErrors, gql } from "@apollo/client";
import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "echostream-local";
import { outputOf } from "../../packages/cli/__tests__/support/output-of.ts";
import { apolloClient } from "../../src/apollo.ts";
import type { HttpHandler, SessionEvent } from "../../src/index.ts";
import { LyingServer, type Reply, sessionOf, userOf } from "../support/lying-server.ts";

const ESC = "\u001b";
/** What must reach neither a terminal nor a log as it is. */
const CONTROLS = `${ESC}]0;owned\u0007${ESC}[2J\u009b31m\u0000\r\n\t\u007f\u2028\u2029\u202e\u2066\u200e\u061c\ufeff\ud800`;
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const lie = (words: string) => `${words}${CONTROLS}${words}`;

/** Everything that is printed or logged of an error: message, name, every property of it and of its causes. */
function textsOf(value: unknown, depth = 0): string[] {
	if (typeof value === "string") return [value];
	if (typeof value !== "object" || value === null || depth > 8) return [];
	const own = Object.getOwnPropertyNames(value).filter((name) => name !== "stack");
	return own.flatMap((name) => [name, ...textsOf((value as Record<string, unknown>)[name], depth + 1)]);
}

function expectSafe(...shown: readonly unknown[]): void {
	const texts = shown.flatMap((value) => textsOf(value));
	expect(texts.length).toBeGreaterThan(0);
	expect(texts.filter((text) => UNSAFE.test(text))).toEqual([]);
}

const failureOf = (call: Promise<unknown>): Promise<Error> =>
	call.then(
		() => new Error("It did not fail"),
		(error: Error) => error,
	);

/** Notes what is logged, and every event. */
function listening() {
	const heard: unknown[] = [];
	const log = (...content: unknown[]) => heard.push(...content);
	const options = {
		logger: { debug: log, info: log, warn: log, error: log },
		onEvent: (event: SessionEvent) => heard.push(event),
	};
	return { heard, options };
}

const challenge = (ChallengeName: string, ChallengeParameters: object = {}) => ({
	body: { ChallengeName, ChallengeParameters, Session: lie("session"), AvailableChallenges: [lie("SMS_OTP")] },
});
const VERIFIER = {
	SALT: "ab",
	SECRET_BLOCK: "c2VjcmV0",
	SRP_B: "7f".repeat(384),
	USERNAME: "jo",
	USER_ID_FOR_SRP: "jo",
};
const RESULT = { AccessToken: "e30.e30.x", ExpiresIn: 3600, IdToken: "e30.e30.x", RefreshToken: "refresh" };
const claims = (fields: object) => `e30.${Buffer.from(JSON.stringify(fields)).toString("base64url")}.x`;

const COGNITO: Readonly<Record<string, Reply>> = {
	"the message of an exception": { status: 400, body: { __type: "NotAuthorizedException", message: lie("no") } },
	"the name of an exception": { status: 400, body: { __type: lie("Odd"), message: "no" } },
	"a code instead of a name": { status: 400, body: { code: lie("Odd"), Message: lie("no") } },
	"an exception's name in a header, and its request id": {
		status: 400,
		headers: { "x-amzn-errortype": "Odd\u0085\u009b", "x-amzn-requestid": "id\u009b2J" },
	},
	"a failure": { status: 500, body: { message: lie("no") } },
	"the name of an unknown challenge": challenge(lie("NEXT_YEARS_CHALLENGE")),
	"the attributes that a new password needs": challenge("NEW_PASSWORD_REQUIRED", {
		requiredAttributes: JSON.stringify([lie("userAttributes.email")]),
	}),
	"the parameters of a login": challenge("PASSWORD_VERIFIER", {
		...VERIFIER,
		USERNAME: lie("jo"),
		USER_ID_FOR_SRP: lie("jo"),
		SALT: lie("ab"),
	}),
	"the numbers of a login": challenge("PASSWORD_VERIFIER", { ...VERIFIER, SRP_B: lie("7f") }),
	"the secret block of a login": challenge("PASSWORD_VERIFIER", { ...VERIFIER, SECRET_BLOCK: lie("c2Vj") }),
	"the destination of a code that nobody answers": challenge("SMS_MFA", { CODE_DELIVERY_DESTINATION: lie("+1") }),
	"an access token": { body: { AuthenticationResult: { ...RESULT, AccessToken: lie("e30.e30.x") } } },
	"text that is no JSON": { body: lie("<html>") },
	"the address of a redirect": { status: 302, headers: { location: "https://e\u009bvil.example/" } },
};

describe("control characters that Cognito sends in", () => {
	// A second factor may come first only where the password itself was sent.
	const cases = Object.entries(COGNITO).flatMap(([place, reply]) =>
		(["USER_SRP_AUTH", "USER_PASSWORD_AUTH"] as const).map((authFlow) => ({ place, reply, authFlow })),
	);
	test.each(cases)(
		"control characters that Cognito sends in $place ($authFlow) are in no error, no log line and no event",
		async ({ reply, authFlow }) => {
			await using server = await LyingServer.start(() => reply);
			const { heard, options } = listening();
			const challenges = { NEW_PASSWORD_REQUIRED: "New-passw0rd" };
			const user = userOf(server.url, { ...options, authFlow, challenges, maxAttempts: 1 });
			const error = await failureOf(user.getAccessToken());
			expect(error).toHaveProperty("code");
			expectSafe(error, ...heard);
			user.destroy();
		},
	);

	test("control characters in the names of a user are in no event, no log line and no inspection", async () => {
		const responses: Reply[] = [
			{ body: { AuthenticationResult: { ...RESULT, AccessToken: claims({ username: lie("jo"), sub: "1" }) } } },
		];
		await using server = await LyingServer.start(() => responses[0]);
		const { heard, options } = listening();
		const user = userOf(server.url, { ...options, username: undefined, refreshToken: "refresh" });
		await user.getAccessToken();
		expectSafe(...heard, JSON.stringify(user), String(user.username));
		user.destroy();
	});

	test("control characters in the destination of a code do not reach the challenge function", async () => {
		const destination = lie("+*******1234");
		await using server = await LyingServer.start(() =>
			challenge("SMS_MFA", { CODE_DELIVERY_DESTINATION: destination }),
		);
		const destinations: unknown[] = [];
		const SMS_MFA = (question: { readonly destination?: string }) => {
			destinations.push(question.destination);
			throw new Error("enough");
		};
		const user = userOf(server.url, { authFlow: "USER_PASSWORD_AUTH", challenges: { SMS_MFA } });
		await failureOf(user.getAccessToken());
		expectSafe(...destinations);
		user.destroy();
	});
});

const errors = (fields: object) => ({ errors: [{ message: "no", ...fields }], data: { GetApp: null } });
const APPSYNC: Readonly<Record<string, Reply>> = {
	"the message of a GraphQL error": { body: errors({ message: lie("no") }) },
	"the type of a GraphQL error": { body: errors({ errorType: lie("Odd") }) },
	"the path of a GraphQL error": { body: errors({ path: [lie("GetApp"), 1] }) },
	"the message of a denial": { body: errors({ errorType: "Unauthorized", message: lie("Not Authorized") }) },
	"the message of a rejected token": { status: 401, body: errors({ message: lie("no") }) },
	"the message of a firewall": {
		status: 403,
		body: errors({ errorType: "WAFForbiddenException", message: lie("403") }),
	},
	"the message of a failure": { status: 500, body: errors({ message: lie("no") }) },
	"the type of an app": { body: { data: { GetApp: { __typename: lie("Odd"), name: lie("app") } } } },
	"the fields of AWS credentials": {
		body: { data: { GetApp: { GetAwsCredentials: { accessKeyId: lie("A"), expiration: lie("2026") } } } },
	},
	"text that is no JSON": { body: lie("<html>") },
};

describe("control characters that AppSync sends in", () => {
	test.each(Object.entries(APPSYNC))(
		"control characters that AppSync sends in %s are in no error, no log line and no event",
		async (_, reply) => {
			await using server = await LyingServer.start(() => reply);
			const { heard, options } = listening();
			const session = sessionOf(server.url, { ...options, maxAttempts: 1 });
			const error = await failureOf(session.credentials());
			expect(error).toHaveProperty("code");
			expectSafe(error, ...heard, await failureOf(session.query("query thing { GetThing }")).catch(() => "data"));
			session.destroy();
		},
	);

	test("control characters in the description of a tenant are in no error", async () => {
		const tenant = { name: lie("local"), region: lie("us-east-1"), table: lie("table"), active: lie("yes") };
		await using server = await LyingServer.start(() => ({ body: { data: { GetApp: { tenant } } } }));
		const session = sessionOf(server.url);
		expectSafe(await failureOf(session.describeTenant()), await failureOf(session.regionName()));
	});

	test("control characters in a GraphQL error are not in Apollo's error either, which keeps its other fields", async () => {
		const info = { errorInfo: { field: "kept" } };
		await using server = await LyingServer.start(() => ({ body: errors({ message: lie("no"), ...info }) }));
		const client = apolloClient(sessionOf(server.url));
		const error = await failureOf(client.query({ query: gql`query version { GetVersion }` }));
		expect(error).toBeInstanceOf(CombinedGraphQLErrors);
		expect((error as CombinedGraphQLErrors).errors).toMatchObject([info]);
		expectSafe(error.message, (error as CombinedGraphQLErrors).errors);
	});
});

test("a description with control characters is printed on a terminal without them, and is the same to a program", async () => {
	const tenant = { name: lie("local"), region: "us-east-1", table: lie("table"), active: true };
	const app = {
		__typename: "ExternalApp",
		name: lie("app"),
		description: lie("été 🌍"),
		config: "{}",
		tableAccess: true,
	};
	await using server = await LyingServer.start(({ path, body }) => {
		if (path === "/graphql") return { body: { data: { GetApp: { ...app, tenant } } } };
		return body.includes("USER_AUTH") || body.includes("SRP_A") ? { body: { AuthenticationResult: RESULT } } : {};
	});
	Object.assign(process.env, {
		APP: "app",
		APPSYNC_ENDPOINT: `${server.url}/graphql`,
		AWS_ENDPOINT_URL: server.url,
		CLIENT_ID: "client",
		PASSWORD: "secret",
		TENANT: "tenant",
		USER_NAME: "jo",
		USER_POOL_ID: "us-east-1_LocalPool",
	});
	const { errors, printed, status } = await outputOf(["whoami", "--json", "--no-cache"]);
	expect([status, errors]).toEqual([0, ""]);
	expect(JSON.parse(printed).app.name).toBe(lie("app"));
	expectSafe(printed.replaceAll("\n", ""));
});

describe("a message that quotes the request hides", () => {
	const quoting = (words: (body: string) => string): HttpHandler => ({
		handle: async ({ body }) => ({
			response: {
				statusCode: 400,
				headers: {},
				body: JSON.stringify({ __type: "NotAuthorizedException", message: words(String(body)) }),
			},
		}),
	});
	const renewal = (requestHandler: HttpHandler, secrets: { refreshToken: string; clientSecret: string }) =>
		failureOf(
			userOf("https://cognito.example", {
				requestHandler,
				password: undefined,
				...secrets,
				clock: new ManualClock(),
			}).getAccessToken(),
		);

	test.each([
		["the longer of two secrets that begin alike", "canary-1234", "canary-1234-and-more"],
		["a secret with another one in it", "quote-inner-canary-and-more", "inner"],
		["a secret that ends as another begins", "first-canary", "canary-second"],
		["a secret with characters that JSON escapes", 'a"quote\\and\nmore-canary', "client-secret"],
	])("a message that quotes the request hides its secret: %s", async (_, refreshToken, clientSecret) => {
		const both = refreshToken.includes("first") ? "first-canary-second" : `${clientSecret} ${refreshToken}`;
		const error = await renewal(
			quoting((body) => `${body} ${both}`),
			{ refreshToken, clientSecret },
		);
		const shown = [error.message, String((error.cause as Error).message), JSON.stringify(error)].join();
		expect(shown).toContain("***");
		expect(shown).not.toMatch(/canary|and-more|second|quote/);
	});

	test("a message hides the start of a secret that is longer than what is shown", async () => {
		const refreshToken = "canary".repeat(400);
		const error = await renewal(
			quoting(() => refreshToken.slice(0, 1800)),
			{ refreshToken, clientSecret: "none" },
		);
		expect(`${error.message}${(error.cause as Error).message}`).not.toContain("canary");
	});

	test("a message hides the first half of a long secret that the service has cut off", async () => {
		const refreshToken = `canary${"x".repeat(4000)}`;
		const error = await renewal(
			quoting(() => refreshToken.slice(0, 2000)),
			{ refreshToken, clientSecret: "none" },
		);
		expect(`${error.message}${(error.cause as Error).message}`).not.toContain("canary");
	});

	test("a message hides a secret that crosses the end of what is shown", async () => {
		const refreshToken = "canary".repeat(50);
		const error = await renewal(
			quoting(() => `${"x".repeat(900)}${refreshToken}`),
			{ refreshToken, clientSecret: "none" },
		);
		expect(`${error.message}${(error.cause as Error).message}`).not.toContain("canary");
	});
});
