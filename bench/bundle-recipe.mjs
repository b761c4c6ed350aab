import { build } from "esbuild";

/**
 * Bundles a program that uses this package for the shortest cold start: one directory of ES modules, in which rarely used code
 * stays in separate files that are loaded on demand.
 *
 * - `mainFields` prefers the packages' ES modules, from which esbuild drops unused code.
 * - The banner defines `require` for CommonJS packages that load Node's own modules.
 */
export const bundleOptions = {
	bundle: true,
	platform: "node",
	target: "node20",
	format: "esm",
	mainFields: ["module", "main"],
	splitting: true,
	minify: true,
	outExtension: { ".js": ".mjs" },
	banner: {
		js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
	},
};

/** Bundles the program `entry` into `outdir`, and returns the metafile of esbuild. */
export async function bundle(entry, outdir, options = {}) {
	const { metafile } = await build({
		...bundleOptions,
		entryPoints: [entry],
		outdir,
		metafile: true,
		logLevel: "error",
		...options,
	});
	return metafile;
}
