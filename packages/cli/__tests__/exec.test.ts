import { writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { build } from "esbuild";
import { isInstalled } from "../../../__tests__/support/installed.ts";
import { formatted } from "../src/tools/env-formats.ts";
import { PseudoTerminal } from "./support/pseudo-terminal.ts";
import { ECHOSTREAM, type Ended, Workplace } from "./support/workplace.ts";

/** A program that lists the tables with the AWS SDK's own credentials, for a number of seconds, and prints the access key ids that it signed with. */
const LISTS_TABLES = `
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
const end = Date.now() + 1000 * Number(process.argv[2] ?? 0);
const client = new DynamoDBClient({ maxAttempts: 1 });
const keys = new Set();
(async () => {
	let calls = 0;
	do {
		const { TableNames } = await client.send(new ListTablesCommand({}));
		if (TableNames.length !== 1) throw new Error("no table");
		keys.add((await client.config.credentials()).accessKeyId);
		calls++;
		if (Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 250));
	} while (Date.now() < end);
	console.log(JSON.stringify({ calls, keys: keys.size }));
})().catch((error) => { console.error(error); process.exit(1); });
`;
/** The time for which the credentials of the long-running program last, and for which it runs, seconds. */
const LIFETIME = 20;
const RUN = 60;

let tenant: LocalTenant;
let brief: LocalTenant;
/** One for all tests, so that they share a sign-in. */
let workplace: Workplace;
let long: { readonly workplace: Workplace; readonly ended: Promise<Ended> };
beforeAll(async () => {
	tenant = await LocalTenant.start();
	workplace = new Workplace(tenant.environment({ apiUser: "admin" }));
	// It runs while the other tests do.
	brief = await LocalTenant.start({ credentials: { maxSeconds: LIFETIME } });
	const place = new Workplace(brief.environment({ apiUser: "admin" }));
	await Promise.all([workplace, place].map(({ home }) => writeTables(home)));
	long = { workplace: place, ended: place.echostream(["exec", "--", "node", "tables.cjs", String(RUN)]) };
});
afterAll(async () => {
	for (const one of [workplace, long.workplace]) one[Symbol.dispose]();
	await Promise.all([tenant.stop(), brief.stop()]);
});

/** Writes the program as one file, because Node takes most of its time to find the files of the SDK. */
async function writeTables(folder: string): Promise<void> {
	const stdin = { contents: LISTS_TABLES, resolveDir: import.meta.dirname };
	await build({ stdin, bundle: true, platform: "node", outfile: join(folder, "tables.cjs"), logLevel: "error" });
}

/** The environment of a program that `exec` runs. */
async function environmentIn(args: string[], variables: NodeJS.ProcessEnv = {}): Promise<Record<string, string>> {
	const { errors, printed } = await workplace.echostream(["exec", ...args, "--", "env", "-0"], variables);
	expect(errors).toBe("");
	const entries = printed.split("\0").filter(Boolean);
	return Object.fromEntries(entries.map((entry) => [entry.replace(/=.*/s, ""), entry.replace(/^.*?=/s, "")]));
}

describe("echostream exec", () => {
	test("a program that knows only the AWS SDK works in the tenant", async () => {
		const { status, printed, errors } = await workplace.echostream(["exec", "--", "node", "tables.cjs"]);
		expect([status, errors, JSON.parse(printed)]).toEqual([0, "", { calls: 1, keys: 1 }]);
	});

	test("--env sets the credentials themselves", async () => {
		const variables = await environmentIn(["--env"]);
		expect(variables).toMatchObject({
			AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
			AWS_SECRET_ACCESS_KEY: expect.any(String),
			AWS_SESSION_TOKEN: expect.any(String),
			AWS_CREDENTIAL_EXPIRATION: expect.stringMatching(/Z$/),
			AWS_REGION: tenant.region,
			AWS_DEFAULT_REGION: tenant.region,
		});
		expect(variables.AWS_CONTAINER_CREDENTIALS_FULL_URI).toBeUndefined();
		expect((await workplace.echostream(["exec", "--env", "--", "node", "tables.cjs"])).status).toBe(0);
	});

	test("the program gets neither other AWS credentials nor the password, and everything else", async () => {
		const variables = await environmentIn([], {
			AWS_ACCESS_KEY_ID: "AKIAOTHER",
			AWS_SECRET_ACCESS_KEY: "other",
			AWS_PROFILE: "other",
			AWS_ROLE_ARN: "other",
			AWS_WEB_IDENTITY_TOKEN_FILE: "other",
			AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/other",
			STORE_KEY: "other",
			EDITOR: "vi",
		});
		expect(Object.values(variables)).not.toContain("other");
		expect(JSON.stringify(variables)).not.toContain(String(workplace.environment.PASSWORD));
		expect(variables).toMatchObject({
			EDITOR: "vi",
			TENANT: "local",
			AWS_REGION: tenant.region,
			AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/credentials$/),
			AWS_CONTAINER_AUTHORIZATION_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
		});
	});

	test.each([
		["AWS_SHARED_CREDENTIALS_FILE", "[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n"],
		["AWS_CONFIG_FILE", "[default]\ncredential_process = echo other\n"],
		["AWS_CONFIG_FILE", "# mine\n[ profile  default ]\nregion = eu-west-1\nsso_session = other\n"],
	])("a default profile with credentials in %s is not used: %j", async (name, content) => {
		const file = join(workplace.home, "aws-file");
		writeFileSync(file, content);
		const program = ["node", "tables.cjs"];
		const { errors, status } = await workplace.echostream(["exec", "--", ...program], { [name]: file });
		expect([status, errors]).toEqual([0, ""]);
		expect(await environmentIn([], { [name]: file })).toMatchObject({ [name]: devNull });
		expect(await environmentIn(["--env"], { [name]: file })).toMatchObject({ [name]: file });
	});

	test("a config file of AWS tools without default credentials is the program's too", async () => {
		const file = join(workplace.home, "aws-file");
		writeFileSync(file, "[default]\nca_bundle = x.pem\n# sso_session = none\n[profile other]\nrole_arn = x\n");
		expect(await environmentIn([], { AWS_CONFIG_FILE: file })).toMatchObject({ AWS_CONFIG_FILE: file });
	});

	test("the arguments after the program are the program's, with or without --", async () => {
		for (const separator of [["--"], []]) {
			const args = ["exec", ...separator, "node", "-p", "process.argv.slice(1).join()", "--", "--env", "--help", "-x"];
			expect(await workplace.echostream(args)).toMatchObject({ status: 0, printed: "--env,--help,-x\n" });
		}
	});

	test("standard input, output and error are the program's", async () => {
		const program = "process.stdin.pipe(process.stdout); console.error('seen')";
		const { printed, errors } = await workplace.echostream(["exec", "--", "node", "-e", program], {}, "some input");
		expect([printed, errors]).toEqual(["some input", "seen\n"]);
	});

	test.each([
		[["sh", "-c", "exit 7"], 7],
		[["sh", "-c", "kill -TERM $$"], 143],
		[["sh", "-c", "kill -KILL $$"], 137],
		[["no-such-program"], 127],
		[["./tables.cjs"], 126],
	])("the program %j gives the exit code %i", async (program, status) => {
		const ended = await workplace.echostream(["exec", "--", ...program]);
		expect(ended.status).toBe(status);
		expect(ended.errors).toMatch(
			status === 127 ? /no-such-program could not be run: it was not found in PATH/ : /^(|.*not executable.*\n)$/,
		);
	});

	test("a sign-in that fails ends the command before the program starts", async () => {
		const args = ["exec", "--no-cache", "--", "echo", "started"];
		const { status, printed } = await workplace.echostream(args, { PASSWORD: "wrong" });
		expect([status, printed]).toEqual([3, ""]);
	});

	test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const)(
		"%s is passed on, and the program decides",
		async (signal) => {
			const program = `process.on("${signal}", () => { console.log("got ${signal}"); process.exit(9) }); console.log("ready"); setInterval(() => {}, 1000)`;
			const child = workplace.start(process.execPath, [ECHOSTREAM, "exec", "--", "node", "-e", program]);
			let printed = "";
			child.stdout.on("data", (data) => {
				printed += data;
				if (printed === "ready\n") child.kill(signal);
			});
			expect(await new Promise((resolve) => child.on("close", resolve))).toBe(9);
			expect(printed).toBe(`ready\ngot ${signal}\n`);
		},
	);
});

