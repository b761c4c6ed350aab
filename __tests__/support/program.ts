import { execFile } from "node:child_process";
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

/** Bundles a program that imports `./src/index.ts`, for a process of its own. Returns its file. */
export async function buildProgram(name: string, contents: string): Promise<string> {
	const outfile = `${ROOT}node_modules/.cache/processes/${name}.mjs`;
	await build({ ...PROGRAM, stdin: { contents, loader: "ts", resolveDir: ROOT }, outfile });
	return outfile;
}

/** Runs a program that may call `gc()` to its end, and returns the JSON value that it printed. It may run as long as it likes. */
export async function runProgram(name: string, contents: string, env: NodeJS.ProcessEnv): Promise<unknown> {
	const file = await buildProgram(name, contents);
	const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", file], { env });
	return JSON.parse(stdout);
}
