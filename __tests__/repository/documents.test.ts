import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { deadLinks, deadPaths, documents, npmScripts } from "./documents.ts";
import { ROOT } from "./workflow-files.ts";

const read = (path: string) => readFileSync(ROOT + path, "utf8");
const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;
/** The npm scripts of the package that a document belongs to. */
function scriptsBeside(path: string): Record<string, string> {
	const manifest = join(dirname(path), "package.json");
	return existsSync(ROOT + manifest) ? JSON.parse(read(manifest)).scripts : {};
}
const contributing = { path: "CONTRIBUTING.md", text: read("CONTRIBUTING.md") };

describe.each(documents())("$path", (document) => {
	test("a document links to files and headings that exist", () => {
		expect(deadLinks(document)).toEqual([]);
	});

	test("a document names files and folders that exist", () => {
		// The guides also name files of their reader's program.
		const isOurs = (path: string) => path.includes("/") || document.path === contributing.path;
		expect(deadPaths(document).filter(isOurs)).toEqual([]);
	});

	test("a document names npm scripts that exist", () => {
		const own = scriptsBeside(document.path);
		expect(npmScripts(document).filter((script) => !(script in { ...scripts, ...own }))).toEqual([]);
	});
});

describe("the documents that are searched for dead links and paths", () => {
	test("the searched documents are those of the root, of docs/, of the examples and of the packages", () => {
		const paths = documents().map(({ path }) => path);
		const some = [
			"CONTRIBUTING.md",
			"README.md",
			"SECURITY.md",
			"docs/security.md",
			"examples/porting/README.md",
			"packages/local/README.md",
		];
		expect(paths).toEqual(expect.arrayContaining(some));
	});

	test("the search finds a link, a heading, a file and a script that do not exist", () => {
		const text = [
			"[a](docs/none.md) [b](#none) [c](docs/security.md#none)",
			"`src/none.ts` `docs/*.none` `none.mjs`",
			"`npm run none`",
			"[d](docs/security.md#errors-logs-inspection) `src/index.ts` `docs/*.md` `package.json` `npm run check`",
		].join("\n");
		const document = { path: "X.md", text: `# X\n\n${text}\n` };
		expect(deadLinks({ ...document, path: "README.md" })).toEqual(["docs/none.md", "#none", "docs/security.md#none"]);
		expect(deadPaths(document)).toEqual(["src/none.ts", "docs/*.none", "none.mjs"]);
		expect(npmScripts(document)).toEqual(["none", "check"]);
	});
});

describe("the index of the documents", () => {
	const text = read("docs/README.md");
	const rows = text.match(/^\| (?!to \|).*\|$/gm) ?? [];
	const targets = (row: string) => [...row.matchAll(/\]\(([^)#]+)/g)].map(([, path = ""]) => join("docs", path));

	test("the index links every guide, every recipe and the README of every package and example", () => {
		const paths = documents().map(({ path }) => path);
		const expected = paths.filter((path) => /^docs\/|^(packages|examples)\/(.+\/)?README\.md$/.test(path));
		const linked = rows.flatMap(targets).map((path) => path.replaceAll("\\", "/"));
		expect(expected.filter((path) => path !== "docs/README.md" && !linked.includes(path))).toEqual([]);
	});

	test("a row of the index has one link and a task of its own", () => {
		expect(rows.filter((row) => targets(row).length !== 1)).toEqual([]);
		const tasks = rows.map((row) => row.split("|")[1]);
		expect(tasks).toEqual([...new Set(tasks)]);
	});

	test("the README links the index", () => {
		expect(read("README.md")).toContain("](docs/README.md)");
	});
});

test("every example that is a project ignores the file of its settings, which has a password", () => {
	const projects = readdirSync(`${ROOT}examples`).filter((name) => existsSync(`${ROOT}examples/${name}/package.json`));
	expect(projects.length).toBeGreaterThan(5);
	for (const name of projects) expect(read(`examples/${name}/.gitignore`).split("\n")).toContain(".env");
});

describe("the npm scripts", () => {
	const names = Object.keys(scripts).filter(
		(name) => !/^(pre|post)/.test(name) || !(name.replace(/^(pre|post)/, "") in scripts),
	);
	const rows = [...contributing.text.matchAll(/^\| `npm (?:run )?([\w:]+)` \| (.+) \|$/gm)];

	test("every npm script is listed in CONTRIBUTING.md once", () => {
		expect(rows.map(([, name]) => name).sort()).toEqual([...names].sort());
	});

	test("every npm script is described in CONTRIBUTING.md with one line", () => {
		expect(rows.filter(([, , description = ""]) => !/^[A-Z].*\.$/.test(description)).map(([row]) => row)).toEqual([]);
	});

	test("every npm script runs files that exist", () => {
		const files = Object.values(scripts).flatMap(
			(command) => command.match(/(?<=^|\s)[\w./-]+\.(mjs|py|json)\b/g) ?? [],
		);
		expect(files.filter((file) => !file.startsWith("node_modules/") && !existsSync(ROOT + file))).toEqual([]);
	});

	test("every program and every module in scripts/ and bench/ is reached by an npm script", () => {
		const files = ["scripts", "bench"].flatMap((folder) =>
			readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
				.filter((name) => /\.(mjs|py)$/.test(name) && !/\bd\.mts$|^\.python\b/.test(name))
				.map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
		);
		const names = (text: string, file: string) =>
			new RegExp(`(?<![\\w.-])${basename(file).replaceAll(".", "\\.")}(?!\\w)`).test(text);
		const code = (file: string) => read(file).replace(/^\s*(\/\/|\*|\/\*\*|# ).*$/gm, "");
		// jest and TypeDoc find their settings themselves.
		const texts = [...Object.values(scripts), read("jest.config.mjs"), read("typedoc.json")];
		const reached = new Set<string>();
		for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
			for (const file of files) {
				if (reached.has(file) || !names(text, file)) continue;
				reached.add(file);
				texts.push(code(file));
			}
		}
		expect(files.filter((file) => !reached.has(file))).toEqual([]);
	});
});
