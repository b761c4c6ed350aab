import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { initiateAuth } from "../tenant-client.ts";
import { outputOf } from "./command-output.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "echostream-local-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a config file, and returns its path. */
function config(content: unknown, name = "config.json"): string {
	const file = join(folder, name);
	writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
	return file;
}

const USER = { clientId: "client", username: "admin", password: "it's $1 `x`" };
const PLAIN = {
	apiUsers: [{ username: "admin", password: USER.password }],
	userPool: { clientId: "client", authFlows: ["USER_PASSWORD_AUTH"] },
};

describe("the variables", () => {
	test("echostream-local prints the variables of an API user as export lines, and nothing else", async () => {
		const { code, printed, errors } = await outputOf(["--api-user", "reader"]);
		expect(code).toBe(0);
		expect(printed).toContain("export USER_NAME='reader'");
		expect(printed).toMatch(/export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+'/);
		expect(printed.split("\n").filter((line) => !line.startsWith("export "))).toEqual([]);
		expect(errors).toContain("for development only");
	});

	test("echostream-local prints the variables of the first app by default", async () => {
		expect((await outputOf([])).printed).toContain("export APP='external-app'");
		const apps = config({ apps: [{ name: "sender", type: "CrossTenantSendingApp" }, { name: "shop" }] });
		expect((await outputOf(["--config", apps])).printed).toContain("export APP='shop'");
	});

	test("echostream-local prints the variables of the first API user where no app has a user", async () => {
		expect((await outputOf(["--config", config({ apps: [] })])).printed).toContain("export USER_NAME='admin'");
	});

	test("a shell reads the printed lines, whatever characters a password has", async () => {
		const { printed } = await outputOf(["--config", config(PLAIN), "--api-user", "admin"]);
		const read = execFileSync("sh", ["-c", `${printed}\nprintf %s "$PASSWORD"`], { encoding: "utf8" });
		expect(read).toBe(USER.password);
	});

	test("echostream-local --json prints the variables as one JSON object", async () => {
		const { printed } = await outputOf(["--json", "--app", "managed-app"]);
		expect(JSON.parse(printed)).toMatchObject({ APP: "managed-app", USER_NAME: "managed-app-user" });
	});

	test("echostream-local --dotenv writes a file that only its owner can read, and prints no variable", async () => {
		const file = join(folder, "tenant.env");
		writeFileSync(file, "OLD=1\n", { mode: 0o644 });
		const { printed } = await outputOf(["--config", config(PLAIN), "--dotenv", file]);
		expect(printed).toBe("");
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
		const script =
			"process.loadEnvFile(process.argv[1]); console.log(process.env.APP, JSON.parse(process.env.COGNITO_JWKS).keys.length)";
		expect(execFileSync(process.execPath, ["-e", script, file], { encoding: "utf8" })).toBe("external-app 1\n");
		expect(readFileSync(file, "utf8")).toMatch(/^AWS_ENDPOINT_URL=http:/m);
	});
});

describe("the lines for requests", () => {
	test("echostream-local prints a line with user, operation, status and reason for every request", async () => {
		const { errors } = await outputOf(["--config", config(PLAIN)], async (url) => {
			await initiateAuth(url, USER);
			await initiateAuth(url, { ...USER, password: "wrong" });
			await fetch(`${url}/bulk-data/key`);
		});
		const [right, wrong, object] = errors.split("\n").slice(-3);
		expect(right).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}Z {2}200 {2}cognito InitiateAuth +admin$/);
		expect(wrong).toMatch(
			/Z {2}400 {2}cognito InitiateAuth +admin {2}NotAuthorizedException: Incorrect username or password\.$/,
		);
		expect(object).toMatch(/Z {2}403 {2}s3 GetObject +- {2}AccessDenied: /);
		expect(errors).not.toContain(USER.password);
	});

	test("the line of a request whose names hold control characters is one line, and has none of them", async () => {
		const { errors } = await outputOf(["--config", config(PLAIN)], async (url) => {
			await initiateAuth(url, { ...USER, username: "a\n\u001b[2Jb\u202ec" });
		});
		expect(errors.split("\n").at(-1)).toContain("a\ufffd\ufffd[2Jb\ufffdc");
		expect(errors).not.toContain("\u001b");
	});

	test("the lines have colors on a terminal with colors only", async () => {
		const request = async (url: string) => void (await initiateAuth(url, USER));
		const args = ["--config", config(PLAIN)];
		expect((await outputOf(args, request)).errors).not.toContain("\u001b[32m200");
		expect((await outputOf(args, request, true)).errors).toContain("\u001b[32m200");
	});

	test("echostream-local --quiet prints no line for requests", async () => {
		const { errors } = await outputOf(
			["--quiet", "--config", config(PLAIN)],
			async (url) => void (await initiateAuth(url, USER)),
		);
		expect(errors).not.toContain("InitiateAuth");
	});

	test("the line of a request that met a fault names the fault", async () => {
		const faults = [{ operation: "InitiateAuth", status: 503 }];
		const { errors } = await outputOf(["--config", config({ ...PLAIN, faults })], async (url) => {
			await initiateAuth(url, USER);
		});
		expect(errors.split("\n").at(-1)).toMatch(/503 {2}cognito InitiateAuth .*\(fault: status\)$/);
	});
});

