import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { publint } from "publint";
import { entriesOf, manifestIn, moduleOnlyEntriesOf, ON_DEMAND, packages, root } from "../../scripts/packages.mjs";
import { packedFolder } from "./consumer.ts";

const run = promisify(execFile);
const tarball = (name: string) => join(packedFolder, `${name}.tgz`);
const all = packages.map(({ folder, manifest }) => ({ folder, manifest, name: manifest.name }));
const stemOf = (source: string) => source.replace(/^(src\/)?(.*)\.ts$/, "$2");
const libraries = all.filter(({ manifest }) => entriesOf(manifest).length > 0);

describe.each(all)("the tarball of $name", ({ folder, manifest, name }) => {
	test("a tarball holds the code and the types of each entry in each format, the sources to which their maps lead, and nothing else", () => {
		const entries = entriesOf(manifest).map(([, entry]) => stemOf(entry));
		const isCommand = entries.length === 0;
		const moduleOnly = moduleOnlyEntriesOf(manifest).map((entry) => `cjs/${stemOf(entry)}.js`);
		const formats = isCommand ? ["cjs"] : ["esm", "cjs"];
		const sources = readdirSync(join(folder, "src"), { encoding: "utf8", recursive: true })
			.map((path) => path.replaceAll("\\", "/"))
			.filter((path) => path.endsWith(".ts") && !path.startsWith("console/"));
		const variants = sources
			.map(stemOf)
			.filter((stem) => sources.includes(`${stem.replace(/\.browser$/, "")}.browser.ts`));
		const built = formats.flatMap((format) => [
			`${format}/package.json`,
			...[...entries, ...variants].map((stem) => `${format}/${stem}.js`),
			...entries.map((stem) => `${format}/${stem}.d.ts`),
		]);
		const console = existsSync(join(folder, "src/console")) ? ["console.css", "console.js", "index.html"] : [];
		const commands = [
			...Object.values<string>(manifest.bin ?? {}),
			...(isCommand ? [`dist/cjs/${stemOf(ON_DEMAND)}.js`] : []),
		];
		const expected = [
			...built.filter((path) => !moduleOnly.includes(path)).map((path) => `dist/${path}`),
			...console.map((file) => `dist/console/${file}`),
			...commands,
			...(isCommand ? [] : sources.map((path) => `src/${path}`)),
			...(name === "echostream-local" ? ["dist/THIRD-PARTY-NOTICES.txt"] : []),
			...manifest.files.filter((path) => !/^!|^dist$|\*/.test(path)),
			"LICENSE",
			"README.md",
			"package.json",
		];
		const packed: string[] = JSON.parse(readFileSync(join(packedFolder, `${name}.json`), "utf8"));
		const maps = packed.filter((path) => path.endsWith(".map"));
		const isShared = (path: string) => /^dist\/(esm|cjs)\/shared-[A-Z0-9]{8}\.js$/.test(path);
		expect(packed.filter((path) => !isShared(path) && !maps.includes(path)).sort()).toEqual(expected.sort());
		expect(maps.filter((map) => !packed.includes(map.slice(0, -".map".length)))).toEqual([]);
	});

	test("every source that a map in a tarball names is in the tarball", async () => {
		const packed: string[] = JSON.parse(readFileSync(join(packedFolder, `${name}.json`), "utf8"));
		const maps = packed.filter((path) => path.endsWith(".map"));
		const texts = await Promise.all(
			maps.map((path) => run("tar", ["-xOzf", tarball(name), `package/${path}`], { maxBuffer: 2 ** 26 })),
		);
		const named = texts.flatMap(({ stdout }, index) => {
			const { sources }: { sources: string[] } = JSON.parse(stdout);
			return sources.map((source) => posix.join(maps[index] ?? "", "..", source));
		});
		expect([...new Set(named)].filter((source) => !packed.includes(source))).toEqual([]);
	});

	test("a tarball has no error and no warning of publint", async () => {
		const { messages } = await publint({
			pack: { tarball: Uint8Array.from(await readFile(tarball(name))).buffer },
			level: "warning",
		});
		// Node and bundlers resolve "#" names by the nearest package.json, though publint warns. The tests of the runtimes resolve them.
		const isNestedImports = ({ code, args }: (typeof messages)[number]) =>
			code === "NESTED_PACKAGE_JSON_FIELD_IGNORED" && (args as { field?: string }).field === "imports";
		expect(messages.filter((message) => !isNestedImports(message))).toEqual([]);
	});

	test("a package runs no script when it is installed", () => {
		expect(Object.keys(manifest.scripts).filter((script) => /^(pre|post)?(install|prepare)$/.test(script))).toEqual([]);
	});

	test("a package has the version of all packages, and requires that version of the others", () => {
		const version = packages[0]?.manifest.version;
		const ours = Object.entries<string>(manifest.dependencies ?? {}).filter(([dependency]) =>
			dependency.startsWith("echostream-"),
		);
		expect([manifest.version, ...ours.map(([, range]) => range)]).toEqual([version, ...ours.map(() => version)]);
	});
});

