import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Name of the folders. */
const NAME = "echostream";

/**
 * Where the profiles and the key of the cache are: `$ECHOSTREAM_CONFIG_DIR`, else `~/.config/echostream`, `~/Library/Preferences/echostream`
 * on macOS, and `%APPDATA%\echostream` on Windows.
 */
export function configFolder(): string {
	return process.env.ECHOSTREAM_CONFIG_DIR || folder("XDG_CONFIG_HOME", ".config", "Preferences", "APPDATA", "Roaming");
}

/**
 * Where the credentials are cached: `$ECHOSTREAM_CACHE_DIR`, else `~/.cache/echostream`, `~/Library/Caches/echostream` on macOS, and
 * `%LOCALAPPDATA%\echostream` on Windows.
 */
export function cacheFolder(): string {
	return process.env.ECHOSTREAM_CACHE_DIR || folder("XDG_CACHE_HOME", ".cache", "Caches", "LOCALAPPDATA", "Local");
}

/** A folder where the operating system keeps this kind of files. A relative path in a variable is ignored, as the XDG specification requires. */
function folder(xdg: string, dotted: string, library: string, variable: string, data: string): string {
	const named = process.env[process.platform === "win32" ? variable : xdg] ?? "";
	switch (process.platform) {
		case "win32":
			return join(isAbsolute(named) ? named : join(homedir(), "AppData", data), NAME);
		case "darwin":
			return join(homedir(), "Library", library, NAME);
		default:
			return join(isAbsolute(named) ? named : join(homedir(), dotted), NAME);
	}
}
