import { build } from "esbuild";

/**
 * How to bundle a program that uses this package, for a cold start that is as short as it gets: one directory of ES modules
 * in which what is rarely needed stays in files of its own, that are read only when it is.
 *
 * - `mainFields` prefers the packages' ES modules, of which esbuild drops what is not used.
 * - The banner is for what is CommonJS all the same, and requires Node's own modules.
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

/** Bundles the program `entry` into `outdir`, and returns what esbuild tells of it. */
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
