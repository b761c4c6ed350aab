import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import {
	ApiSession,
	AppSession,
	Cognito,
	type CognitoOptions,
	type EchoStreamSessionOptions,
} from "../../src/index.ts";
import { ReroutedNetwork, withoutAwsVariables } from "../support/rerouted-network.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";

const REMOTE = "http://cognito.example:8080";

/** Hosts of other machines, and some that only look like this one or lead to it on some systems alone. */
const REMOTE_URLS = [
	"http://cognito.example",
	"HTTP://COGNITO.EXAMPLE",
	"http://10.0.0.1",
	"http://128.0.0.1",
	"http://16909060",
	"http://127.0.0.1.evil.example",
	"http://localhost.evil.example",
	"http://notlocalhost",
	"http://localhost.localdomain",
	"http://0.0.0.0",
	"http://[::]",
	"http://[::ffff:127.0.0.1]",
	"http://[::2]",
];
const LOOPBACK_URLS = [
	"http://localhost:9229",
	"http://LocalHost",
	"http://localhost.",
	"http://cognito.localhost:4566",
	"http://a.b.LOCALHOST.",
	"http://127.0.0.1",
	"http://127.0.0.1.",
	"http://127.255.0.9",
	"http://127.1",
	"http://0x7f000001",
	"http://[::1]:8080",
];

let tenant: LocalTenant;
let folder: string;
let environment: NodeJS.ProcessEnv;
let clean: NodeJS.ProcessEnv;
let network: ReroutedNetwork;

beforeAll(async () => {
	environment = { ...process.env };
	tenant = await startTenant();
	folder = mkdtempSync(join(tmpdir(), "plain-http-"));
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
	network.take();
});

const CONFIG = `
[default]
endpoint_url = ${REMOTE}
[profile work]
services = local
[services local]
cognito_identity_provider =
  endpoint_url = ${REMOTE}
[profile secure]
output = json
`;

/** Writes the shared config file, under a name of its own: the SDK reads each file once. */
function configFile(name: string): string {
	const path = join(folder, name);
	writeFileSync(path, CONFIG);
	return path;
}

const sessionOptions = (): EchoStreamSessionOptions => ({
	...optionsOf(tenant, { apiUser: "admin" }),
	regionName: tenant.region,
	requestHandler: network,
});
const userOptions = (): CognitoOptions => {
	const { clientId = "", userPoolId = "", username, password } = sessionOptions();
	return { clientId, userPoolId, username, password, requestHandler: network };
};

const SOURCES: [string, () => Record<string, string>, EchoStreamSessionOptions][] = [
	["the variable AWS_ENDPOINT_URL", () => ({ AWS_ENDPOINT_URL: REMOTE }), {}],
	[
		"the variable AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
		() => ({
			AWS_ENDPOINT_URL: "https://secure.example",
			AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: REMOTE,
		}),
		{},
	],
	["endpoint_url of the default profile", () => ({ AWS_CONFIG_FILE: configFile("default") }), {}],
	[
		"the services section of the profile that AWS_PROFILE names",
		() => ({ AWS_CONFIG_FILE: configFile("variable"), AWS_PROFILE: "work" }),
		{},
	],
	[
		"the services section of the profile that profileName names",
		() => ({ AWS_CONFIG_FILE: configFile("option"), AWS_PROFILE: "secure" }),
		{ profileName: "work" },
	],
];

