import { cacheOf, clearCache, isCached } from "../access/cache.ts";
import { openSession } from "../access/open-session.ts";
import { readSettings, type SettingsFlags } from "../settings/settings.ts";
import { type Terminal, withSpinner } from "../terminal.ts";

/** `echostream logout`: ends the user's sign-in everywhere, unless `local`, and removes what is cached of it. */
export async function logout(flags: SettingsFlags & { readonly local?: boolean }, terminal: Terminal): Promise<void> {
	const settings = readSettings(flags);
	if (!isCached(settings)) {
		terminal.printError(`Nobody is signed in with the settings of ${settings.source}.`);
		return;
	}
	try {
		if (!flags.local) {
			await withSpinner(terminal, "Signing out", async () => {
				const { Cognito } = await import("echostream-botocore");
				const { cognito } = await openSession(settings, terminal, { cache: await cacheOf(settings, terminal) });
				if (!(cognito instanceof Cognito)) return;
				try {
					// The access token of the cache, or one that its refresh token brings.
					await cognito.getAccessToken();
					await cognito.logout();
				} finally {
					cognito.destroy();
				}
			});
		}
	} finally {
		// Whatever Cognito responds, nothing is left here.
		clearCache(settings);
	}
	terminal.printError("Signed out. AWS credentials that programs have are valid until they expire.");
}
