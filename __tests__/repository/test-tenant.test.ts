import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { root } from "../../scripts/packages.mjs";

const run = promisify(execFile);

/** A tenant that stands for a real one. */
let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start({ name: "real" });
});
afterAll(() => tenant.stop());

async function printed(identity: Parameters<LocalTenant["environment"]>[0], variables: NodeJS.ProcessEnv = {}) {
	const env = { PATH: process.env.PATH, ...tenant.environment(identity), ...variables };
	return run(process.execPath, ["scripts/test-tenant.mjs"], { cwd: root, env }).then(
		({ stdout }) => stdout,
		({ stdout }) => stdout,
	);
}

test("test:tenant only reads from the tenant that the environment names, and finds no difference where there is none", async () => {
	tenant.requestLog.clear();
	const lines = await printed({ apiUser: "admin" });
	expect(lines).toContain("  ok: describes the tenant\n");
	expect(lines).toContain(
		"  not run: writes an item, reads it and deletes it (it writes: set ECHOSTREAM_TENANT_WRITES=1)\n",
	);
	expect(lines).toMatch(/\n0 differ from the local tenant, 2 not run\n\d+ passed, 0 failed\n$/);
	expect(new Set(tenant.requestLog.operations()).size).toBeGreaterThan(8);
	expect(tenant.requestLog.operations().filter((name) => /^(Put|Delete|Update|Send|GlobalSignOut)/.test(name))).toEqual(
		[],
	);
});

test("test:tenant prints what fails, and where the tenant differs from the local one", async () => {
	tenant.faults.add({ operation: "DescribeTable", status: 400, body: { __type: "OddException" } });
	tenant.faults.add({ operation: "GetUser", status: 400, body: { __type: "NotAuthorizedException" } });
	const lines = await printed({ app: "external-app" }, { ECHOSTREAM_TENANT_WRITES: "1" });
	expect(lines).toContain('    differs: name: "OddException", and of the local tenant "AccessDeniedException"\n');
	expect(lines).toMatch(/ {2}failed: describes the user who is signed in: .+\n {4}differs: the local tenant passes\n/);
	expect(lines).toMatch(/\n2 differ from the local tenant, 0 not run\n\d+ passed, 1 failed\n$/);
});