describe("A Cognito endpoint that uses plain http to a remote host", () => {
	test.each(REMOTE_URLS)(
		"a Cognito endpoint with plain http to a remote host is rejected as an option when the user is made: %s",
		(endpoint) => {
			const make = (options: object = {}) => new Cognito({ ...userOptions(), endpoint, ...options });
			expect(() => make()).toThrow(
				expect.objectContaining({ code: "InvalidSettings", message: expect.stringContaining("allowPlainHttp: true") }),
			);
			expect(() => make({ allowPlainHttp: false })).toThrow("endpoint: uses plain http to the remote host");
			expect(() => make({ allowPlainHttp: true })).not.toThrow();
		},
	);

	describe.each(SOURCES)("in %s", (_, variables, options) => {
		test("a Cognito endpoint with plain http to a remote host is rejected at the first use of a session, before any request", async () => {
			Object.assign(process.env, variables());
			await using session = new ApiSession({ ...sessionOptions(), ...options });
			const { code, message } = await session.ready().catch((error) => error);
			expect(code).toBe("InvalidSettings");
			expect(message).toMatch(
				/endpoint \(or AWS_ENDPOINT_URL.*uses plain http to the remote host cognito\.example:8080/,
			);
			expect(network.take()).toEqual([]);
		});

		test("a Cognito endpoint with plain http to a remote host is used by a session with allowPlainHttp", async () => {
			Object.assign(process.env, variables());
			await using session = new ApiSession({ ...sessionOptions(), ...options, allowPlainHttp: true });
			await session.ready();
			expect(network.take()).toEqual([REMOTE, REMOTE, tenant.url]);
		});
	});

	test("a Cognito endpoint with plain http in a variable is rejected at the first use of a user, unless it has allowPlainHttp", async () => {
		process.env.AWS_ENDPOINT_URL = REMOTE;
		const failure = { code: "InvalidSettings", name: "SettingsError" };
		await expect(new Cognito(userOptions()).getAccessToken()).rejects.toMatchObject(failure);
		await expect(new Cognito(userOptions()).register("jo", "Passw0rd!")).rejects.toMatchObject(failure);
		expect(network.take()).toEqual([]);
		await new Cognito({ ...userOptions(), allowPlainHttp: true }).getAccessToken();
		expect(network.take()).toEqual([REMOTE, REMOTE]);
	});

	test("the error for a Cognito endpoint with plain http does not show its user name and password", async () => {
		process.env.AWS_ENDPOINT_URL = "http://jo:secret-canary@cognito.example/path?key=secret-canary";
		const error = await new Cognito(userOptions()).getAccessToken().catch((reason) => reason);
		expect(error.code).toBe("InvalidSettings");
		expect(error.message).not.toContain("secret-canary");
	});

	test("a Cognito endpoint that was corrected is used by the next call: the rejection is not remembered as a failed sign-in", async () => {
		await using session = new ApiSession(sessionOptions());
		process.env.AWS_ENDPOINT_URL = REMOTE;
		await expect(session.ready()).rejects.toMatchObject({ code: "InvalidSettings" });
		process.env.AWS_ENDPOINT_URL = "https://cognito.example";
		await session.ready();
		expect(network.take().slice(0, 2)).toEqual(["https://cognito.example", "https://cognito.example"]);
	});

	test("a caller's user with a plain http endpoint is not permitted to use it by the session that it is given to", async () => {
		process.env.AWS_ENDPOINT_URL = REMOTE;
		const { appsyncEndpoint, tenant: name } = sessionOptions();
		const cognito = new Cognito(userOptions());
		await using session = new ApiSession({ appsyncEndpoint, tenant: name, cognito, allowPlainHttp: true });
		await expect(session.ready()).rejects.toMatchObject({ code: "InvalidSettings" });
		expect(network.take()).toEqual([]);
	});
});

describe("An AppSync endpoint that uses plain http to a remote host", () => {
	test.each(REMOTE_URLS)(
		"an AppSync endpoint with plain http to a remote host is rejected when the session is made: %s",
		(url) => {
			const make = (options: object) =>
				new ApiSession({ ...sessionOptions(), appsyncEndpoint: `${url}/graphql`, ...options });
			expect(() => make({})).toThrow("appsyncEndpoint (or APPSYNC_ENDPOINT): uses plain http to the remote host");
			expect(() => make({ allowPlainHttp: "true" })).toThrow("allowPlainHttp: must be a boolean, but has type string");
		},
	);

	test("an AppSync endpoint with plain http in the variable APPSYNC_ENDPOINT is rejected, unless the session has allowPlainHttp", async () => {
		const { appsyncEndpoint: _, ...options } = sessionOptions();
		process.env.APPSYNC_ENDPOINT = "http://appsync.example/graphql";
		expect(() => new ApiSession(options)).toThrow("uses plain http to the remote host appsync.example");
		process.env.AWS_ENDPOINT_URL = tenant.url;
		await using session = new ApiSession({ ...options, allowPlainHttp: true });
		await session.ready();
		expect(network.take()).toEqual([tenant.url, tenant.url, "http://appsync.example"]);
	});
});

test("a user name that looks like a loopback host does not make a remote host one", () => {
	const failure = expect.objectContaining({ code: "InvalidSettings" });
	const url = "http://127.0.0.1@evil.example";
	expect(() => new Cognito({ ...userOptions(), endpoint: url })).toThrow(failure);
	expect(() => new ApiSession({ ...sessionOptions(), appsyncEndpoint: `${url}/graphql` })).toThrow(failure);
});

describe("Plain http to a loopback host", () => {
	test.each(LOOPBACK_URLS)("plain http to a loopback host needs no permission: %s", async (url) => {
		process.env.AWS_ENDPOINT_URL = url;
		await new Cognito(userOptions()).getAccessToken();
		const endpoint = url;
		await new Cognito({ ...userOptions(), endpoint }).getAccessToken();
		await using session = new ApiSession({ ...sessionOptions(), appsyncEndpoint: `${url}/graphql` });
		await session.ready();
		expect(new Set(network.take())).toEqual(new Set([new URL(url).origin]));
	});
});

describe("allowPlainHttp", () => {
	test.each(["true", "false", 1, 0, null])("allowPlainHttp that is %p is rejected", (value) => {
		const allowPlainHttp = value as unknown as boolean;
		const failure = expect.objectContaining({ code: "InvalidSettings" });
		expect(() => new Cognito({ ...userOptions(), allowPlainHttp })).toThrow(failure);
		expect(() => new ApiSession({ ...sessionOptions(), allowPlainHttp })).toThrow(failure);
	});
});

test("an endpoint with the name of the local host in front of another host is rejected for its user name", () => {
	const endpoint = "http://127.0.0.1@evil.example";
	const problem = expect.objectContaining({
		code: "InvalidSettings",
		message: expect.stringContaining("contains a user name or a password"),
	});
	const options = { userPoolId: "us-east-1_AbCdEfGhI", clientId: "client" };
	expect(() => new Cognito({ ...options, endpoint, allowPlainHttp: true })).toThrow(problem);
	expect(() => new AppSession({ appsyncEndpoint: endpoint, allowPlainHttp: true })).toThrow(problem);
});