describe("the config file", () => {
	test("a config file has the users, their second factors, the lifetimes, the apps, the tables, the queues and the edges", async () => {
		const file = config({
			name: "orders",
			region: "eu-west-1",
			apps: [
				{ name: "shop", password: "Shop-12345!" },
				{ name: "mailer", tableAccess: false },
			],
			edges: [{ source: "shop-node", target: "mailer-node" }],
			tables: [
				{
					TableName: "prices",
					KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
					AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
				},
			],
			queues: [{ QueueName: "jobs", Attributes: { VisibilityTimeout: "5" } }, { QueueName: "jobs.fifo" }],
			userPool: {
				accessTokenSeconds: 600,
				users: [{ username: "shop-user", password: "Shop-12345!", mfa: [{ type: "SMS", destination: "+15550100" }] }],
			},
		});
		let state: Record<string, unknown> = {};
		const read = async (url: string, path: string) => (await fetch(`${url}/_control/${path}`)).json();
		const { printed } = await outputOf(["--config", file, "--name", "sales"], async (url) => {
			state = { ...(await read(url, "state")), ...(await read(url, "tables")), ...(await read(url, "queues")) };
		});
		expect(printed).toContain("export PASSWORD='Shop-12345!'");
		expect(state).toMatchObject({
			name: "sales",
			region: "eu-west-1",
			edges: expect.arrayContaining([expect.objectContaining({ source: "shop-node", target: "mailer-node" })]),
			tables: expect.arrayContaining([expect.objectContaining({ name: "prices" })]),
			queues: expect.arrayContaining([
				expect.objectContaining({ name: "jobs" }),
				expect.objectContaining({ name: "jobs.fifo" }),
			]),
			users: expect.arrayContaining([expect.objectContaining({ username: "shop-user", mfa: ["SMS"] })]),
		});
	});

	test("a config file of JavaScript has functions too", async () => {
		const file = config('export default { lambdas: { price: () => 42 }, name: "functions" };', "config.mjs");
		expect((await outputOf(["--config", file])).printed).toContain("export TENANT='functions'");
	});

	test.each([
		["is missing", ["--config", "none.json"], "The config file none.json was not found"],
		["is no JSON", () => config("{", "broken.json"), "broken.json could not be read: "],
		["has an unknown option", () => config({ user: [] }), "config.json: user is unknown: use name, region, "],
		[
			"has a wrong type in a list",
			() => config({ apps: [{ name: "a" }, { name: "b", type: "App" }] }),
			"apps[1].type is invalid: use one of ",
		],
		[
			"lacks a member",
			() => config({ userPool: { users: [{ username: "u" }] } }),
			"userPool.users[0].password is missing",
		],
		[
			"has a lifetime that Cognito rejects",
			() => config({ userPool: { accessTokenSeconds: 1 } }),
			"userPool.accessTokenSeconds is invalid: use a whole number from 300 to 86400",
		],
		[
			"has a fault without effect",
			() => config({ faults: [{ times: 1 }] }),
			"faults[0] is invalid: use one of delayMs, ",
		],
		[
			"has a function that JSON cannot have",
			() => config({ lambdas: { f: "x" } }),
			"lambdas.f is invalid: use a function",
		],
		["has a table without a key", () => config({ tables: [{ TableName: "t" }] }), "tables[0].KeySchema is "],
		["is a list", () => config([]), "The value is invalid: use an object"],
	])("echostream-local exits with 2 and names the place where the config file %s", async (_, args, text) => {
		const { code, printed, errors } = await outputOf(typeof args === "function" ? ["--config", args()] : args);
		expect([code, printed, errors]).toEqual([2, "", expect.stringContaining(text)]);
	});

	test("echostream-local exits with 1 where DynamoDB rejects a table of the config file", async () => {
		const table = { TableName: "t", KeySchema: [{ AttributeName: "id", KeyType: "HASH" }], AttributeDefinitions: [] };
		const { code, errors } = await outputOf(["--config", config({ tables: [table] })]);
		expect([code, errors]).toEqual([1, expect.stringContaining("The table t could not be created")]);
	});

	test("a value of a password is in no message about a config file", async () => {
		const users = [{ username: "u", password: ["secret-value"] }];
		expect((await outputOf(["--config", config({ userPool: { users } })])).errors).not.toContain("secret-value");
	});
});

