import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { APP, startTenant } from "../../../__tests__/support/signed-in.ts";
import { run } from "../src/run.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());

async function outputOf(...args: string[]) {
	const printed: string[] = [];
	const complained: string[] = [];
	const status = await run(args, {
		print: (text) => printed.push(text),
		complain: (text) => complained.push(text),
		untilInterrupted: async () => {},
	});
	return { status, printed: printed.join("\n"), complained: complained.join("\n") };
}

describe("the command line", () => {
	test("prints credentials as a credential_process does", async () => {
		const { status, printed } = await outputOf("credentials");
		expect(status).toBe(0);
		expect(JSON.parse(printed)).toEqual({
			Version: 1,
			AccessKeyId: expect.stringMatching(/^ASIA/),
			SecretAccessKey: expect.any(String),
			SessionToken: expect.any(String),
			Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
		});
	});

	test("describes the tenant and the app", async () => {
		const { printed } = await outputOf("describe");
		expect(JSON.parse(printed)).toMatchObject({ tenant: { table: tenant.table }, app: { name: APP } });
	});

	test("works as an API user where no app is named", async () => {
		const before = { ...process.env };
		Object.assign(process.env, tenant.environment({ apiUser: "admin" }));
		process.env.APP = "";
		try {
			expect(Object.keys(JSON.parse((await outputOf("describe")).printed))).toEqual(["tenant"]);
		} finally {
			Object.assign(process.env, before);
		}
	});

	test("runs a local tenant, and prints how to reach it", async () => {
		const { status, printed, complained } = await outputOf("local-tenant", "--api-user", "reader");
		expect(status).toBe(0);
		expect(printed).toContain("export USER_NAME='reader'");
		expect(printed).toMatch(/export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+'/);
		expect(complained).toContain("for development only");
	});

	test.each([
		[["help"], 0],
		[[], 2],
		[["fly"], 2],
		[["credentials", "--password", "x"], 2],
	])("answers %j with status %i, and shows no password", async (args, status) => {
		const output = await outputOf(...args);
		expect(output.status).toBe(status);
		expect(`${output.printed}${output.complained}`).not.toContain(process.env.PASSWORD ?? "?");
	});

	test("says what is missing", async () => {
		const { PASSWORD } = process.env;
		delete process.env.PASSWORD;
		try {
			const { status, complained } = await outputOf("credentials");
			expect([status, complained]).toEqual([1, expect.stringContaining("password (or PASSWORD): is missing")]);
		} finally {
			process.env.PASSWORD = PASSWORD;
		}
	});
});
