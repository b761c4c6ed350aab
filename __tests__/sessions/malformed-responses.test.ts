import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ManualClock } from "echostream-local";
import { AppSession, Cognito, type CognitoUser, type HttpHandler, isEchoStreamError } from "../../src/index.ts";
import type { HttpRequest } from "../../src/platform/http-handler.ts";
import { Seeded } from "../support/seeded.ts";
import { operationOf } from "../support/watched-session.ts";

const NOW = Date.UTC(2026, 0, 1);
const SETTINGS = { clientId: "client", userPoolId: "us-east-1_LocalPool", username: "jo", password: "secret" };

function token(claims: object): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

const TOKENS = {
	AccessToken: token({ sub: "1", username: "jo", iat: NOW / 1000, exp: NOW / 1000 + 3600, token_use: "access" }),
	ExpiresIn: 3600,
	IdToken: token({ sub: "1", iat: NOW / 1000, exp: NOW / 1000 + 3600 }),
	RefreshToken: "refresh",
	TokenType: "Bearer",
	NewDeviceMetadata: { DeviceGroupKey: "-group", DeviceKey: "us-east-1_device" },
};
const KEYS = {
	accessKeyId: "ASIAEXAMPLE",
	secretAccessKey: "secret",
	sessionToken: "token",
	expiration: "2026-01-01T01:00:00Z",
};
const TENANT = { active: true, name: "local", region: "us-east-1", table: "db-local" };
const challenge = (ChallengeName: string, ChallengeParameters: object) => ({
	ChallengeName,
	ChallengeParameters,
	Session: "session",
	AvailableChallenges: ["PASSWORD_SRP", "EMAIL_OTP"],
});
/** Responses as Cognito and AppSync send them. Each one is corrupted in turn. */
const INITIATE = challenge("PASSWORD_VERIFIER", {
	SALT: "a1b2c3d4e5f60718",
	SECRET_BLOCK: "c2VjcmV0IGJsb2Nr",
	SRP_B: "7f".repeat(384),
	USERNAME: "jo",
	USER_ID_FOR_SRP: "jo",
});
const SECOND_STEPS: readonly object[] = [
	{ AuthenticationResult: TOKENS, ChallengeParameters: {} },
	challenge("SMS_MFA", { CODE_DELIVERY_DESTINATION: "+*******1234", CODE_DELIVERY_DELIVERY_MEDIUM: "SMS" }),
	challenge("NEW_PASSWORD_REQUIRED", { requiredAttributes: '["userAttributes.email"]', userAttributes: "{}" }),
	challenge("SELECT_MFA_TYPE", { MFAS_CAN_CHOOSE: '["SMS_MFA","EMAIL_OTP"]' }),
	challenge("SELECT_CHALLENGE", {}),
	challenge("MFA_SETUP", { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' }),
	challenge("DEVICE_SRP_AUTH", {}),
];
const RESPONSES: Readonly<Record<string, object>> = {
	InitiateAuth: INITIATE,
	RespondToAuthChallenge: { AuthenticationResult: TOKENS },
	GetTokensFromRefreshToken: { AuthenticationResult: TOKENS },
	AssociateSoftwareToken: { SecretCode: "JBSWY3DPEHPK3PXP", Session: "session" },
	VerifySoftwareToken: { Session: "session", Status: "SUCCESS" },
	ConfirmDevice: { UserConfirmationNecessary: false },
	getAwsCredentials: { data: { GetApp: { GetAwsCredentials: KEYS } } },
	describeApp: {
		data: { GetApp: { __typename: "ExternalApp", name: "app", config: "{}", tableAccess: true, tenant: TENANT } },
	},
};
const REJECTIONS: readonly object[] = [
	{ errors: [{ path: ["GetApp"], errorType: "Unauthorized", message: "Not Authorized" }], data: { GetApp: null } },
	{ errors: [{ errorType: "UnauthorizedException", message: "Token has expired." }] },
	{ __type: "NotAuthorizedException", message: "Incorrect username or password." },
	{ __type: "com.amazonaws#TooManyRequestsException", message: "Slow down" },
];

type Random = Seeded;
type Place = { readonly holder: Record<string, unknown>; readonly key: string };

function places(value: unknown, found: Place[] = []): Place[] {
	if (typeof value !== "object" || value === null) return found;
	const holder = value as Record<string, unknown>;
	for (const key of Object.keys(holder)) {
		found.push({ holder, key });
		places(holder[key], found);
	}
	return found;
}

const DATES = [
	"2026-01-01T01:00:00+00:00:00",
	"2026-01-01T01:00:00.123456789-01:30",
	"2026-01-01T01:00:00",
	"2026-13-45T99:99:99Z",
	"2025-01-01T00:00:00Z",
	"9999-12-31T23:59:59Z",
	"0000-00-00T00:00:00Z",
	"+275760-09-13T00:00:00.001Z",
	"Thu, 01 Jan 2026 01:00:00 GMT",
	"1767229200",
	"2026-02-30T00:00:00Z",
	"２０２６-01-01T01:00:00Z",
	"-1",
];
const SCALARS: readonly unknown[] = [
	null,
	0,
	-1,
	1e308,
	1.5,
	true,
	false,
	"",
	" ",
	"null",
	[],
	{},
	[[[]]],
	["x"],
	{ x: 1 },
];
const TEXTS = ["\u0000", "\ud800", "😀".repeat(50), "‮gnol", "é", "../../..", "%00", "0x7f", "ß\r\nX-Injected: 1"];
/** Letters that mean something to a parser or a regular expression, of which a long row may keep it busy for ever. */
const LETTERS = [...'x:#,.=/\\"\n\u001b[{(<-+0aé '];

function nested(depth: number): unknown {
	let value: unknown = "deep";
	for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
	return value;
}

/** Corrupts one place of a response. */
function corrupt(random: Random, response: object): void {
	const all = places(response);
	const { holder, key } = random.one(all);
	const other = random.one(all);
	switch (random.below(10)) {
		case 0:
			delete holder[key];
			break;
		case 1:
			holder[random.one(["", key.toLowerCase(), `${key}s`, "__proto__", "constructor", "toString"])] = holder[key];
			delete holder[key];
			break;
		case 2:
			holder[key] = null;
			break;
		case 3:
			holder[key] = random.one(SCALARS);
			break;
		case 4:
			holder[key] = `${random.one(LETTERS).repeat(random.one([300, 5_000, 200_000]))}${random.one(LETTERS)}`;
			break;
		case 5:
			holder[key] = nested(random.one([3, 50, 400]));
			break;
		case 6:
			holder[key] = random.one(DATES);
			break;
		case 7:
			holder[key] = random.one(TEXTS);
			break;
		case 8:
			[holder[key], other.holder[other.key]] = [structuredClone(other.holder[other.key]), structuredClone(holder[key])];
			break;
		default:
			holder[key] = typeof holder[key] === "string" ? holder[key].slice(random.below(holder[key].length)) : "7";
	}
}

/** The body of a corrupted response, which may not be JSON. */
function bodyOf(random: Random, original: object): Buffer {
	let corrupted = structuredClone(original);
	for (let times = 1 + random.below(3); times > 0; times--) {
		if (Object.keys(corrupted).length > 0) corrupt(random, corrupted);
		else corrupted = structuredClone(original);
	}
	const text = JSON.stringify(corrupted) ?? "";
	switch (random.below(14)) {
		case 0:
			return Buffer.from(text.slice(0, random.below(text.length)));
		case 1:
			return Buffer.from("<!DOCTYPE html><html><body>Sign in</body></html>");
		case 2:
			return Buffer.from(text.replace(/"(\w+)":("[^"]*"|\d+)/, '"$1":$2,"$1":7'));
		case 3:
			return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
		case 4: {
			const bytes = Buffer.from(text);
			for (let times = 0; times < 3; times++) bytes[random.below(bytes.length)] = random.below(256);
			return bytes;
		}
		case 5:
			return Buffer.from(random.one(["", "null", "[]", '"text"', "7", "{}", "{", "\u0000", `${text}${text}`]));
		default:
			return Buffer.from(text);
	}
}

function headersOf(random: Random): Record<string, string> {
	const date = random.one([
		"Thu, 01 Jan 2026 00:00:00 GMT",
		"",
		"yesterday",
		"Thu, 01 Jan 1970 00:00:00 GMT",
		"Fri, 31 Dec 9999 23:59:59 GMT",
		"Sat, 13 Sep 275760 00:00:00 GMT",
		random.one(LETTERS).repeat(200_000),
	]);
	const types = ["", "NotAuthorizedException:", "#", "toString", "__proto__", random.one(LETTERS).repeat(200_000)];
	return {
		...(random.below(4) > 0 && {
			"content-type": random.one(["application/x-amz-json-1.1", "text/html", "application/json"]),
		}),
		...(random.below(4) > 0 && { date }),
		...(random.below(8) === 0 && { age: "7" }),
		...(random.below(8) === 0 && { "x-amzn-errortype": random.one(types) }),
		...(random.below(8) === 0 && { "retry-after": random.one(["0", "-1", "1e9", "soon", "9".repeat(200_000)]) }),
		...(random.below(20) === 0 && { location: random.one(["", "/", "https://[", `https://${"a.".repeat(50_000)}`]) }),
		...(random.below(40) === 0 && { "x-amzn-waf-action": "challenge" }),
	};
}

/** What a handler may reject with, however odd. */
const THROWN: readonly unknown[] = [
	"text",
	undefined,
	null,
	7,
	{ message: 7 },
	Object.assign(new Error("reset"), { code: "ECONNRESET" }),
	Object.assign(new Error("odd"), { $metadata: null }),
];

/** Responds to every request from memory: to those for its operations with a malformed response, to all others with a valid one. */
class CorruptingHandler implements HttpHandler {
	sentText = "";
	readonly #random: Random;
	readonly #operations: readonly string[];
	readonly #real: object;

	constructor(random: Random, operations: readonly string[], real: object) {
		this.#random = random;
		this.#operations = operations;
		this.#real = real;
	}

	async handle(request: HttpRequest) {
		const operation = operationOf(request);
		const random = this.#random;
		if (!this.#operations.includes(operation))
			return reply(200, { date: new Date(NOW).toUTCString() }, JSON.stringify(RESPONSES[operation]));
		if (random.below(60) === 0) throw random.one(THROWN);
		const isRejection = random.below(8) === 0;
		const body = bodyOf(random, isRejection ? random.one(REJECTIONS) : this.#real);
		const statusCode =
			random.below(4) > 0 && !isRejection ? 200 : random.one([200, 204, 301, 400, 401, 403, 418, 429, 500, 503]);
		this.sentText = `${statusCode} ${body.subarray(0, 600).toString()}`;
		return reply(statusCode, headersOf(random), body);
	}
}

function reply(statusCode: number, headers: Record<string, string>, body: string | Buffer) {
	const stream = Readable.from([Buffer.from(body as string)]);
	return { response: { statusCode, headers: { "content-type": "application/json", ...headers }, body: stream } };
}

let unhandled = 0;
const count = () => unhandled++;
beforeAll(() => {
	process.on("unhandledRejection", count);
});
afterAll(() => {
	process.off("unhandledRejection", count);
});

/** Runs one case for each seed, and reports those that end neither in a result nor in a typed error. */
async function fuzz(
	cases: number,
	run: (
		random: Random,
	) => Promise<{ handler: { readonly sentText: string }; call: Promise<unknown>; isGood(value: unknown): boolean }>,
) {
	const problems: string[] = [];
	let successes = 0;
	for (let seed = 1; seed <= cases; seed++) {
		const { handler, call, isGood } = await run(new Seeded(seed));
		const problem = await call.then(
			(value) => {
				successes++;
				return isGood(value) ? undefined : `gave ${JSON.stringify(value)?.slice(0, 300)}`;
			},
			(error: unknown) => (isEchoStreamError(error) ? undefined : `threw ${String((error as Error)?.stack ?? error)}`),
		);
		if (problem !== undefined) problems.push(`seed ${seed}: ${problem}\n  for ${handler.sentText}`);
	}
	await new Promise((resolve) => setImmediate(resolve));
	expect(problems.slice(0, 5)).toEqual([]);
	expect(unhandled).toBe(0);
	// Most responses are malformed in a relevant place, and some are not.
	expect(successes).toBeGreaterThan(cases / 50);
	expect(successes).toBeLessThan(cases);
}

const isText = (value: unknown) => typeof value === "string" && value !== "";
const code = () => "123456";
const challenges = {
	SMS_MFA: code,
	EMAIL_OTP: code,
	SOFTWARE_TOKEN_MFA: code,
	MFA_SETUP: code,
	NEW_PASSWORD_REQUIRED: () => ({ password: "New-passw0rd", attributes: { email: "jo@example.com" } }),
};

function user(random: Random, operations: readonly string[], real: object, options = {}) {
	const handler = new CorruptingHandler(random, operations, real);
	const cognito = new Cognito({
		...SETTINGS,
		clock: new ManualClock(NOW),
		maxAttempts: 1,
		requestHandler: handler,
		challenges,
		...options,
	});
	const isGood = (value: unknown) =>
		isText(value) &&
		value === cognito.accessToken &&
		[cognito.idToken, cognito.refreshToken].every((kept) => kept === undefined || typeof kept === "string");
	return { handler, cognito, call: cognito.getAccessToken(), isGood };
}

test("4,000 malformed responses to a sign-in end in a result or a typed error", async () => {
	const DEVICE = { deviceKey: "us-east-1_device", deviceGroupKey: "-group", devicePassword: "device" };
	await fuzz(4_000, async (random) => {
		if (random.below(2) === 0) return user(random, ["InitiateAuth"], INITIATE);
		const device = random.below(2) === 0 ? undefined : DEVICE;
		// The steps after a password are the same in both flows, and a proof of the password takes twenty times as long.
		return random.below(4) === 0
			? user(random, ["RespondToAuthChallenge"], random.one(SECOND_STEPS), { device })
			: user(random, ["InitiateAuth", "RespondToAuthChallenge"], random.one(SECOND_STEPS), {
					device,
					authFlow: "USER_PASSWORD_AUTH",
				});
	});
});

test("4,000 malformed responses to a renewal end in a result or a typed error", async () => {
	await fuzz(4_000, async (random) =>
		user(
			random,
			["GetTokensFromRefreshToken"],
			{ AuthenticationResult: TOKENS },
			{ refreshToken: "kept", password: undefined },
		),
	);
});

/** A session whose user always has a token. */
function session(requestHandler: HttpHandler): AppSession {
	const clock = new ManualClock(NOW);
	const cognito: CognitoUser = { username: "jo", getAccessToken: async () => "token" };
	const appsyncEndpoint = "https://appsync.example/graphql";
	return new AppSession({
		cognito,
		clock,
		requestHandler,
		appsyncEndpoint,
		app: "app",
		tenant: "local",
		maxAttempts: 1,
	});
}

function corruptingHandler(random: Random, operation: string): CorruptingHandler {
	return new CorruptingHandler(random, [operation], RESPONSES[operation] as object);
}

type Fields = Readonly<Record<string, unknown>>;

test("6,600 malformed responses to the query for credentials end in whole credentials or a typed error", async () => {
	await fuzz(6_600, async (random) => {
		const handler = corruptingHandler(random, "getAwsCredentials");
		const isGood = (value: unknown) => {
			const { accessKeyId, secretAccessKey, sessionToken, expiration } = value as Fields;
			const left = Number(expiration) - NOW;
			return [accessKeyId, secretAccessKey, sessionToken].every(isText) && left > 0 && left <= 3_900_000;
		};
		return { handler, call: session(handler).credentials(), isGood };
	});
});

test("3,000 malformed descriptions of a tenant and an app end in a result or a typed error", async () => {
	await fuzz(3_000, async (random) => {
		const handler = corruptingHandler(random, "describeApp");
		if (random.below(2) === 0) {
			const isGood = (value: unknown) =>
				typeof (value as Fields).name === "string" && typeof (value as Fields).type === "string";
			return { handler, call: session(handler).describeApp(), isGood };
		}
		const isGood = (value: unknown) => {
			const { name, region, table, active } = value as Fields;
			return [name, region, table].every((text) => typeof text === "string") && typeof active === "boolean";
		};
		return { handler, call: session(handler).describeTenant(), isGood };
	});
});

test("2,000 malformed dates end in credentials that live as long as their date, or a typed error", async () => {
	await fuzz(2_000, async (random) => {
		const letters = [...random.one([KEYS.expiration, ...DATES])];
		for (let times = random.below(4); times > 0; times--) {
			letters.splice(random.below(letters.length + 1), random.below(3), random.one([..."0123456789TZ+-:. "]));
		}
		const expiration = letters.join("");
		const body = JSON.stringify({ data: { GetApp: { GetAwsCredentials: { ...KEYS, expiration } } } });
		const handler = { sentText: expiration, handle: async () => reply(200, {}, body) };
		const isGood = (value: unknown) => {
			const ms = Number((value as Fields).expiration);
			// What JavaScript reads, too, it reads alike.
			const usual = Date.parse(expiration);
			return ms > NOW && (Number.isNaN(usual) || Math.abs(usual - ms) < 1);
		};
		return { handler, call: session(handler).credentials(), isGood };
	});
});

const ROWS = LETTERS.flatMap((letter) => ["\n", "x", '"', "\u001b"].map((end) => `${letter.repeat(200_000)}${end}`));

test("200,000 letters in each field of Cognito's responses end a sign-in in a typed error", async () => {
	for (const row of ROWS) {
		for (const [headers, body] of [
			[{}, { __type: row, code: row, message: row }],
			[{ "x-amzn-errortype": row, date: row, "retry-after": row, "x-amzn-requestid": row }, {}],
			[{}, { ChallengeName: row, ChallengeParameters: { ...INITIATE.ChallengeParameters, SRP_B: row, SALT: row } }],
			[{}, { AuthenticationResult: { ...TOKENS, AccessToken: row } }],
		] as const) {
			const isChallenge = "ChallengeName" in body;
			const statusCode = "AuthenticationResult" in body || isChallenge ? 200 : 400;
			const requestHandler = { handle: async () => reply(statusCode, { ...headers }, JSON.stringify(body)) };
			const authFlow = isChallenge ? "USER_SRP_AUTH" : "USER_PASSWORD_AUTH";
			const user = new Cognito({ ...SETTINGS, authFlow, clock: new ManualClock(NOW), maxAttempts: 1, requestHandler });
			const error = await user.getAccessToken().catch((reason: unknown) => reason);
			expect(isEchoStreamError(error)).toBe(true);
		}
	}
});

test("a message of 250,000 letters that repeats a Session and a SECRET_BLOCK of the same letters ends a login at once", async () => {
	const letters = "A".repeat(250_000);
	const ChallengeParameters = { ...INITIATE.ChallengeParameters, SECRET_BLOCK: "AAAA" };
	// One such message kept the process busy for half a second. Thirty of them take longer than a test may.
	for (let i = 0; i < 30; i++) {
		await new Promise((resolve) => setImmediate(resolve));
		const bodies = [
			{ ...INITIATE, Session: letters, ChallengeParameters },
			{ __type: "Failure", message: letters },
		];
		const requestHandler = {
			handle: async () => reply(bodies.length === 2 ? 200 : 400, {}, JSON.stringify(bodies.shift())),
		};
		const user = new Cognito({ ...SETTINGS, clock: new ManualClock(NOW), maxAttempts: 1, requestHandler });
		const error = await user.getAccessToken().catch((reason: unknown) => reason);
		expect(error).toMatchObject({ code: "CognitoException", message: expect.not.stringContaining("AAA") });
	}
}, 8_000);

test("200,000 letters in each field of AppSync's responses end a query in a typed error", async () => {
	for (const row of ROWS) {
		for (const body of [
			{ errors: [{ message: row, errorType: row, path: [row] }] },
			{ data: { GetApp: { GetAwsCredentials: { ...KEYS, expiration: row, sessionToken: row } } } },
			{ data: { GetApp: { __typename: row, name: row } } },
		]) {
			const headers = { "x-amzn-errortype": row, date: row };
			const handle = async () => reply(200, headers, JSON.stringify(body));
			const error = await session({ handle })
				.credentials()
				.catch((reason: unknown) => reason);
			expect(isEchoStreamError(error)).toBe(true);
		}
	}
});

const FIELDS_OF_ZERO = Array.from({ length: 455_000 }, (_, i) => `"k${i}":0`);

/** What fills a large response, by the size that it is to have. */
const FILLINGS: readonly ((size: number) => string)[] = [
	(size) => `"${"x".repeat(size)}"`,
	(size) => `"${":".repeat(size)}"`,
	(size) => `"${"\\u001b".repeat(size / 6)}"`,
	(size) => `"${"é".repeat(size / 2)}"`,
	(size) => " ".repeat(size),
	(size) => `[${"0,".repeat(size / 2)}0]`,
	(size) => `[${"[],".repeat(size / 3)}0]`,
	(size) => `[${"{},".repeat(size / 3)}0]`,
	(size) => `[${'{"a":0},'.repeat(size / 8)}0]`,
	(size) => `{${FIELDS_OF_ZERO.slice(0, size / 11).join(",")}}`,
	(size) => `[{${FIELDS_OF_ZERO.slice(0, size / 13).join("},{")}}]`,
	(size) => "[".repeat(size / 2) + "]".repeat(size / 2),
	(size) => '{"a":'.repeat(size / 6),
	(size) => "9".repeat(size),
	(size) => "\u0000".repeat(size),
];

test("400 responses of up to 5 MB, to a sign-in and to the query for credentials, end in a result or a typed error", async () => {
	await fuzz(400, async (random) => {
		const isLogin = random.below(4) === 0;
		const size = random.one(isLogin ? [100_000, 500_000, 2_000_000] : [250_000, 1_000_000, 4_999_000]);
		const filling = random.one(FILLINGS)(size);
		const body = isLogin
			? `{"AuthenticationResult":${JSON.stringify(TOKENS)},"__type":${filling},"message":${filling}}`
			: `{"data":{"GetApp":{"GetAwsCredentials":${JSON.stringify(KEYS)},"more":${filling}}}}`;
		const statusCode = random.one([200, 200, 400, 500]);
		const sentText = `${statusCode} ${body.slice(0, 600)}`;
		const handler = { sentText, handle: async () => reply(statusCode, {}, body) };
		if (isLogin) {
			const cognito = new Cognito({
				...SETTINGS,
				clock: new ManualClock(NOW),
				maxAttempts: 1,
				requestHandler: handler,
				endpoint: "https://cognito.example",
				authFlow: "USER_PASSWORD_AUTH",
			});
			return { handler, call: cognito.getAccessToken(), isGood: isText };
		}
		const isGood = (value: unknown) => isText((value as Fields).accessKeyId);
		return { handler, call: session(handler).credentials(), isGood };
	});
});
