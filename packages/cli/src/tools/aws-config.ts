import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The config file of the AWS SDKs and tools. */
export function awsConfigPath(): string {
	return process.env.AWS_CONFIG_FILE || join(homedir(), ".aws", "config");
}

/**
 * Writes a profile into a config file of AWS tools. Everything else in it stays as it is, comments and order too.
 *
 * @throws Error if the profile exists and has another `credential_process`, unless `isForced`.
 */
export function writeAwsProfile(
	path: string,
	name: string,
	values: Readonly<Record<string, string>>,
	isForced: boolean,
): void {
	const before = contentOf(path);
	const section = sectionOf(before, name);
	if (
		section !== undefined &&
		!isForced &&
		!/^\s*credential_process\s*=.*\bcredentials --profile\b/m.test(section.text)
	) {
		throw new Error(
			`The profile ${name} exists in ${path}. Pass --force to replace it, or --aws-profile with another name.`,
		);
	}
	const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
	const text = [`[profile ${name}]`, ...lines, ""].join("\n");
	const end = before === "" || before.endsWith("\n") ? before : `${before}\n`;
	const after =
		section === undefined
			? `${end}${end === "" ? "" : "\n"}${text}`
			: `${before.slice(0, section.start)}${text}${section.isLast ? "" : "\n"}${before.slice(section.end)}`;
	replace(path, after);
}

/** A section of a config file: from its heading to the next one. */
function sectionOf(content: string, name: string) {
	const headings = [...content.matchAll(/^[ \t]*\[([^\]\n]*)\]/gm)];
	const index = headings.findIndex(
		([, title = ""]) => title.trim().replace(/\s+/g, " ").replace(/["']/g, "") === `profile ${name}`,
	);
	const start = headings[index]?.index;
	if (start === undefined) return undefined;
	const next = headings[index + 1]?.index;
	const end = next ?? content.length;
	return { start, end, text: content.slice(start, end), isLast: next === undefined };
}

function contentOf(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
		throw error;
	}
}

/** Replaces a file whole. One that a symbolic link leads to stays where it is. */
function replace(path: string, content: string): void {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	const stats = statSync(path, { throwIfNoEntry: false });
	const target = stats === undefined ? path : realpathSync(path);
	const temporary = `${target}.${process.pid}.tmp`;
	try {
		writeFileSync(temporary, content, { mode: stats === undefined ? 0o600 : stats.mode & 0o777 });
		renameSync(temporary, target);
	} finally {
		rmSync(temporary, { force: true });
	}
}
