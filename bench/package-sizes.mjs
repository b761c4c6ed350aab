import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "../scripts/packages.mjs";
import { npm } from "./contenders.mjs";
import { installationSize } from "./installation-size.mjs";

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
	// Dependencies from this repository are installed from their tarballs too.
	const overrides = Object.fromEntries(
		packed.filter((one) => one.name !== name).map((one) => [one.name, `file:../${one.filename}`]),
	);
	return installationSize({ dependencies: { [name]: `file:../${filename}` }, overrides }, folder);
}
