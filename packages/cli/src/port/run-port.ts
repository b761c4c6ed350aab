import { printableJson, printableText } from "../printable-json.ts";
import type { Terminal } from "../terminal.ts";
import { type LineCounts, oneToOne, type PortedProgram, portProgram, totalOf, VERDICTS } from "./port.ts";
import { readPrograms } from "./read-program.ts";

/** `echostream port`. Returns 0, or 1 if a file could not be read or parsed. */
export async function runPort(
	paths: readonly string[],
	{ json = false }: { readonly json?: boolean },
	{ print, printError, stdin }: Terminal,
): Promise<number> {
	const files = await readPrograms(paths, stdin);
	if (files.length === 0) {
		printError(`No Python programs were found in ${paths.join(", ")}.`);
		return 1;
	}
	const programs = files.map(portProgram);
	const lines = totalOf(programs.map((program) => program.lines));
	const packages = [...new Set(programs.flatMap((program) => program.packages))].sort();
	if (json) print(printableJson({ programs, lines, oneToOne: oneToOne(lines), packages }, 2));
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
		printableText(name),
		here === undefined
			? printableText(String(reason))
			: `${here.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")} (${document})`,
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
