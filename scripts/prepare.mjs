// Makes `npm start` and `npm test` work in a fresh clone: installs what the lock file names when it is not there yet
// (or when the lock file changed since), then builds when a source file is newer than the last build.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function run(command, args) {
	console.error(`> ${command} ${args.join(" ")}`);
	const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
	if (status !== 0) process.exit(status ?? 1);
}

if (modified("node_modules/.package-lock.json") < modified("package-lock.json")) {
	run("npm", ["ci", "--no-audit", "--no-fund"]);
}

const sources = readdirSync("src", { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => modified(`${entry.parentPath ?? entry.path}/${entry.name}`));
if (modified("dist/.built") < Math.max(...sources, modified("scripts/build.mjs"))) {
	run("node", ["scripts/build.mjs"]);
}
