// Prepares a fresh clone for `npm start` and `npm test`: installs the dependencies if they are missing or the lock file has
// changed, and builds if a source is newer than the last build.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packages } from "./packages.mjs";

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function run(command, args, options) {
	console.error(`> ${command} ${args.join(" ")}`);
	const { error, status } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], ...options });
	if (error !== undefined) console.error(error.message);
	if (status !== 0) process.exit(status ?? 1);
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

if (modified("node_modules/.package-lock.json") < modified("package-lock.json")) {
	// npm 10 does not know `allowScripts` of package.json. npm is a batch file on Windows, which only a shell starts.
	run("npm", ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"], {
		shell: process.platform === "win32",
	});
}

// The times of the folders count too: they change when a source is deleted.
const sources = packages.flatMap(({ folder }) => {
	const names = readdirSync(join(folder, "src"), { recursive: true }).map((name) => join("src", name));
	return ["src", ...names, "package.json", "tsconfig.build.json"].map((name) => modified(join(folder, name)));
});
const inputs = [
	...sources,
	...["scripts/build.mjs", "scripts/packages.mjs", "package-lock.json", "tsconfig.json"].map(modified),
];
const builds = packages.map(({ folder }) => modified(join(folder, "dist/esm/package.json")));
if (Math.min(...builds) < Math.max(...inputs)) run("node", ["scripts/build.mjs"], { stdio: "inherit" });
