import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of this repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WORKFLOWS = `${ROOT}.github/workflows/`;

export interface Job {
	readonly name: string;
	/** Its settings, such as `permissions`, as text. */
	readonly settings: ReadonlyMap<string, string>;
	/** The text of each of its steps. */
	readonly steps: readonly string[];
}

export interface Workflow {
	readonly file: string;
	readonly text: string;
	readonly settings: ReadonlyMap<string, string>;
	readonly jobs: readonly Job[];
}

/** The workflows of this repository, read as far as they are written: two spaces a level, one setting a line. */
export function workflows(): Workflow[] {
	return readdirSync(WORKFLOWS).map((file) => {
		const text = readFileSync(WORKFLOWS + file, "utf8");
		const settings = settingsOf(text, 0);
		const jobs = [...settingsOf(settings.get("jobs") ?? "", 2)].map(([name, job]) => ({
			name,
			settings: settingsOf(job, 4),
			steps: [...(settingsOf(job, 4).get("steps") ?? "").matchAll(/^ {6}- .*\n(?: {8}.*\n|\s*\n)*/gm)].map(
				([step]) => step,
			),
		}));
		return { file, text, settings, jobs };
	});
}

/** The settings that are indented by this many spaces. */
export function settingsOf(text: string, indent: number): Map<string, string> {
	const deeper = " ".repeat(indent + 1);
	const pattern = new RegExp(`^ {${indent}}([\\w-]+):((?:.*\\n)(?:${deeper}.*\\n|\\s*\\n)*)`, "gm");
	return new Map([...withoutComments(text).matchAll(pattern)].map(([, name = "", value = ""]) => [name, value]));
}

/** The program of a step. */
export function programOf(step: string): string {
	const [, first = "", indented = ""] = /^ +(?:- )?run:(.*)\n((?: {10}.*\n|\s*\n)*)/m.exec(step) ?? [];
	return first.trim() === "|" ? indented.replace(/^ {10}/gm, "") : first.trim();
}

/** A text without the lines that are only a comment. */
function withoutComments(text: string): string {
	return text.replace(/^ *#.*\n/gm, "");
}
