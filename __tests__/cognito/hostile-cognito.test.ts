import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ManualClock } from "echostream-local";
import { totpCode } from "../../packages/local/src/user-pool/totp.ts";
import { Cognito } from "../../src/cognito/cognito.ts";
import type { CognitoOptions } from "../../src/cognito/options.ts";
import { type AnyEchoStreamError, isEchoStreamError } from "../../src/errors.ts";
import { Seeded } from "../support/seeded.ts";

const CLIENT = "client";
const USERNAME = "jo@example.com";
/** The name that the server gives the user first. */
const NAMED = "jo-as-cognito-knows-her";
const OTHER_NAME = "somebody-else";
const CLIENT_SECRET = "canary-client-secret";
const TOTP_SECRET = "CANARYCANARYCANARYCANARY";
const DEVICE = { deviceKey: "us-east-1_key", deviceGroupKey: "-group", devicePassword: "canary-device-password" };
const SETUP_CODE = "canary-setup-code";
const ANSWERS = {
	NEW_PASSWORD_REQUIRED: "canary-new-password",
	SMS_MFA: "canary-sms-mfa",
	EMAIL_OTP: "canary-email-otp",
	SMS_OTP: "canary-sms-otp",
	CUSTOM_CHALLENGE: "canary-custom-answer",
	MFA_SETUP: () => SETUP_CODE,
	SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET },
};
const PASSWORD = "canary-password";

const CHALLENGES = [
	"ADMIN_NO_SRP_AUTH",
	"CUSTOM_CHALLENGE",
	"DEVICE_PASSWORD_VERIFIER",
	"DEVICE_SRP_AUTH",
	"EMAIL_OTP",
	"MFA_SETUP",
	"NEW_PASSWORD_REQUIRED",
	"PASSWORD",
	"PASSWORD_SRP",
	"PASSWORD_VERIFIER",
	"SELECT_CHALLENGE",
	"SELECT_MFA_TYPE",
	"SMS_MFA",
	"SMS_OTP",
	"SOFTWARE_TOKEN_MFA",
	"WEB_AUTHN",
];
type Flow = NonNullable<CognitoOptions["authFlow"]>;

interface SentRequest {
	readonly operation: string;
	/** `AuthParameters` or `ChallengeResponses`. */
	readonly fields: Readonly<Record<string, string>>;
	readonly text: string;
}

