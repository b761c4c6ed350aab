import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "../scripts/packages.mjs";
import { npm } from "./contenders.mjs";

/** Measures the size of each package: its tarball, and its installation. */
export function measurePackageSizes() {
	const folder = mkdtempSync(join(tmpdir(), "package-sizes-"));
	try {
		const packed = packages.map(({ folder: source, manifest: { name } }) => {
			const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
			const [{ entryCount, filename, size, unpackedSize }] = JSON.parse(npm(args, source));
			return { name, filename, files: entryCount, tarballBytes: size, unpackedBytes: unpackedSize };
		});
		return packed.map(({ filename, ...row }) => ({ ...row, ...installed(row.name, filename, packed, folder) }));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function installed(name, filename, packed, folder) {
	const project = mkdtempSync(join(folder, "project-"));
	// Dependencies from this repository are installed from their tarballs too.
	const overrides = Object.fromEntries(
		packed.filter((one) => one.name !== name).map((one) => [one.name, `file:../${one.filename}`]),
	);
	const manifest = { private: true, dependencies: { [name]: `file:../${filename}` }, overrides };
	writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
	npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--omit=peer"], project);
	const entries = readdirSync(join(project, "node_modules"), { recursive: true }).map(String);
	const stats = entries.map((path) => [path, lstatSync(join(project, "node_modules", path))]);
	const installedPackages = entries.filter((path) =>
		/(^|node_modules\/)(@[^/]+\/)?[^@./][^/]*\/package\.json$/.test(path.replaceAll("\\", "/")),
	);
	return {
		installedPackages: installedPackages.length,
		installedBytes: stats.reduce((sum, [, stat]) => sum + (stat.isFile() ? stat.size : 0), 0),
	};
}
