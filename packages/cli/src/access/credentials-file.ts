import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files.ts";

/** AWS credentials, as a cache has them. */
export interface CachedCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Expiry by the local clock, milliseconds since 1970. */
	readonly expiresAtMs: number;
	/** When a refresh begins, by the local clock, milliseconds since 1970. */
	readonly refreshAtMs: number;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Version of the format, the first byte. */
const FORMAT = 1;
/** Age of a temporary file of a process that was killed, milliseconds. */
const LEFTOVER_MS = 60_000;

/**
 * The file with the credentials of one user and place, encrypted by AES-256-GCM. It is replaced whole, so that a process that is killed at any
 * moment leaves the old content or the new one.
 *
 * It is what makes a cached call fast: Node reads it without loading a session.
 */
export class CredentialsFile {
	readonly #folder: string;
	readonly #key: Buffer;

	/** @param key - 32 bytes in hexadecimal. */
	constructor(folder: string, key: string) {
		this.#folder = folder;
		this.#key = Buffer.from(key, "hex");
	}

	/** The credentials. `undefined` if there are none, if a refresh is due, if the local clock was set back since they were cached, or if the file is damaged or encrypted with another key. */
	read(now: number): CachedCredentials | undefined {
		try {
			this.#checkFolder();
			const sealed = readFileSync(this.#path);
			const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(1, 1 + IV_BYTES));
			decipher.setAAD(sealed.subarray(0, 1));
			decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
			const opened = Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES, -TAG_BYTES)), decipher.final()]);
			const { cachedAtMs, ...found } = JSON.parse(opened.toString()) as CachedCredentials & { cachedAtMs: number };
			// A clock that was set back since then would make them last longer than they do.
			const isDue = now < cachedAtMs || now >= found.refreshAtMs;
			return sealed[0] === FORMAT && !isDue ? found : undefined;
		} catch {
			return undefined;
		}
	}

	/** Replaces the credentials. */
	write(credentials: CachedCredentials, now: number): void {
		mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		this.#checkFolder();
		this.#removeLeftovers();
		const iv = randomBytes(IV_BYTES);
		const head = Buffer.from([FORMAT]);
		const cipher = createCipheriv("aes-256-gcm", this.#key, iv).setAAD(head);
		const sealed = Buffer.concat([cipher.update(JSON.stringify({ ...credentials, cachedAtMs: now })), cipher.final()]);
		replaceFile(this.#path, Buffer.concat([head, iv, sealed, cipher.getAuthTag()]));
	}

	get #path(): string {
		return join(this.#folder, "credentials");
	}

	/** Throws if another user can write to the folder. Windows relies on the rights of the user's profile. */
	#checkFolder(): void {
		if (process.platform === "win32" || (statSync(this.#folder).mode & 0o022) === 0) return;
		throw new Error(`other users can write to ${this.#folder}, which \`chmod go-w\` prevents`);
	}

	#removeLeftovers(): void {
		for (const name of readdirSync(this.#folder)) {
			const path = join(this.#folder, name);
			if (!name.endsWith(".tmp")) continue;
			const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
			if (Date.now() - writtenMs > LEFTOVER_MS) rmSync(path, { force: true });
		}
	}
}
