import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { run } from "../src/run.ts";

const APP = "external-app";
const before = { ...process.env };

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ app: APP }));
});
afterAll(async () => {
	for (const name of Object.keys(tenant.environment({ app: APP }))) delete process.env[name];
	Object.assign(process.env, before);
	await tenant.stop();
});

async function outputOf(...args: string[]) {
	const printed: string[] = [];
	const errors: string[] = [];
	const status = await run(args, {
		print: (text) => printed.push(text),
		printError: (text) => errors.push(text),
	});
	return { status, printed: printed.join("\n"), errors: errors.join("\n") };
}

describe("echostream", () => {
	test("credentials are printed in the format of credential_process", async () => {
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

	test("describe prints the tenant and the app", async () => {
		const { printed } = await outputOf("describe");
		expect(JSON.parse(printed)).toMatchObject({ tenant: { table: tenant.table }, app: { name: APP } });
	});

	test("describe prints the tenant alone when APP is not set", async () => {
		const before = { ...process.env };
		Object.assign(process.env, tenant.environment({ apiUser: "admin" }));
		process.env.APP = "";
		try {
			expect(Object.keys(JSON.parse((await outputOf("describe")).printed))).toEqual(["tenant"]);
		} finally {
			Object.assign(process.env, before);
		}
	});

	test.each([
		[["help"], 0],
		[[], 2],
		[["fly"], 2],
		[["credentials", "--password", "x"], 2],
	])("the arguments %j exit with %i, and print no password", async (args, status) => {
		const output = await outputOf(...args);
		expect(output.status).toBe(status);
		expect(`${output.printed}${output.errors}`).not.toContain(process.env.PASSWORD ?? "?");
	});

	test("a missing variable is named in the error", async () => {
		const { PASSWORD } = process.env;
		delete process.env.PASSWORD;
		try {
			const { status, errors } = await outputOf("credentials");
			expect([status, errors]).toEqual([1, expect.stringContaining("password (or PASSWORD): is missing")]);
		} finally {
			process.env.PASSWORD = PASSWORD;
		}
	});
});
