import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { ApiSession } from "echostream-botocore";

const COMMAND = fileURLToPath(new URL("../../dist/esm/command/main.js", import.meta.url));

let folder: string;
const running = new Set<ChildProcess>();

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "echostream-local-"));
	mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
	chmodSync(COMMAND, 0o755);
	symlinkSync(COMMAND, join(folder, "node_modules/.bin/echostream-local"));
	writeFileSync(join(folder, "package.json"), '{ "private": true }');
});
afterEach(() => {
	for (const child of running) child.kill("SIGKILL");
	running.clear();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a program that runs a tenant, and waits until the tenant is ready. */
async function start(command: string, args: readonly string[]) {
	const { npm_command: _, ...env } = process.env;
	const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
	running.add(child);
	let errors = "";
	let printed = "";
	child.stdout.on("data", (text) => {
		printed += text;
	});
	await new Promise<void>((resolve, reject) => {
		child.stderr.on("data", (text) => {
			errors += text;
			if (errors.includes("Console: ")) resolve();
		});
		// The end of what it prints, because a shell that starts the command in the background ends before it.
		child.once("close", () => reject(new Error(`The command ended:\n${errors}`)));
	});
	const url = /listens on (\S+),/.exec(errors)?.[1] ?? "";
	return { child, url, printed: () => printed, errors: () => errors };
}

/** Resolves when nothing listens at this address any more. */
async function untilClosed(url: string): Promise<void> {
	while (
		await fetch(`${url}/health`).then(
			() => true,
			() => false,
		)
	) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

test.each(["SIGINT", "SIGTERM"] as const)(
	"%s stops the command with exit code 0, while a client is connected",
	async (signal) => {
		const { child, url } = await start(process.execPath, [COMMAND]);
		const stream = await fetch(`${url}/_control/requests/stream`);
		const reader = stream.body?.getReader();
		child.kill(signal);
		expect(await once(child, "exit")).toEqual([0, null]);
		await reader?.read().catch(() => undefined);
		await untilClosed(url);
	},
);

test("the command ends with exit code 1 when its port is in use, and with 2 when it has no such app", async () => {
	const { url } = await start(process.execPath, [COMMAND]);
	for (const [code, ...args] of [
		[1, "--port", new URL(url).port],
		[2, "--app", "unknown"],
	] as const) {
		const child = spawn(process.execPath, [COMMAND, ...args], { stdio: "ignore" });
		running.add(child);
		expect(await once(child, "exit")).toEqual([code, null]);
	}
});

test("a second signal ends the command, although a request is not finished", async () => {
	writeFileSync(join(folder, "never.mjs"), "export default { lambdas: { never: () => new Promise(() => {}) } };");
	const { child, url } = await start(process.execPath, [COMMAND, "--config", "never.mjs"]);
	Object.assign(process.env, await (await fetch(`${url}/_control/environment?apiUser=admin`)).json());
	await using session = new ApiSession();
	const invocation = session.client(LambdaClient).send(new InvokeCommand({ FunctionName: "never" }));
	invocation.catch(() => {});
	while (!(await (await fetch(`${url}/_control/requests`)).text()).includes("Invoke"));
	const exit = once(child, "exit");
	child.kill("SIGTERM");
	await new Promise((resolve) => setTimeout(resolve, 400));
	child.kill("SIGTERM");
	expect(await exit).toEqual([1, null]);
});

test("the command runs on while a fault closes its port, and opens the port again afterwards", async () => {
	const { url } = await start(process.execPath, [COMMAND]);
	await fetch(`${url}/_control/faults`, {
		method: "POST",
		headers: { "content-type": "application/json", connection: "close" },
		body: JSON.stringify({ drop: "refuse", forMs: 300 }),
	});
	await untilClosed(url);
	while (!(await fetch(`${url}/health`).catch(() => undefined))) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
});

test.each(["SIGTERM", "SIGKILL"] as const)(
	"the command that npx started ends when npx is ended by %s",
	async (signal) => {
		const { child, url } = await start("npx", ["--no-install", "echostream-local"]);
		child.kill(signal);
		await untilClosed(url);
	},
);

test("the command that a shell started in the background runs on when the shell has ended", async () => {
	const { child, printed, url } = await start("sh", [
		"-c",
		`"${process.execPath}" "${COMMAND}" & echo pid $!; sleep 2`,
	]);
	await once(child, "exit");
	await new Promise((resolve) => setTimeout(resolve, 1000));
	expect((await fetch(`${url}/health`)).status).toBe(200);
	process.kill(Number(/^pid (\d+)$/m.exec(printed())?.[1]), "SIGTERM");
	await untilClosed(url);
});

test("the command with --stop-with-parent ends when the program that started it has ended", async () => {
	const { child, url } = await start("sh", [
		"-c",
		`"${process.execPath}" "${COMMAND}" --stop-with-parent & exec sleep 60`,
	]);
	child.kill("SIGKILL");
	await untilClosed(url);
});

test("the command runs on when nobody reads what it prints", async () => {
	const { child, url } = await start(process.execPath, [COMMAND]);
	child.stdout.destroy();
	child.stderr.destroy();
	for (let request = 0; request < 3; request++) await fetch(`${url}/bulk-data/key`);
	expect((await fetch(`${url}/health`)).status).toBe(200);
});
