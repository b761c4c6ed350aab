import { base64Of, bytesOfBase64 } from "../platform/base64.ts";

/** Iterations of PBKDF2 with SHA-256, which OWASP recommends since 2023. It takes a fifth of a second. */
const ITERATIONS = 600_000;
const IV_BYTES = 12;
/** Version of the format, the first part of each sealed text. */
const FORMAT = "1";

/** Encrypts what a store receives: AES-256-GCM by the platform's Web Crypto. */
export class EntryCipher {
	readonly #key: CryptoKey;

	private constructor(key: CryptoKey) {
		this.#key = key;
	}

	/** @param key - 32 bytes in hexadecimal. */
	static async ofKey(key: string): Promise<EntryCipher> {
		const bytes = Uint8Array.from(key.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
		return new EntryCipher(await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
	}

	/** @param salt - Different for every user. */
	static async ofPassword(password: string, salt: string): Promise<EntryCipher> {
		const material = await crypto.subtle.importKey("raw", bytesOf(password), "PBKDF2", false, ["deriveKey"]);
		const derivation = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(salt), iterations: ITERATIONS };
		const algorithm = { name: "AES-GCM", length: 256 };
		return new EntryCipher(
			await crypto.subtle.deriveKey(derivation, material, algorithm, false, ["encrypt", "decrypt"]),
		);
	}

	/** Returns a text that {@link open} accepts with the same `subject` only: printable ASCII, a third longer. */
	async seal(text: string, subject: string): Promise<string> {
		const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
		const sealed = await crypto.subtle.encrypt(algorithmOf(iv, subject), this.#key, bytesOf(text));
		return `${FORMAT}.${base64Of(iv)}.${base64Of(new Uint8Array(sealed))}`;
	}

	/** Returns what was sealed. Rejects if the key or the subject is another one, or if the text was changed. */
	async open(sealed: string, subject: string): Promise<string> {
		const [format, iv = "", content = "", ...others] = sealed.split(".");
		if (format !== FORMAT || others.length > 0) throw new Error("The format is unknown");
		const opened = await crypto.subtle.decrypt(
			algorithmOf(bytesOfBase64(iv), subject),
			this.#key,
			bytesOfBase64(content),
		);
		return new TextDecoder().decode(opened);
	}
}

/** Returns a name for something that the store must not show: SHA-256, base64 without padding. */
export async function hashed(text: string): Promise<string> {
	const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text)));
	return base64Of(hash).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function algorithmOf(iv: Uint8Array<ArrayBuffer>, subject: string): AesGcmParams {
	return { name: "AES-GCM", iv, additionalData: bytesOf(subject) };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
	return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