/** A Cognito that follows no protocol: it sends what the test wants, and keeps what it receives. */
let server: Server;
let endpoint = "";
let sent: SentRequest[] = [];
let responses: object[] = [];
/** How many requests there were when the last response of the script was sent. */
let scriptEnd = 0;
beforeAll(async () => {
	server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
		void bodyOf(request).then((text) => {
			const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
			const { ChallengeResponses, AuthParameters } = JSON.parse(text);
			sent.push({ operation, fields: { ...AuthParameters, ...ChallengeResponses }, text });
			const body = operation.endsWith("SoftwareToken") ? SETUP : (responses.shift() ?? {});
			if (responses.length === 0) scriptEnd ||= sent.length;
			response.writeHead("__type" in body ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
			response.end(JSON.stringify(body));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
/** The connections of all sign-ins. */
const requestHandler = new NodeHttpHandler();
afterAll(() => {
	requestHandler.destroy();
	return new Promise((resolve) => server.close(resolve));
});

const SESSION = "AYABeOpaque";
const SETUP = { SecretCode: "JBSWY3DPEHPK3PXP", Session: SESSION, Status: "SUCCESS" };

function bodyOf(request: IncomingMessage): Promise<string> {
	return new Promise((resolve) => {
		let text = "";
		request.setEncoding("utf8");
		request.on("data", (chunk: string) => {
			text += chunk;
		});
		request.on("end", () => resolve(text));
	});
}

interface ChallengeFields {
	readonly named?: string;
	readonly srpNamed?: string;
	readonly available?: readonly string[];
}

function challenge(name: string, { named = NAMED, srpNamed = named, available = ["PASSWORD"] }: ChallengeFields = {}) {
	return {
		ChallengeName: name,
		Session: SESSION,
		AvailableChallenges: available,
		ChallengeParameters: {
			USERNAME: named,
			USER_ID_FOR_SRP: srpNamed,
			SRP_B: "7f".repeat(384),
			SALT: "a1b2c3d4e5f60718",
			SECRET_BLOCK: "c2VjcmV0IGJsb2Nr",
			DEVICE_KEY: DEVICE.deviceKey,
			MFAS_CAN_CHOOSE: JSON.stringify(["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]),
			MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]',
			requiredAttributes: "[]",
		},
	};
}

const clock = new ManualClock();

/** Signs in at a server that sends these responses, and returns the error. */
async function signIn(script: readonly object[], options: Partial<CognitoOptions> = {}): Promise<AnyEchoStreamError> {
	sent = [];
	scriptEnd = 0;
	responses = [...script];
	await using user = new Cognito({
		userPoolId: "us-east-1_Pool",
		clientId: CLIENT,
		clientSecret: CLIENT_SECRET,
		username: USERNAME,
		password: PASSWORD,
		endpoint,
		maxAttempts: 1,
		clock,
		requestHandler,
		device: DEVICE,
		challenges: ANSWERS,
		...options,
	});
	const failure: unknown = await user.authenticate().catch((error: unknown) => error);
	if (isEchoStreamError(failure)) return failure;
	throw failure ?? new Error("signed in by a server that has no tokens");
}

/** What must not reach a stranger, and by which challenge it may leave. */
const SECRETS: Readonly<Record<string, { readonly text: () => string; readonly by?: string }>> = {
	password: { text: () => PASSWORD, by: "PASSWORD" },
	"new password": { text: () => ANSWERS.NEW_PASSWORD_REQUIRED, by: "NEW_PASSWORD_REQUIRED" },
	"SMS code": { text: () => ANSWERS.SMS_MFA, by: "SMS_MFA" },
	"e-mail code": { text: () => ANSWERS.EMAIL_OTP, by: "EMAIL_OTP" },
	"one-time password": { text: () => ANSWERS.SMS_OTP, by: "SMS_OTP" },
	"custom answer": { text: () => ANSWERS.CUSTOM_CHALLENGE, by: "CUSTOM_CHALLENGE" },
	"set-up code": { text: () => SETUP_CODE, by: "MFA_SETUP" },
	"TOTP code": {
		text: () => `"${totpCode(TOTP_SECRET, Math.floor(clock.now() / 30_000))}"`,
		by: "SOFTWARE_TOKEN_MFA",
	},
	proof: { text: () => "PASSWORD_CLAIM_SIGNATURE", by: "PASSWORD_VERIFIER" },
	"TOTP secret": { text: () => TOTP_SECRET },
	"device password": { text: () => DEVICE.devicePassword },
	"client secret": { text: () => CLIENT_SECRET },
};

/** The secrets in requests, but for those that challenges of these names may bring. */
function leaks(requests: readonly SentRequest[], names: readonly string[]): string[] {
	const text = requests.map((request) => request.text).join("\n");
	return Object.entries(SECRETS).flatMap(([name, { text: secret, by = "" }]) => {
		const isDue = names.includes(by) || (name === "proof" && names.includes("DEVICE_PASSWORD_VERIFIER"));
		return !isDue && text.includes(secret()) ? [name] : [];
	});
}

/** Whether a key was proven twice. */
function hasSecondProof(): boolean {
	let isProven = true;
	return sent.some(({ fields }) => {
		const isSecond = fields.PASSWORD_CLAIM_SIGNATURE !== undefined && isProven;
		if (fields.PASSWORD_CLAIM_SIGNATURE !== undefined) isProven = true;
		if (fields.SRP_A !== undefined) isProven = false;
		return isSecond;
	});
}

const hashOf = (name: string) => createHmac("sha256", CLIENT_SECRET).update(`${name}${CLIENT}`).digest("base64");

/** The names that were sent or hashed, other than the configured one and the one that came first. */
function strangeNames(): string[] {
	const known = new Set([USERNAME, NAMED, hashOf(USERNAME), hashOf(NAMED)]);
	return sent
		.flatMap(({ fields }) => [fields.USERNAME, fields.SECRET_HASH])
		.filter((value): value is string => value !== undefined && !known.has(value));
}

/** What was wrong with all that was sent, for whoever sent it. */
function violations(names: readonly string[], from = 0): string[] {
	return [
		...leaks(sent.slice(from), names).map((name) => `${name} left`),
		...(hasSecondProof() ? ["one key was proven twice"] : []),
		...strangeNames().map((name) => `${name} was named or hashed`),
	];
}

const CODES = ["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"];
const SECOND_FACTORS = [...CODES, "SELECT_MFA_TYPE", "MFA_SETUP"];
const AFTER_PASSWORD = ["NEW_PASSWORD_REQUIRED", ...SECOND_FACTORS, "DEVICE_SRP_AUTH"];

/** Situations after the first factor, which all flows with a password have: what has come, and what may come next. */
const AFTER_FIRST_FACTOR: [string, string[], string[]][] = [
	["after the password", [], AFTER_PASSWORD],
	["after a new password", ["NEW_PASSWORD_REQUIRED"], [...SECOND_FACTORS, "DEVICE_SRP_AUTH"]],
	["after a code", ["SMS_MFA"], ["DEVICE_SRP_AUTH"]],
	["after a choice of code", ["SELECT_MFA_TYPE"], ["SOFTWARE_TOKEN_MFA"]],
	["after a chosen code", ["SELECT_MFA_TYPE", "SOFTWARE_TOKEN_MFA"], ["DEVICE_SRP_AUTH"]],
	["after an authenticator was set up", ["MFA_SETUP"], ["DEVICE_SRP_AUTH"]],
	["after the device's key", ["DEVICE_SRP_AUTH"], ["DEVICE_PASSWORD_VERIFIER"]],
	["after the device's proof", ["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"], SECOND_FACTORS],
	["after a code and the device's proof", ["EMAIL_OTP", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"], []],
	[
		"after the device's proof and a code",
		["NEW_PASSWORD_REQUIRED", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "SMS_MFA"],
		[],
	],
];
const afterProof = (more: string[] = []): [string, string[], string[]][] =>
	AFTER_FIRST_FACTOR.map(([title, before, next]) => [title, ["PASSWORD_VERIFIER", ...before], [...next, ...more]]);

const SITUATIONS: Readonly<Record<Flow, [string, string[], string[]][]>> = {
	USER_SRP_AUTH: [["at first", [], ["PASSWORD_VERIFIER"]], ...afterProof()],
	USER_PASSWORD_AUTH: AFTER_FIRST_FACTOR,
	USER_AUTH: [
		["at first", [], ["PASSWORD_VERIFIER", "PASSWORD_SRP", "SELECT_CHALLENGE", "EMAIL_OTP", "SMS_OTP"]],
		["after a key", ["PASSWORD_SRP"], ["PASSWORD_VERIFIER"]],
		["after a one-time password", ["SMS_OTP"], ["DEVICE_SRP_AUTH"]],
		...afterProof(),
	],
	CUSTOM_AUTH: [
		["at first", [], ["PASSWORD_VERIFIER", "CUSTOM_CHALLENGE"]],
		["after a custom challenge", ["CUSTOM_CHALLENGE"], ["PASSWORD_VERIFIER", "CUSTOM_CHALLENGE"]],
		...afterProof(["CUSTOM_CHALLENGE"]),
	],
};
const CASES = Object.entries(SITUATIONS).flatMap(([flow, situations]) =>
	situations.map(([title, before, next]) => [flow as Flow, title, before, next] as const),
);

test.each(CASES)(
	"a server that sends any challenge in %s %s receives only answers that the flow leads to",
	async (authFlow, _, before, next) => {
		const problems: string[] = [];
		for (const name of CHALLENGES) {
			// A code of an authenticator is good once. The next one comes with time.
			await clock.advance(30_000);
			const script = [...before, name].map((one) => challenge(one));
			const { code } = await signIn(script, { authFlow });
			const from = scriptEnd;
			const found = next.includes(name) ? violations([name], from) : sent.slice(from).map(({ text }) => text);
			if (!next.includes(name) && !/^Challenge(Unexpected|Unknown)$/.test(code)) found.push(`it ended in ${code}`);
			if (next.includes(name) && /^Challenge(Unexpected|Unknown)$/.test(code)) found.push("it was rejected");
			if (responses.length > 0) found.push(`it ended before, in ${code}`);
			problems.push(...found.map((problem) => `${name}: ${problem}`));
		}
		expect(problems).toEqual([]);
	},
);

test.each(Object.keys(SITUATIONS) as Flow[])(
	"a server that sends challenges and exceptions in any order in %s receives one proof for a key, for one name",
	async (authFlow) => {
		const due: Readonly<Record<Flow, string[]>> = {
			USER_SRP_AUTH: ["PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER", ...AFTER_PASSWORD],
			USER_PASSWORD_AUTH: ["PASSWORD", "DEVICE_PASSWORD_VERIFIER", ...AFTER_PASSWORD],
			USER_AUTH: ["PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER", "SMS_OTP", ...AFTER_PASSWORD],
			CUSTOM_AUTH: ["PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER", "CUSTOM_CHALLENGE", ...AFTER_PASSWORD],
		};
		const exceptions = [
			{ __type: "NotAuthorizedException", message: "Invalid session for the user." },
			{ __type: "ResourceNotFoundException", message: "Device does not exist." },
			{ __type: "CodeMismatchException", message: "Invalid code" },
			{ __type: "NotAuthorizedException", message: "Incorrect username or password." },
		];
		const likely = ["PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "SMS_MFA", "EMAIL_OTP"];
		const lengths: number[] = [];
		const problems: string[] = [];
		for (let seed = 1; seed <= 400; seed++) {
			const random = new Seeded(seed);
			const script = Array.from({ length: 60 }, (_, i) => {
				if (random.below(6) === 0) return random.one(exceptions);
				const named = i < 4 || random.below(8) > 0 ? NAMED : OTHER_NAME;
				return challenge(random.one(random.below(3) > 0 ? likely : CHALLENGES), { named });
			});
			// A code that is good once would make the login wait when it is wrong.
			const challenges = { ...ANSWERS, SOFTWARE_TOKEN_MFA: "canary-totp-code" };
			await signIn(script, { authFlow, challenges });
			lengths.push(sent.length);
			problems.push(...violations(due[authFlow]).map((problem) => `seed ${seed}: ${problem}`));
		}
		expect(problems).toEqual([]);
		expect(Math.max(...lengths)).toBeGreaterThan(4);
		expect(Math.max(...lengths)).toBeLessThan(60);
	},
);

const choice = (available: string[]) => challenge("SELECT_CHALLENGE", { available });

test.each([
	["PASSWORD in USER_SRP_AUTH", "USER_SRP_AUTH", challenge("PASSWORD"), "ChallengeUnexpected", "USER_PASSWORD_AUTH"],
	[
		"PASSWORD as the only choice in USER_SRP_AUTH",
		"USER_SRP_AUTH",
		choice(["PASSWORD"]),
		"ChallengeUnexpected",
		"USER_AUTH",
	],
	["PASSWORD in USER_AUTH", "USER_AUTH", challenge("PASSWORD"), "ChallengeUnexpected", "challenges.SELECT_CHALLENGE"],
	[
		"PASSWORD as the only choice in USER_AUTH",
		"USER_AUTH",
		choice(["PASSWORD"]),
		"ChallengeUnanswered",
		"challenges.SELECT_CHALLENGE",
	],
] as const)(
	"%s does not receive the password, and the error names what to set",
	async (_, authFlow, response, code, setting) => {
		const error = await signIn([response], { authFlow, challenges: {} });
		expect(error).toMatchObject({ code, message: expect.stringContaining(setting) });
		expect(sent).toHaveLength(1);
		expect(violations([])).toEqual([]);
	},
);

test("USER_AUTH sends the password where the caller chose that, and not where the caller chose another factor", async () => {
	const choose = (SELECT_CHALLENGE: string) => ({ authFlow: "USER_AUTH", challenges: { SELECT_CHALLENGE } }) as const;
	await signIn([choice(["PASSWORD", "EMAIL_OTP"])], choose("PASSWORD"));
	expect(sent.at(-1)?.fields).toMatchObject({ ANSWER: "PASSWORD", PASSWORD });
	const { code } = await signIn([choice(["PASSWORD", "EMAIL_OTP"]), challenge("PASSWORD")], choose("EMAIL_OTP"));
	expect([code, ...violations([])]).toEqual(["ChallengeUnexpected"]);
});

test("USER_PASSWORD_AUTH sends the password at once", async () => {
	await signIn([], { authFlow: "USER_PASSWORD_AUTH" });
	expect(sent.map(({ fields }) => fields.PASSWORD)).toEqual([PASSWORD]);
});

test.each([
	["in its next challenge", challenge("SMS_MFA", { named: OTHER_NAME })],
	["for the proof alone", challenge("SMS_MFA", { srpNamed: OTHER_NAME })],
])("a server that names another user %s receives nothing more", async (_, second) => {
	expect(await signIn([challenge("PASSWORD_VERIFIER"), second])).toMatchObject({ code: "UsernameMismatch" });
	expect([sent.length, ...violations(["PASSWORD_VERIFIER"])]).toEqual([2]);
});

test("a server that names another user after the sign-in started over receives nothing more", async () => {
	const expired = { __type: "NotAuthorizedException", message: "Invalid session for the user." };
	const script: object[] = [
		challenge("PASSWORD_VERIFIER"),
		expired,
		challenge("PASSWORD_VERIFIER", { named: OTHER_NAME }),
	];
	expect(await signIn(script)).toMatchObject({ code: "UsernameMismatch" });
	expect([sent.length, ...violations(["PASSWORD_VERIFIER"])]).toEqual([3]);
});

test("a server that names another user in each renewed access token receives SECRET_HASHes of one name", async () => {
	sent = [];
	const seconds = Math.floor(clock.now() / 1000);
	const tokens = (username: string) => {
		const claims = Buffer.from(JSON.stringify({ username, iat: seconds, exp: seconds + 3600 })).toString("base64url");
		return { AuthenticationResult: { AccessToken: `header.${claims}.signature` } };
	};
	responses = [{ __type: "UnknownOperationException" }, tokens(NAMED), tokens(OTHER_NAME), tokens(OTHER_NAME)];
	await using user = new Cognito({
		userPoolId: "us-east-1_Pool",
		clientId: CLIENT,
		clientSecret: CLIENT_SECRET,
		username: USERNAME,
		refreshToken: "canary-refresh-token",
		endpoint,
		maxAttempts: 1,
		clock,
	});
	for (let i = 0; i < 3; i++) await user.renewAccessToken();
	const hashes = sent.flatMap(({ fields }) => fields.SECRET_HASH ?? []);
	expect(hashes).toEqual([hashOf(USERNAME), hashOf(NAMED), hashOf(NAMED)]);
});

test("a name in a challenge, and not the one in the access token, is the name that a renewal hashes", async () => {
	sent = [];
	const claims = Buffer.from(JSON.stringify({ username: OTHER_NAME })).toString("base64url");
	const AuthenticationResult = { AccessToken: `header.${claims}.signature`, RefreshToken: "canary-refresh-token" };
	responses = [
		challenge("PASSWORD_VERIFIER"),
		{ AuthenticationResult },
		{ __type: "UnknownOperationException" },
		{ AuthenticationResult },
	];
	await using user = new Cognito({
		userPoolId: "us-east-1_Pool",
		clientId: CLIENT,
		clientSecret: CLIENT_SECRET,
		username: USERNAME,
		password: PASSWORD,
		endpoint,
		maxAttempts: 1,
		clock,
	});
	await user.authenticate();
	await user.renewAccessToken();
	expect(sent.length).toBe(4);
	expect(strangeNames()).toEqual([]);
});

test("a server that repeats PASSWORD_VERIFIER receives one proof, and a sign-in that starts over makes a new key", async () => {
	await signIn(Array.from({ length: 30 }, () => challenge("PASSWORD_VERIFIER")));
	expect([sent.length, ...violations(["PASSWORD_VERIFIER"])]).toEqual([2]);
	const expired = { __type: "NotAuthorizedException", message: "Invalid session for the user." };
	await signIn(Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? challenge("PASSWORD_VERIFIER") : expired)));
	const keys = sent.flatMap(({ fields }) => fields.SRP_A ?? []);
	expect([keys.length, new Set(keys).size, ...violations(["PASSWORD_VERIFIER"])]).toEqual([2, 2]);
});

test("a server that never ends a custom sign-in receives 20 answers", async () => {
	const { code } = await signIn(
		Array.from({ length: 90 }, () => challenge("CUSTOM_CHALLENGE")),
		{ authFlow: "CUSTOM_AUTH" },
	);
	expect([code, sent.length]).toEqual(["InvalidCognitoResponse", 21]);
});

test.each([
	["200,000 letters", "A".repeat(200_000)],
	["an escape sequence in it", "SMS_MFA\u001b[2J"],
	["no letter", ""],
])("a challenge whose name has %s is an invalid response, and the error does not repeat it", async (_, name) => {
	const error = await signIn([challenge(name)]);
	expect(error).toMatchObject({ code: "InvalidCognitoResponse" });
	expect(error.message).not.toMatch(/AAAA|SMS_MFA/);
	expect(sent).toHaveLength(1);
});

test("the checks of this file find a secret that is sent, a second proof and another name", async () => {
	sent = [{ operation: "", fields: { SRP_A: "a" }, text: "" }];
	for (const name of [NAMED, OTHER_NAME]) {
		const fields = { USERNAME: name, SECRET_HASH: hashOf(name), PASSWORD_CLAIM_SIGNATURE: "s" };
		sent.push({ operation: "", fields, text: `${JSON.stringify(fields)} ${PASSWORD} ${CLIENT_SECRET}` });
	}
	expect(violations([])).toEqual([
		"password left",
		"proof left",
		"client secret left",
		"one key was proven twice",
		`${OTHER_NAME} was named or hashed`,
		`${hashOf(OTHER_NAME)} was named or hashed`,
	]);
});
