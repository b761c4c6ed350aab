import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "@jest/globals";
import { packedFolder } from "./consumer.ts";

const run = promisify(execFile);
const project = join(packedFolder, "local-install");
let printed: string;

beforeAll(async () => {
	await mkdir(project);
	await writeFile(join(project, "package.json"), '{ "private": true }');
	// Scripts of packages are not ignored, as they are not where the package is used.
	const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts=false", "../echostream-local.tgz"];
	const { stderr, stdout } = await run("npm", args, { cwd: project, shell: process.platform === "win32" });
	printed = stdout + stderr;
});

test("npm installs the local tenant without a warning, and nothing besides", () => {
	expect(printed.trim()).toMatch(/^added 1 package in \S+$/);
});

test("the local tenant runs no script when it is installed", async () => {
	const { packages } = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
	expect(packages["node_modules/echostream-local"]).toBeDefined();
	expect(packages["node_modules/echostream-local"].hasInstallScript).toBeUndefined();
});

test("the tarball of the local tenant has the licenses of the packages of which it contains copies", async () => {
	const notices = await readFile(join(project, "node_modules/echostream-local/dist/THIRD-PARTY-NOTICES.txt"), "utf8");
	for (const name of ["@smithy/signature-v4", "dynalite", "fauxqs", "graphql", "memory-level"]) {
		expect(notices).toContain(`\n${name} `);
	}
});
