// Sets the version of every package, and of dependencies between them, to that of the root package. `npm version` runs it and
// commits the staged files.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { KINDS, packagesIn } from "../packages.mjs";

const root = process.cwd();
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const packages = packagesIn(root);
const names = packages.map(({ manifest }) => manifest.name);

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const { folder, manifest } of packages) {
	update(manifest);
	write(join(folder, "package.json"), manifest);
	update(lock.packages[relative(root, folder).replaceAll("\\", "/")]);
}
write("package-lock.json", lock);

const files = ["package-lock.json", ...packages.map(({ folder }) => join(folder, "package.json"))];
const { status } = spawnSync("git", ["add", "--", ...files], { stdio: "inherit" });
process.exitCode = status ?? 1;

function update(described) {
	described.version = version;
	for (const kind of KINDS) {
		for (const [name, range] of Object.entries(described[kind] ?? {})) {
			if (names.includes(name) && range !== "*") described[kind][name] = `${/^[~^]?/.exec(range)}${version}`;
		}
	}
}

function write(path, content) {
	writeFileSync(path, `${JSON.stringify(content, undefined, "\t")}\n`);
}