test("Ctrl+C at a terminal reaches the program once, although its standard input is a pipe", async () => {
	writeFileSync(
		join(workplace.home, "counts.cjs"),
		`let count = 0; process.on("SIGINT", () => { count++; setTimeout(() => { console.log("signals: " + count); process.exit(); }, 500); });
		console.log("ready"); setInterval(() => {}, 1000);`,
	);
	const command = `true | '${process.execPath}' '${ECHOSTREAM}' exec -- node counts.cjs`;
	using terminal = new PseudoTerminal("sh", ["-c", command], workplace);
	await terminal.shows("ready");
	terminal.type("\u0003");
	await terminal.shows("signals: ");
	// That of the shell, which has received it too.
	await terminal.status;
	expect(terminal.screen).toContain("signals: 1");
});

describe("the endpoint of echostream exec", () => {
	/** Requests by the program, which knows `token`. */
	const REQUESTS = {
		"with its token": "{ headers: { Authorization: token } }",
		"without a token": "{}",
		"with another token": '{ headers: { Authorization: token + "x" } }',
		"by another name of the host, as a page in a browser would":
			'{ headers: { Authorization: token, Host: "evil.example" } }',
		"at another path": '{ path: "/", headers: { Authorization: token } }',
		"with another method": '{ method: "POST", headers: { Authorization: token } }',
	};
	let responses: Record<keyof typeof REQUESTS, { status: number; body: string; cache: string }>;
	beforeAll(async () => {
		const requests = Object.entries(REQUESTS).map(([name, request]) => `${JSON.stringify(name)}: ${request}`);
		const program = `const u = new URL(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI), token = process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
			const send = ([name, request]) => new Promise((resolve) => require("node:http").request({ host: u.hostname, port: u.port, path: u.pathname, ...request }, (response) => {
				let body = ""; response.on("data", (data) => { body += data; }).on("end", () => resolve([name, { status: response.statusCode, body, cache: response.headers["cache-control"] }]));
			}).end());
			Promise.all(Object.entries({ ${requests} }).map(send)).then((all) => console.log(JSON.stringify(Object.fromEntries(all))));`;
		responses = JSON.parse((await workplace.echostream(["exec", "--", "node", "-e", program])).printed);
	});

	test("serves whoever has its token", async () => {
		const { status, body, cache } = responses["with its token"];
		expect([status, cache, JSON.parse(body)]).toEqual([
			200,
			"no-store",
			{
				AccessKeyId: expect.stringMatching(/^ASIA/),
				SecretAccessKey: expect.any(String),
				Token: expect.any(String),
				Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
			},
		]);
	});

	test.each([
		["without a token", 401],
		["with another token", 401],
		["by another name of the host, as a page in a browser would", 401],
		["at another path", 404],
		["with another method", 404],
	] as const)("denies a request %s", async (request, status) => {
		const response = responses[request];
		expect([response.status, response.body.includes("SecretAccessKey")]).toEqual([status, false]);
	});
});

