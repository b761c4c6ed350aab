// Makes the files of a release in release/: npm run release:pack. The tarball of every package as it is built, what each of them
// brings when it is installed (an SBOM in CycloneDX), and SHA256SUMS, in the order in which the packages are published.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { KINDS, packagesIn, tarballOf } from "./packages.mjs";

/** Packs what was built. Returns each package with its `tarball`, in the order in which they are published. */
export function packInto(folder, root) {
	mkdirSync(folder, { recursive: true });
	return packagesIn(root).map((one) => {
		npm(["pack", "--silent", "--ignore-scripts", "--pack-destination", resolve(folder)], one.folder);
		return { ...one, tarball: tarballOf(one.manifest) };
	});
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
 * Lists what an installation of the package brings, with the versions of package-lock.json, which are those that were tested.
 *
 * npm makes it in a copy that has no development dependencies: in the repository, `--omit dev` also leaves out every package
 * that a development dependency needs too.
 */
function writeBom({ manifest, tarball }, packages, folder) {
	const temporary = mkdtempSync(join(tmpdir(), "bom-"));
	try {
		// npm names the component after its folder.
		const project = join(temporary, manifest.name);
		mkdirSync(project, { recursive: true });
		const { devDependencies: _, scripts: _scripts, workspaces: _workspaces, ...described } = manifest;
		for (const other of packages) {
			cpSync(join(folder, other.tarball), join(temporary, other.tarball));
			for (const kind of KINDS) {
				if (other.manifest.name in (described[kind] ?? {})) {
					described[kind] = { ...described[kind], [other.manifest.name]: `file:${join(temporary, other.tarball)}` };
				}
			}
		}
		writeFileSync(join(project, "package.json"), JSON.stringify(described));
		cpSync("package-lock.json", join(project, "package-lock.json"));
		npm(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], project);
		const options = ["--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=library", "--omit=dev"];
		const bom = JSON.parse(npm(["sbom", ...options], project));
		for (const component of bom.components) {
			// The packages of this repository come from the temporary folder here, and from the registry everywhere else.
			component.externalReferences = component.externalReferences.filter(({ url }) => !url.startsWith("file:"));
		}
		const file = tarball.replace(/\.tgz$/, ".cdx.json");
		writeFileSync(join(folder, file), `${JSON.stringify(bom, undefined, "\t")}\n`);
		return file;
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

function sha256(path) {
	return createHash("sha256").update(readFileSync(path)).digest("hex");
}

// npm is a batch file on Windows, which only a shell starts.
function npm(args, cwd) {
	const shell = process.platform === "win32";
	return execFileSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26, shell });
}
