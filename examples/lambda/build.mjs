// Bundles handler.mjs into dist/ beside it, or into the folder that is given: upload that. `node examples/lambda/build.mjs`
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
	// The ES modules of the packages, of which only what is used gets into the bundle.
	mainFields: ["module", "main"],
	// What is rarely used stays in files of its own, which are read only then.
	splitting: true,
	minify: true,
	// Some packages are CommonJS all the same, and require Node's own modules.
	banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
	logLevel: "warning",
});
