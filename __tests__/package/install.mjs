// Packs the package and installs it in the consumers, outside of the repository: once for all the tests of the package.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packInto } from "../../scripts/release/pack.mjs";
import { packagesIn, tarballOf } from "../../scripts/release/packages.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const templates = fileURLToPath(new URL("consumers", import.meta.url));
const run = promisify(execFile);
const npm = (args, cwd) => run("npm", args, { cwd, maxBuffer: 2 ** 26, shell: process.platform === "win32" });

let folder;

export default async function install() {
	folder = await installConsumers(await readdir(templates));
	process.env.PACKED_FOLDER = folder;
}

export async function remove() {
	await rm(folder, { recursive: true, force: true });
}

/**
 * Installs the package in copies of these consumers: the tarball of a release in `$RELEASE_FOLDER`, which is exactly what will be
 * published, or else one of what was built. Returns the temporary folder that holds them all.
 */
export async function installConsumers(consumers) {
	const packed = await mkdtemp(join(tmpdir(), "echostream-botocore-"));
	const { RELEASE_FOLDER } = process.env;
	if (RELEASE_FOLDER === undefined) packInto(packed, root);
	const folder = RELEASE_FOLDER === undefined ? packed : resolve(root, RELEASE_FOLDER);
	const [{ manifest }] = packagesIn(root);
	await cp(join(folder, tarballOf(manifest)), join(packed, "package.tgz"));
	const { stdout } = await run("tar", ["-tzf", "package.tgz"], { cwd: packed });
	const files = stdout.trim().split(/\r?\n/);
	await writeFile(join(packed, "files.json"), JSON.stringify(files.map((path) => path.replace(/^package\//, ""))));
	await Promise.all(consumers.map((consumer) => installIn(packed, consumer)));
	return packed;
}

async function installIn(packed, consumer) {
	const cwd = join(packed, consumer);
	await cp(join(templates, consumer), cwd, { recursive: true });
	const manifest = JSON.parse(await readFile(join(cwd, "package.json"), "utf8"));
	manifest.dependencies["echostream-botocore"] = "file:../package.tgz";
	await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
	await npm(["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"], cwd);
}
