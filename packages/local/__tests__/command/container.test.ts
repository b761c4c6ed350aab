import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { freePort } from "../../../../__tests__/support/free-port.ts";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const lines = readFileSync(join(PACKAGE, "Dockerfile"), "utf8").split("\n");
const copied = lines.flatMap((line) => /^COPY (.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "echostream-local-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The command of an instruction, with the folders and the port of this test. */
function commandOf(instruction: string, port: number): string[] {
	const line = lines.find((one) => one.startsWith(instruction)) ?? "";
	const words = JSON.parse(line.slice(line.indexOf("["))) as string[];
	const [, ...args] = words.map((word) => word.replace(/^\/(app|data)/, `${folder}/$1`).replace("4500", String(port)));
	return args;
}

test("every file that the container file copies exists, and is left in by .dockerignore", () => {
	expect(copied).toEqual(["package.json", "LICENSE", "dist"]);
	expect(copied.filter((name) => !existsSync(join(PACKAGE, name)))).toEqual([]);
	const kept = readFileSync(join(PACKAGE, ".dockerignore"), "utf8");
	expect(copied.filter((name) => !kept.includes(`!${name}\n`))).toEqual([]);
});

test("the container runs as a user without rights, and does not run a script of a package", () => {
	expect(lines.filter((line) => /^(USER|RUN)/.test(line))).toEqual([
		"RUN mkdir /data && chown node:node /data",
		"USER node",
	]);
});

test("the copied files alone start a healthy tenant, which has its users again after a restart", async () => {
	mkdirSync(join(folder, "app"));
	for (const name of copied) cpSync(join(PACKAGE, name), join(folder, "app", name), { recursive: true });
	const port = await freePort();
	const passwords: string[] = [];
	for (let start = 0; start < 2; start++) {
		const child = spawn(process.execPath, commandOf("ENTRYPOINT", port), { stdio: ["ignore", "pipe", "pipe"] });
		let errors = "";
		child.stdout.on("data", (text) => passwords.push(/PASSWORD='(.*)'/.exec(String(text))?.[1] ?? ""));
		await new Promise<void>((resolve, reject) => {
			child.stderr.on("data", (text) => {
				errors += text;
				if (errors.includes("Warning: ")) resolve();
			});
			child.once("exit", () => reject(new Error(errors)));
		});
		expect(spawnSync(process.execPath, commandOf("HEALTHCHECK", port)).status).toBe(0);
		const exit = once(child, "exit");
		child.kill("SIGTERM");
		expect(await exit).toEqual([0, null]);
	}
	expect(spawnSync(process.execPath, commandOf("HEALTHCHECK", port)).status).toBe(1);
	expect(new Set(passwords).size).toBe(1);
});
