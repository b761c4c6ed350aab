import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ROOT } from "./workflow-files.ts";

const FOLDERS = ["__tests__/package/consumers", "examples"];
const recorded: Record<string, Record<string, string[]>> = readJson("docs/runs.json")["test:package"].passed;

/** The versions that the tests of the packed package install, by package. */
const installed = new Map<string, Set<string>>();
for (const folder of FOLDERS) {
	for (const name of readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })) {
		if (!/^[^/\\]+[/\\]package\.json$/.test(name)) continue;
		const { dependencies = {}, devDependencies = {} } = readJson(`${folder}/${name}`);
		for (const [key, range] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
			const [, alias = key, version = range] = /^npm:(.+)@(.+)$/.exec(range) ?? [];
			installed.set(alias, (installed.get(alias) ?? new Set()).add(version));
		}
	}
}

test.each(["libraries", "bundlers", "test runners", "examples"])(
	"the versions of %s in the table of README.md are those that the tests install now",
	(kind) => {
		const others = Object.entries(recorded[kind] ?? {}).filter(
			([name, versions]) => name !== "node:test" && !versions.every((version) => installed.get(name)?.has(version)),
		);
		expect(others).toEqual([]);
	},
);

test("the versions of TypeScript and the AWS SDK in the table of README.md are all that the tests install now", () => {
	const aliases: Record<string, string> = readJson("__tests__/package/consumers/plain/package.json").devDependencies;
	const compilers = Object.entries(aliases).flatMap(([name, range]) =>
		name.startsWith("typescript-") ? [range.replace("npm:typescript@", "")] : [],
	);
	expect(recorded.TypeScript?.TypeScript).toEqual(compilers);
	const sdks: string[] = Object.keys(
		readJson("__tests__/package/consumers/lambda-runtimes/package.json").devDependencies,
	);
	const releases = sdks.flatMap((name) => (name.startsWith("dynamodb-") ? [name.replace("dynamodb-", "3.")] : []));
	expect(recorded["AWS Lambda"]?.["AWS SDK"]).toEqual(releases);
});

test("every kind that the tests record is in the table of README.md", () => {
	const tests = readdirSync(`${ROOT}__tests__/package`).filter((name) => name.endsWith(".ts"));
	const sources = tests.map((name) => readFileSync(`${ROOT}__tests__/package/${name}`, "utf8")).join("\n");
	const kinds = [...sources.matchAll(/\brecord\("([^"]+)"/g)].map(([, kind = ""]) => kind);
	expect(Object.keys(recorded).sort()).toEqual([...new Set(kinds)].sort());
});

function readJson(path: string) {
	return JSON.parse(readFileSync(ROOT + path, "utf8"));
}
