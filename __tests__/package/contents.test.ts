import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { packedFolder } from "./consumer.ts";

const run = promisify(execFile);
const tarball = join(packedFolder, "package.tgz");
const manifest = JSON.parse(readFileSync("package.json", "utf8"));

test("the tarball holds each source compiled to both formats with its types, and nothing else", () => {
	const sources = readdirSync("src", { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(".ts"));
	const compiled = sources.flatMap((source) => {
		const stem = source.replaceAll("\\", "/").slice(0, -".ts".length);
		return ["esm", "cjs"].flatMap((format) => [`dist/${format}/${stem}.js`, `dist/${format}/${stem}.d.ts`]);
	});
	const others = [
		"CHANGELOG.md",
		"LICENSE",
		"README.md",
		"package.json",
		"dist/cjs/package.json",
		"dist/esm/package.json",
	];
	const packed: string[] = JSON.parse(readFileSync(join(packedFolder, "files.json"), "utf8"));
	expect(packed.sort()).toEqual([...compiled, ...others].sort());
});

test("publint has nothing to say about the tarball", async () => {
	const { stdout } = await run(process.execPath, ["node_modules/publint/src/cli.js", "run", tarball, "--strict"]);
	expect(stdout).toContain("All good!");
});

test("the types of every entry are right for import, for require and for bundlers", async () => {
	const attw = ["node_modules/@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "node16", "--format", "json"];
	const { stdout } = await run(process.execPath, attw, { maxBuffer: 2 ** 26 });
	const { analysis } = JSON.parse(stdout);
	expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifest.exports));
	const problems: { readonly resolutionKind?: string }[] = analysis.problems;
	expect(problems.filter(({ resolutionKind }) => resolutionKind !== "node10")).toEqual([]);
});

test("installing the package runs no script", () => {
	expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});

test("every package that a user must have is a stable release, and every peer is optional", () => {
	expect(Object.values<string>(manifest.dependencies).every((range) => /^\^[1-9]\d*\.\d+\.\d+$/.test(range))).toBe(
		true,
	);
	expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
});
