import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files.ts";
import { InvalidInput } from "../invalid-input.ts";
import { envLines, readVariables } from "./env-file.ts";
import { configFolder } from "./folders.ts";

/** Names of profiles are names of files on every system. */
const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/;

/** The file of a profile. `undefined` if there is none. */
export function profilePath(name: string): string | undefined {
	const path = pathOf(name);
	return existsSync(path) ? path : undefined;
}

/**
 * The variables of a profile.
 *
 * @throws InvalidInput if there is no such profile.
 */
export function readProfile(name: string): Record<string, string | undefined> {
	const path = profilePath(name);
	if (path !== undefined) return readVariables(path);
	const known = profileNames();
	const others = known.length === 0 ? "There are no profiles yet." : `The profiles are ${known.join(", ")}.`;
	throw new InvalidInput(
		`The profile ${name} was not found. ${others} Create it: echostream configure --profile ${name}`,
	);
}

/** Writes a profile, which only the user can read. */
export function writeProfile(name: string, values: Readonly<Record<string, string | undefined>>): string {
	const path = pathOf(name);
	mkdirSync(profilesFolder(), { recursive: true, mode: 0o700 });
	replaceFile(path, envLines(values));
	return path;
}

/** The names of all profiles. */
export function profileNames(): string[] {
	const names = existsSync(profilesFolder()) ? readdirSync(profilesFolder()) : [];
	return names.flatMap((name) => (name.endsWith(".env") ? [name.slice(0, -".env".length)] : [])).sort();
}

function pathOf(name: string): string {
	if (!NAME.test(name)) {
		throw new InvalidInput(
			`The profile name ${JSON.stringify(name)} is invalid: it must be up to 64 letters, digits and the characters . _ - @, and begin with a letter or digit.`,
		);
	}
	return join(profilesFolder(), `${name}.env`);
}

function profilesFolder(): string {
	return join(configFolder(), "profiles");
}
