import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProviderClient, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { cognitoEndpoint } from "../../../src/cognito/api/endpoint.ts";
import { Cognito } from "../../../src/cognito/cognito.ts";

const home = mkdtempSync(join(tmpdir(), "cognito-endpoint-"));
const file = (name: string, ...lines: string[]): string => {
	writeFileSync(join(home, name), `${lines.join("\n")}\n`);
	return join(home, name);
};
const homeWith = (name: string, line: string): string => {
	mkdirSync(join(home, name, ".aws"), { recursive: true });
	file(join(name, ".aws", name), "[default]", line);
	return join(home, name);
};
const before = { ...process.env };
for (const name of Object.keys(before)) if (name.startsWith("AWS_")) delete process.env[name];
const clean = { ...process.env, HOME: home, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
process.env = { ...clean };
afterEach(() => {
	process.env = { ...clean };
});
afterAll(() => {
	process.env = before;
	rmSync(home, { recursive: true });
});

/** Where the SDK's own client sends an operation: what its last middleware sees. */
async function sentBySdk(region: string): Promise<string> {
	const credentials = { accessKeyId: "none", secretAccessKey: "none" };
	const client = new CognitoIdentityProviderClient({ region, credentials });
	let url = "";
	client.middlewareStack.add(
		() => async (args) => {
			const { protocol, hostname, port, path } = args.request as Record<string, string | undefined>;
			url = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
			return { output: { $metadata: {} }, response: undefined };
		},
		{ step: "finalizeRequest", priority: "low" },
	);
	await client.send(new ListUsersCommand({ UserPoolId: "none" }));
	return url.replace(/\/+$/, "");
}

const REGIONS = [
	...["us-east-1", "eu-central-1", "il-central-1", "mx-central-1", "ap-southeast-7", "af-south-1", "me-central-1"],
	...["cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "us-isob-east-1"],
	...["eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1", "aws-global", "xx-nowhere-1", "us-future-12"],
];

const CUSTOM = "https://proxy.example:8443/cognito/";
const SERVICE = "http://127.0.0.1:9229";
const SITUATIONS: [string, Record<string, string>][] = [
	["nothing set", {}],
	["FIPS", { AWS_USE_FIPS_ENDPOINT: "true" }],
	["no FIPS", { AWS_USE_FIPS_ENDPOINT: "false" }],
	["dual stack", { AWS_USE_DUALSTACK_ENDPOINT: "true" }],
	["FIPS and dual stack", { AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" }],
	["a URL for all services", { AWS_ENDPOINT_URL: CUSTOM }],
	["a URL for Cognito", { AWS_ENDPOINT_URL: CUSTOM, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: SERVICE }],
	["FIPS and a URL", { AWS_ENDPOINT_URL: CUSTOM, AWS_USE_FIPS_ENDPOINT: "true" }],
	["ignored URLs", { AWS_ENDPOINT_URL: CUSTOM, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }],
	["URLs not ignored", { AWS_ENDPOINT_URL: CUSTOM, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false" }],
	["a config file", { AWS_CONFIG_FILE: file("url", "[default]", `endpoint_url = ${CUSTOM}`) }],
	["a config file in the home folder", { AWS_CONFIG_FILE: "~/url" }],
	["the usual config file", { HOME: homeWith("config", `endpoint_url = ${CUSTOM}`) }],
	["the usual credentials file", { HOME: homeWith("credentials", "use_fips_endpoint = true") }],
	["no such config file", { AWS_CONFIG_FILE: join(home, "none") }],
	["no name of a config file", { AWS_CONFIG_FILE: "" }],
	[
		"a URL, and a config file that ignores it",
		{
			AWS_CONFIG_FILE: file("ignore", "[default]", "ignore_configured_endpoint_urls = true"),
			AWS_ENDPOINT_URL: CUSTOM,
		},
	],
	["FIPS in a config file", { AWS_CONFIG_FILE: file("fips", "[default]", "use_fips_endpoint = true") }],
	["dual stack in a config file", { AWS_CONFIG_FILE: file("dual", "[default]", "use_dualstack_endpoint = true") }],
	[
		"FIPS in a credentials file",
		{ AWS_SHARED_CREDENTIALS_FILE: file("keys", "[default]", "use_fips_endpoint = true") },
	],
	[
		"a service in a profile of a config file",
		{
			AWS_PROFILE: "work",
			AWS_CONFIG_FILE: file(
				"services",
				"[profile work]",
				"services = local",
				"[services local]",
				"cognito_identity_provider =",
				`  endpoint_url = ${SERVICE}`,
			),
		},
	],
];

test.each(["localhost:4566", "proxy.example", "ftp://proxy.example"])(
	"%s is no URL, and the error names it",
	async (value) => {
		for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"]) {
			process.env = { ...clean, [name]: value };
			for (const region of ["us-east-1", "cn-north-1"]) {
				const failure = {
					code: "InvalidSettings",
					message: expect.stringMatching(/endpoint \(or AWS_ENDPOINT_URL.*URL/),
				};
				await expect(cognitoEndpoint(region)).rejects.toMatchObject(failure);
			}
		}
	},
);

test("a combination that no endpoint supports is reported once and not remembered: the next call resolves it again", async () => {
	const handle = () => Promise.reject(new Error("no network here"));
	const user = new Cognito({ userPoolId: "us-east-1_A", clientId: "c", requestHandler: { handle }, maxAttempts: 1 });
	Object.assign(process.env, { AWS_USE_FIPS_ENDPOINT: "true", AWS_ENDPOINT_URL: CUSTOM });
	await expect(user.resendConfirmationCode("jo")).rejects.toThrow("FIPS");
	process.env = { ...clean };
	await expect(user.resendConfirmationCode("jo")).rejects.toThrow("no network here");
});

const PROFILES: [string, ...string[]][] = [
	["empty", "output = json"],
	["url", `endpoint_url = ${CUSTOM}`],
	["fips", "use_fips_endpoint = true"],
	["fips and url", "use_fips_endpoint = true", `endpoint_url = ${CUSTOM}`],
	["ignored", "ignore_configured_endpoint_urls = true", `endpoint_url = ${CUSTOM}`],
	["not ignored", "ignore_configured_endpoint_urls = false", `endpoint_url = ${CUSTOM}`],
	["services", "services = local", `endpoint_url = ${CUSTOM}`],
	["other services", "services = other", `endpoint_url = ${CUSTOM}`],
];

describe.each(PROFILES)("a user whose session names the profile %s", (name, ...lines) => {
	const profile = name.replaceAll(" ", "-");
	const path = file(
		`named-${profile}`,
		"[default]",
		"endpoint_url = https://default.example",
		`[profile ${profile}]`,
		...lines,
		"[services local]",
		"cognito_identity_provider =",
		`  endpoint_url = ${SERVICE}`,
		"[services other]",
		"dynamodb =",
		`  endpoint_url = ${SERVICE}`,
	);
	test.each(["us-east-1", "us-gov-west-1"])(
		"a user whose session names the profile uses the endpoint of the SDK under AWS_PROFILE, in %s",
		async (region) => {
			process.env.AWS_CONFIG_FILE = path;
			const named = cognitoEndpoint(region, { profile }).catch(({ message }) => `Error: ${message}`);
			const outcome = await named;
			process.env.AWS_PROFILE = profile;
			const expected = await sentBySdk(region).catch(({ message }) => `Error: ${message}`);
			if (expected.startsWith("Error: ")) expect(outcome).toContain(expected.slice("Error: ".length));
			else expect(outcome).toBe(expected);
		},
	);
});

describe.each(SITUATIONS)("a user with the variables: %s", (_, variables) => {
	test.each(REGIONS)("a user with endpoint variables uses the endpoint of the SDK, in %s", async (region) => {
		Object.assign(process.env, variables);
		const outcomes = await Promise.all(
			[sentBySdk(region), cognitoEndpoint(region)].map((outcome) =>
				outcome.catch(({ message }) => `Error: ${message}`),
			),
		);
		if (outcomes[0]?.startsWith("Error: ")) expect(outcomes[1]).toContain(outcomes[0].slice("Error: ".length));
		else expect(outcomes[1]).toBe(outcomes[0]);
	});
});
