// Packs every package and installs the tarballs in the consumers and in the examples, outside of the repository: once for all the tests
// of the packages.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packages, root, tarballOf } from "../../scripts/packages.mjs";
import { packInto } from "../../scripts/release/pack.mjs";

const templates = fileURLToPath(new URL("consumers", import.meta.url));
const examples = join(root, "examples");
const run = promisify(execFile);
const INSTALL = ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
const npm = (args, cwd) => run("npm", args, { cwd, maxBuffer: 2 ** 26, shell: process.platform === "win32" });

let folder;

export default async function install() {
	folder = await pack();
	await Promise.all([installIn(folder, await readdir(templates)), installExamples(folder)]);
	process.env.PACKED_FOLDER = folder;
}

export async function remove() {
	await rm(folder, { recursive: true, force: true });
}

/**
 * Installs the packages in copies of these consumers. Returns the temporary folder that holds them all, and of each package the tarball,
 * `NAME.tgz`, and the list of its files, `NAME.json`.
 */
export async function installConsumers(consumers) {
	const packed = await pack();
	await installIn(packed, consumers);
	return packed;
}

/**
 * Copies the tarballs of a release in `$RELEASE_FOLDER`, which are exactly what will be published, or else those of what was built, to
 * a temporary folder.
 */
async function pack() {
	const packed = await mkdtemp(join(tmpdir(), "echostream-"));
	const { RELEASE_FOLDER } = process.env;
	if (RELEASE_FOLDER === undefined) packInto(packed, root);
	const folder = RELEASE_FOLDER === undefined ? packed : resolve(root, RELEASE_FOLDER);
	await Promise.all(packages.map(({ manifest }) => copyTarball(manifest, folder, packed)));
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

async function installIn(packed, consumers) {
	const installOne = async (consumer) => {
		const cwd = join(packed, consumer);
		await cp(join(templates, consumer), cwd, { recursive: true });
		await useTarballs(cwd, packed);
		await npm([...INSTALL, "--no-package-lock"], cwd);
	};
	await Promise.all(consumers.map(installOne));
}

/** Installs the examples that have dependencies of their own, with one installation, because most of them have the same. */
async function installExamples(packed) {
	const cwd = join(packed, "examples");
	const names = (await readdir(examples)).filter((name) => existsSync(join(examples, name, "package.json")));
	for (const name of names) {
		// Without what the repository ignores: what a developer has installed or built there.
		const filter = (path) => !/^(\..*|dist|cdk\.out|node_modules)$/.test(basename(path));
		await cp(join(examples, name), join(cwd, name), { recursive: true, filter });
		await useTarballs(join(cwd, name), packed);
	}
	await writeFile(join(cwd, "package.json"), JSON.stringify({ private: true, workspaces: names }));
	await npm(INSTALL, cwd);
}

/** Replaces the packages of this repository by their tarballs, in the package.json in this folder. */
async function useTarballs(folder, packed) {
	const file = join(folder, "package.json");
	const manifest = JSON.parse(await readFile(file, "utf8"));
	for (const dependencies of [manifest.dependencies ?? {}, manifest.devDependencies ?? {}]) {
		const ours = packages.map(({ manifest: { name } }) => name).filter((name) => name in dependencies);
		for (const name of ours) dependencies[name] = `file:${join(relative(folder, packed), name)}.tgz`;
	}
	await writeFile(file, JSON.stringify(manifest));
}
