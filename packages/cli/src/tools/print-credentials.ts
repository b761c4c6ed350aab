import { credentialsOf } from "../access/credentials.ts";
import { readSettings, type SettingsFlags } from "../settings/settings.ts";
import type { Terminal } from "../terminal.ts";
import { processCredentials } from "./process-credentials.ts";

/** `echostream credentials`. */
export async function printCredentials(
	flags: SettingsFlags & { readonly cache: boolean },
	terminal: Terminal,
): Promise<void> {
	terminal.print(processCredentials(await credentialsOf(readSettings(flags), terminal, { isCached: flags.cache })));
}
