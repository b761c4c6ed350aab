import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachedCredentials, isCached, openCache } from "../access/cache.ts";
import { cacheFolder, configFolder } from "../settings/folders.ts";
import type { Settings } from "../settings/settings.ts";
import type { Finding } from "./checkup.ts";
import { Problem } from "./problem.ts";

/** Checks that the cache can be written, that only its user can read it, and what is in it. */
export async function checkCache(settings: Settings): Promise<Finding<object>> {
	tryToWrite(cacheFolder(), "ECHOSTREAM_CACHE_DIR");
	tryToWrite(configFolder(), "ECHOSTREAM_CONFIG_DIR");
	const wasCached = isCached(settings);
	const cache = await openCache(settings);
	const open = [cache.folder, join(cache.folder, "credentials"), join(configFolder(), "cache-key")].filter(isOpen);
	const until = cachedCredentials(cache)?.expiresAtMs;
	const content = until === undefined ? "no current credentials" : `credentials until ${new Date(until).toISOString()}`;
	const detail = wasCached ? content : "empty";
	if (open.length === 0) return { value: {}, detail };
	const warning = new Problem(
		`Other users of this machine can read ${open.join(" and ")}.`,
		`Run: chmod go-rwx ${open.map((path) => `'${path}'`).join(" ")}`,
	);
	return { value: {}, detail, warning };
}

function tryToWrite(folder: string, variable: string): void {
	const path = join(folder, `doctor-${randomUUID()}.tmp`);
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(path, "", { mode: 0o600 });
		rmSync(path);
	} catch (error) {
		throw new Problem(
			`The folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
			`Make it a folder that you own, or name another one in ${variable}. Until then, pass --no-cache: each command then signs in.`,
		);
	}
}

/** Whether others than its user can read a file or folder. Windows has no such modes. */
function isOpen(path: string): boolean {
	const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
	return process.platform !== "win32" && (mode & 0o077) !== 0;
}
