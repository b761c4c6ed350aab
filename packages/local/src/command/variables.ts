import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Variables as a POSIX shell reads them. */
export function exportLines(variables: Readonly<Record<string, string>>): string {
	return Object.entries(variables)
		.map(([name, value]) => `export ${name}=${quoted(value)}`)
		.join("\n");
}

function quoted(value: string): string {
	return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Writes variables to a file that Node, Docker, dotenv and shells read. Replaces it whole, so that no program reads half of it. Only
 * its owner can read it.
 */
export function writeDotenv(file: string, variables: Readonly<Record<string, string>>): void {
	const lines = Object.entries(variables).map(([name, value]) => `${name}=${dotenvValue(value)}\n`);
	const temporary = `${file}.${randomBytes(8).toString("hex")}.tmp`;
	try {
		writeFileSync(temporary, lines.join(""), { mode: 0o600, flag: "wx" });
		renameSync(temporary, file);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}

/** Quoted only if necessary: Docker takes quotes as part of the value. */
function dotenvValue(value: string): string {
	if (/^[\w@%+=:,./!-]*$/.test(value)) return value;
	return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
}
