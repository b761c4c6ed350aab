import { toBase32 } from "../base32.ts";
import type { Records } from "../data/records.ts";
import type { TenantUser } from "../network/networks.ts";

/** Temporary AWS credentials that the tenant has issued. */
export interface AccessKey {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Milliseconds since 1970, whole seconds. */
	readonly expiresAt: number;
	readonly holder: TenantUser;
}

const KEY_ID_BYTES = 10;

/** More are kept as long as they are valid. */
const MAX_EXPIRED = 10_000;

/** The AWS credentials that the tenant has issued, by access key id. */
export class AccessKeys {
	readonly #keys: Map<string, AccessKey>;
	readonly #random: (size: number) => Uint8Array;
	readonly #now: () => number;

	constructor(random: (size: number) => Uint8Array, now: () => number, records: Records) {
		this.#random = random;
		this.#now = now;
		this.#keys = records.map("accessKeys");
	}

	/** Issues credentials that expire after `seconds`. */
	issue(holder: TenantUser, seconds: number): AccessKey {
		const key: AccessKey = {
			accessKeyId: `ASIA${toBase32(this.#random(KEY_ID_BYTES))}`,
			secretAccessKey: base64(this.#random(30)),
			sessionToken: base64(this.#random(270)),
			expiresAt: Math.floor(this.#now() / 1000 + seconds) * 1000,
			holder,
		};
		this.#keys.set(key.accessKeyId, key);
		this.#forgetExpired();
		return key;
	}

	find(accessKeyId: string): AccessKey | undefined {
		return this.#keys.get(accessKeyId);
	}

	isExpired(key: AccessKey): boolean {
		return key.expiresAt <= this.#now();
	}

	/** Makes issued keys unknown: those of one user, or all. */
	revoke(username?: string): void {
		for (const key of this.#of(username)) this.#keys.delete(key.accessKeyId);
	}

	/** Makes issued keys expire now: those of one user, or all. */
	expire(username?: string): void {
		for (const key of this.#of(username)) this.#keys.set(key.accessKeyId, { ...key, expiresAt: this.#now() });
	}

	/** Forgets the oldest keys, where there are many and they have expired. */
	#forgetExpired(): void {
		for (const [id, key] of this.#keys) {
			if (this.#keys.size <= MAX_EXPIRED || !this.isExpired(key)) break;
			this.#keys.delete(id);
		}
	}

	#of(username: string | undefined): AccessKey[] {
		return [...this.#keys.values()].filter(({ holder }) => (username ?? holder.username) === holder.username);
	}
}

function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64");
}
