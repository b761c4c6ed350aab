import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Output {
	readonly bytes: number;
	readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

test("importing the package loads no other package, and each of those when it is first used", async () => {
	const folder = await mkdtemp(join(tmpdir(), "boto3-"));
	const metafile = join(folder, "meta.json");
	await promisify(execFile)(process.execPath, [
		join(root, "node_modules/esbuild/bin/esbuild"),
		join(root, "packages/boto3/src/index.ts"),
		"--bundle",
		"--packages=external",
		"--format=esm",
		"--minify",
		"--tsconfig-raw={}",
		"--log-level=error",
		`--metafile=${metafile}`,
		`--outfile=${join(folder, "index.js")}`,
	]);
	const { outputs } = JSON.parse(await readFile(metafile, "utf8")) as { outputs: Record<string, Output> };
	await rm(folder, { recursive: true });
	const [output, ...others] = Object.values(outputs);
	expect(others).toEqual([]);
	const imports = output?.imports ?? [];
	expect(imports.filter(({ kind }) => kind !== "dynamic-import")).toEqual([]);
	expect([...new Set(imports.map(({ path }) => path))].sort()).toEqual([
		"@aws-sdk/lib-dynamodb",
		"@aws-sdk/lib-storage",
		"@aws-sdk/s3-presigned-post",
		"@aws-sdk/s3-request-presigner",
		"jmespath",
		"node:fs",
		"node:fs/promises",
	]);
	// 42 KB of its own, minified, when this was written.
	expect(output?.bytes).toBeLessThan(46_000);
});

test("a program is bundled where the packages that it does not use are not installed", async () => {
	const folder = await mkdtemp(join(tmpdir(), "boto3-bundle-"));
	const installed = join(folder, "index.js");
	const entryPoints = [join(root, "packages/boto3/src/index.ts")];
	const common = { bundle: true, format: "esm", platform: "node", logLevel: "silent", tsconfigRaw: {} } as const;
	await build({ ...common, entryPoints, packages: "external", outfile: installed });
	const { warnings } = await build({ ...common, entryPoints: [installed], outfile: join(folder, "bundle.js") });
	await rm(folder, { recursive: true });
	expect(warnings).toEqual([]);
});
