import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles a program that imports `./src/index.ts`, for a process of its own. Returns its file. */
export async function buildProgram(name: string, contents: string): Promise<string> {
	const outfile = `${ROOT}node_modules/.cache/processes/${name}.mjs`;
	await build({
		stdin: { contents, resolveDir: ROOT },
		outfile,
		bundle: true,
		format: "esm",
		packages: "external",
		platform: "node",
		target: "node20",
		logLevel: "error",
	});
	return outfile;
}

/** Runs a program that may call `gc()` to its end, and returns the JSON value that it printed. It may run as long as it likes. */
export async function runProgram(name: string, contents: string, env: NodeJS.ProcessEnv): Promise<unknown> {
	const file = await buildProgram(name, contents);
	const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", file], { env });
	return JSON.parse(stdout);
}
