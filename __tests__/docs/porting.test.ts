import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { ApiSession } from "../../src/index.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";
import { buildPrograms, hasPython, PortingPrograms, programs } from "./porting-programs.ts";

const PRINTED: Record<string, unknown[]> = JSON.parse(
	readFileSync(new URL("../../examples/porting/printed.json", import.meta.url), "utf8"),
);
const AS_API_USER = [
	"01",
	"03",
	"07",
	"12",
	"13",
	"14",
	"15",
	"18",
	"19",
	"20",
	"21",
	"22",
	"30",
	"32",
	"33",
	"34",
	"38",
	"39",
	"41",
];

const porting = new PortingPrograms();
const { runPython, runTypeScript } = porting;
/** The halves that can run here. */
const halves = hasPython ? [runTypeScript, runPython] : [runTypeScript];

let tenant: LocalTenant;
let other: LocalTenant;
beforeAll(async () => {
	[tenant, other] = await Promise.all([
		startTenant(),
		LocalTenant.start({ name: "other", region: "eu-west-1", table: "other-table" }),
		buildPrograms(),
	]);
	if (!hasPython) {
		console.info("The Python halves of examples/porting are not run: node scripts/python-env.mjs makes it possible");
	}
});
afterAll(async () => {
	porting[Symbol.dispose]();
	await Promise.all([tenant.stop(), other.stop()]);
});

/** The environment variables of the programs. */
async function environmentOf(program: string, run: string): Promise<Record<string, string>> {
	const user = AS_API_USER.includes(program.slice(0, 2)) ? { apiUser: "admin" } : { app: "external-app" };
	const common = {
		BUCKET: "bulk-data",
		REGION: tenant.region,
		TABLE: tenant.table,
		QUEUE_URL: tenant.queueUrl("app-external-app"),
		RUN: run,
	};
	switch (program.slice(0, 2)) {
		case "09":
			return { ...tenant.environment(user), ...common, ...(await ambientKeys()) };
		case "10":
			return { TENANTS: JSON.stringify([tenant, other].map(login)), COGNITO_JWKS: keySets() };
		case "11":
			return { ...tenant.environment(user), ...common, NODE: "external-app-node" };
		case "12":
			return {
				...tenant.environment(user),
				...common,
				FUNCTION_URL: `${tenant.url}/2015-03-31/functions/echo/invocations`,
			};
		default:
			return { ...tenant.environment(user), ...common };
	}
}

/** Keys of the machine's own account, which the cross-account app's queue belongs to. */
async function ambientKeys(): Promise<Record<string, string>> {
	await using session = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
	const { accessKey, secretKey, token } = await session.getCredentials().getFrozenCredentials();
	return { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_SESSION_TOKEN: String(token) };
}

function login(one: LocalTenant): Record<string, string | undefined> {
	const { APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_POOL_ID, USER_NAME } = one.environment({
		apiUser: "admin",
	});
	return {
		appsync_endpoint: APPSYNC_ENDPOINT,
		client_id: CLIENT_ID,
		password: PASSWORD,
		tenant: TENANT,
		user_pool_id: USER_POOL_ID,
		username: USER_NAME,
		region: one.region,
		table: one.table,
		endpoint_url: one.url,
	};
}

/** The key sets of both tenants as one, for pycognito, which takes one from its environment. */
function keySets(): string {
	return JSON.stringify({ keys: [tenant, other].flatMap((one) => one.userPool.keySet().keys) });
}

describe("a Python program and its TypeScript twin print the same", () => {
	test.each(programs())(
		"a Python program and its TypeScript port print the same: %s",
		async (program) => {
			expect(await runTypeScript(program, await environmentOf(program, "typescript"))).toEqual(PRINTED[program]);
			if (hasPython) {
				expect(await runPython(program, await environmentOf(program, "python"))).toEqual(PRINTED[program]);
			}
		},
		60_000,
	);

	const person = (sk: string, born: number, more: object) => ({
		pk: S("people"),
		sk: S(sk),
		born: { N: `${born}` },
		...more,
	});
	const S = (text: string) => ({ S: text });
	const sortKey = (number: number) => S(`${number}`.padStart(3, "0"));
	test.each([
		[
			"13-table-resource",
			3,
			[
				person("ada", 1815, { languages: { L: [S("en"), S("fr")] } }),
				person("alan", 1912, { chess: { M: { plays: { BOOL: true }, title: { NULL: true } } } }),
				person("grace", 1906, {}),
			],
		],
		["28-batches", 7, Array.from({ length: 25 }, (_, i) => ({ pk: S("batches"), sk: sortKey(i) }))],
		[
			"36-batch-writer",
			7,
			Array.from({ length: 25 }, (_, i) => ({
				pk: S("writer"),
				sk: sortKey(i),
				n: { N: `${i % 10 === 0 ? -i : i}` },
			})),
		],
	])("items that DynamoDB returns as unprocessed are written again by %s", async (program, requests, items) => {
		const UnprocessedItems = { [tenant.table]: items.map((Item) => ({ PutRequest: { Item } })) };
		for (const run of halves) {
			const mark = tenant.requestLog.length;
			const body = JSON.stringify({ UnprocessedItems });
			const headers = { "content-type": "application/x-amz-json-1.0" };
			tenant.faults.add({ operation: "BatchWriteItem", status: 200, times: 1, headers, body });
			expect(await run(program, await environmentOf(program, "unprocessed"))).toEqual(PRINTED[program]);
			expect(tenant.requestLog.count("BatchWriteItem", mark)).toBe(requests);
		}
	});

	test("messages whose deletion SQS reports as failed are deleted again by 40-queue-resource", async () => {
		for (const run of halves) {
			const mark = tenant.requestLog.length;
			const failTwo = (body: string) => {
				const { Successful, Failed = [] } = JSON.parse(body);
				const failed = Successful.splice(0, 2).map(({ Id }: { Id: string }) => ({ Id, Code: "InternalError" }));
				return JSON.stringify({ Successful, Failed: [...Failed, ...failed] });
			};
			const fault = tenant.faults.add({ operation: "DeleteMessageBatch", times: 1, corrupt: failTwo });
			expect(await run("40-queue-resource", await environmentOf("40", "failed"))).toEqual(PRINTED["40-queue-resource"]);
			expect(fault.met).toBe(1);
			expect(tenant.requestLog.count("DeleteMessageBatch", mark)).toBe(2);
		}
	});

	test("there are at least forty-two Python programs with a port, each with its output", () => {
		expect(programs().length).toBeGreaterThanOrEqual(42);
		expect(Object.keys(PRINTED).sort()).toEqual(programs().sort());
	});
});
