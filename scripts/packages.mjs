// The packages of this repository, in the order in which they are built and published.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The folder of each package, relative to the root. */
export const folders = [".", "packages/local", "packages/cli"];

/** The package.json of the package in this folder. */
export function manifestOf(folder) {
	return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** The folder and the package.json of each package. */
export const packages = folders.map((folder) => ({ folder, manifest: manifestOf(folder) }));

/** The entries of a package that is imported, as `[".", "src/index.ts"]`: its exports with an ES module. */
export function entriesOf({ exports = {} }) {
	return Object.entries(exports).flatMap(([entry, target]) =>
		target.import === undefined ? [] : [[entry, sourceOf(target.import.default)]],
	);
}

/** The source of each command of a package. */
export function commandsOf({ bin = {} }) {
	return Object.values(bin).map(sourceOf);
}

/** The source of a built ES module. */
export function sourceOf(module) {
	return module.replace(/^(\.\/)?(dist\/esm\/)?/, "src/").replace(/\.js$/, ".ts");
}
