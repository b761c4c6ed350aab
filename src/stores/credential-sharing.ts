import type { RenewalCaller, SharedEntry } from "./shared-entry.ts";

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
	readonly #entry: SharedEntry<SharedCredentials>;

	constructor(entry: SharedEntry<SharedCredentials>) {
		this.#entry = entry;
	}

	/**
	 * Returns the credentials of another process, if they are new, else those of `fetch`.
	 *
	 * @param isNew - Whether credentials can be used as they are.
	 */
	fetch(
		isNew: (credentials: SharedCredentials) => boolean,
		fetch: () => Promise<SharedCredentials>,
		caller: RenewalCaller,
	): Promise<SharedCredentials> {
		return this.#entry.renew((content) => isCredentials(content) && isNew(content), fetch, caller);
	}
}

function isCredentials({ accessKeyId, expiresAtMs, secretAccessKey, sessionToken }: SharedCredentials): boolean {
	const texts = [accessKeyId, secretAccessKey, sessionToken];
	return texts.every((text) => typeof text === "string") && typeof expiresAtMs === "number";
}
