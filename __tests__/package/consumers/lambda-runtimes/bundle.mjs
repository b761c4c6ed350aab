// Bundles handler.mjs as a tool does by its default settings, or as docs/lambda.md recommends: `node bundle.mjs TOOL FILE`.
import { build } from "esbuild";

const [tool, outfile] = process.argv.slice(2);
const format = outfile.endsWith(".mjs") ? "esm" : "cjs";

/** What each tool leaves to the runtime, and how it chooses among the files of a package, for a new project with Node 20 or later. */
const TOOLS = {
	cdk: { external: ["@aws-sdk/*", "@smithy/*"], target: "node20" },
	sam: { minify: true, target: "es2020" },
	serverless: { external: ["@aws-sdk/*"], target: "node20", minify: true },
	docs: { mainFields: ["module", "main"], minify: true, target: "node20" },
};

// ES modules get `require`, as the tools' documentation recommends.
const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
await build({
	entryPoints: ["handler.mjs"],
	bundle: true,
	platform: "node",
	outfile,
	format,
	...(format === "esm" && { banner }),
	...TOOLS[tool],
	logLevel: "warning",
});
