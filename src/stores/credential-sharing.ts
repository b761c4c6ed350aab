import type { RenewalCaller, SharedEntry } from "./shared-entry.ts";
import { UNHURRIED } from "./store-access.ts";

/** What the entry contains instead of credentials once the user has signed out. */
export interface SignedOutCredentials {
	readonly [field: string]: unknown;
	readonly isSignedOut: true;
}

/** The AWS credentials of a user in a tenant or app, as the entry of a store contains them. */
export interface SharedCredentials {
	readonly [field: string]: unknown;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Expiry by the servers' clock, milliseconds since 1970. */
	readonly expiresAtMs: number;
	/** When they were fetched, by the servers' clock, milliseconds since 1970. */
	readonly issuedAtMs?: number | undefined;
	/** Region of the tenant, if it is known. */
	readonly region?: string | undefined;
}

/** The AWS credentials that several processes share. One process at a time fetches them for all. */
export class CredentialSharing {
	readonly #entry: SharedEntry<SharedCredentials | SignedOutCredentials>;

	constructor(entry: SharedEntry<SharedCredentials | SignedOutCredentials>) {
		this.#entry = entry;
	}

	/**
	 * Returns the credentials of another process, if they are new, else those of `fetch`.
	 *
	 * @param isNew - Whether credentials can be used as they are.
	 */
	async fetch(
		isNew: (credentials: SharedCredentials) => boolean,
		fetch: () => Promise<SharedCredentials>,
		caller: RenewalCaller,
	): Promise<SharedCredentials> {
		const isUsable = (content: SharedCredentials | SignedOutCredentials) => isCredentials(content) && isNew(content);
		return (await this.#entry.renew(isUsable, fetch, caller)) as SharedCredentials;
	}

	/** Replaces the credentials, also those that another process is just fetching with a token of before. */
	signOut(): Promise<boolean> {
		return this.#entry.publish({ isSignedOut: true }, UNHURRIED);
	}
}

function isCredentials(content: SharedCredentials | SignedOutCredentials): content is SharedCredentials {
	const { accessKeyId, expiresAtMs, secretAccessKey, sessionToken } = content;
	const texts = [accessKeyId, secretAccessKey, sessionToken];
	return texts.every((text) => typeof text === "string") && typeof expiresAtMs === "number";
}
