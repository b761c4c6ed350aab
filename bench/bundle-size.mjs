import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { bundle } from "./bundle-recipe.mjs";

/** Bundles a program, and returns the size of what is always read, and of all files, some of which are loaded on demand. */
export async function bundleSize(program, options = {}) {
	const outdir = realpathSync(mkdtempSync(join(tmpdir(), "bundle-")));
	try {
		const { outputs } = await bundle(program, outdir, { absWorkingDir: outdir, ...options });
		const entry = Object.keys(outputs).find(
			(path) => outputs[path].entryPoint && resolve(outdir, outputs[path].entryPoint) === realpathSync(program),
		);
		const always = [...staticallyImported(outputs, entry)];
		const total = (paths, sizeOf) => paths.reduce((sum, path) => sum + sizeOf(path), 0);
		return {
			bytes: total(always, (path) => outputs[path].bytes),
			gzipBytes: total(always, (path) => gzipSync(readFileSync(join(outdir, path))).length),
			files: always.length,
			allBytes: total(Object.keys(outputs), (path) => outputs[path].bytes),
			allFiles: Object.keys(outputs).length,
		};
	} finally {
		rmSync(outdir, { recursive: true, force: true });
	}
}

function staticallyImported(outputs, path, found = new Set()) {
	found.add(path);
	for (const { path: imported, kind } of outputs[path].imports) {
		if (kind === "import-statement" && imported in outputs && !found.has(imported)) {
			staticallyImported(outputs, imported, found);
		}
	}
	return found;
}
