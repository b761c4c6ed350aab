import { realpathSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { openSession } from "../access/open-session.ts";
import { setKeyringSecret } from "../settings/keyring.ts";
import { passwordAccount } from "../settings/password.ts";
import { profilePath, writeProfile } from "../settings/profiles.ts";
import {
	PASSWORD_VARIABLES,
	readEnvironment,
	readSettings,
	requireSettings,
	type Settings,
	type SettingsFlags,
	type Variable,
} from "../settings/settings.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { awsConfigPath, writeAwsProfile } from "./aws-config.ts";

/** The flags of `echostream configure`. */
export interface ConfigureFlags extends SettingsFlags {
	/** Name of the profile in the AWS config file. */
	readonly awsProfile?: string;
	/** Whether the settings are checked by a sign-in. */
	readonly verify: boolean;
	/** Whether profiles that exist are replaced. */
	readonly force?: boolean;
}

/** What a person is prompted for, in this order. */
const PROMPTS: readonly [variable: Variable, label: string, isOptional?: boolean][] = [
	["APPSYNC_ENDPOINT", "URL of the AppSync API"],
	["TENANT", "Tenant"],
	["APP", "App (empty for the whole tenant)", true],
	["USER_POOL_ID", "ID of the Cognito user pool"],
	["CLIENT_ID", "ID of the Cognito app client"],
	["USER_NAME", "User name"],
];

/** `echostream configure`: a profile of this program, and one of AWS tools that gets its credentials from it. */
export async function configure(flags: ConfigureFlags, terminal: Terminal): Promise<void> {
	const name = flags.profile ?? (process.env.ECHOSTREAM_PROFILE?.trim() || "default");
	const isNew = profilePath(name) === undefined;
	const { profile: _, ...others } = flags;
	const base = withPassword(baseOf(name, isNew, others));
	const entered = terminal.isInteractive ? await prompted(base) : base;
	const settings = { ...entered, source: "the flags and the environment" };
	requireSettings(settings);
	const region = flags.verify
		? await withSpinner(terminal, "Signing in", () => regionOf(settings, terminal))
		: undefined;
	if (!isNew && !flags.force && !isSame(readSettings({ profile: name }), settings)) {
		throw new Error(
			`The profile ${name} exists with other settings. Pass --force to replace it, or --profile with another name.`,
		);
	}
	// First, because it may reject the name.
	const awsProfile = flags.awsProfile ?? (name === "default" ? "echostream" : `echostream-${name}`);
	const command = [process.execPath, realpathSync(process.argv[1] ?? ""), "credentials", "--profile", name];
	const values = { credential_process: command.map(quoted).join(" "), ...(region === undefined ? {} : { region }) };
	writeAwsProfile(awsConfigPath(), awsProfile, values, flags.force === true);
	const path = writeProfile(name, await withoutPassword(settings, terminal));
	terminal.printError(`Wrote the profile ${name}: ${path}`);
	terminal.printError(`Wrote the profile ${awsProfile} of AWS tools: ${awsConfigPath()}`);
	terminal.printError(`Try it: aws --profile ${awsProfile} sts get-caller-identity`);
}

/** The settings that a profile begins with. Those of a profile that exists are its new ones, where nothing else is named. */
function baseOf(name: string, isNew: boolean, flags: SettingsFlags): Settings {
	if (flags.dotenv !== undefined) return readSettings(flags);
	return isNew ? readEnvironment(flags) : readSettings({ ...flags, profile: name });
}

/** Settings with the password of the environment, if they do not name another one. It replaces that of the keyring. */
function withPassword(settings: Settings): Settings {
	const { PASSWORD } = process.env;
	if (!PASSWORD?.trim() || hasPassword(settings)) return settings;
	return { ...settings, values: { ...settings.values, PASSWORD } };
}

function hasPassword({ values }: Settings): boolean {
	return PASSWORD_VARIABLES.some((name) => values[name] !== undefined);
}

/** Whether settings are the same, whatever the password is. */
function isSame(one: Settings, other: Settings): boolean {
	const [first, second] = [one, other].map(({ values: { PASSWORD: _, ...others } }) => others);
	return isDeepStrictEqual(first, second);
}

async function prompted(settings: Settings): Promise<Settings> {
	const { askSecret, askText } = await import("../prompts.ts");
	const values: Partial<Record<Variable, string>> = { ...settings.values };
	for (const [variable, label, isOptional = false] of PROMPTS) {
		const entered = await askText(label, { initialValue: values[variable] ?? "", isOptional });
		if (entered.trim()) values[variable] = entered.trim();
		else delete values[variable];
	}
	if (!hasPassword(settings)) {
		const password = await askSecret(`Password of ${values.USER_NAME}`);
		if (password) values.PASSWORD = password;
	}
	return { ...settings, values };
}

/** The region of the tenant, by a sign-in that keeps nothing. */
async function regionOf(settings: Settings, terminal: Terminal): Promise<string> {
	const session = await openSession(settings, terminal);
	try {
		return (await session.describeTenant()).region;
	} finally {
		session.destroy();
	}
}

/** The values of a profile: a password that is known itself goes to the keyring, if there is one. */
async function withoutPassword({ values }: Settings, terminal: Terminal): Promise<Settings["values"]> {
	const { PASSWORD, USER_NAME = "", USER_POOL_ID = "", ...others } = values;
	const kept = { ...others, USER_NAME, USER_POOL_ID };
	if (PASSWORD === undefined) return kept;
	if (await setKeyringSecret(passwordAccount(USER_POOL_ID, USER_NAME), PASSWORD)) {
		terminal.printError("Stored the password in the keyring of the operating system.");
	} else {
		terminal.printError(
			"The password was not stored, because there is no keyring. Set PASSWORD where the profile is used, or configure --password-command or --password-file.",
		);
	}
	return kept;
}

/** An argument of `credential_process`, which AWS tools split at spaces. */
function quoted(argument: string): string {
	return /^[\w@%+=:,./\\-]+$/.test(argument) ? argument : `"${argument}"`;
}
