import { copyFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { record } from "../../scripts/record.mjs";
import { Consumer } from "./consumer.ts";

const consumer = new Consumer("plain");
const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--types", "node"];

beforeAll(async () => {
	for (const copy of ["typed.mts", "typed.cts"]) await copyFile(consumer.path("main.ts"), consumer.path(copy));
});

// The declarations of dependencies are checked as well: `skipLibCheck` is off.
describe.each(["5.4", "5.9", "6.0", "7.0"])("a program compiles with TypeScript %s", (version) => {
	const compile = (...args: string[]) =>
		consumer.node(`node_modules/typescript-${version}/bin/tsc`, ...strict, "--skipLibCheck", "false", ...args);

	test.each(["node16", "nodenext"])(
		"a program compiles as an ES module and as CommonJS, with module %s",
		async (module) => {
			expect(await compile("--module", module, "typed.mts", "typed.cts")).toBe("");
		},
	);

	// The default of ts-jest and of NestJS. TypeScript 6 deprecates it, and 7 lacks it.
	if (version.startsWith("5.")) {
		test("a program compiles as CommonJS, with the module resolution node10", async () => {
			expect(await compile("--module", "commonjs", "--moduleResolution", "node10", "main.ts")).toBe("");
		});
	}

	test("a program compiles as a bundler resolves it", async () => {
		expect(await compile("--module", "esnext", "--moduleResolution", "bundler", "main.ts")).toBe("");
		record("TypeScript", "TypeScript", consumer.version(`typescript-${version}`));
	});
});
