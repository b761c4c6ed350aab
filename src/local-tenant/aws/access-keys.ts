import type { TenantUser } from "../tenant-directory.ts";

/** Temporary AWS credentials that the tenant has issued. */
export interface AccessKey {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Milliseconds since 1970, whole seconds. */
	readonly expiresAt: number;
	readonly holder: TenantUser;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The AWS credentials that are out, by access key id. */
export class AccessKeys {
	readonly #keys = new Map<string, AccessKey>();
	readonly #random: (size: number) => Uint8Array;
	readonly #now: () => number;

	constructor(random: (size: number) => Uint8Array, now: () => number) {
		this.#random = random;
		this.#now = now;
	}

	/** Issues a new set that lives so many seconds. */
	issue(holder: TenantUser, seconds: number): AccessKey {
		const letters = Array.from(this.#random(16), (byte) => BASE32[byte % 32]).join("");
		const key: AccessKey = {
			accessKeyId: `ASIA${letters}`,
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

	/** Makes the keys that are out unknown: those of one user, or all. */
	revoke(username?: string): void {
		for (const key of this.#of(username)) this.#keys.delete(key.accessKeyId);
	}

	/** Makes the keys that are out end now: those of one user, or all. */
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
