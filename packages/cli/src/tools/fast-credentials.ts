import { cachedCredentials, isCached, openCache } from "../access/cache.ts";
import { readSettings } from "../settings/settings.ts";
import { processCredentials } from "./process-credentials.ts";

/**
 * The output of `credentials` or `credentials --profile <name>` from the cache, without a parser of arguments, an AWS SDK or a session,
 * which take longer to load than all of the rest. `undefined` for any other command, if nothing is cached, or if anything is wrong, which the
 * ordinary way reports.
 */
export async function fastCredentials([command, flag, profile, ...others]: readonly string[]): Promise<
	string | undefined
> {
	const isPlain = command === "credentials" && others.length === 0;
	if (!isPlain || (flag !== undefined && (flag !== "--profile" || profile === undefined))) return undefined;
	try {
		const settings = readSettings(profile === undefined ? {} : { profile });
		if (!isCached(settings)) return undefined;
		const cache = await openCache(settings);
		const credentials = cachedCredentials(cache);
		return credentials === undefined ? undefined : processCredentials(credentials);
	} catch {
		return undefined;
	}
}
