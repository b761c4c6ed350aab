type Bytes = Uint8Array<ArrayBuffer>;

/** Length of the tag of AES-GCM, bytes. It is at the end of what was sealed. */
const TAG_BYTES = 16;

/** AES-256-GCM with one key. */
export interface EntryKey {
	seal(iv: Bytes, content: Bytes, associated: Bytes): Uint8Array | Promise<Uint8Array>;
	/** Throws or rejects if anything differs from what was sealed. */
	open(iv: Bytes, sealed: Bytes, associated: Bytes): Uint8Array | Promise<Uint8Array>;
}

/** Cryptographic functions for the entries of a store. Both implementations compute the same. */
export interface EntryCrypto {
	sha256(message: Bytes): Uint8Array | Promise<Uint8Array>;
	/** @param bytes - 32 bytes, which may be overwritten. */
	importKey(bytes: Bytes): EntryKey | Promise<EntryKey>;
	/** Derives a key by PBKDF2 with SHA-256, outside of the main thread. */
	deriveKey(password: Bytes, salt: Bytes, iterations: number): Promise<EntryKey>;
}

type NodeCrypto = typeof import("node:crypto");

/**
 * Implementation with `node:crypto`, which computes at once. Web Crypto loads more of Node, and starts the threads of its pool, which
 * takes several milliseconds of a program that does nothing else there.
 */
function nodeEntryCrypto(crypto: NodeCrypto): EntryCrypto {
	const importKey = (bytes: Uint8Array): EntryKey => {
		const key = crypto.createSecretKey(bytes);
		bytes.fill(0);
		return {
			seal(iv, content, associated) {
				const cipher = crypto.createCipheriv("aes-256-gcm", key, iv).setAAD(associated);
				return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
			},
			open(iv, sealed, associated) {
				const end = Math.max(0, sealed.length - TAG_BYTES);
				const decipher = crypto.createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
				decipher.setAAD(associated).setAuthTag(sealed.subarray(end));
				return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
			},
		};
	};
	return {
		sha256: (message) => crypto.createHash("sha256").update(message).digest(),
		importKey,
		deriveKey: (password, salt, iterations) =>
			new Promise((resolve, reject) => {
				crypto.pbkdf2(password, salt, iterations, 32, "sha256", (error, bytes) => {
					if (error === null) resolve(importKey(bytes));
					else reject(error);
				});
			}),
	};
}

/** Implementation for browsers and all other runtimes. */
function webEntryCrypto({ subtle }: Pick<Crypto, "subtle">): EntryCrypto {
	const entryKey = (key: CryptoKey): EntryKey => {
		const algorithm = (iv: Bytes, additionalData: Bytes) => ({ name: "AES-GCM", iv, additionalData });
		return {
			async seal(iv, content, associated) {
				return new Uint8Array(await subtle.encrypt(algorithm(iv, associated), key, content));
			},
			async open(iv, sealed, associated) {
				return new Uint8Array(await subtle.decrypt(algorithm(iv, associated), key, sealed));
			},
		};
	};
	return {
		async sha256(message) {
			return new Uint8Array(await subtle.digest("SHA-256", message));
		},
		async importKey(bytes) {
			return entryKey(await subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
		},
		async deriveKey(password, salt, iterations) {
			const material = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveKey"]);
			const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
			const algorithm = { name: "AES-GCM", length: 256 };
			return entryKey(await subtle.deriveKey(derivation, material, algorithm, false, ["encrypt", "decrypt"]));
		},
	};
}

/** Returns the fastest implementation for the runtime. */
export function entryCrypto(): EntryCrypto {
	const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
	const native = process?.getBuiltinModule?.("node:crypto") as Partial<NodeCrypto> | undefined;
	return native?.createDecipheriv === undefined ? webEntryCrypto(crypto) : nodeEntryCrypto(native as NodeCrypto);
}
