import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { outputOf } from "./support/output-of.ts";

const APP = "external-app";
const before = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), "echostream-run-"));

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ app: APP }), {
		ECHOSTREAM_CACHE_DIR: join(folder, "cache"),
		ECHOSTREAM_CONFIG_DIR: join(folder, "config"),
		ECHOSTREAM_KEYRING: "off",
	});
});
afterAll(async () => {
	for (const name of Object.keys(process.env)) if (before[name] === undefined) delete process.env[name];
	Object.assign(process.env, before);
	rmSync(folder, { recursive: true, force: true });
	await tenant.stop();
});

describe("echostream", () => {
	test("credentials are printed in the format of credential_process", async () => {
		const { status, printed } = await outputOf(["credentials"]);
		expect(status).toBe(0);
		expect(JSON.parse(printed)).toEqual({
			Version: 1,
			AccessKeyId: expect.stringMatching(/^ASIA/),
			SecretAccessKey: expect.any(String),
			SessionToken: expect.any(String),
			Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
		});
	});

	test("whoami --json prints the tenant and the app", async () => {
		const { printed } = await outputOf(["whoami", "--json"]);
		expect(JSON.parse(printed)).toMatchObject({
			user: "external-app-user",
			kind: "app user",
			tenant: { name: "local", table: tenant.table, active: true },
			app: { name: APP, type: "ExternalApp", config: {} },
			region: "us-east-1",
			credentials: { expire: expect.stringMatching(/Z$/), refresh: expect.stringMatching(/Z$/) },
			accessTokenExpires: expect.stringMatching(/Z$/),
		});
	});

	test("whoami prints the tenant alone when APP is not set", async () => {
		const before = { ...process.env };
		Object.assign(process.env, tenant.environment({ apiUser: "admin" }));
		process.env.APP = "";
		try {
			const { printed } = await outputOf(["whoami"]);
			expect(printed).toMatch(
				/^settings +the environment\nuser +admin \(API user\)\ntenant +local\nregion +us-east-1\n/,
			);
			expect(printed).not.toMatch(/^app /m);
		} finally {
			Object.assign(process.env, before);
		}
	});

	test.each(["whoami", "credentials"])(
		"%s reports that APP may be missing when it is denied to the user of an app",
		async (command) => {
			const before = { ...process.env };
			process.env.APP = "";
			try {
				expect(await outputOf([command])).toMatchObject({
					status: 4,
					errors: expect.stringContaining("If it is an AppUser, the app is missing"),
				});
			} finally {
				Object.assign(process.env, before);
			}
		},
	);

	test.each([
		[["help"], 0],
		[["--help"], 0],
		[["credentials", "--help"], 0],
		[["--version"], 0],
		[[], 2],
		[["fly"], 2],
		[["credentials", "--password", "x"], 2],
		[["credentials", "--profile", "a", "--dotenv", "b"], 2],
		[["serve", "--port", "http"], 2],
	])("the arguments %j exit with %i, and print no password", async (args, status) => {
		const output = await outputOf(args);
		expect(output.status).toBe(status);
		expect(`${output.printed}${output.errors}`).not.toContain(process.env.PASSWORD ?? "?");
		expect(status === 0 ? output.errors : output.printed).toBe("");
	});

	test("--version prints the version of package.json", async () => {
		const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
		expect((await outputOf(["--version"])).printed).toBe(version);
	});

	test("a missing variable is named in the error", async () => {
		const { TENANT, USER_POOL_ID } = process.env;
		delete process.env.TENANT;
		process.env.USER_POOL_ID = " ";
		try {
			const { status, errors } = await outputOf(["credentials"]);
			expect([status, errors]).toEqual([
				2,
				"These settings are missing in the environment:\n  TENANT (or --tenant)\n  USER_POOL_ID (or --user-pool-id)\n" +
					"Set them there, pass the flags, or create a profile: echostream configure",
			]);
		} finally {
			Object.assign(process.env, { TENANT, USER_POOL_ID });
		}
	});

	test("a missing password is an error that names every way to provide one", async () => {
		const { PASSWORD } = process.env;
		delete process.env.PASSWORD;
		try {
			const { status, errors } = await outputOf(["credentials", "--no-cache"]);
			expect([status, errors]).toEqual([
				3,
				expect.stringContaining("No password was found. Set PASSWORD, PASSWORD_COMMAND or"),
			]);
		} finally {
			process.env.PASSWORD = PASSWORD;
		}
	});
});
