// Builds every package. TypeScript checks the sources and emits the declarations and CommonJS. esbuild bundles the ES modules of
// each entry into one file, with shared code in separate files, because Node takes longer to find forty small modules than to
// read them. Dependencies are not bundled, and nothing is minified. The old build stays in place until the new one is complete.
import { spawnSync } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { commandsOf, entriesOf, packages, root, sourceOf } from "./packages.mjs";

/** The modules with a variant for browsers: files of their own, chosen by the nearest package.json, the one of each format. */
const IMPORTS = {
	"#request-handler": { browser: "./platform/request-handler.browser.js", default: "./platform/request-handler.js" },
};

for (const { folder, manifest } of packages) await buildPackage(folder, manifest);

async function buildPackage(folder, manifest) {
	const output = join(folder, `dist.${process.pid}.tmp`);
	process.on("exit", () => rmSync(output, { recursive: true, force: true }));
	const imports = manifest.name === "echostream-botocore" ? IMPORTS : {};
	const variants = Object.values(imports).flatMap(Object.values);
	const entries = entriesOf(manifest).map(([, source]) => source);

	if (entries.length > 0) {
		compile(folder, "--module", "commonjs", "--moduleResolution", "bundler", "--outDir", join(output, "cjs"));
		writeManifest(join(output, "cjs"), { type: "commonjs", imports });
	}
	compile(folder, "--emitDeclarationOnly", "--outDir", join(output, "esm"));
	writeManifest(join(output, "esm"), { type: "module", imports });
	await build({
		absWorkingDir: folder,
		entryPoints: [...entries, ...commandsOf(manifest), ...variants.map(sourceOf)],
		outdir: join(output, "esm"),
		outbase: "src",
		bundle: true,
		splitting: true,
		packages: "external",
		external: Object.keys(imports),
		platform: "neutral",
		format: "esm",
		target: "es2022",
		// Other packages stay imports, although tsconfig.json leads esbuild to their sources.
		tsconfigRaw: {},
		chunkNames: "shared-[hash]",
		logLevel: "warning",
	});
	rmSync(join(folder, "dist"), { recursive: true, force: true });
	renameSync(output, join(folder, "dist"));
}

function compile(folder, ...options) {
	const tsc = join(root, "node_modules/@typescript/native/bin/tsc");
	const project = join(folder, "tsconfig.build.json");
	const { status } = spawnSync(process.execPath, [tsc, "-p", project, ...options], { stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}

function writeManifest(folder, { type, imports }) {
	const own = Object.keys(imports).length === 0 ? {} : { imports };
	writeFileSync(join(folder, "package.json"), `${JSON.stringify({ type, sideEffects: false, ...own })}\n`);
}
