// Builds the package from its one source: TypeScript checks it and writes the declarations, and CommonJS as it is; esbuild
// joins the ES modules of each entry into one file (what the entries share, into files of their own), because Node takes
// longer to find forty small modules than to read them. Dependencies stay outside, nothing is minified. The old build stays
// in place until the new one is whole.
import { spawnSync } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const output = `dist.${process.pid}.tmp`;
process.on("exit", () => rmSync(output, { recursive: true, force: true }));

function compile(...options) {
	const tsc = "node_modules/@typescript/native/bin/tsc";
	const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", ...options], { stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}

/** Bundlers for pages put another module in the place of this one, so it stays a file of its own. */
const replaceable = {
	name: "replaceable",
	setup: ({ onResolve }) =>
		onResolve({ filter: /^\.\.\/default-request-handler\.ts$/ }, () => ({
			path: "./default-request-handler.js",
			external: true,
		})),
};

compile("--module", "commonjs", "--moduleResolution", "bundler", "--outDir", `${output}/cjs`);
compile("--emitDeclarationOnly", "--outDir", `${output}/esm`);
await build({
	entryPoints: [
		"src/index.ts",
		"src/apollo.ts",
		"src/local-tenant/index.ts",
		"src/command-line/main.ts",
		"src/default-request-handler.ts",
		"src/default-request-handler.browser.ts",
	],
	outdir: `${output}/esm`,
	outbase: "src",
	bundle: true,
	splitting: true,
	packages: "external",
	platform: "neutral",
	format: "esm",
	target: "es2022",
	chunkNames: "shared-[hash]",
	plugins: [replaceable],
	logLevel: "warning",
});
// Vite and webpack heed the nearest package.json only.
const browser = { "./default-request-handler.js": "./default-request-handler.browser.js" };
for (const [format, type] of Object.entries({ esm: "module", cjs: "commonjs" })) {
	writeFileSync(`${output}/${format}/package.json`, `${JSON.stringify({ type, sideEffects: false, browser })}\n`);
}
rmSync("dist", { recursive: true, force: true });
renameSync(output, "dist");
