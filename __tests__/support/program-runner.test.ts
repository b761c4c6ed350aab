import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ProgramRunner } from "./program-runner.ts";

const runner = new ProgramRunner();
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "program-runner-"));
});
afterAll(async () => {
	runner[Symbol.dispose]();
	await rm(folder, { recursive: true });
});

async function run(code: string, env = {}) {
	const file = join(folder, "program.mjs");
	await writeFile(file, code);
	return runner.run(file, env);
}

test("programs share a process, and have their own output and environment variables", async () => {
	const code = "console.log(process.pid, process.env.A, process.env.B); console.error(process.env.A);";
	const first = await run(code, { A: "1" });
	const second = await run(code, { B: "2" });
	const [pid] = first.stdout.split(" ");
	expect([first, second]).toEqual([
		{ code: 0, stdout: `${pid} 1 undefined\n`, stderr: "1\n" },
		{ code: 0, stdout: `${pid} undefined 2\n`, stderr: "undefined\n" },
	]);
});

test.each([
	["that throws has exit code 1", "throw new Error('failed')", 1],
	["that fails after its last line has exit code 1", "setTimeout(() => { throw new Error('failed') }, 1)", 1],
	["whose promise is rejected has exit code 1", "void Promise.reject(new Error('failed'))", 1],
	["that exits has its exit code", "console.error('failed'); process.exit(3)", 3],
	["that sets its exit code has it", "console.error('failed'); process.exitCode = 4", 4],
	["that awaits what never happens has exit code 13", "console.error('failed'); await new Promise(() => {})", 13],
	[
		"whose listener sets its exit code has it",
		"process.on('exit', () => console.error('failed') ?? (process.exitCode = 5))",
		5,
	],
	[
		"that works until its process ends has the exit code of its last work",
		"process.once('beforeExit', () => { console.error('failed'); process.exitCode = 6 })",
		6,
	],
])("a program %s, and the next one works", async (_, code, expected) => {
	expect(await run(code)).toEqual({ code: expected, stdout: "", stderr: expect.stringContaining("failed") });
	expect(await run("console.log('works')")).toEqual({ code: 0, stdout: "works\n", stderr: "" });
});

test("a program ends when nothing keeps its process alive", async () => {
	const late = "setTimeout(() => console.log('late'), 50)";
	expect(await run(late)).toEqual({ code: 0, stdout: "late\n", stderr: "" });
});