describe("echostream serve", () => {
	test.each([
		[
			"SIGINT",
			"posix",
			/^export AWS_CONTAINER_CREDENTIALS_FULL_URI='(.*)'\nexport AWS_CONTAINER_AUTHORIZATION_TOKEN='(.*)'\n/,
		],
		[
			"SIGTERM",
			"fish",
			/^set -gx AWS_CONTAINER_CREDENTIALS_FULL_URI '(.*)'\nset -gx AWS_CONTAINER_AUTHORIZATION_TOKEN '(.*)'\n/,
		],
	] as const)("serves credentials until %s", async (signal, format, pattern) => {
		const child = workplace.start(process.execPath, [ECHOSTREAM, "serve", "--format", format]);
		let printed = "";
		const [, url = "", token = ""] = await new Promise<RegExpExecArray>((resolve) => {
			child.stdout.on("data", (data) => {
				printed += data;
				const found = pattern.exec(printed);
				if (found !== null) resolve(found);
			});
		});
		const { status, printed: listed } = await workplace.run("node", ["tables.cjs"], {
			AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
			AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
			AWS_REGION: tenant.region,
		});
		expect([status, JSON.parse(listed).calls]).toEqual([0, 1]);
		child.kill(signal);
		expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
	});

	test("a port that is in use is reported", async () => {
		const { port } = new URL(tenant.url);
		const { status, errors } = await workplace.echostream(["serve", "--port", port]);
		expect([status, errors]).toEqual([1, `Port ${port} of 127.0.0.1 is in use. Pass another --port, or none.\n`]);
	});
});