test.each(libraries)(
	"the types of every entry of $name are right for import, for require, for bundlers, and for the resolution node10",
	async ({ manifest, name }) => {
		const attw = ["node_modules/@arethetypeswrong/cli/dist/index.js", tarball(name), "--format", "json"];
		// It exits with 1 for entries that are ES modules only.
		const { stdout } = await run(process.execPath, attw, { maxBuffer: 2 ** 26 }).catch((error) => error);
		const { analysis } = JSON.parse(stdout);
		expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifest.exports));
		const problems: { readonly entrypoint?: string; readonly resolutionKind?: string }[] = analysis.problems;
		const moduleOnly = moduleOnlyEntriesOf(manifest).map((entry) => `./${basename(entry, ".ts")}`);
		// `require` finds no entry that is an ES module only, and the preset of jest is JSON.
		const isExpected = ({ entrypoint = "", resolutionKind }: (typeof problems)[number]) =>
			(resolutionKind === "node16-cjs" && moduleOnly.includes(entrypoint)) || entrypoint.endsWith("/jest-preset");
		expect(problems.filter((problem) => !isExpected(problem))).toEqual([]);
	},
);

describe("echostream-botocore", () => {
	const manifest = manifestIn(root);

	test("echostream-botocore depends on stable releases only, and on no package of this repository", () => {
		expect(Object.values<string>(manifest.dependencies).every((range) => /^\^[1-9]\d*\.\d+\.\d+$/.test(range))).toBe(
			true,
		);
		expect(Object.keys(manifest.dependencies).filter((name) => name.startsWith("echostream-"))).toEqual([]);
	});

	test("echostream-botocore has no command, and no peers but Apollo's and DynamoDB's, all optional", () => {
		expect(manifest.bin).toBeUndefined();
		expect(manifest.peerDependencies).toEqual({
			"@apollo/client": ">=4",
			"@aws-sdk/client-dynamodb": ">=3",
			"aws-appsync-auth-link": ">=4",
			graphql: ">=16",
			rxjs: "*",
		});
		expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
	});
});

test("echostream-boto3 depends on nothing, and its peers are optional, in any version", () => {
	const { dependencies, peerDependencies, peerDependenciesMeta } = manifestIn(join(root, "packages/boto3"));
	expect(dependencies).toBeUndefined();
	expect(new Set(Object.values(peerDependencies))).toEqual(new Set(["*"]));
	expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies));
	expect(Object.values<object>(peerDependenciesMeta).every((meta) => "optional" in meta)).toBe(true);
});

test("echostream-local depends on nothing, and its peers, the test runners, are optional", () => {
	const { dependencies, peerDependencies, peerDependenciesMeta } = manifestIn(join(root, "packages/local"));
	expect(dependencies).toBeUndefined();
	expect(Object.keys(peerDependencies)).toEqual(["jest-environment-node", "vitest"]);
	expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies));
});
