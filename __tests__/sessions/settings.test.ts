import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ApiSession, AppSession, Cognito } from "../../src/index.ts";
import { settingsErrorOf } from "../support/settings-error.ts";

const VARIABLES = [
	"APP",
	"APPSYNC_ENDPOINT",
	"CLIENT_ID",
	"PASSWORD",
	"TENANT",
	"USER_NAME",
	"USER_POOL_ID",
	"USERNAME",
];
const GOOD = {
	app: "app",
	appsyncEndpoint: "https://abc.appsync-api.us-east-1.amazonaws.com/graphql",
	clientId: "4abcdefghijklmnopqrstuvwxy",
	password: "secret-canary",
	tenant: "tenant",
	userPoolId: "us-east-1_AbCdEfGhI",
	username: "user",
};

let before: NodeJS.ProcessEnv;
beforeEach(() => {
	before = { ...process.env };
	for (const name of VARIABLES) delete process.env[name];
});
afterEach(() => {
	process.env = before;
});

const problemsOf = (options: object) =>
	settingsErrorOf(() => new AppSession({ ...GOOD, ...options })).problems.map(({ option, problem }) => [
		option,
		problem,
	]);

describe("the settings of a session", () => {
	test("the settings of a session can come from options alone", () => {
		const session = new AppSession(GOOD);
		expect([session.app, session.tenant, session.duration, session.cognito.username]).toEqual([
			"app",
			"tenant",
			3600,
			"user",
		]);
	});

	test("the settings of a session can come from variables alone, USER_NAME and not USERNAME", () => {
		Object.assign(process.env, {
			APP: "a",
			APPSYNC_ENDPOINT: GOOD.appsyncEndpoint,
			CLIENT_ID: GOOD.clientId,
			PASSWORD: "p",
			TENANT: "t",
			USER_NAME: "u",
			USERNAME: "login-name-of-this-machine",
			USER_POOL_ID: GOOD.userPoolId,
		});
		const session = new AppSession();
		expect([session.app, session.tenant, session.cognito.username]).toEqual(["a", "t", "u"]);
	});

	test("options take precedence over variables", () => {
		process.env.TENANT = "from the variable";
		expect(new ApiSession({ ...GOOD, tenant: "from the option" }).tenant).toBe("from the option");
	});

	test("a blank option falls back to its variable", () => {
		process.env.TENANT = "from the variable";
		expect(new AppSession({ ...GOOD, tenant: " " }).tenant).toBe("from the variable");
	});

	test("missing settings are reported in one error that names options and variables", () => {
		process.env.PASSWORD = "";
		const error = settingsErrorOf(() => new AppSession());
		expect(error.problems.map(({ option, variable }) => `${option} ${variable}`).sort()).toEqual([
			"app APP",
			"appsyncEndpoint APPSYNC_ENDPOINT",
			"clientId CLIENT_ID",
			"password PASSWORD",
			"tenant TENANT",
			"userPoolId USER_POOL_ID",
			"username USER_NAME",
		]);
		expect(error.message).toContain("userPoolId (or USER_POOL_ID): is missing");
		expect(error.message).toMatch(/^Cannot create an AppSession/);
	});

	test("the settings of the user are ignored when a cognito is given, and only those", () => {
		const { cognito } = new ApiSession(GOOD);
		const options = { cognito, userPoolId: "nonsense" };
		const error = settingsErrorOf(() => new AppSession(options));
		expect(error.problems.map(({ option }) => option).sort()).toEqual(["app", "appsyncEndpoint", "tenant"]);
	});

	test.each([
		["duration", 899],
		["duration", 43_201],
		["duration", 1000.5],
		["duration", Number.NaN],
		["duration", "3600"],
		["appsyncEndpoint", "abc.appsync-api.us-east-1.amazonaws.com/graphql"],
		["appsyncEndpoint", "ftp://example.com/"],
		["appsyncEndpoint", "http://example.com/graphql"],
		["userPoolId", "AbCdEfGhI"],
		["userPoolId", "useast1_AbCdEfGhI"],
		["userPoolId", "us-east-1_"],
		["userPoolId", 7],
		["maxAttempts", 0],
		["requestTimeoutMs", -1],
		["totalTimeoutMs", 0],
		["advisoryRefreshSeconds", -1],
	])("the option %s may not be %p", (option, value) => {
		expect(problemsOf({ [option]: value })).toEqual([[option, expect.stringMatching(/^(must be|uses) /)]]);
	});

	test.each([
		["duration", 900],
		["duration", 43_200],
		["appsyncEndpoint", "http://127.0.0.1:4000/graphql"],
		["appsyncEndpoint", "http://localhost/graphql"],
		["userPoolId", "us-gov-west-1_AbCdEfGhI"],
		["userPoolId", "cn-north-1_AbCdEfGhI"],
		["password", () => "from a function"],
	])("the option %s may be %p", (option, value) => {
		expect(() => new AppSession({ ...GOOD, [option]: value })).not.toThrow();
	});

	test("settings are never shown by inspection or JSON", () => {
		const error = settingsErrorOf(() => new AppSession({ ...GOOD, duration: 1, app: "" }));
		expect(`${error.stack}${JSON.stringify(error)}`).not.toContain("secret-canary");
	});

	test.each([
		["a user name and a password", "https://jo:Canary-passw0rd@abc.appsync-api.us-east-1.amazonaws.com/graphql"],
		["a user name", "https://jo@abc.appsync-api.us-east-1.amazonaws.com/graphql"],
		["a password", "http://:Canary-passw0rd@127.0.0.1:4000/graphql"],
	])("an endpoint with %s in it is rejected, from the option and from the variable, and not shown", (_, url) => {
		const { appsyncEndpoint: _without, ...rest } = GOOD;
		for (const [option, variable] of [
			[url, ""],
			[undefined, url],
		] as const) {
			process.env.APPSYNC_ENDPOINT = variable;
			const error = settingsErrorOf(() => new AppSession({ ...rest, appsyncEndpoint: option }));
			expect(error.problems).toEqual([
				{
					option: "appsyncEndpoint",
					variable: "APPSYNC_ENDPOINT",
					problem: expect.stringContaining("contains a user name or a password"),
				},
			]);
			expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/Canary|jo@|jo:/);
		}
		const { userPoolId, clientId } = GOOD;
		const problem = settingsErrorOf(() => new Cognito({ userPoolId, clientId, endpoint: url })).message;
		expect(problem).toMatch(/endpoint: contains a user name or a password/);
		expect(problem).not.toMatch(/Canary|jo@|jo:/);
	});

	test("caller-provided options are not modified", () => {
		const options = Object.freeze({ ...GOOD });
		expect(() => new AppSession(options)).not.toThrow();
	});
});
