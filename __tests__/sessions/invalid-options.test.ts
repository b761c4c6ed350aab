import { Agent } from "node:https";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ManualClock } from "echostream-local";
import {
	ApiSession,
	AppSession,
	type AppSessionOptions,
	Cognito,
	type CognitoOptions,
	type SettingsError,
} from "../../src/index.ts";
import { settingsErrorOf } from "../support/settings-error.ts";

const GOOD = {
	app: "app",
	appsyncEndpoint: "https://abc.appsync-api.us-east-1.amazonaws.com/graphql",
	clientId: "4abcdefghijklmnopqrstuvwxy",
	password: "canary-password",
	tenant: "tenant",
	userPoolId: "us-east-1_AbCdEfGhI",
	username: "user",
};

const log = () => {};
const LOGGER = { debug: log, info: log, warn: log, error: log };
const CLOCK = { now: () => 0, monotonic: () => 0, after: () => log };
const fail = () => {
	throw new Error("canary");
};
const DEVICE = { deviceKey: "k", deviceGroupKey: "g", devicePassword: "canary" };

const NOT_A_STRING = [7, true, {}, ["canary"], () => "canary", Symbol("canary")];
const NOT_AN_IDENTIFIER = [
	" canary",
	"canary\n",
	"\ufeffcanary",
	'"canary"',
	"'canary'",
	"can\u0000ary",
	"canary\u200b",
];
const NOT_A_BOOLEAN = [null, "false", "true", 0, 1, {}];
const NOT_A_FUNCTION = ["canary", 7, {}, [], true];
const NOT_A_TIME = [null, 0, -1, Number.NaN, "5", {}, true, 5n];
const NOT_FINITE = [...NOT_A_TIME, Number.POSITIVE_INFINITY];
const NOT_A_COUNT = [...NOT_FINITE, 1.5, 0.5];

const INVALID_SECRET = [...NOT_A_STRING, " canary", "canary\n", "\ufeffcanary", '"canary"', "canary\u200b"];
const INVALID_TEXT = [...NOT_A_STRING, ...NOT_AN_IDENTIFIER];
const INVALID_SHARED = {
	allowPlainHttp: NOT_A_BOOLEAN,
	answerTimeoutMs: NOT_A_TIME,
	challenges: [
		...["canary", 7, true, [], new Map(), () => ({})],
		{ SMS: "canary" },
		{ SMS_MFA: 7 },
		{ SMS_MFA: { secret: "AAAA" } },
		{ EMAIL_OTP: ["canary"] },
		{ SMS_OTP: true },
		{ CUSTOM_CHALLENGE: {} },
		{ SELECT_MFA_TYPE: 1 },
		{ SELECT_CHALLENGE: {} },
		{ MFA_SETUP: "canary" },
		{ NEW_PASSWORD_REQUIRED: {} },
		{ NEW_PASSWORD_REQUIRED: { password: 7 } },
		{ NEW_PASSWORD_REQUIRED: { password: "canary", attributes: { email: 7 } } },
		{ SOFTWARE_TOKEN_MFA: 123456 },
		{ SOFTWARE_TOKEN_MFA: {} },
		{ SOFTWARE_TOKEN_MFA: { secret: 7 } },
		{ SOFTWARE_TOKEN_MFA: { secret: "canary!" } },
	],
	clientId: INVALID_TEXT,
	clock: [
		...["canary", 7, true, [], {}, Date, new Date(0)],
		...[
			{ ...CLOCK, now: undefined },
			{ ...CLOCK, after: 7 },
			{ ...CLOCK, monotonic: fail },
		],
		...[
			{ ...CLOCK, now: () => Number.NaN },
			{ ...CLOCK, now: () => new Date(0) },
			{ ...CLOCK, monotonic: () => "0" },
		],
	],
	connectAhead: NOT_A_BOOLEAN,
	logger: [
		...["canary", 7, true, [], {}, log],
		...[{ warn: log }, { ...LOGGER, debug: undefined }, { ...LOGGER, error: "canary" }],
		Object.defineProperty({ ...LOGGER }, "warn", { get: fail }),
	],
	loginTimeoutMs: NOT_A_TIME,
	maxAttempts: NOT_A_COUNT,
	onEvent: NOT_A_FUNCTION,
	password: [7, true, {}, ["canary"]],
	random: [...NOT_A_FUNCTION, () => Number.NaN, () => 1.1, () => -0.1, () => "0.5", () => {}, fail],
	requestHandler: ["canary", 7, true, [], new Map(), new Agent(), NodeHttpHandler, () => new NodeHttpHandler()],
	requestTimeoutMs: NOT_A_TIME,
	startSpreadSeconds: NOT_FINITE,
	store: ["canary", 7, true, [], {}, new Map(), { read: fail, write: fail, lease: fail }],
	storeKey: ["canary", 7, true, {}, [], "ab".repeat(31), new Uint8Array(31), "c".repeat(42)],
	userPoolId: [...INVALID_TEXT, "AbCdEfGhI", "us-east-1"],
	username: INVALID_TEXT,
};

