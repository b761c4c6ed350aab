import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";

const CONFIGURATION = fileURLToPath(new URL("tools/terraform", import.meta.url));

/** Runs terraform, and returns its status and what it printed. */
function terraform(cwd: string, env: NodeJS.ProcessEnv, ...args: string[]) {
	return new Promise<{ status: number; output: string }>((resolve) => {
		execFile("terraform", [...args, "-no-color"], { cwd, env }, (error, stdout, stderr) => {
			resolve({
				status: typeof error?.code === "number" ? error.code : Number(error !== null),
				output: stdout + stderr,
			});
		});
	});
}

test("EchoStream's Terraform provider creates a resource of every kind, plans no change, moves an edge and destroys all", async () => {
	const provider = process.env.ECHOSTREAM_TERRAFORM_PROVIDER;
	if (provider === undefined) {
		process.stderr.write(
			"Not run: Terraform: ECHOSTREAM_TERRAFORM_PROVIDER does not name the folder of a built terraform-provider-echostream\n",
		);
		return;
	}
	await using tenant = await LocalTenant.start();
	const folder = await mkdtemp(join(tmpdir(), "terraform-"));
	try {
		await cp(CONFIGURATION, folder, { recursive: true });
		const rc = join(folder, "terraformrc");
		const overrides = `dev_overrides {\n"Echo-Stream/echostream" = ${JSON.stringify(provider)}\n}`;
		await writeFile(rc, `provider_installation {\n${overrides}\ndirect {}\n}\n`);
		const { APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID, ...rest } = tenant.environment({
			apiUser: "admin",
		});
		const env = {
			...process.env,
			...rest,
			ECHOSTREAM_APPSYNC_ENDPOINT: APPSYNC_ENDPOINT,
			ECHOSTREAM_CLIENT_ID: CLIENT_ID,
			ECHOSTREAM_PASSWORD: PASSWORD,
			ECHOSTREAM_TENANT: TENANT,
			ECHOSTREAM_USERNAME: USER_NAME,
			ECHOSTREAM_USER_POOL_ID: USER_POOL_ID,
			TF_CLI_CONFIG_FILE: rc,
		};
		const run = (...args: string[]) => terraform(folder, env, ...args);
		const apply = ["apply", "-auto-approve"];
		expect(await run(...apply)).toMatchObject({ status: 0, output: expect.stringContaining("29 added") });
		expect(await run("plan", "-detailed-exitcode")).toMatchObject({ status: 0 });
		expect(await run(...apply, "-var", "target=balancer")).toMatchObject({ status: 0 });
		expect(tenant.directory.edgesAt("source", "tf-router")).toMatchObject([{ target: "tf-balancer" }]);
		await rm(join(folder, "nodes.tf"));
		expect(await run(...apply)).toMatchObject({ status: 0, output: expect.stringContaining("13 destroyed") });
		expect(await run("destroy", "-auto-approve")).toMatchObject({ status: 0 });
		expect(tenant.directory.picture().nodes.filter(({ name }) => name.startsWith("tf-"))).toEqual([]);
	} finally {
		await rm(folder, { recursive: true });
	}
});
