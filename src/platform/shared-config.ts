/** The section of a profile in the shared config file. Empty if there is none, and in browsers, which have no files. */
export async function profileSection(profile: string | undefined): Promise<Readonly<Record<string, string>>> {
	const files = await sharedConfigFiles();
	if (files === undefined) return {};
	const section = files.configFile[files.getProfileName(profile === undefined ? {} : { profile })] ?? {};
	return Object.fromEntries(
		Object.entries(section).filter((entry): entry is [string, string] => entry[1] !== undefined),
	);
}

/** The names of the profiles in the shared config and credentials files. */
export async function profileNames(): Promise<readonly string[]> {
	const files = await sharedConfigFiles();
	if (files === undefined) return [];
	const sections = Object.keys(files.configFile).filter((name) => !/^(sso-session|services)\./.test(name));
	return [...new Set([...sections, ...Object.keys(files.credentialsFile)])];
}

/** Whether there is a shared config or credentials file. The SDK reads settings from both. */
export function hasSharedConfigFile(): boolean {
	const { process } = globalThis as { process?: NodeJS.Process };
	const fs = process?.getBuiltinModule?.("node:fs");
	const os = process?.getBuiltinModule?.("node:os");
	if (process === undefined || fs === undefined || os === undefined) return false;
	const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, HOME } = process.env;
	const home = HOME || os.homedir();
	return [AWS_CONFIG_FILE || "~/.aws/config", AWS_SHARED_CREDENTIALS_FILE || "~/.aws/credentials"].some((path) =>
		fs.existsSync(path.startsWith("~/") ? `${home}${path.slice(1)}` : path),
	);
}

async function sharedConfigFiles() {
	if (globalThis.process?.versions?.node === undefined) return undefined;
	// Most programs never read them, and should not load the parser at startup.
	const { getProfileName, loadSharedConfigFiles } = await import("#config-files");
	// Electron and jsdom have Node's process, but may bundle the variant for browsers, which lacks this function.
	if (typeof loadSharedConfigFiles !== "function") return undefined;
	return { ...(await loadSharedConfigFiles()), getProfileName };
}
