import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { CredentialSharing, type SharedCredentials, type SignedOutCredentials } from "./credential-sharing.ts";
import { EntryCipher, hashed } from "./entry-cipher.ts";
import { type Content, SharedEntry } from "./shared-entry.ts";
import { StoreAccess } from "./store-access.ts";
import type { StoreEngine } from "./store-engine.ts";
import { type SharedTokens, TokenSharing } from "./token-sharing.ts";

/** Cognito's default lifetime of a refresh token. */
const TOKENS_MS = 30 * 24 * 60 * 60_000;

/** The longest lifetime of AWS credentials. After it, none of before a sign-out are valid. */
const SIGNED_OUT_MS = 12 * 60 * 60_000;

/** Options of {@link SharedLogin}. */
export interface SharedLoginOptions {
	/** The key of the program, 32 bytes in hexadecimal. */
	readonly key: string | undefined;
	/** The password from which the key is derived if the program has none. */
	readonly password: () => string | undefined;
	readonly userPoolId: string;
	readonly clientId: string;
	readonly username: string;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
}

/** What the processes of a user share: its tokens, and its credentials in each tenant and app. */
export class SharedLogin {
	readonly tokens: TokenSharing;
	readonly #options: SharedLoginOptions;
	readonly #access: StoreAccess;
	readonly #user: readonly string[];
	/** The credentials that this process has used, by their place. */
	readonly #credentials = new Map<string, CredentialSharing>();
	#cipher: Promise<EntryCipher> | undefined;
	/** The password that the key was derived from. */
	#password: string | undefined;
	#isSigningOut = false;

	constructor(store: StoreEngine, options: SharedLoginOptions) {
		const { clientId, username, userPoolId } = options;
		this.#options = options;
		this.#access = new StoreAccess({ ...options, store });
		this.#user = [userPoolId, clientId, username];
		this.tokens = new TokenSharing(this.#entry<SharedTokens>("tokens", [], () => TOKENS_MS));
	}

	/**
	 * The credentials of the user.
	 *
	 * @param place - What else they belong to: the endpoint, the tenant, the app, the lifetime.
	 * @param now - The servers' time, milliseconds since 1970.
	 */
	credentials(place: readonly string[], now: () => number): CredentialSharing {
		const id = JSON.stringify(place);
		const known = this.#credentials.get(id);
		if (known !== undefined) return known;
		const ttlMs = ({ expiresAtMs }: Content) =>
			expiresAtMs === undefined ? SIGNED_OUT_MS : Number(expiresAtMs) - now();
		const entry = this.#entry<SharedCredentials | SignedOutCredentials>("credentials", place, ttlMs);
		const credentials = new CredentialSharing(entry);
		this.#credentials.set(id, credentials);
		return credentials;
	}

	/**
	 * Replaces the tokens and the credentials that this process has used, so that no process finds them any more. Derives the key first,
	 * in the same turn, so that the caller may remove the password. Never rejects.
	 */
	async signOut(): Promise<void> {
		void this.#key();
		this.#isSigningOut = true;
		const entries = [this.tokens, ...this.#credentials.values()];
		const written = await Promise.all(entries.map((one) => one.signOut().catch(() => false)));
		this.#isSigningOut = false;
		this.clear();
		if (written.includes(false)) {
			const { log, username } = this.#options;
			log.warn(
				"signOutNotStored",
				"The sign-out could not be written to the store, which keeps the tokens and credentials",
				{ username },
			);
		}
	}

	/** Removes the derived key and the password from memory. A sign-out in progress needs them, and removes them at its end. */
	clear(): void {
		if (this.#isSigningOut) return;
		this.#cipher = undefined;
		this.#password = undefined;
	}

	#entry<T extends Content>(
		kind: string,
		place: readonly string[],
		ttlMs: (content: Content) => number,
	): SharedEntry<T> {
		const { clock, log, random, username } = this.#options;
		const subject = JSON.stringify(["echostream-botocore", 1, kind, ...this.#user, ...place]);
		let key: Promise<string> | undefined;
		return new SharedEntry<T>({
			access: this.#access,
			cipher: () => this.#key(),
			key: () => {
				key ??= hashed(subject).then((hash) => `${kind}:${hash}`);
				return key;
			},
			subject,
			ttlMs,
			clock,
			log,
			random,
			username,
		});
	}

	#key(): Promise<EntryCipher> {
		const { key } = this.#options;
		// A sign-in with another password replaces it. A sign-out removes it, and still needs the key.
		const password = key === undefined ? (this.#options.password() ?? this.#password) : undefined;
		if (this.#cipher === undefined || password !== this.#password) {
			this.#password = password;
			const cipher = this.#newCipher(password);
			this.#cipher = cipher;
			cipher.catch(() => {
				if (this.#cipher === cipher) this.#cipher = undefined;
			});
		}
		return this.#cipher;
	}

	async #newCipher(password: string | undefined): Promise<EntryCipher> {
		const { key } = this.#options;
		if (key !== undefined) return EntryCipher.ofKey(key);
		// Everybody can derive the key of an empty password. What is still in progress after a sign-out must not use it.
		if (password === undefined) throw new Error("The password that the key is derived from was removed from memory");
		return EntryCipher.ofPassword(password, JSON.stringify(this.#user));
	}
}
