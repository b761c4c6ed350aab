// npm run release:pack: creates the files of a release in release/: the tarball of every package, an SBOM in CycloneDX of each
// installation, and SHA256SUMS, in the order in which the packages are published. While `repository` of the root package is unset,
// the tarballs are good for tests only: the links of their READMEs stay relative.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { manifestIn, packagesIn, tarballOf } from "../packages.mjs";
import { addressOf, publishedManifest, publishedReadme } from "./published.mjs";

/** Packs what was built. Returns each package with its `tarball`, in the order in which they are published. */
export function packInto(folder, root) {
	mkdirSync(folder, { recursive: true });
	const address = addressOf(manifestIn(root));
	const packages = packagesIn(root).map((one) => ({ ...one, tarball: tarballOf(one.manifest) }));
	if (address !== undefined) return packPublished(packages, folder, { root, address });
	pack(packages, folder, root);
	return packages;
}

/** Packs copies of what would be packed, with the package.json and the README that are published. */
function packPublished(packages, folder, { root, address }) {
	const temporary = mkdtempSync(join(tmpdir(), "published-"));
	try {
		pack(packages, temporary, root);
		const copies = packages.map(({ folder: source, manifest, tarball }, index) => {
			const path = relative(root, source).replaceAll("\\", "/");
			const unpacked = join(temporary, String(index));
			mkdirSync(unpacked);
			execFileSync("tar", ["-xzf", join("..", tarball)], { cwd: unpacked });
			const copy = join(unpacked, "package");
			const published = publishedManifest(manifest, address, path);
			writeFileSync(join(copy, "package.json"), `${JSON.stringify(published, undefined, "\t")}\n`);
			const readme = join(copy, "README.md");
			if (existsSync(readme)) {
				const text = readFileSync(readme, "utf8");
				writeFileSync(readme, publishedReadme(text, address, { path, version: manifest.version }));
			}
			return { folder: copy, manifest: published };
		});
		pack(copies, folder, temporary);
		return packages.map((one, index) => ({ ...one, manifest: copies[index].manifest }));
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

/** Packs all of them with one npm, which takes longer to start than to pack. */
function pack(packages, folder, cwd) {
	const sources = packages.map((one) => resolve(one.folder));
	npm(["pack", ...sources, "--silent", "--ignore-scripts", "--pack-destination", resolve(folder)], cwd);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const folder = resolve("release");
	const packages = packInto(folder, process.cwd());
	const tarballs = packages.map(({ tarball }) => tarball);
	const boms = packages.map((one) => writeBom(one, packages, folder));
	const sums = [...tarballs, ...boms].map((file) => `${sha256(join(folder, file))}  ${file}\n`);
	writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
	process.stdout.write(sums.join(""));
}

/**
 * Creates the SBOM of an installation of the package, with the tested versions of package-lock.json.
 *
 * npm creates it in a copy without development dependencies, because in the repository `--omit dev` also leaves out every package
 * that a development dependency needs too.
 */
function writeBom({ manifest, tarball }, packages, folder) {
	const temporary = mkdtempSync(join(tmpdir(), "bom-"));
	try {
		// npm names the component after its folder.
		const project = join(temporary, manifest.name);
		mkdirSync(project, { recursive: true });
		writeFileSync(join(project, "package.json"), JSON.stringify(withoutDevelopment(manifest, packages, folder)));
		writeFileSync(join(project, "package-lock.json"), JSON.stringify(lockOfDependencies()));
		npm(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], project);
		const bom = JSON.parse(
			npm(["sbom", "--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=library"], project),
		);
		for (const component of bom.components) {
			// The packages of this repository come from a folder here, and from the registry everywhere else.
			component.externalReferences = component.externalReferences.filter(({ url }) => !url.startsWith("file:"));
		}
		const file = tarball.replace(/\.tgz$/, ".cdx.json");
		writeFileSync(join(folder, file), `${JSON.stringify(bom, undefined, "\t")}\n`);
		return file;
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

/** The fields of a package.json for an installation, with the tarballs for the packages of this repository. */
function withoutDevelopment(manifest, packages, folder) {
	const {
		name,
		version,
		description,
		license,
		repository,
		peerDependencies = {},
		peerDependenciesMeta = {},
	} = manifest;
	const tarballs = Object.fromEntries(packages.map((one) => [one.manifest.name, `file:${join(folder, one.tarball)}`]));
	const located = (dependencies = {}) =>
		Object.fromEntries(Object.entries(dependencies).map(([other, range]) => [other, tarballs[other] ?? range]));
	// Without this, npm 10 lists also optional peers that package-lock.json has.
	const isRequired = ([peer]) => peerDependenciesMeta[peer]?.optional !== true;
	return {
		name,
		version,
		description,
		license,
		repository,
		dependencies: located(manifest.dependencies),
		optionalDependencies: located(manifest.optionalDependencies),
		peerDependencies: located(Object.fromEntries(Object.entries(peerDependencies).filter(isRequired))),
	};
}

/** package-lock.json without the packages of this repository, and without what only development needs. */
function lockOfDependencies() {
	const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
	const isDependency = ([path, { dev, link }]) => path.startsWith("node_modules/") && !dev && !link;
	return { ...lock, packages: Object.fromEntries(Object.entries(lock.packages).filter(isDependency)) };
}

function sha256(path) {
	return createHash("sha256").update(readFileSync(path)).digest("hex");
}

// npm is a batch file on Windows, which only a shell starts.
function npm(args, cwd) {
	const shell = process.platform === "win32";
	return execFileSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26, shell });
}
