import { mkdirSync, realpathSync, statSync } from "node:fs";
import { devNull, homedir } from "node:os";
import { dirname, join } from "node:path";
import { replaceFile, textOf } from "../files.ts";

/** The config file of the AWS SDKs and tools. */
export function awsConfigPath(): string {
	return process.env.AWS_CONFIG_FILE || join(homedir(), ".aws", "config");
}

/** Their file of static credentials. */
function awsCredentialsPath(): string {
	return process.env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), ".aws", "credentials");
}

/**
 * Writes a profile into a config file of AWS tools. Everything else in it stays as it is, comments and order too, and so do other
 * keys of a profile that this function wrote before.
 *
 * @throws Error if the profile exists and has another `credential_process`, unless `isForced`, or if the path is that of a device.
 */
export function writeAwsProfile(
	path: string,
	name: string,
	values: Readonly<Record<string, string>>,
	isForced: boolean,
): void {
	if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
		throw new Error(`The profile ${name} could not be written: ${path} is not a file. Check AWS_CONFIG_FILE.`);
	}
	const before = textOf(path) ?? "";
	const [section] = sectionsOf(before, name);
	const isOwn = section !== undefined && /^\s*credential_process\s*=.*\bcredentials --profile\b/m.test(section.text);
	if (section !== undefined && !isForced && !isOwn) {
		throw new Error(
			`The profile ${name} exists in ${path}. Pass --force to replace it, or --aws-profile with another name.`,
		);
	}
	const isReplaced = (line: string) => Object.keys(values).some((key) => new RegExp(`^${key}\\s*=`).test(line));
	const heading = name === "default" ? "[default]" : `[profile ${name}]`;
	const [first = heading, ...others] = isOwn ? section.text.replace(/\n$/, "").split("\n") : [];
	const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
	const text = [first, ...lines, ...others.filter((line) => !isReplaced(line)), ""].join("\n");
	const end = before === "" || before.endsWith("\n") ? before : `${before}\n`;
	const after =
		section === undefined
			? `${end}${end === "" ? "" : "\n"}${text}`
			: `${before.slice(0, section.start)}${text}${before.slice(section.end)}`;
	replace(path, after);
}

/** Keys of a profile by which AWS SDKs find credentials. */
const CREDENTIAL_KEYS =
	/^(aws_access_key_id|credential_process|credential_source|login_session|role_arn|sso_\w+|web_identity_token_file)\s*=/im;

/**
 * Variables that hide the files of AWS tools whose profile `default` has credentials of its own. AWS SDKs prefer these to the credentials
 * of an endpoint, so that a program would work in another AWS account.
 */
export function variablesWithoutDefaultProfile(): Record<string, string> {
	const paths = { AWS_CONFIG_FILE: awsConfigPath(), AWS_SHARED_CREDENTIALS_FILE: awsCredentialsPath() };
	return Object.fromEntries(
		Object.entries(paths).flatMap(([name, path]) =>
			sectionsOf(textOf(path) ?? "", "default").some(({ text }) => CREDENTIAL_KEYS.test(text)) ? [[name, devNull]] : [],
		),
	);
}

/** The sections of a profile. Each ends before the comments above the next heading. */
function sectionsOf(content: string, name: string) {
	const titles = name === "default" ? ["default", "profile default"] : [`profile ${name}`];
	const headings = [...content.matchAll(/^[ \t]*\[([^\]\n]*)\]/gm)];
	return headings.flatMap(({ 1: title = "", index: start }, position) => {
		if (!titles.includes(title.trim().replace(/\s+/g, " ").replace(/["']/g, ""))) return [];
		const whole = content.slice(start, headings[position + 1]?.index);
		const text = whole.replace(/(?<=\n)([ \t]*([#;].*)?\r?\n|[ \t]*[#;].*$|[ \t]+$)*$/, "");
		return [{ start, end: start + text.length, text }];
	});
}

/** Replaces a file, with its mode. One that a symbolic link leads to stays where it is. */
function replace(path: string, content: string): void {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	const stats = statSync(path, { throwIfNoEntry: false });
	if (stats === undefined) replaceFile(path, content);
	else replaceFile(realpathSync(path), content, stats.mode & 0o777);
}
