import { parseArgs } from "node:util";
import { printableJson } from "../printable-json.ts";
import type { Terminal } from "../terminal.ts";
import { type LineCounts, oneToOne, type PortedProgram, portProgram, totalOf, VERDICTS } from "./port.ts";
import { readPrograms } from "./read-program.ts";

/** Runs `echostream port`. Returns 0, or 1 if a file could not be read or parsed, or 2 for invalid usage. */
export async function runPort(
	args: string[],
	{ print, printError }: Terminal,
	stdin: AsyncIterable<unknown> = process.stdin,
): Promise<number> {
	const { values, positionals } = parseArgs({ args, options: { json: { type: "boolean" } }, allowPositionals: true });
	if (positionals.length === 0) {
		printError(
			"Name a Python program: echostream port program.py. Use - for standard input, or a folder for all its programs.",
		);
		return 2;
	}
	const files = await readPrograms(positionals, stdin);
	if (files.length === 0) {
		printError(`No Python programs were found in ${positionals.join(", ")}.`);
		return 1;
	}
	const programs = files.map(portProgram);
	const lines = totalOf(programs.map((program) => program.lines));
	const packages = [...new Set(programs.flatMap((program) => program.packages))].sort();
	if (values.json) print(printableJson({ programs, lines, oneToOne: oneToOne(lines), packages }, 2));
	else for (const text of [...programs.map(describeProgram), describeTotal(lines, packages)]) print(text);
	const problems = programs.flatMap(({ path, problems }) => problems.map((one) => ({ path, ...one })));
	for (const { path, line, problem } of problems) {
		printError(
			line === undefined ? `${path} ${problem}.` : `${path}:${line}: ${problem}. Uses near this line may be missing.`,
		);
	}
	return problems.length === 0 ? 0 : 1;
}

function describeProgram({ path, uses }: PortedProgram): string {
	const table = uses.map(({ line, column, name, verdict, here, document, reason }) => [
		`${path}:${line}:${column}`,
		verdict,
		printable(name),
		here === undefined ? printable(String(reason)) : `${here.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")} (${document})`,
	]);
	const widths = [0, 1, 2].map((index) => Math.max(...table.map((cells) => cells[index]?.length ?? 0)));
	const rows = table.map((cells) =>
		cells
			.map((cell, index) => cell.padEnd(widths[index] ?? 0))
			.join("  ")
			.trimEnd(),
	);
	return rows.length === 0 ? `${path}: no use of botocore, boto3, pycognito or gql was found.` : rows.join("\n");
}

function describeTotal(lines: LineCounts, packages: readonly string[]): string {
	if (lines.total === 0) return "\nNo lines of code.";
	const share = (count: number) => `${count} (${Math.floor((count / lines.total) * 100)} %)`;
	const counts = (["plain", ...VERDICTS] as const).map((verdict) => `  ${verdict.padEnd(10)} ${share(lines[verdict])}`);
	const install = packages.length === 0 ? [] : ["", `npm install ${packages.join(" ")}`];
	return ["", `${lines.total} lines of code:`, ...counts, `  one to one ${share(oneToOne(lines))}`, ...install].join(
		"\n",
	);
}

/** A name of a program, without control characters. */
function printable(text: string): string {
	return printableJson(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("\\\\", "\\");
}
