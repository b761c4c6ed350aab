// The packages of a repository with workspaces, in the order in which they are built and published.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package in this folder and those of its workspaces, without private ones, each after those that it depends on. */
export function packagesIn(root) {
	const { workspaces = [] } = manifestIn(root);
	const folders = [root, ...workspaces.flatMap((workspace) => foldersOf(root, workspace))];
	const all = folders.map((folder) => ({ folder, manifest: manifestIn(folder) }));
	return inOrder(all.filter(({ manifest }) => manifest.private !== true));
}

/** The kinds of dependencies that are installed with a package or required by it. */
export const KINDS = ["dependencies", "optionalDependencies", "peerDependencies"];

/** The name of the file into which npm packs this package. */
export function tarballOf({ name, version }) {
	return `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
}

/** The package.json of the package in this folder. */
export function manifestIn(folder) {
	return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** The folders of a workspace: one, or for `packages/*` each folder with a package. */
function foldersOf(root, workspace) {
	if (!workspace.endsWith("/*")) return [join(root, workspace)];
	const parent = join(root, workspace.slice(0, -2));
	const folders = readdirSync(parent).map((name) => join(parent, name));
	return folders.filter((folder) => existsSync(join(folder, "package.json")));
}

function inOrder(packages) {
	const visited = new Set();
	const ordered = [];
	const visit = (one) => {
		if (visited.has(one)) return;
		visited.add(one);
		const names = KINDS.flatMap((kind) => Object.keys(one.manifest[kind] ?? {}));
		for (const other of packages) if (names.includes(other.manifest.name)) visit(other);
		ordered.push(one);
	};
	packages.forEach(visit);
	return ordered;
}

/**
 * The parts of the AWS SDK that are copied into the build, without the code that is not used: the request handler for Node, 23 kB,
 * and the reader of config files, 12 kB. Node takes 60 ms to load the packages themselves, and older releases lack some of them.
 */
const COPIED = /^@smithy\/(node-http-handler|types|core\/)/;

/**
 * Packages that are copied into a package whole, with all that they need. So the local tenant has no dependencies, of which some run a
 * script when they are installed, or require a newer Node for parts that the tenant does not use.
 */
const BUNDLED = { "echostream-local": /^(@dagrejs\/dagre|@smithy\/signature-v4|dynalite|fauxqs|graphql)(\/|$)/ };

/** Whether a package of this repository has a copy of what it imports by this name. */
export function isCopied({ name }, path) {
	return COPIED.test(path) || (BUNDLED[name]?.test(path) ?? false);
}

/** The folder of this repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The packages of this repository: the folder and the package.json of each. */
export const packages = packagesIn(root);

/** The entries of a package that is imported, as `[".", "src/index.ts"]`: its exports with an ES module. */
export function entriesOf({ exports = {} }) {
	return Object.entries(exports).flatMap(([entry, target]) =>
		target.import === undefined ? [] : [[entry, sourceOf(target.import.default)]],
	);
}

/** The sources of the entries that are ES modules only, because they await when they are imported. */
export function moduleOnlyEntriesOf({ exports = {} }) {
	const targets = Object.values(exports).filter(
		(target) => target.import !== undefined && target.require === undefined,
	);
	return targets.map((target) => sourceOf(target.import.default));
}

/** The source of each command of a package. */
export function commandsOf({ bin = {} }) {
	return Object.values(bin).map(sourceOf);
}

/**
 * A command of a package without entries is one file, with a copy of what it needs to start. What it imports on demand is in other files:
 * its import of this module leads there.
 */
export const ON_DEMAND = "src/run.ts";

/** The source of a built module. */
export function sourceOf(module) {
	return module.replace(/^(\.\/)?(dist\/(esm|cjs)\/)?/, "src/").replace(/\.js$/, ".ts");
}
