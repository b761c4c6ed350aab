// Bundles handler.mjs into dist/ or the given folder. Upload that folder. `node examples/lambda/build.mjs`
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

await build({
	entryPoints: [here("handler.mjs")],
	outdir: process.argv[2] ?? here("dist"),
	bundle: true,
	platform: "node",
	target: "node20",
	format: "esm",
	outExtension: { ".js": ".mjs" },
	// The ES modules of the packages: esbuild cannot tree-shake CommonJS.
	mainFields: ["module", "main"],
	// Code that is rarely used goes into separate files, which are loaded on demand.
	splitting: true,
	minify: true,
	// Some packages are CommonJS only, and require Node's modules.
	banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
	logLevel: "warning",
});