describe("invalid usage", () => {
	test.each([
		[["--help"], 0, "Usage: echostream-local"],
		[["--fly"], 2, "Unknown option '--fly'. echostream-local --help"],
		[["--port", "eighty"], 2, "The port eighty is invalid"],
		[["--app", "a", "--api-user", "b"], 2, "Use one of --app and --api-user"],
		[
			["--app", "no-such-app"],
			2,
			"The tenant local has no app with a user named no-such-app. Use one of external-app, ",
		],
		[["--app", "sending-app"], 2, "has no app with a user named sending-app"],
		[["--api-user", "nobody"], 2, "has no API user named nobody. Use one of admin, reader."],
		[["--dotenv", "no-such-folder/x.env"], 2, "The file no-such-folder/x.env could not be written"],
		[["--host", "192.0.2.1"], 1, "The host 192.0.2.1 is not an address of this machine"],
	])("echostream-local with the arguments %j exits with %i", async (args, code, text) => {
		const output = await outputOf(args);
		expect([output.code, output.printed + output.errors]).toEqual([code, expect.stringContaining(text)]);
	});

	test.each([
		["--name", "", 'The name "" is invalid'],
		["--name", "a b/c", 'The name "a b/c" is invalid'],
		["--region", "us east", 'The region "us east" is invalid: use one such as us-east-1'],
	])("echostream-local %s %p exits with 2", async (option, value, message) => {
		const { code, errors } = await outputOf([option, value]);
		expect([code, errors]).toEqual([2, expect.stringContaining(message)]);
	});

	test.each([
		[{ apps: [{ name: "twin" }, { name: "twin" }] }, "Two apps of the options have the name twin"],
		[{ apps: [{ name: "a" }], apiUsers: [{ username: "a-user" }] }, "Two users of the options have the name a-user"],
		[{ edges: [{ source: "a", target: "b" }] }, "Invalid edge from a to b"],
	])("a config file with the options %j is rejected", async (options, message) => {
		const { code, errors } = await outputOf(["--config", config(options)]);
		expect([code, errors]).toEqual([2, expect.stringContaining(message)]);
	});

	test("a config file may begin with a byte order mark", async () => {
		const { printed } = await outputOf(["--config", config('\uFEFF{ "name": "marked" }')]);
		expect(printed).toContain("export TENANT='marked'");
	});

	test("echostream-local exits with 1 where its port is in use", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => server.once("listening", resolve));
		const { port } = server.address() as AddressInfo;
		const { code, errors } = await outputOf(["--port", String(port)]);
		server.close();
		expect([code, errors]).toEqual([1, expect.stringContaining(`The port ${port} is in use by another program.`)]);
	});

	test("echostream-local warns of a host that is not the loopback interface", async () => {
		const { errors } = await outputOf(["--host", "0.0.0.0"]);
		expect(errors).toContain("Warning: it listens on 0.0.0.0. Whoever reaches this port has the tenant");
	});
});
