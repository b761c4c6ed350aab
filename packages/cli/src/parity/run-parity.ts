import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { printableJson } from "../printable-json.ts";
import type { Terminal } from "../terminal.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { isRunnable, type ProgramRun, runProgram } from "./program-run.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const DEFAULT_TIMEOUT_SECONDS = 60;

/** Runs `echostream parity`. Returns 0 if the programs do the same, 1 if they differ, or 2 for invalid usage. */
export async function runParity(args: string[], { print, printError }: Terminal): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		options: {
			"api-user": { type: "string" },
			app: { type: "string" },
			json: { type: "boolean" },
			python: { type: "string" },
			timeout: { type: "string" },
		},
		allowPositionals: true,
	});
	const timeoutMs = Number(values.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
	const problem = problemOf(positionals, timeoutMs);
	if (problem !== undefined) {
		printError(problem);
		return 2;
	}
	const local = await import("echostream-local").catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ERR_MODULE_NOT_FOUND") return undefined;
		throw error;
	});
	if (local === undefined) {
		printError(
			"The package echostream-local, which runs the tenants of the programs, was not found. Install it: npm install --save-dev echostream-local",
		);
		return 2;
	}
	const apiUser = values["api-user"];
	const user = apiUser === undefined ? { app: values.app ?? "external-app" } : { apiUser };
	const python = values.python ?? (process.platform === "win32" ? "python" : "python3");
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	for (const signal of SIGNALS) process.on(signal, interrupt);
	try {
		const runs: ProgramRun[] = [];
		for (const path of positionals) {
			await using tenant = await local.LocalTenant.start();
			runs.push(await runProgram(path, tenant, { python, user, timeoutMs, signal: interrupted.signal }));
			if (interrupted.signal.aborted) {
				printError("Interrupted. The programs have been ended.");
				return 130;
			}
		}
		const [first, second] = runs as [ProgramRun, ProgramRun];
		const differences = differencesOf(first, second);
		const isEqual = differences.length === 0 && !runs.some(({ end }) => end === "timed out");
		if (values.json) print(printableJson({ equal: isEqual, differences, programs: runs }, 2));
		else print(describe(first, second, differences, isEqual));
		for (const { path, end, errors } of runs) {
			if (end === "timed out")
				printError(`${path} timed out after ${timeoutMs / 1000} seconds, and was ended. Set --timeout.`);
			else if (end !== "0") printError(`${path} ended with ${end}:\n${errors.trimEnd()}`);
		}
		return isEqual ? 0 : 1;
	} finally {
		for (const signal of SIGNALS) process.removeListener(signal, interrupt);
	}
}

function problemOf(programs: readonly string[], timeoutMs: number): string | undefined {
	if (programs.length !== 2) return "Name two programs: echostream parity program.py program.mjs";
	if (!(timeoutMs > 0)) return "--timeout: must be a number of seconds greater than 0";
	for (const path of programs) {
		if (!isRunnable(path)) return `${path}: must be a Python or JavaScript file: .py, .js, .mjs, .cjs, .ts or .mts`;
		if (!existsSync(path)) return `${path} was not found.`;
	}
	return undefined;
}

function describe(first: ProgramRun, second: ProgramRun, differences: readonly Difference[], isEqual: boolean): string {
	if (isEqual) {
		const counts = `${first.output.length} lines of output, ${first.requests.length} requests`;
		return `${first.path} and ${second.path} do the same: ${counts}.`;
	}
	const parts = differences.map(({ subject, diff }) =>
		[`${subject}:`, ...diff.map((line) => `  ${printable(line)}`)].join("\n"),
	);
	return [`- ${first.path}\n+ ${second.path}`, ...parts].join("\n\n");
}

/** A line of a program, without control characters. */
function printable(line: string): string {
	return printableJson(line).slice(1, -1).replaceAll('\\"', '"').replaceAll("\\\\", "\\");
}