/** Invalid values of every option of a session. The compiler reports an option that is missing here. */
const INVALID_IN_SESSIONS: Readonly<Record<keyof AppSessionOptions, readonly unknown[]>> = {
	...INVALID_SHARED,
	advisoryRefreshSeconds: NOT_FINITE,
	app: INVALID_TEXT,
	appsyncEndpoint: [...INVALID_TEXT, "canary", "https://"],
	cognito: ["canary", 7, true, [], {}, Cognito, { username: "canary" }, { getAccessToken: "canary" }],
	duration: [...NOT_A_COUNT, 899, 43_201],
	mandatoryRefreshSeconds: NOT_FINITE,
	profileName: INVALID_TEXT,
	regionName: INVALID_TEXT,
	serveExpired: NOT_A_BOOLEAN,
	tenant: INVALID_TEXT,
	totalTimeoutMs: NOT_A_TIME,
};

/** The same for a Cognito user. */
const INVALID_IN_USERS: Readonly<Record<keyof CognitoOptions, readonly unknown[]>> = {
	...INVALID_SHARED,
	accessToken: INVALID_SECRET,
	authFlow: [...INVALID_TEXT, "canary"],
	clientSecret: INVALID_SECRET,
	device: ["canary", 7, [], {}, { ...DEVICE, deviceKey: undefined }, { ...DEVICE, devicePassword: "" }],
	endpoint: [...INVALID_TEXT, "canary", "ftp://example.com"],
	idToken: INVALID_SECRET,
	onDevice: NOT_A_FUNCTION,
	owner: [7, "canary", [], {}],
	refreshToken: INVALID_SECRET,
	userPoolRegion: [...INVALID_TEXT, "canary"],
};

let before: NodeJS.ProcessEnv;
beforeEach(() => {
	before = { ...process.env };
	for (const name of ["APP", "APPSYNC_ENDPOINT", "CLIENT_ID", "PASSWORD", "TENANT", "USER_NAME", "USER_POOL_ID"]) {
		delete process.env[name];
	}
});
afterEach(() => {
	process.env = before;
});

const makeSession = (options: object) => new AppSession({ ...GOOD, ...options });
const makeUser = (options: object) => {
	const { userPoolId, clientId, username, password } = GOOD;
	return new Cognito({ userPoolId, clientId, username, password, ...options } as CognitoOptions);
};

describe.each([
	["an AppSession", makeSession, INVALID_IN_SESSIONS],
	["a Cognito user", makeUser, INVALID_IN_USERS],
] as const)("%s", (subject, make, table: Readonly<Record<string, readonly unknown[]>>) => {
	test.each(Object.keys(table))(
		`${subject} with an invalid %s is a settings error that names this option alone`,
		(option) => {
			for (const value of table[option] ?? []) {
				const error = settingsErrorOf(() => make({ [option]: value }));
				expect(error.message).toMatch(new RegExp(`^Cannot create ${subject}\\.`));
				expect(error.problems.map((problem) => problem.option.split(".")[0])).toEqual([option]);
				expect(error.problems[0]?.problem).toMatch(/^(must|is|starts|ends|contains|has|uses)\b/);
				expect(error.message).not.toContain("canary");
			}
		},
	);

	test(`${subject} with an invalid value of every option reports all of them in one error`, () => {
		const options = Object.fromEntries(Object.entries(table).map(([option, [value]]) => [option, value]));
		const { cognito: _invalid, ...others } = options;
		const error = settingsErrorOf(() => make(others));
		expect(error.problems.map(({ option }) => option).sort()).toEqual(Object.keys(others).sort());
	});

	const nullable = Object.entries(table).filter(([, values]) => !values.includes(null));

	test.each(nullable.map(([option]) => option))(
		`${subject} with the option %s: null or undefined is like one without it`,
		(option) => {
			const problemsOf = (value: unknown) => {
				try {
					make({ [option]: value });
					return [];
				} catch (error) {
					return (error as SettingsError).problems;
				}
			};
			expect(problemsOf(null)).toEqual(problemsOf(undefined));
		},
	);
});

