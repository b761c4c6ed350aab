import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { parse } from "yaml";
import { AppSession, type SettingsError } from "../../src/index.ts";
import { ROOT } from "../repository/workflow-files.ts";
import { freePort } from "../support/free-port.ts";
import { startTenant } from "../support/signed-in.ts";
import { programOf } from "./snippets.ts";

const RECIPE = "docs/recipes/containers.md";

describe("the server of the recipe for containers", () => {
	let tenant: LocalTenant;
	let program: string;
	let url: string;
	let child: ReturnType<typeof spawn>;
	beforeAll(async () => {
		// The credentials expire while the tests run.
		tenant = await startTenant({ credentials: { maxSeconds: 2 } });
		program = await programOf(RECIPE, "isReady");
	});
	afterAll(() => tenant.stop());
	beforeEach(async () => {
		const PORT = String(await freePort());
		url = `http://127.0.0.1:${PORT}`;
		child = spawn(process.execPath, [program], { env: { ...process.env, PORT }, stdio: "inherit" });
		while (
			await fetch(`${url}/live`)
				.catch(() => true as const)
				.then((response) => response === true)
		) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	});
	afterEach(async () => {
		tenant.faults.clear();
		child.kill("SIGKILL");
	});

	const statusOf = async (path: string) => (await fetch(url + path)).status;

	test("a replica that served nothing for longer than its credentials lived is ready", async () => {
		expect(await statusOf("/ready")).toBe(200);
		const { expiration } = await (await fetch(`${url}/ready`)).json();
		while (Date.now() <= Date.parse(expiration)) await new Promise((resolve) => setTimeout(resolve, 100));
		expect(await statusOf("/ready")).toBe(200);
	});

	test("a replica that cannot sign in is alive and unready, reports why, and recovers by itself", async () => {
		const fault = tenant.faults.add({ operation: "InitiateAuth", status: 503 });
		const response = await fetch(`${url}/ready`);
		expect([response.status, await statusOf("/"), await statusOf("/live")]).toEqual([503, 503, 200]);
		while (fault.met < 3) await statusOf("/ready");
		const { lastRefresh } = await (await fetch(`${url}/ready`)).json();
		expect(lastRefresh.error).toMatchObject({ name: "AuthenticationError", code: "CognitoUnavailable" });
		tenant.faults.clear();
		while ((await statusOf("/ready")) !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
	});

	// Windows has no SIGTERM.
	(process.platform === "win32" ? test.skip : test)(
		"a server that gets SIGTERM sends the response that is in progress, and ends",
		async () => {
			const fault = tenant.faults.add({ operation: "getAwsCredentials", delayMs: 500 });
			const response = fetch(url, { headers: { connection: "close" } });
			while (fault.met === 0) await new Promise((resolve) => setTimeout(resolve, 10));
			const ended = once(child, "exit");
			child.kill("SIGTERM");
			expect(await (await response).text()).toBe(tenant.table);
			expect(await ended).toEqual([0, null]);
		},
	);
});

describe("the manifests of the recipe for containers", () => {
	const text = readFileSync(`${ROOT}${RECIPE}`, "utf8");
	const fence = (language: string) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "ms").exec(text)?.[1] ?? "";
	const deployment = parse(fence("yaml"));
	const task = JSON.parse(fence("json"));
	const [pod] = deployment.spec.template.spec.containers;
	const [container] = task.containerDefinitions;
	const nameOf = ({ name }: { readonly name: string }) => name;

	test("a manifest sets the variables that an AppSession requires, and no others", () => {
		const saved = { ...process.env };
		for (const name of [...pod.env, ...container.environment, ...container.secrets].map(nameOf))
			delete process.env[name];
		let required: readonly unknown[] = [];
		try {
			new AppSession();
		} catch (error) {
			required = (error as SettingsError).problems.map(({ variable }) => variable);
		}
		Object.assign(process.env, saved);
		expect(pod.env.map(nameOf).sort()).toEqual([...required].sort());
		expect([...container.environment, ...container.secrets].map(nameOf).sort()).toEqual([...required].sort());
	});

	test("a manifest takes the password from a secret", () => {
		expect(pod.env.filter(({ valueFrom }: { valueFrom?: object }) => valueFrom)).toMatchObject([{ name: "PASSWORD" }]);
		expect(container.secrets).toMatchObject([{ name: "PASSWORD" }]);
	});

	test("a manifest probes the paths of the server on its port, and lets it write no file", () => {
		expect([pod.livenessProbe.httpGet, pod.readinessProbe.httpGet]).toEqual([
			{ path: "/live", port: 8080 },
			{ path: "/ready", port: 8080 },
		]);
		expect(container.healthCheck.command.join(" ")).toContain("http://127.0.0.1:8080/live");
		expect([pod.securityContext.readOnlyRootFilesystem, container.readonlyRootFilesystem]).toEqual([true, true]);
		expect(deployment.spec.selector.matchLabels).toEqual(deployment.spec.template.metadata.labels);
	});
});
