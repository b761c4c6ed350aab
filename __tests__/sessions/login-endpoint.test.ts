import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { ApiSession, type ClientDefaults, Cognito, type EchoStreamSessionOptions } from "../../src/index.ts";
import { ReroutedNetwork, withoutAwsVariables } from "../support/rerouted-network.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";

/** Here the four hosts differ: in eu-central-1, the dual-stack host is the ordinary one. */
const REGION = "us-gov-west-1";
const ORDINARY = `https://cognito-idp.${REGION}.amazonaws.com`;
const FIPS = `https://cognito-idp-fips.${REGION}.amazonaws.com`;
const DUAL_STACK = `https://cognito-idp.${REGION}.api.aws`;
const FIPS_DUAL_STACK = `https://cognito-idp-fips.${REGION}.api.aws`;
const DEFAULT_URL = "https://default.example";
const OWN_URL = "https://own.example:8443";

const CONFIG = `
[default]
endpoint_url = ${DEFAULT_URL}
[profile plain]
output = json
[profile fips]
use_fips_endpoint = true
[profile dual]
use_dualstack_endpoint = true
[profile url]
endpoint_url = ${OWN_URL}
[profile service]
endpoint_url = ${DEFAULT_URL}
services = mine
[profile ignoring]
endpoint_url = ${OWN_URL}
ignore_configured_endpoint_urls = true
[services mine]
cognito_identity_provider =
  endpoint_url = ${OWN_URL}
`;

let tenant: LocalTenant;
let folder: string;
let environment: NodeJS.ProcessEnv;
let clean: NodeJS.ProcessEnv;
let network: ReroutedNetwork;
const sessions: ApiSession[] = [];

beforeAll(async () => {
	environment = { ...process.env };
	tenant = await startTenant({ region: REGION });
	folder = mkdtempSync(join(tmpdir(), "login-endpoint-"));
	writeFileSync(join(folder, "config"), CONFIG);
	network = new ReroutedNetwork(tenant);
	clean = withoutAwsVariables(folder);
});
afterAll(async () => {
	process.env = environment;
	network.destroy();
	rmSync(folder, { recursive: true });
	await tenant.stop();
});
beforeEach(() => {
	process.env = { ...clean };
});
afterEach(() => {
	for (const session of sessions.splice(0)) session.destroy();
	network.take();
});

/** A session of which no shared config file is read, unless the test names one. */
function apiSession(options: EchoStreamSessionOptions = {}): ApiSession {
	const session = new ApiSession({
		...optionsOf(tenant, { apiUser: "admin" }),
		regionName: tenant.region,
		requestHandler: network,
		...options,
	});
	sessions.push(session);
	return session;
}

/** Where the session's next login goes to. */
async function loginOrigin(session: ApiSession): Promise<string | undefined> {
	network.take();
	await (session.cognito as Cognito).authenticate();
	const [origin, ...others] = network.take();
	expect(others).toEqual([origin]);
	return origin;
}

const withConfigFile = () => Object.assign(process.env, { AWS_CONFIG_FILE: join(folder, "config") });

describe("The profile of a session", () => {
	test.each([
		["plain", ORDINARY],
		["fips", FIPS],
		["dual", DUAL_STACK],
		["url", OWN_URL],
		["service", OWN_URL],
		["ignoring", ORDINARY],
	])(
		"the profile of a session, %s, decides the endpoint of its sign-in, named by an option, a variable or botocore's own",
		async (profile, origin) => {
			withConfigFile();
			const set = apiSession();
			set.setConfigVariable("profile", profile);
			expect(await loginOrigin(set)).toBe(origin);
			expect(await loginOrigin(apiSession({ profileName: profile }))).toBe(origin);
			process.env.AWS_DEFAULT_PROFILE = profile;
			expect(await loginOrigin(apiSession())).toBe(origin);
			process.env.AWS_PROFILE = profile;
			process.env.AWS_DEFAULT_PROFILE = "default";
			expect(await loginOrigin(apiSession())).toBe(origin);
		},
	);

	test("the profile of a session that is not named is the default one", async () => {
		withConfigFile();
		expect(await loginOrigin(apiSession())).toBe(DEFAULT_URL);
	});

	test("a profile named by an option takes precedence over the one that AWS_PROFILE names", async () => {
		withConfigFile();
		process.env.AWS_PROFILE = "fips";
		expect(await loginOrigin(apiSession({ profileName: "url" }))).toBe(OWN_URL);
	});

	test("the profile of a session yields to variables of the environment", async () => {
		withConfigFile();
		process.env.AWS_ENDPOINT_URL = "https://variable.example";
		expect(await loginOrigin(apiSession({ profileName: "url" }))).toBe("https://variable.example");
		process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = "https://service.example";
		expect(await loginOrigin(apiSession({ profileName: "service" }))).toBe("https://service.example");
		process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true";
		expect(await loginOrigin(apiSession({ profileName: "url" }))).toBe(ORDINARY);
	});

	test("a profile that no file has leaves the endpoint of the sign-in unchanged", async () => {
		expect(await loginOrigin(apiSession({ profileName: "nobody" }))).toBe(ORDINARY);
		withConfigFile();
		expect(await loginOrigin(apiSession({ profileName: "nobody" }))).toBe(ORDINARY);
	});
});

