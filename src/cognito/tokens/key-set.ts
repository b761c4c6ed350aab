import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import { isRecord } from "../../platform/http-exchange.ts";
import type { ServerClock } from "../../platform/server-clock.ts";
import { SingleFlight } from "../../platform/single-flight.ts";
import type { CognitoApi } from "../api/api.ts";

/** A public key that a user pool signs its tokens with, as a JSON Web Key. Cognito signs with RS256 only. */
export type SigningKey = {
	readonly kty: "RSA";
	readonly alg: "RS256";
	readonly use: "sig";
	readonly kid: string;
	readonly n: string;
	readonly e: string;
};

/** A key set is cached for an hour, so that a withdrawn key does not stay valid. */
const MAX_AGE_MS = 3_600_000;

/** A key set that is younger than this is not fetched again for a token that names an unknown key. */
const COOLDOWN_MS = 60_000;

/** Cognito publishes two keys. */
const MAX_KEYS = 100;

/** Characters of a number in base64url: 12,288 bits. Cognito's keys have 2048. */
const MAX_NUMBER_LENGTH = 2048;

/** Whether the error is about a response that is not a key set. */
function isUnusable({ code, cause }: { readonly code: string; readonly cause?: unknown }): boolean {
	const { status = 0 } = (cause ?? {}) as { readonly status?: number };
	if (code === "CognitoUnavailable") return status >= 400 && status < 408;
	return code === "CognitoException" || code === "InvalidCognitoResponse";
}

/** Options of {@link KeySet}. */
export interface KeySetOptions {
	readonly api: CognitoApi;
	readonly userPoolId: string;
	readonly serverClock: ServerClock;
}

interface FetchedKeys {
	readonly url: string;
	readonly keys: ReadonlyMap<string, SigningKey>;
	readonly fetchedAt: number;
}

/**
 * The published keys of a user pool. They are fetched on first use, from the user's endpoint by the user's request handler,
 * and cached. The content of a token does not determine their source.
 */
export class KeySet {
	readonly #options: KeySetOptions;
	readonly #flights = new SingleFlight<FetchedKeys>();
	#fetched: FetchedKeys | undefined;

	constructor(options: KeySetOptions) {
		this.#options = options;
	}

	/**
	 * Returns the key with this id. An unknown one may be new, so the set is fetched again, at most once a minute.
	 *
	 * @throws AuthenticationError `InvalidKeySet`, or the failure of the request.
	 */
	async find(kid: string): Promise<SigningKey | undefined> {
		const { api, userPoolId, serverClock } = this.#options;
		const url = `${await api.endpoint()}/${userPoolId}/.well-known/jwks.json`;
		const known = this.#fetched?.url === url ? this.#fetched : undefined;
		const ageMs = known === undefined ? Number.POSITIVE_INFINITY : Math.abs(serverClock.now() - known.fetchedAt);
		const key = known?.keys.get(kid);
		if (ageMs < (key === undefined ? COOLDOWN_MS : MAX_AGE_MS)) return key;
		const { current } = this.#flights;
		const isJoined = current?.purpose === url;
		const request = { interactive: false, purpose: url };
		const fetched = await (isJoined ? current : this.#flights.start(request, () => this.#fetch(url))).result;
		// Without a result the endpoint has changed meanwhile.
		return fetched === undefined ? this.find(kid) : fetched.keys.get(kid);
	}

	async #fetch(url: string): Promise<FetchedKeys> {
		const { api, serverClock } = this.#options;
		try {
			const keys = signingKeys(await api.getJson(url));
			this.#fetched = { url, keys, fetchedAt: serverClock.now() };
			return this.#fetched;
		} catch (error) {
			if (isEchoStreamError(error) && !isUnusable(error)) throw error;
			throw this.#invalid(error as Error, url);
		}
	}

	#invalid(cause: Error, url: string): AuthenticationError {
		const { userPoolId } = this.#options;
		return new AuthenticationError(
			"InvalidKeySet",
			`The tokens of user pool ${userPoolId} could not be verified, because the key set from ${new URL(url).origin} is ` +
				`invalid: ${cause.message} Check userPoolId and the endpoint, and whether a proxy responds in Cognito's place.`,
			{ cause, transient: isEchoStreamError(cause) && cause.transient },
		);
	}
}

/** The keys of a key set by their ids. Keys of another kind are ignored, as RFC 7517 requires. */
function signingKeys(document: unknown): ReadonlyMap<string, SigningKey> {
	const list: unknown = isRecord(document) ? document.keys : undefined;
	if (!Array.isArray(list)) throw new Error("It is not a JSON Web Key Set.");
	if (list.length > MAX_KEYS) throw new Error(`It has ${list.length} keys, and up to ${MAX_KEYS} are read.`);
	const keys = list.flatMap((key: unknown) => signingKey(key) ?? []);
	if (keys.length === 0) throw new Error("It has no RSA key for signatures.");
	return new Map(keys.map((key) => [key.kid, key]));
}

function signingKey(key: unknown): SigningKey | undefined {
	if (!isRecord(key)) return undefined;
	const { kty, alg = "RS256", use = "sig", kid, n, e } = key;
	if (kty !== "RSA" || alg !== "RS256" || use !== "sig") return undefined;
	return typeof kid === "string" && isBase64Url(n) && isBase64Url(e) ? { kty, alg, use, kid, n, e } : undefined;
}

function isBase64Url(value: unknown): value is string {
	return typeof value === "string" && value.length <= MAX_NUMBER_LENGTH && /^[\w-]+$/.test(value);
}
