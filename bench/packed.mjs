import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const contenders = fileURLToPath(new URL("contenders/", import.meta.url));

/** Runs npm in a folder, and returns what it prints. */
export const npm = (args, cwd) =>
	execFileSync("npm", args, {
		cwd,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "pipe"],
		shell: process.platform === "win32",
	});

/** Installs the package from its tarball into a folder outside the repository, and returns the folder. */
export function installPacked() {
	const folder = mkdtempSync(join(tmpdir(), "echostream-botocore-bench-"));
	const root = resolve(contenders, "../..");
	const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root));
	writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
	npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", `./${filename}`], folder);
	for (const file of ["ours.mjs", "announce.mjs"]) copyFileSync(join(contenders, file), join(folder, file));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
