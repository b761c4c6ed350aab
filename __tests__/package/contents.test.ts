import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { publint } from "publint";
import { packedFolder } from "./consumer.ts";

const run = promisify(execFile);
const tarball = join(packedFolder, "package.tgz");
const manifest = JSON.parse(readFileSync("package.json", "utf8"));

test("the tarball holds the types of each source, its CommonJS, one ES module for each entry, and nothing else", () => {
	const sources = readdirSync("src", { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(".ts"));
	const stems = sources.map((source) => source.replaceAll("\\", "/").slice(0, -".ts".length));
	const compiled = stems.flatMap((stem) => [`dist/cjs/${stem}.js`, `dist/cjs/${stem}.d.ts`, `dist/esm/${stem}.d.ts`]);
	const entries = ["index", "apollo", "local-tenant/index", "command-line/main"];
	const replaceable = ["default-request-handler", "default-request-handler.browser"];
	const modules = [...entries, ...replaceable].map((stem) => `dist/esm/${stem}.js`);
	const others = [
		"CHANGELOG.md",
		"LICENSE",
		"README.md",
		"package.json",
		"dist/cjs/package.json",
		"dist/esm/package.json",
	];
	const packed: string[] = JSON.parse(readFileSync(join(packedFolder, "files.json"), "utf8"));
	const isShared = (path: string) => /^dist\/esm\/shared-[A-Z0-9]{8}\.js$/.test(path);
	expect(packed.filter((path) => !isShared(path)).sort()).toEqual([...compiled, ...modules, ...others].sort());
});

test("publint finds no error in the tarball, and nothing to warn of", async () => {
	const { messages } = await publint({
		pack: { tarball: Uint8Array.from(await readFile(tarball)).buffer },
		level: "warning",
	});
	expect(messages).toEqual([]);
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
