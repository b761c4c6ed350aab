import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { type Ended, Workplace } from "../../packages/cli/__tests__/support/workplace.ts";
import { ROOT } from "../repository/workflow-files.ts";
import { TOOLS } from "./tools.ts";

/** The installed command. */
const ECHOSTREAM = String(process.env.ECHOSTREAM);
const LIST = join(ROOT, "__tests__/interop/tools/python/list_resources.py");

/** What each tool runs to list the tables and the queues for a number of seconds. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
	...(TOOLS.python !== undefined && { boto3: [join(TOOLS.python, "python"), LIST] }),
	...(TOOLS.go !== undefined && { "the SDK for Go": [join(TOOLS.go, "list")] }),
};
/** The time for which the credentials of the programs that run for long last, and for which these run, seconds. */
const LIFETIME = 30;
const RUN = 100;

let tenant: LocalTenant;
let brief: LocalTenant;
let workplace: Workplace;
let briefly: Workplace;
/** They run while the other tests do. */
let long: Readonly<Record<string, Promise<Ended>>>;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	brief = await LocalTenant.start({ credentials: { maxSeconds: LIFETIME } });
	workplace = new Workplace(tenant.environment({ apiUser: "admin" }));
	briefly = new Workplace(brief.environment({ apiUser: "admin" }));
	const start = (tool: readonly string[]) => briefly.run(ECHOSTREAM, ["exec", "--", ...tool, String(RUN)]);
	long = Object.fromEntries(Object.entries(PROGRAMS).map(([name, tool]) => [name, start(tool)]));
	const { PASSWORD = "" } = workplace.environment;
	writeFileSync(join(workplace.home, "password"), PASSWORD, { mode: 0o600 });
	const { errors, status } = await workplace.run(
		ECHOSTREAM,
		["configure", "--password-file", join(workplace.home, "password")],
		{
			PASSWORD: undefined,
		},
	);
	if (status !== 0) throw new Error(errors);
});
afterAll(async () => {
	workplace[Symbol.dispose]();
	briefly[Symbol.dispose]();
	await Promise.all([tenant.stop(), brief.stop()]);
});

/** The environment of a tool that knows the profile alone, and where the tenant's services are. */
function profileAlone(): NodeJS.ProcessEnv {
	const settings = ["APPSYNC_ENDPOINT", "TENANT", "USER_POOL_ID", "CLIENT_ID", "USER_NAME", "PASSWORD"];
	return { ...Object.fromEntries(settings.map((name) => [name, undefined])), AWS_PROFILE: "echostream" };
}

function expectListed({ errors, printed, status }: Ended): { readonly calls: number; readonly keys: number } {
	expect([status, errors]).toEqual([0, ""]);
	const result = JSON.parse(printed);
	expect(result).toMatchObject({ tables: [tenant.table], queues: expect.any(Number) });
	expect(result.queues).toBeGreaterThan(0);
	return result;
}

for (const [name, tool] of Object.entries(PROGRAMS)) {
	const [command = "", ...args] = tool;
	describe(name, () => {
		test("lists the tables and queues through credential_process", async () => {
			expectListed(await workplace.run(command, [...args, "0"], profileAlone()));
		});

		test("lists the tables and queues in echostream exec", async () => {
			expectListed(await workplace.run(ECHOSTREAM, ["exec", "--", ...tool, "0"]));
		});
	});
}

const { python } = TOOLS;
if (python !== undefined) {
	describe("the AWS CLI", () => {
		const AWS = join(python, "aws");
		const commands = [
			["dynamodb", "list-tables", "--query", "TableNames"],
			["sqs", "list-queues", "--query", "QueueUrls"],
			["sts", "get-caller-identity", "--query", "Arn"],
		];
		/** Version 1 has an endpoint of its own for SQS, whatever AWS_ENDPOINT_URL is. */
		const here = (args: readonly string[]) => [...args, "--endpoint-url", tenant.url];

		test.each(commands)("%s %s works through credential_process", async (...args) => {
			const { errors, printed, status } = await workplace.run(AWS, here(args), profileAlone());
			expect([status, errors]).toEqual([0, ""]);
			expect(JSON.parse(printed)).not.toEqual([]);
		});

		test.each(commands)("%s %s works in echostream exec", async (...args) => {
			const { errors, printed, status } = await workplace.run(ECHOSTREAM, ["exec", "--", AWS, ...here(args)]);
			expect([status, errors]).toEqual([0, ""]);
			expect(JSON.parse(printed)).not.toEqual([]);
		});

		test("10 commands at once cause one sign-in", async () => {
			const cold = { ...profileAlone(), ECHOSTREAM_CACHE_DIR: join(workplace.home, "cold") };
			tenant.requestLog.clear();
			const all = await Promise.all(
				Array.from({ length: 10 }, () => workplace.run(AWS, here(["sqs", "list-queues"]), cold)),
			);
			expect(new Set(all.map(({ errors, status }) => `${status} ${errors}`))).toEqual(new Set(["0 "]));
			expect([tenant.requestLog.count("InitiateAuth"), tenant.requestLog.count("getAwsCredentials")]).toEqual([1, 1]);
		});
	});
}

describe("what a program that runs for long gets", () => {
	for (const name of Object.keys(PROGRAMS)) {
		test(`${name} runs for ${RUN} seconds with credentials that last ${LIFETIME} seconds, and no call fails`, async () => {
			const { calls, keys } = expectListed((await long[name]) as Ended);
			expect(calls).toBeGreaterThan(RUN / 4);
			expect(keys).toBeGreaterThan(RUN / LIFETIME);
		});
	}
});

test("the process list and the files of the user have neither the password nor a token in the clear", async () => {
	const child = workplace.start(ECHOSTREAM, ["exec", "--no-cache", "--", "sleep", "5"]);
	await new Promise((resolve) => setTimeout(resolve, 3000));
	const { printed } = await workplace.run("ps", ["axww", "-o", "args"]);
	child.kill();
	await new Promise((resolve) => child.on("close", resolve));
	const { PASSWORD = "" } = workplace.environment;
	expect(printed).toContain("sleep 5");
	expect(printed).not.toContain(PASSWORD);
	expect(printed).not.toMatch(/eyJ[\w-]{20}/);
	expect(existsSync(join(workplace.home, "config/profiles/default.env"))).toBe(true);
	expect(readFileSync(join(workplace.home, "config/profiles/default.env"), "utf8")).not.toContain(PASSWORD);
});
