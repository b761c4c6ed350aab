import { createHash } from "node:crypto";
import { InvalidInput } from "../invalid-input.ts";
import { readVariables } from "./env-file.ts";
import { profilePath, readProfile } from "./profiles.ts";

/** The variables that connect a session to its tenant. */
export const SESSION_VARIABLES = [
	"APPSYNC_ENDPOINT",
	"TENANT",
	"APP",
	"USER_POOL_ID",
	"CLIENT_ID",
	"USER_NAME",
] as const;

/** The variables by which a password is found, in their order of precedence. */
export const PASSWORD_VARIABLES = ["PASSWORD", "PASSWORD_COMMAND", "PASSWORD_FILE"] as const;

/** Name of a setting: a variable of the environment, of an env file or of a profile. */
export type Variable = (typeof SESSION_VARIABLES)[number] | (typeof PASSWORD_VARIABLES)[number];

/** Values of settings, by their names. A blank one is absent. */
export type Values = Readonly<Partial<Record<Variable, string>>>;

/** The flags by which a command takes settings. `tenant`, for example, replaces the variable `TENANT`. */
export interface SettingsFlags {
	readonly profile?: string;
	readonly dotenv?: string;
	readonly appsyncEndpoint?: string;
	readonly tenant?: string;
	readonly app?: string;
	readonly userPoolId?: string;
	readonly clientId?: string;
	readonly userName?: string;
	readonly passwordCommand?: string;
	readonly passwordFile?: string;
}

/** What a command works with. */
export interface Settings {
	/** Name of the profile. `undefined` if the settings come from elsewhere. */
	readonly profile: string | undefined;
	/** Where the settings come from, for people, such as `profile prod`. */
	readonly source: string;
	readonly values: Values;
	/** Name for what is cached: the same for the same settings, whatever the password. */
	readonly cacheName: string;
}

/** Name of the profile that is used if nothing else is configured. */
const DEFAULT_PROFILE = "default";

/**
 * The settings of a command. They come from one place, so that the values of two tenants never mix: the flag `--profile`, else
 * `--dotenv`, else the variable `ECHOSTREAM_PROFILE`, else the environment, else the profile `default`. Other flags replace single
 * values.
 *
 * @throws Error if a profile or file is missing or invalid.
 */
export function readSettings(flags: SettingsFlags): Settings {
	return settingsOf(baseOf(flags), flags);
}

/** The settings of the environment, even if there are profiles. Flags replace single values. */
export function readEnvironment(flags: SettingsFlags): Settings {
	return settingsOf(environmentBase(), flags);
}

function settingsOf({ source, profile, values }: Base, flags: SettingsFlags): Settings {
	const all = present({ ...values, ...valuesOf(flags) });
	const kind = profile ?? (flags.dotenv === undefined ? "environment" : "dotenv");
	const identity = SESSION_VARIABLES.map((name) => all[name] ?? "");
	const hash = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 16);
	return { profile, source, values: all, cacheName: `${kind}-${hash}` };
}

/**
 * Checks that all settings of a session are there, before a person is prompted or anything is sent.
 *
 * @throws InvalidInput that lists those that are missing.
 */
export function requireSettings({ source, values }: Settings): void {
	const missing = SESSION_VARIABLES.filter((name) => name !== "APP" && values[name] === undefined);
	if (missing.length > 0) throw new MissingSettings(source, missing);
}

/** Settings are missing. */
class MissingSettings extends InvalidInput {
	constructor(source: string, missing: readonly Variable[]) {
		const names = missing.map((name) => `  ${name} (or ${flagOf(name)})`);
		super(
			`These settings are missing in ${source}:\n${names.join("\n")}\n` +
				"Set them there, pass the flags, or create a profile: echostream configure",
		);
	}
}

/** Name of the flag of a variable, such as `--user-name`. */
function flagOf(variable: Variable): string {
	return `--${variable.toLowerCase().replaceAll("_", "-")}`;
}

/** Settings before flags replace some. */
interface Base {
	readonly source: string;
	readonly profile: string | undefined;
	readonly values: Readonly<Record<string, string | undefined>>;
}

function environmentBase(): Base {
	return { source: "the environment", profile: undefined, values: process.env };
}

function baseOf({ dotenv, profile }: SettingsFlags): Base {
	const ofProfile = (name: string) => ({ source: `profile ${name}`, profile: name, values: readProfile(name) });
	if (profile !== undefined) return ofProfile(profile);
	if (dotenv !== undefined) return { source: dotenv, profile: undefined, values: readVariables(dotenv) };
	const named = process.env.ECHOSTREAM_PROFILE?.trim();
	if (named) return ofProfile(named);
	const isSet = SESSION_VARIABLES.some((name) => process.env[name]?.trim());
	if (!isSet && profilePath(DEFAULT_PROFILE) !== undefined) return ofProfile(DEFAULT_PROFILE);
	return environmentBase();
}

/** What flags replace. One that names the source of the password removes every other source. */
function valuesOf(flags: SettingsFlags): Record<string, string> {
	const replaced = Object.entries({
		APPSYNC_ENDPOINT: flags.appsyncEndpoint,
		TENANT: flags.tenant,
		APP: flags.app,
		USER_POOL_ID: flags.userPoolId,
		CLIENT_ID: flags.clientId,
		USER_NAME: flags.userName,
	}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
	const { passwordCommand, passwordFile } = flags;
	const isPasswordNamed = passwordCommand !== undefined || passwordFile !== undefined;
	const password = { PASSWORD: "", PASSWORD_COMMAND: passwordCommand ?? "", PASSWORD_FILE: passwordFile ?? "" };
	return { ...Object.fromEntries(replaced), ...(isPasswordNamed ? password : {}) };
}

function present(values: Record<string, string | undefined>): Values {
	const names = [...SESSION_VARIABLES, ...PASSWORD_VARIABLES];
	return Object.fromEntries(names.flatMap((name) => (values[name]?.trim() ? [[name, values[name]]] : [])));
}
