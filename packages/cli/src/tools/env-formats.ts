import { printableJson } from "../printable-json.ts";

/** How variables are printed. */
export const FORMATS = ["posix", "fish", "powershell", "dotenv", "json"] as const;

/** A syntax for variables. */
export type Format = (typeof FORMATS)[number];

/** Variables as a shell, a file of variables or a program reads them. */
export function formatted(variables: Readonly<Record<string, string>>, format: Format): string {
	if (format === "json") return printableJson(variables, 2);
	const line = LINES[format];
	return Object.entries(variables)
		.map(([name, value]) => line(name, value))
		.join("\n");
}

const LINES: Readonly<Record<Exclude<Format, "json">, (name: string, value: string) => string>> = {
	posix: (name, value) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`,
	fish: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, String.raw`\$&`)}'`,
	powershell: (name, value) => `$Env:${name} = '${value.replaceAll("'", "''")}'`,
	dotenv: (name, value) => `${name}="${value}"`,
};
