import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type LocalTenant, ManualClock } from "echostream-local";
import { ApiSession, AppSession, type EchoStreamSessionOptions, type HttpHandler } from "../../src/index.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";

const CONFIG = `
[default]
region = eu-north-1
[profile work]
region = eu-west-3
max_attempts = 7
retry_mode = adaptive
use_fips_endpoint = TRUE
sdk_ua_app_id = from-file
[profile empty]
output = json
[sso-session mine]
sso_region = us-east-1
`;

let tenant: LocalTenant;
let folder: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
	tenant = await startTenant();
	folder = mkdtempSync(join(tmpdir(), "config-variables-"));
	writeFileSync(join(folder, "config"), CONFIG);
	writeFileSync(join(folder, "credentials"), "[keys]\naws_access_key_id = AKIAEXAMPLE\n");
	environment = { ...process.env };
});
afterAll(async () => {
	rmSync(folder, { recursive: true });
	await tenant.stop();
});
beforeEach(() => {
	tenant.requestLog.clear();
	process.env.AWS_CONFIG_FILE = join(folder, "config");
	process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, "credentials");
});
afterEach(() => {
	for (const name of Object.keys(process.env)) {
		if (name.startsWith("AWS_") && environment[name] === undefined) delete process.env[name];
	}
});

function apiSession(options: EchoStreamSessionOptions = {}): ApiSession {
	return new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), ...options });
}

/** What a session's request handler saw of the requests that went through it. */
function watching() {
	const real: HttpHandler = new NodeHttpHandler();
	const seen: Record<string, string>[] = [];
	const requestHandler: HttpHandler = {
		handle(request, options) {
			seen.push(request.headers);
			return real.handle(request, options);
		},
		...(real.metadata === undefined ? {} : { metadata: real.metadata }),
	};
	return { seen, requestHandler };
}

