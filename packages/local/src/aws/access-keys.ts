import { toBase32 } from "../base32.ts";
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

/** The AWS credentials that the tenant has issued, by access key id. */
export class AccessKeys {
	readonly #keys = new Map<string, AccessKey>();
	readonly #random: (size: number) => Uint8Array;
	readonly #now: () => number;

	constructor(random: (size: number) => Uint8Array, now: () => number) {
		this.#random = random;
		this.#now = now;
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

	#of(username: string | undefined): AccessKey[] {
		return [...this.#keys.values()].filter(({ holder }) => (username ?? holder.username) === holder.username);
	}
}

function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64");
}
