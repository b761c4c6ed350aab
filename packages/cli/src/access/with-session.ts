import type { ApiSession, AppSession } from "echostream-botocore";
import { readSettings, type Settings, type SettingsFlags } from "../settings/settings.ts";
import type { Terminal } from "../terminal.ts";
import { cacheOf } from "./cache.ts";
import { openSession } from "./open-session.ts";

/** The flags of every command that works in a tenant. */
export interface SessionFlags extends SettingsFlags {
	/** Whether credentials and tokens are cached. */
	readonly cache: boolean;
}

/** Runs work with the session of a command, and destroys it. */
export async function withSession<T>(
	flags: SessionFlags,
	terminal: Terminal,
	work: (session: ApiSession | AppSession, settings: Settings) => Promise<T>,
): Promise<T> {
	const settings = readSettings(flags);
	const cache = flags.cache ? await cacheOf(settings, terminal) : undefined;
	const session = await openSession(settings, terminal, { cache });
	try {
		return await work(session, settings);
	} finally {
		session.destroy();
	}
}
