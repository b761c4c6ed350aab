import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BuildOptions, build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How programs of tests are bundled: for this Node, with the packages that are installed. */
export const PROGRAM = {
	bundle: true,
	format: "esm",
	packages: "external",
	platform: "node",
	target: "node20",
	logLevel: "error",
} as const satisfies BuildOptions;

/** The same with their packages, in parts that are loaded when they are needed: a process starts in a third of the time. */
const WITH_PACKAGES = {
	...PROGRAM,
	packages: "bundle",
	mainFields: ["module", "main"],
	absWorkingDir: ROOT,
	splitting: true,
	outExtension: { ".js": ".mjs" },
	// For packages in CommonJS, which load modules of Node.
	banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
} as const satisfies BuildOptions;

/**
 * Bundles modules with their packages, for the many programs of a test file. Returns their folder, in which each program imports
 * them by their names here.
 */
export async function buildModules(name: string, modules: Readonly<Record<string, string>>): Promise<string> {
	const outdir = `${ROOT}node_modules/.cache/processes/${name}`;
	rmSync(outdir, { recursive: true, force: true });
	await build({ ...WITH_PACKAGES, entryPoints: modules, outdir });
	return outdir;
}

/** Bundles a program that imports `./src/index.ts`, for a process of its own. Returns its file. */
export async function buildProgram(name: string, contents: string): Promise<string> {
	const outfile = `${ROOT}node_modules/.cache/processes/${name}.mjs`;
	await build({ ...PROGRAM, stdin: { contents, loader: "ts", resolveDir: ROOT }, outfile });
	return outfile;
}

/** Bundles a program like {@link buildProgram}, with the packages that it imports, for tests that start it often. */
export async function buildWholeProgram(name: string, contents: string): Promise<string> {
	const outdir = `${ROOT}node_modules/.cache/processes/${name}`;
	await build({ ...WITH_PACKAGES, stdin: { contents, loader: "ts", resolveDir: ROOT }, outdir });
	return `${outdir}/stdin.mjs`;
}

/** Bundles and runs a program that may call `gc()` to its end, and returns the JSON value that it printed. */
export async function runProgram(name: string, contents: string, env: NodeJS.ProcessEnv): Promise<unknown> {
	return runFile(await buildProgram(name, contents), env);
}

/** Runs a file as {@link runProgram} runs a program. It may run as long as it likes. */
export async function runFile(file: string, env: NodeJS.ProcessEnv): Promise<unknown> {
	const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", file], { env });
	return JSON.parse(stdout);
}
