import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { PROGRAM } from "../support/program.ts";
import type { ProgramRunner } from "../support/program-runner.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** A folder for each process of the test runner, because test files run side by side. */
export const BUILT = `${ROOT}node_modules/.cache/snippets/${process.env.JEST_WORKER_ID ?? "0"}/`;
const TSC = `${ROOT}node_modules/@typescript/native/bin/tsc`;

/** Parts of a package that it does not export, which tsconfig.json maps too. */
const PARTS = { "fauxqs/dist/*": "node_modules/fauxqs/dist/*" };

/** What a snippet imports, and the source of each. */
const SOURCES = {
	"#config-files": "src/platform/config-files.ts",
	"#request-handler": "src/platform/request-handler.ts",
	"echostream-botocore": "src/index.ts",
	"echostream-botocore/apollo": "src/apollo.ts",
	"echostream-botocore/stores": "src/stores.ts",
	"echostream-boto3": "packages/boto3/src/index.ts",
	"echostream-local": "packages/local/src/index.ts",
	"echostream-local/node-test": "packages/local/src/testing/node-test.ts",
};

/** A piece of code in the documentation. */
export interface Snippet {
	/** Where it begins, as `README.md:12`. */
	readonly place: string;
	readonly code: string;
	/** The fence alone, if its reader saves it as JavaScript: a `js` fence, or one of README.md. */
	readonly javaScript?: string;
	/** Why it is only compiled. */
	readonly notRun?: string;
}

/**
 * The TypeScript in README.md, the guides, the READMEs of the packages, and the examples of doc comments. Comments before a fence say what is special:
 *
 * - `<!-- not run: ... -->` with a reason: it is only compiled;
 * - `<!-- given: ... -->` with code that it takes for granted.
 */
export function snippets(): Snippet[] {
	const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" }).map((name) => `src/${name}`);
	return [
		...documents().flatMap((path) => fencesIn(path, read(path))),
		...sources.filter((name) => name.endsWith(".ts")).flatMap((path) => fencesIn(path, docstringsOf(read(path)))),
	];
}

/** The snippet of a document that contains a text. */
export function snippetOf(document: string, text: string): Snippet {
	const found = fencesIn(document, read(document)).find(({ code }) => code.includes(text));
	if (found === undefined) throw new Error(`No snippet of ${document} contains ${text}`);
	return found;
}

/** The snippet of a recipe that contains a text, and code that follows it. */
export function program(page: string, text: string, then = ""): Snippet {
	const found = snippetOf(`docs/recipes/${page}.md`, text);
	return { ...found, code: `${found.code}\n${then}` };
}

/** The lines of shell commands in README.md, without their comments, and without those that __tests__/package/newcomer.test.ts runs. */
export function shellCommands(): string[] {
	const readme = read("README.md").replace(/^## Try it\n.*?(?=^## )/ms, "");
	const blocks = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block);
	return blocks.flatMap((block) => block.split("\n")).flatMap((line) => line.replace(/#.*/, "").trim() || []);
}

/** Writes all of them to files. */
export function write(all: readonly Snippet[]): void {
	rmSync(BUILT, { recursive: true, force: true });
	mkdirSync(BUILT, { recursive: true });
	for (const snippet of all) writeFileSync(`${BUILT}${nameOf(snippet)}.ts`, snippet.code);
}

/** Checks the types of those that are written, against the sources, and returns the output of the compiler. */
export function compile(all: readonly Snippet[]): string {
	const paths = Object.entries({ ...SOURCES, ...PARTS }).map(([entry, file]) => [entry, [`${ROOT}${file}`]]);
	const config = {
		extends: `${ROOT}tsconfig.json`,
		compilerOptions: { moduleDetection: "force", paths: Object.fromEntries(paths) },
		files: all.map((snippet) => `${nameOf(snippet)}.ts`),
		include: [`${ROOT}packages/local/src/**/*.d.ts`],
	};
	writeFileSync(`${BUILT}tsconfig.json`, JSON.stringify(config));
	// The compiler, a Go program, has ended before it would need memory back.
	const env = { ...process.env, GOGC: "off" };
	const args = [TSC, "-p", BUILT, "--pretty", "false", "--singleThreaded"];
	const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
	return `${stdout}${stderr}`;
}

/** How a snippet is bundled: with the sources of these packages. */
const BUNDLE = {
	...PROGRAM,
	alias: Object.fromEntries(Object.entries(SOURCES).map(([entry, file]) => [entry, `${ROOT}${file}`])),
} as const satisfies BuildOptions;

/** Bundles those that are written with this package's sources, to be run. */
export async function bundle(all: readonly Snippet[]): Promise<void> {
	await build({
		...BUNDLE,
		absWorkingDir: BUILT,
		entryPoints: all.map((snippet) => `${nameOf(snippet)}.ts`),
		outdir: BUILT,
		outExtension: { ".js": ".mjs" },
		splitting: true,
	});
}

/** Bundles the snippet of a document that contains this text, for a process of its own. Returns its file. */
export async function programOf(document: string, text: string): Promise<string> {
	const snippet = snippetOf(document, text);
	const outfile = `${ROOT}node_modules/.cache/recipes/${nameOf(snippet)}.mjs`;
	await build({ ...BUNDLE, stdin: { contents: snippet.code, loader: "ts", resolveDir: ROOT }, outfile });
	return outfile;
}

/** Runs one to its end, and returns its exit code and its output. */
export async function run(
	runner: ProgramRunner,
	snippet: Snippet,
	environment: Record<string, string>,
): Promise<{ code: number; output: string }> {
	const { PATH = "", SystemRoot = "" } = process.env;
	const { code, stdout, stderr } = await runner.run(`${BUILT}${nameOf(snippet)}.mjs`, {
		PATH,
		SystemRoot,
		AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
		...environment,
		HOME: BUILT,
	});
	return { code, output: stdout + stderr };
}

function documents(): string[] {
	return [
		...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
		...["docs", "docs/porting", "docs/recipes"].flatMap((folder) =>
			readdirSync(ROOT + folder).flatMap((name) => (name.endsWith(".md") ? `${folder}/${name}` : [])),
		),
		...readdirSync(`${ROOT}packages`).map((name) => `packages/${name}/README.md`),
	];
}

function read(path: string): string {
	return readFileSync(`${ROOT}${path}`, "utf8");
}

function nameOf({ place }: Snippet): string {
	return place.replace(/[^\w]+/g, "-");
}

/** A source with everything but its docstrings blanked out, line by line. */
function docstringsOf(source: string): string {
	const lines = source.split("\n").map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? "");
	return lines.join("\n");
}

const FENCE = /((?:^<!--(?:(?!-->).)*-->\s*)*)^```(ts|js)\n(.*?)^```/gms;

function fencesIn(path: string, text: string): Snippet[] {
	return [...text.matchAll(FENCE)].map(({ 1: comments = "", 2: language, 3: code = "", index }) => {
		const line = text.slice(0, index + comments.length).split("\n").length;
		const given = /<!-- given:\s(.*?)-->/s.exec(comments)?.[1] ?? "";
		const notRun = /<!-- not run: (.*?) -->/s.exec(comments)?.[1];
		return {
			place: `${path}:${line}`,
			code: `${given}\n${code}`,
			...(language === "js" || path === "README.md" ? { javaScript: code } : {}),
			...(notRun === undefined ? {} : { notRun }),
		};
	});
}
