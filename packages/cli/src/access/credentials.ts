import type { ApiSession, AppSession, AwsIdentity } from "echostream-botocore";
import type { Settings } from "../settings/settings.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { type Cache, cacheCredentials, cachedCredentials, cacheOf } from "./cache.ts";
import type { CachedCredentials } from "./credentials-file.ts";
import { openSession } from "./open-session.ts";

/** Maximum wait for a refresh while the current credentials are valid, milliseconds. */
const REFRESH_WAIT_MS = 5_000;

/** The AWS credentials of settings: those of the cache, if no refresh is due, else of a session. */
export async function credentialsOf(
	settings: Settings,
	terminal: Terminal,
	{ isCached }: { readonly isCached: boolean },
): Promise<CachedCredentials> {
	const cache = isCached ? await cacheOf(settings, terminal) : undefined;
	const cached = cache === undefined ? undefined : cachedCredentials(cache);
	if (cached !== undefined) return cached;
	const session = await openSession(settings, terminal, { cache });
	try {
		const credentials = await withSpinner(terminal, "Signing in", () => refreshedCredentials(session));
		if (cache !== undefined) keep(cache, credentials, terminal);
		return credentials;
	} finally {
		session.destroy();
	}
}

function keep(cache: Cache, credentials: CachedCredentials, terminal: Terminal): void {
	try {
		cacheCredentials(cache, credentials);
	} catch (error) {
		terminal.printError(`The credentials could not be cached: ${(error as Error).message}.`);
	}
}

/** The credentials of a session. If a refresh is due, the caller waits for it, because a process that ends has no background. */
async function refreshedCredentials(session: ApiSession | AppSession): Promise<CachedCredentials> {
	const source = session.getCredentials();
	const identity = await source.identity();
	if (source.refreshNeeded()) {
		const minTtlSeconds = Math.ceil((millisecondsOf(identity) - Date.now()) / 1000) + 1;
		const signal = AbortSignal.timeout(REFRESH_WAIT_MS);
		await source.identity({ minTtlSeconds, signal }).catch(() => {});
	}
	return currentCredentials(session);
}

/** The current credentials of a session, which refreshes them in the background. */
export async function currentCredentials(session: ApiSession | AppSession): Promise<CachedCredentials> {
	const source = session.getCredentials();
	const identity = await source.identity();
	return {
		accessKeyId: identity.accessKeyId,
		secretAccessKey: identity.secretAccessKey,
		sessionToken: identity.sessionToken ?? "",
		expiresAtMs: millisecondsOf(identity),
		refreshAtMs: source.refreshAt?.getTime() ?? 0,
	};
}

function millisecondsOf({ expiration }: AwsIdentity): number {
	return expiration?.getTime() ?? 0;
}
