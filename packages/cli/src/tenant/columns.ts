import { printableText } from "../printable-json.ts";
import type { Terminal } from "../terminal.ts";

/** Rows under a heading, in columns. Columns without any value are left out. */
export function inColumns(
	headings: readonly string[],
	rows: readonly (readonly string[])[],
	terminal: Terminal,
): string {
	const texts = rows.map((row) => row.map(printableText));
	const used = headings.flatMap((_, index) => (texts.some((row) => row[index]) ? [index] : []));
	const widths = used.map((index) => Math.max(...[headings, ...texts].map((row) => row[index]?.length ?? 0)));
	const line = (row: readonly string[]) =>
		used
			.map((index, i) => (row[index] ?? "").padEnd(widths[i] ?? 0))
			.join("  ")
			.trimEnd();
	return [terminal.emphasized(line(headings)), ...texts.map(line)].join("\n");
}
