import { base64Of, bytesOfBase64 } from "../platform/base64.ts";
import { type EntryKey, entryCrypto } from "./entry-crypto.ts";

/** Iterations of PBKDF2 with SHA-256, which OWASP recommends since 2023. It takes a fifth of a second. */
const ITERATIONS = 600_000;
const IV_BYTES = 12;
/** Version of the format, the first part of each sealed text. */
const FORMAT = "1";

/** Encrypts what a store receives: AES-256-GCM. */
export class EntryCipher {
	readonly #key: EntryKey;

	private constructor(key: EntryKey) {
		this.#key = key;
	}

	/** @param key - 32 bytes in hexadecimal. */
	static async ofKey(key: string): Promise<EntryCipher> {
		const bytes = Uint8Array.from(key.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
		return new EntryCipher(await entryCrypto().importKey(bytes));
	}

	/** @param salt - Different for every user. */
	static async ofPassword(password: string, salt: string): Promise<EntryCipher> {
		return new EntryCipher(await entryCrypto().deriveKey(bytesOf(password), bytesOf(salt), ITERATIONS));
	}

	/** Returns a text that {@link open} accepts with the same `subject` only: printable ASCII, a third longer. */
	async seal(text: string, subject: string): Promise<string> {
		const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
		const sealed = await this.#key.seal(iv, bytesOf(text), bytesOf(subject));
		return `${FORMAT}.${base64Of(iv)}.${base64Of(sealed)}`;
	}

	/** Returns what was sealed. Rejects if the key or the subject is another one, or if the text was changed. */
	async open(sealed: string, subject: string): Promise<string> {
		const [format, iv = "", content = "", ...others] = sealed.split(".");
		if (format !== FORMAT || others.length > 0) throw new Error("The format is unknown");
		const opened = await this.#key.open(bytesOfBase64(iv), bytesOfBase64(content), bytesOf(subject));
		return new TextDecoder().decode(opened);
	}
}

/** Returns a name for something that the store must not show: SHA-256, base64 without padding. */
export async function hashed(text: string): Promise<string> {
	const hash = base64Of(await entryCrypto().sha256(bytesOf(text)));
	return hash.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
	return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
