import { fileURLToPath } from "node:url";
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