describe("A configuration variable", () => {
	test("a configuration variable that is set before the first use decides the endpoint of the sign-in", async () => {
		const session = apiSession();
		session.setConfigVariable("use_fips_endpoint", true);
		expect(await loginOrigin(session)).toBe(FIPS);
	});

	test("a configuration variable that is set after a sign-in decides the endpoint of the next request, and so does unsetting it", async () => {
		const session = apiSession();
		await session.ready();
		expect(network.take()).toEqual([ORDINARY, ORDINARY, tenant.url]);
		const user = session.cognito as Cognito;
		session.setConfigVariable("use_dualstack_endpoint", true);
		await user.renewAccessToken();
		session.setConfigVariable("use_fips_endpoint", true);
		await user.renewAccessToken();
		session.setConfigVariable("use_dualstack_endpoint", undefined);
		await user.renewAccessToken();
		session.setConfigVariable("use_fips_endpoint", undefined);
		await user.renewAccessToken();
		expect(network.take()).toEqual([DUAL_STACK, FIPS_DUAL_STACK, FIPS, ORDINARY]);
		await user.verifyTokens();
		session.setConfigVariable("use_fips_endpoint", true);
		await user.verifyTokens();
		await user.verifyTokens();
		expect(network.take()).toEqual([ORDINARY, FIPS]);
	});

	test("a configuration variable that is false takes precedence over a variable of the environment", async () => {
		process.env.AWS_USE_FIPS_ENDPOINT = "true";
		const session = apiSession();
		expect(await loginOrigin(session)).toBe(FIPS);
		session.setConfigVariable("use_fips_endpoint", false);
		expect(await loginOrigin(session)).toBe(ORDINARY);
	});

	test("a configuration variable that excludes a configured URL fails the next request, and no later one once it is unset", async () => {
		process.env.AWS_ENDPOINT_URL = OWN_URL;
		const session = apiSession();
		session.setConfigVariable("use_fips_endpoint", true);
		await expect(session.ready()).rejects.toMatchObject({
			code: "InvalidSettings",
			message: expect.stringContaining("FIPS"),
		});
		expect(network.take()).toEqual([]);
		session.setConfigVariable("use_fips_endpoint", undefined);
		await session.ready();
		expect(network.take().slice(0, 2)).toEqual([OWN_URL, OWN_URL]);
	});

	test("a configuration variable for the clients only changes nothing for the sign-in", async () => {
		const session = apiSession();
		session.setConfigVariable("region", "eu-west-1");
		session.setConfigVariable("max_attempts", 1);
		session.setConfigVariable("retry_mode", "adaptive");
		session.setConfigVariable("defaults_mode", "mobile");
		tenant.faults.add({ operation: "InitiateAuth", status: 503, times: 2 });
		await (session.cognito as Cognito).authenticate();
		expect(network.take()).toEqual(Array(4).fill(ORDINARY));
	});
});

describe("The default client config", () => {
	test("the default client config decides by FIPS and dual stack the endpoint of the sign-in, before and after the first use", async () => {
		const session = apiSession();
		session.setDefaultClientConfig({ useFipsEndpoint: true, useDualstackEndpoint: true });
		expect(await loginOrigin(session)).toBe(FIPS_DUAL_STACK);
		session.setDefaultClientConfig({ useDualstackEndpoint: true });
		expect(await loginOrigin(session)).toBe(DUAL_STACK);
		session.setDefaultClientConfig({});
		expect(await loginOrigin(session)).toBe(ORDINARY);
	});

	test("the default client config takes precedence over a configuration variable, as it does for the clients", async () => {
		const session = apiSession();
		session.setConfigVariable("use_fips_endpoint", true);
		session.setDefaultClientConfig({ useFipsEndpoint: false });
		expect(await loginOrigin(session)).toBe(ORDINARY);
	});

	test("the default client config keeps every other field from the sign-in", async () => {
		const requestHandler = { handle: () => Promise.reject(new Error("The clients' own handler was used")) };
		const fields: Required<{ [Name in keyof ClientDefaults]: ClientDefaults[Name] }> = {
			customUserAgent: "mine/1",
			defaultsMode: "mobile",
			endpoint: OWN_URL,
			logger: console,
			maxAttempts: 1,
			region: "eu-west-1",
			requestHandler,
			retryMode: "adaptive",
			useDualstackEndpoint: false,
			useFipsEndpoint: false,
			userAgentAppId: "mine",
		};
		const session = apiSession();
		session.setDefaultClientConfig(fields);
		tenant.faults.add({ operation: "InitiateAuth", status: 503, times: 2 });
		await (session.cognito as Cognito).authenticate();
		expect(network.take()).toEqual(Array(4).fill(ORDINARY));
	});
});

describe("A user that the caller gives to a session", () => {
	test("a caller's user has its own settings, whatever is set on the session", async () => {
		withConfigFile();
		const { clientId = "", userPoolId = "", username, password } = optionsOf(tenant, { apiUser: "admin" });
		const user = { clientId, userPoolId, username, password, requestHandler: network };
		const session = apiSession({ cognito: new Cognito(user), profileName: "fips" });
		session.setConfigVariable("use_dualstack_endpoint", true);
		session.setDefaultClientConfig({ useFipsEndpoint: true });
		expect(await loginOrigin(session)).toBe(DEFAULT_URL);
		const other = apiSession({ cognito: new Cognito({ ...user, endpoint: OWN_URL }), profileName: "fips" });
		expect(await loginOrigin(other)).toBe(OWN_URL);
	});
});

describe("Sessions", () => {
	test("sessions with different settings sign in each at its own endpoint", async () => {
		withConfigFile();
		const [one, other] = [apiSession({ profileName: "fips" }), apiSession({ profileName: "url" })];
		expect([await loginOrigin(one), await loginOrigin(other), await loginOrigin(one)]).toEqual([FIPS, OWN_URL, FIPS]);
	});
});