describe("the region", () => {
	const steps: [string, (session: ApiSession) => void, EchoStreamSessionOptions, string][] = [
		["setConfigVariable", (session) => session.setConfigVariable("region", "sa-east-1"), {}, "sa-east-1"],
		["the option regionName", () => {}, { regionName: "eu-central-1" }, "eu-central-1"],
		["AWS_REGION", () => Object.assign(process.env, { AWS_REGION: "eu-west-1" }), {}, "eu-west-1"],
		["AWS_DEFAULT_REGION", () => Object.assign(process.env, { AWS_DEFAULT_REGION: "eu-west-2" }), {}, "eu-west-2"],
		["the session's profile", () => {}, { profileName: "work" }, "eu-west-3"],
		["AWS_PROFILE's", () => Object.assign(process.env, { AWS_PROFILE: "work" }), {}, "eu-west-3"],
		["AWS_DEFAULT_PROFILE's", () => Object.assign(process.env, { AWS_DEFAULT_PROFILE: "work" }), {}, "eu-west-3"],
		["the default profile", () => {}, {}, "eu-north-1"],
		["the tenant", () => {}, { profileName: "empty" }, "us-east-1"],
	];
	test.each(steps)("the region is taken from %s", async (_, prepare, options, expected) => {
		await using session = apiSession(options);
		prepare(session);
		expect(await session.getConfigVariable("region")).toBe(expected);
		expect(await session.regionName()).toBe(expected);
		expect(await session.client(SQSClient).config.region()).toBe(expected);
	});

	test("the region is the first one that is named", async () => {
		const regions: string[] = [];
		const readRegion = async (prepare: (session: ApiSession) => void = () => {}) => {
			await using session = apiSession({ profileName: "work" });
			prepare(session);
			regions.push(await session.regionName());
		};
		await readRegion();
		process.env.AWS_DEFAULT_REGION = "eu-west-2";
		await readRegion();
		process.env.AWS_REGION = "eu-west-1";
		await readRegion();
		await readRegion((session) => session.setConfigVariable("region", "sa-east-1"));
		expect(regions).toEqual(["eu-west-3", "eu-west-2", "eu-west-1", "sa-east-1"]);
		expect(tenant.requestLog.length).toBe(0);
	});

	test("a region that was set replaces the one that was found, and the other way round", async () => {
		await using session = apiSession();
		expect(await session.regionName()).toBe("eu-north-1");
		session.setConfigVariable("region", "sa-east-1");
		expect(await session.regionName()).toBe("sa-east-1");
		session.setConfigVariable("region", undefined);
		session.setConfigVariable("profile", "work");
		expect(await session.regionName()).toBe("eu-west-3");
		expect(await session.client(SQSClient).config.region()).toBe("eu-west-3");
	});

	test("the region is not hidden by an option that is undefined", async () => {
		await using session = apiSession({ profileName: "empty", regionName: "sa-east-1" });
		session.setConfigVariable("region", undefined);
		expect(await session.client(SQSClient).config.region()).toBe(tenant.region);
		const config = { region: process.env.NOT_SET as string };
		expect(await session.client(SQSClient, config).config.region()).toBe(tenant.region);
	});

	test("the region of the tenant is not queried again because of another variable", async () => {
		await using session = apiSession({ profileName: "empty" });
		await session.regionName();
		session.setConfigVariable("max_attempts", 2);
		await session.regionName();
		expect(tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"]);
	});

	test("the region of a query in progress does not replace the one that is set meanwhile", async () => {
		await using session = apiSession({ profileName: "empty", maxAttempts: 1 });
		tenant.faults.add({ operation: "getAwsCredentials", status: 500, times: 1 });
		const failing = session.regionName().catch(() => "failed");
		session.setConfigVariable("region", "sa-east-1");
		const region = session.regionName();
		expect(await failing).toBe("failed");
		expect(session.regionName()).toBe(region);
		expect(await region).toBe("sa-east-1");
	});

	test("the region of the tenant is queried once, and again after a failure", async () => {
		// The pause after the failure does not end, so that the credentials, which would bring the region, are not queried again.
		await using session = apiSession({ profileName: "empty", maxAttempts: 1, clock: new ManualClock(Date.now()) });
		tenant.faults.add({ operation: "getAwsCredentials", status: 503, times: 1 });
		await expect(session.regionName()).rejects.toThrow("503");
		expect(await Promise.all([1, 2, 3].map(() => session.regionName()))).toEqual(Array(3).fill(tenant.region));
		await session.regionName();
		const { requestLog } = tenant;
		expect([requestLog.count("getAwsCredentials"), requestLog.count("describeTenant")]).toEqual([1, 1]);
	});
});

describe("a configuration variable", () => {
	test("a configuration variable that was set takes precedence over the environment, and that over the profile", async () => {
		await using session = apiSession({ profileName: "work" });
		expect(await session.getConfigVariable("max_attempts")).toBe(7);
		process.env.AWS_MAX_ATTEMPTS = "many";
		expect(await session.getConfigVariable("max_attempts")).toBe(7);
		process.env.AWS_MAX_ATTEMPTS = "5";
		expect(await session.getConfigVariable("max_attempts")).toBe(5);
		session.setConfigVariable("max_attempts", 2);
		expect(await session.getConfigVariable("max_attempts")).toBe(2);
		session.setConfigVariable("max_attempts", undefined);
		expect(await session.getConfigVariable("max_attempts")).toBe(5);
	});

	test.each([
		["retry_mode", "adaptive"],
		["use_fips_endpoint", true],
		["use_dualstack_endpoint", undefined],
		["defaults_mode", undefined],
		["user_agent_appid", "from-file"],
		["profile", "work"],
	] as const)("the configuration variable %s is read from the profile", async (name, expected) => {
		await using session = apiSession({ profileName: "work" });
		expect(await session.getConfigVariable(name)).toBe(expected);
	});

	test("a configuration variable reaches the clients that are created later", async () => {
		await using session = apiSession({ regionName: "us-east-1" });
		const before = session.client(SQSClient);
		session.setConfigVariable("max_attempts", 1);
		session.setConfigVariable("use_fips_endpoint", true);
		const after = session.client(SQSClient);
		expect(await Promise.all([before.config.maxAttempts(), after.config.maxAttempts()])).toEqual([3, 1]);
		expect(await Promise.all([before.config.useFipsEndpoint(), after.config.useFipsEndpoint()])).toEqual([false, true]);
	});

	test("a configuration variable that no session has is an error", async () => {
		await using session = apiSession();
		const name = "regoin" as "region";
		expect(() => session.setConfigVariable(name, "us-east-1")).toThrow(
			"Unknown configuration variable regoin. Use one of",
		);
		await expect(session.getConfigVariable(name)).rejects.toThrow(TypeError);
	});
});

describe("maxAttempts and logger of a session", () => {
	test("maxAttempts of a session applies to its clients, until a variable, a default or the client sets another", async () => {
		process.env.AWS_MAX_ATTEMPTS = "8";
		await using session = apiSession({ regionName: "us-east-1", maxAttempts: 5 });
		const attempts = () => session.client(SQSClient).config.maxAttempts();
		expect([await session.getConfigVariable("max_attempts"), await attempts()]).toEqual([5, 5]);
		session.setConfigVariable("max_attempts", 2);
		expect(await attempts()).toBe(2);
		session.setDefaultClientConfig({ maxAttempts: 4 });
		expect(await attempts()).toBe(4);
		expect(await session.client(SQSClient, { maxAttempts: 6 }).config.maxAttempts()).toBe(6);
		await using other = apiSession({ regionName: "us-east-1" });
		expect(await other.client(SQSClient).config.maxAttempts()).toBe(8);
	});

	test("the logger of a session receives nothing of its clients' calls", async () => {
		const lines: unknown[] = [];
		const log = (...content: unknown[]) => void lines.push(content);
		const logger = { debug: log, info: log, warn: log, error: log };
		await using session = apiSession({ regionName: "us-east-1", logger });
		await session.ready();
		lines.splice(0);
		await session.client(DynamoDBClient).send(new ListTablesCommand({}));
		expect(lines).toEqual([]);
		session.setDefaultClientConfig({ logger });
		await session.client(DynamoDBClient).send(new ListTablesCommand({}));
		expect(JSON.stringify(lines)).toContain("ListTablesCommand");
	});
});

describe("the profile", () => {
	test("the profile is the named one, and undefined where none is named", async () => {
		await using session = apiSession();
		expect(session.profile).toBeUndefined();
		process.env.AWS_PROFILE = "empty";
		expect(session.profile).toBe("empty");
		await using own = apiSession({ profileName: "work" });
		expect(own.profile).toBe("work");
	});

	test("the profile reaches the clients", async () => {
		await using session = apiSession({ profileName: "work" });
		expect(await session.client(SQSClient).config.maxAttempts()).toBe(7);
		process.env.AWS_DEFAULT_PROFILE = "work";
		await using other = apiSession();
		expect(await other.client(SQSClient).config.maxAttempts()).toBe(7);
	});

	test("the available profiles are those in the shared files", async () => {
		await using session = apiSession({ profileName: "work" });
		expect(await session.availableProfiles()).toEqual(["default", "work", "empty", "keys"]);
		expect(await session.getScopedConfig()).toMatchObject({ region: "eu-west-3", sdk_ua_app_id: "from-file" });
	});

	test("the profile has an empty section where it is not in the shared files", async () => {
		await using session = apiSession({ profileName: "nobody" });
		expect(await session.getScopedConfig()).toEqual({});
	});
});

describe("the default client config", () => {
	test("the default client config is merged under the config of each client", async () => {
		await using session = apiSession({ regionName: "us-east-1" });
		expect(session.getDefaultClientConfig()).toEqual({});
		const config = { maxAttempts: 2, region: "eu-west-1" };
		session.setDefaultClientConfig(config);
		config.maxAttempts = 9;
		expect(session.getDefaultClientConfig()).toEqual({ maxAttempts: 2, region: "eu-west-1" });
		const { config: one } = session.client(SQSClient);
		expect([await one.maxAttempts(), await one.region()]).toEqual([2, "eu-west-1"]);
		const { config: other } = session.client(SQSClient, { maxAttempts: 4 });
		expect([await other.maxAttempts(), await other.region()]).toEqual([4, "eu-west-1"]);
	});
});

describe("a default that is undefined", () => {
	test("a default that is undefined hides nothing", async () => {
		const { seen, requestHandler } = watching();
		await using session = apiSession({ regionName: "us-east-1", requestHandler });
		session.userAgentName = "report-maker";
		session.setDefaultClientConfig({ region: undefined, customUserAgent: undefined, maxAttempts: undefined });
		expect(session.getDefaultClientConfig()).toStrictEqual({});
		const client = session.client(DynamoDBClient);
		expect(await client.config.region()).toBe("us-east-1");
		await client.send(new ListTablesCommand({}));
		expect(seen.at(-1)?.["user-agent"]).toContain(session.userAgent());
	});
});

describe("the user agent", () => {
	test("the user agent names this package to AWS and to EchoStream, until the program names itself", async () => {
		const { seen, requestHandler } = watching();
		await using session = apiSession({ regionName: "us-east-1", requestHandler });
		expect(session.userAgent()).toMatch(/^echostream-botocore\/\d+\.\d+\.\d+$/);
		[session.userAgentName, session.userAgentVersion] = ["report-maker", "2.1"];
		session.userAgentExtra = "on/friday by/night";
		expect(session.userAgent()).toBe("report-maker/2.1 on/friday by/night");
		await session.client(DynamoDBClient).send(new ListTablesCommand({}));
		const [query, call] = seen.slice(-2);
		expect(query?.["x-amz-user-agent"]).toBe("report-maker/2.1 on/friday by/night");
		expect(call?.["user-agent"]).toMatch(/^aws-sdk-js\/.* report-maker\/2\.1 on\/friday by\/night$/);
	});

	test("the user agent of a client's own config takes precedence", async () => {
		const { seen, requestHandler } = watching();
		await using session = apiSession({ regionName: "us-east-1", requestHandler });
		await session.client(DynamoDBClient, { customUserAgent: "mine/1" }).send(new ListTablesCommand({}));
		expect(seen.at(-1)?.["user-agent"]).toMatch(/ mine\/1$/);
	});
});

describe("a session's app", () => {
	test.each([
		["external-app", "ExternalApp", { greeting: "hello" }, true],
		["managed-app", "ManagedApp", {}, true],
		["cross-account-app", "CrossAccountApp", {}, false],
		["sending-app", "CrossTenantSendingApp", undefined, false],
		["receiving-app", "CrossTenantReceivingApp", undefined, false],
	])("the app of a session, %s, is described, its config parsed", async (app, type, config, tableAccess) => {
		await using session = new AppSession({ ...optionsOf(tenant, { apiUser: "admin" }), app });
		expect(await session.describeApp()).toEqual({ name: app, type, description: "", config, tableAccess });
		expect(await session.describeTenant()).toMatchObject({ region: tenant.region, table: tenant.table });
	});
});
