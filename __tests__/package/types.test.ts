import { readFileSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { record } from "../../scripts/record.mjs";
import { Consumer } from "./consumer.ts";

const consumer = new Consumer("plain");
const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--lib", "es2022"];
// The declarations of dependencies are checked as well.
const checked = [...strict, "--types", "node", "--skipLibCheck", "false"];
const compiler = (version: string) => `node_modules/typescript-${version}/bin/tsc`;

/** The module formats and resolutions to try. TypeScript 6 deprecates node10, the default of ts-jest and NestJS, and 7 lacks it. */
const resolutionsOf = (version: string) => [
	["nodenext", "nodenext"],
	["esnext", "bundler"],
	...(version === "5.0" ? [["node16", "node16"]] : []),
	...(version.startsWith("5.") ? [["commonjs", "node10"]] : []),
];

beforeAll(async () => {
	for (const name of ["main", "every-entry", "server"]) {
		for (const copy of [`${name}-typed.mts`, `${name}-typed.cts`]) {
			await copyFile(consumer.path(`${name}.ts`), consumer.path(copy));
		}
	}
	for (const [module, moduleResolution] of resolutionsOf("5.0")) {
		const files = filesOf("server", module);
		// The command line has no way to say that there are no types.
		const compilerOptions = { strict: true, noEmit: true, target: "es2022", lib: ["es2022"], module, moduleResolution };
		const config = { compilerOptions: { ...compilerOptions, types: [], skipLibCheck: false }, files };
		await writeFile(consumer.path(`server-${moduleResolution}.json`), JSON.stringify(config));
	}
});

const filesOf = (name: string, module = "") =>
	module.startsWith("node") ? [`${name}-typed.mts`, `${name}-typed.cts`] : [`${name}.ts`];

describe.each(["5.0", "5.9", "6.0", "7.0"])("a program compiles with TypeScript %s", (version) => {
	test.each(resolutionsOf(version))(
		"a program with every entry compiles with module %s and the resolution %s, without the types of browsers",
		async (module = "", resolution = "") => {
			const files = [...filesOf("main", module), ...filesOf("every-entry", module)];
			const args = [...checked, "--module", module, "--moduleResolution", resolution, ...files];
			expect(await consumer.node(compiler(version), ...args)).toBe("");
		},
	);

	test.each(resolutionsOf(version))(
		"a program compiles with module %s and the resolution %s, without the types of browsers and of Node",
		async (_, resolution) => {
			expect(await consumer.node(compiler(version), "-p", `server-${resolution}.json`)).toBe("");
			if (resolution === "bundler") record("TypeScript", "TypeScript", consumer.version(`typescript-${version}`));
		},
	);
});

describe.each(["5.0", "6.0", "7.0"])("the messages of TypeScript %s", (version) => {
	test("wrong calls do not compile, with messages that show the right form, and right calls compile", async () => {
		const args = [
			...strict,
			"--types",
			"node",
			"--skipLibCheck",
			"--module",
			"esnext",
			"--moduleResolution",
			"bundler",
		];
		const failure = await consumer.node(compiler(version), ...args, "--pretty", "false", "calls.ts").catch(String);
		const messages = failure.split(/^(?=calls\.ts)/m).filter((message) => message.startsWith("calls.ts"));
		const lines = readFileSync(consumer.path("calls.ts"), "utf8").split("\n");
		const expected = lines.flatMap((line, index) =>
			line.startsWith("//: ") ? [{ line: index + 2, parts: line.slice(4).split(" … ") }] : [],
		);
		expect(expected.length).toBeGreaterThan(0);
		expect(messages.map((message) => Number(/\((\d+),/.exec(message)?.[1]))).toEqual(expected.map(({ line }) => line));
		const isShown = (index: number) => (part: string) =>
			part.split(" | ").some((wording) => messages[index]?.includes(wording));
		const lacking = expected.flatMap(({ parts }, index) => parts.filter((part) => !isShown(index)(part)));
		expect(lacking).toEqual([]);
	});
});

test("clients of older AWS SDK releases compile with a session, made by it and with its configuration", async () => {
	const older = new Consumer("older-sdk-versions");
	const options = [...strict, "--module", "nodenext", "--types", "node", "--skipLibCheck"];
	expect(await older.node(consumer.path(compiler("5.9")), ...options, "typed.mts")).toBe("");
});

test("the compiler writes the types of a library that exports sessions and clients", async () => {
	const args = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "--outDir", "library"];
	await consumer.node(compiler("6.0"), ...args, "--declaration", "--emitDeclarationOnly", "library.ts");
	const types = readFileSync(consumer.path("library/library.d.ts"), "utf8");
	expect(types).toContain("(session: AppSession) => DynamoDBClient");
	expect(types).not.toMatch(/\bany\b|import\("\.|dist\//);
});

test("an editor shows documentation, and leads to the sources", async () => {
	const printed = await consumer.node("editor.cjs", "node_modules/typescript-5.9");
	const shown = printed.split("\n").map((line) => line.split(" | "));
	const isInSource = ([name = "", , path = "", line = ""]: string[]) =>
		/^echostream-\w+\/src\//.test(path) && new RegExp(`\\b${name}\\b`).test(line);
	expect(shown.filter((one) => one[1] !== "documented" || !isInSource(one))).toEqual([]);
	const classes = ["ApiSession", "AppSession", "Cognito", "FileStore", "HttpHandler", "LocalTenant", "Session"];
	const options = ["clientId", "cognito", "duration", "services", "store", "tenant", "userPoolId", "username"];
	const members = ["credentials", "describeApp", "getAvailableServices", "handle", "start"];
	expect(new Set(shown.map(([name]) => name))).toEqual(new Set([...classes, ...options, ...members]));
});

test("a stack trace leads to the sources, from the ES modules and from CommonJS", async () => {
	const places = (await consumer.node("--enable-source-maps", "failing.mjs")).split("\n");
	const expected = consumer.path("node_modules/echostream-botocore/src/sessions/app-session.ts");
	expect(places.map((place) => place.replace(/(:\d+)+$/, ""))).toEqual([expected, expected]);
});
