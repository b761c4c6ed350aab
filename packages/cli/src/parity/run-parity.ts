import { existsSync } from "node:fs";
import { EXIT } from "../exit-code.ts";
import { printableJson, printableText } from "../printable-json.ts";
import type { Terminal } from "../terminal.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { isRunnable, type ProgramRun, runProgram } from "./program-run.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The flags of `echostream parity`. */
export interface ParityFlags {
	readonly apiUser?: string;
	readonly app?: string;
	readonly json?: boolean;
	readonly python?: string;
	/** Limit of each program, seconds. */
	readonly timeout: number;
}

/** `echostream parity`. Returns 0 if the programs do the same, 1 if they differ, or 2 for an invalid argument. */
export async function runParity(
	programs: readonly string[],
	{ apiUser, app = "external-app", json = false, timeout, ...flags }: ParityFlags,
	{ print, printError }: Terminal,
): Promise<number> {
	const timeoutMs = timeout * 1000;
	const problem = programs.map(problemOf).find((one) => one !== undefined);
	if (problem !== undefined) {
		printError(problem);
		return EXIT.invalid;
	}
	const local = await import("echostream-local").catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND") return undefined;
		throw error;
	});
	if (local === undefined) {
		printError(
			"The package echostream-local, which runs the tenants of the programs, was not found. Install it: npm install --save-dev echostream-local",
		);
		return EXIT.invalid;
	}
	const user = apiUser === undefined ? { app } : { apiUser };
	const python = flags.python ?? (process.platform === "win32" ? "python" : "python3");
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	for (const signal of SIGNALS) process.on(signal, interrupt);
	try {
		const runs: ProgramRun[] = [];
		for (const path of programs) {
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
		if (json) print(printableJson({ equal: isEqual, differences, programs: runs }, 2));
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

function problemOf(path: string): string | undefined {
	if (!isRunnable(path)) return `${path}: must be a Python or JavaScript file: .py, .js, .mjs, .cjs, .ts or .mts`;
	return existsSync(path) ? undefined : `${path} was not found.`;
}

function describe(first: ProgramRun, second: ProgramRun, differences: readonly Difference[], isEqual: boolean): string {
	if (isEqual) {
		const counts = `${first.output.length} lines of output, ${first.requests.length} requests`;
		return `${first.path} and ${second.path} do the same: ${counts}.`;
	}
	const parts = differences.map(({ subject, diff }) =>
		[`${subject}:`, ...diff.map((line) => `  ${printableText(line)}`)].join("\n"),
	);
	return [`- ${first.path}\n+ ${second.path}`, ...parts].join("\n\n");
}
