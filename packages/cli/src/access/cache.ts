import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../settings/folders.ts";
import type { Settings } from "../settings/settings.ts";
import type { Terminal } from "../terminal.ts";
import { accessKey } from "./access-key.ts";
import { type CachedCredentials, CredentialsFile } from "./credentials-file.ts";

/** Where the credentials and tokens of a user and place are cached, and the key that encrypts them. */
export interface Cache {
	/** A folder that only the user can read. */
	readonly folder: string;
	/** 32 bytes in hexadecimal. */
	readonly key: string;
}

/**
 * The cache for settings.
 *
 * @throws Error if its key cannot be read or stored.
 */
export async function openCache(settings: Settings): Promise<Cache> {
	return { folder: cacheFolderOf(settings), key: await accessKey() };
}

/** The cache for settings. `undefined`, which is reported, if its key cannot be read or stored. */
export async function cacheOf(
	settings: Settings,
	{ printError }: Pick<Terminal, "printError">,
): Promise<Cache | undefined> {
	try {
		return await openCache(settings);
	} catch (error) {
		printError(`Nothing is cached: ${(error as Error).message}`);
		return undefined;
	}
}

/** Whether anything is cached for settings. */
export function isCached(settings: Settings): boolean {
	return existsSync(cacheFolderOf(settings));
}

/** Removes what is cached for settings. */
export function clearCache(settings: Settings): void {
	// Another process may write meanwhile.
	rmSync(cacheFolderOf(settings), { recursive: true, force: true, maxRetries: 5 });
}

/** The cached credentials, if no refresh is due. */
export function cachedCredentials({ folder, key }: Cache): CachedCredentials | undefined {
	return new CredentialsFile(folder, key).read(Date.now());
}

/** Caches credentials. */
export function cacheCredentials({ folder, key }: Cache, credentials: CachedCredentials): void {
	new CredentialsFile(folder, key).write(credentials, Date.now());
}

function cacheFolderOf({ cacheName }: Settings): string {
	return join(cacheFolder(), cacheName);
}