describe("echostream env", () => {
	const readers: [format: string, program: string, argsOf: (script: string) => string[]][] = [
		["posix", "sh", (script) => ["-c", `eval "$1"; node print.cjs`, "sh", script]],
		["fish", "fish", (script) => ["-c", `${script}\nnode print.cjs`]],
		["powershell", "pwsh", (script) => ["-Command", `${script}\nnode print.cjs`]],
		["dotenv", "node", () => ["--env-file=written.env", "print.cjs"]],
	];
	const missing = readers.filter(([, program]) => program !== "sh" && !isInstalled(program));
	for (const [format, program] of missing) {
		process.stderr.write(`Not run: the format ${format} in ${program}, which is not in PATH\n`);
	}

	test("powershell and fish double or escape what would end a value", () => {
		const variables = { A: "it's \\ $b" };
		expect(formatted(variables, "powershell")).toBe("$Env:A = 'it''s \\ $b'");
		expect(formatted(variables, "fish")).toBe("set -gx A 'it\\'s \\\\ $b'");
		expect(formatted(variables, "posix")).toBe("export A='it'\\''s \\ $b'");
	});

	test.each(readers.filter((reader) => !missing.includes(reader)))(
		"the format %s is read by what it is for",
		async (format, program, argsOf) => {
			const { printed } = await workplace.echostream(["env", "--format", format]);
			writeFileSync(join(workplace.home, "written.env"), printed);
			writeFileSync(
				join(workplace.home, "print.cjs"),
				"console.log(process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SESSION_TOKEN)",
			);
			const json = JSON.parse((await workplace.echostream(["env", "--format", "json"])).printed);
			const { printed: read } = await workplace.run(program, argsOf(printed));
			expect(read).toBe(`${json.AWS_ACCESS_KEY_ID} ${json.AWS_SESSION_TOKEN}\n`);
		},
	);
});

test(`a program that runs for ${RUN} seconds has credentials that last ${LIFETIME} seconds, and no call fails`, async () => {
	const { errors, printed, status } = await long.ended;
	expect([status, errors]).toEqual([0, ""]);
	const { calls, keys } = JSON.parse(printed);
	expect(calls).toBeGreaterThan(30);
	expect(keys).toBeGreaterThan(RUN / LIFETIME);
	// A refresh may end after the last call.
	expect([keys, keys + 1]).toContain(brief.requestLog.count("getAwsCredentials"));
	expect(brief.requestLog.count("InitiateAuth")).toBe(1);
});
