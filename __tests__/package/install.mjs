// Packs every package and installs the tarballs in the consumers, outside of the repository: once for all the tests of the packages.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packages, root, tarballOf } from "../../scripts/packages.mjs";
import { packInto } from "../../scripts/release/pack.mjs";

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
 * Installs the packages in copies of these consumers: the tarballs of a release in `$RELEASE_FOLDER`, which are exactly what will
 * be published, or else those of what was built. Returns the temporary folder that holds them all, and of each package the
 * tarball, `NAME.tgz`, and the list of its files, `NAME.json`.
 */
export async function installConsumers(consumers) {
	const packed = await mkdtemp(join(tmpdir(), "echostream-"));
	const { RELEASE_FOLDER } = process.env;
	if (RELEASE_FOLDER === undefined) packInto(packed, root);
	const folder = RELEASE_FOLDER === undefined ? packed : resolve(root, RELEASE_FOLDER);
	await Promise.all(packages.map(({ manifest }) => copyTarball(manifest, folder, packed)));
	await Promise.all(consumers.map((consumer) => installIn(packed, consumer)));
	return packed;
}

async function copyTarball(manifest, folder, packed) {
	await cp(join(folder, tarballOf(manifest)), join(packed, `${manifest.name}.tgz`));
	const { stdout } = await run("tar", ["-tzf", `${manifest.name}.tgz`], { cwd: packed });
	const files = stdout.trim().split(/\r?\n/);
	await writeFile(
		join(packed, `${manifest.name}.json`),
		JSON.stringify(files.map((path) => path.replace(/^package\//, ""))),
	);
}

async function installIn(packed, consumer) {
	const cwd = join(packed, consumer);
	await cp(join(templates, consumer), cwd, { recursive: true });
	const manifest = JSON.parse(await readFile(join(cwd, "package.json"), "utf8"));
	for (const dependencies of [manifest.dependencies ?? {}, manifest.devDependencies ?? {}]) {
		const ours = packages.map(({ manifest: { name } }) => name).filter((name) => name in dependencies);
		for (const name of ours) dependencies[name] = `file:../${name}.tgz`;
	}
	await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
	await npm(["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"], cwd);
}