test.each([null, "options", 7, true, [], new Map(), () => {}])(
	"options that are %p are a settings error about the options as a whole",
	(options) => {
		for (const Class of [AppSession, ApiSession, Cognito]) {
			const error = settingsErrorOf(() => new Class(options as never));
			expect(error.problems[0]).toEqual({ option: "options", problem: expect.stringMatching(/^must be an object/) });
		}
	},
);

test("an error about a logger, a clock or a user names the methods that are missing", () => {
	const problemOf = (options: object) => settingsErrorOf(() => makeSession(options)).problems[0]?.problem;
	expect(problemOf({ logger: { warn: log, info: log } })).toBe(
		"must be an object with debug(), info(), warn() and error(), but lacks debug() and error()",
	);
	expect(problemOf({ clock: {} })).toMatch(/lacks now\(\), monotonic\(\) and after\(\)$/);
	expect(problemOf({ cognito: {} })).toBe("must be an object with getAccessToken(), but lacks getAccessToken()");
	expect(problemOf({ challenges: { SMS: "1" } })).toMatch(/is not a challenge: use .*SMS_MFA/);
});

test.each([
	["user_pool_id", "userPoolId"],
	["appsync_endpoint", "appsyncEndpoint"],
	["userPoolID", "userPoolId"],
	["USER_NAME", "username"],
	["region_name", "regionName"],
	["App", "app"],
])("an option %s is a settings error that names %s", (given, name) => {
	const { [name as "app"]: _value, ...others } = GOOD;
	const error = settingsErrorOf(() => new AppSession({ ...others, [given]: "value" }));
	expect(error.problems).toContainEqual({ option: given, problem: `is not an option: write ${name}` });
});

test("options that no session knows are ignored, because session classes of a program may have their own", () => {
	expect(() => makeSession({ department: "sales", userName: "beside username" })).not.toThrow();
});

test.each<[string, AppSessionOptions]>([
	["a manual clock", { clock: new ManualClock() }],
	["console as the logger", { logger: console }],
	["a logger that inherits its methods", { logger: Object.create(LOGGER) }],
	["a request handler of the AWS SDK", { requestHandler: new NodeHttpHandler() }],
	["no options for the request handler", { requestHandler: {} }],
	["options for the request handler", { requestHandler: { requestTimeout: 5 } }],
	["no answers to challenges", { challenges: {} }],
	["answers that are undefined", { challenges: { SMS_MFA: undefined, MFA_SETUP: undefined } }],
	["answers and functions that answer", { challenges: { SMS_MFA: () => "1", EMAIL_OTP: "1", MFA_SETUP: () => "1" } }],
	[
		"a new password",
		{ challenges: { NEW_PASSWORD_REQUIRED: { password: "p", attributes: { email: "jo@b.example" } } } },
	],
	["the secret of an authenticator", { challenges: { SOFTWARE_TOKEN_MFA: { secret: "JBSW Y3DP" } } }],
	["a user without a name", { cognito: { username: undefined, getAccessToken: async () => "token" } }],
	["one attempt", { maxAttempts: 1 }],
	["an infinite deadline", { requestTimeoutMs: Number.POSITIVE_INFINITY }],
	["an e-mail address as the user name", { username: "jo@example.com" }],
	["a phone number as the user name", { username: "+15551234567" }],
	["an apostrophe in the user name", { username: "o'neil" }],
	["a user name in another script", { username: "名前" }],
	["a space in the name of the profile", { profileName: "my profile" }],
	["white space, a byte order mark and quotes around the password", { password: ' "\ufeff"\n' }],
])("an AppSession with %s is valid", (_, options) => {
	expect(() => makeSession(options)).not.toThrow();
});
