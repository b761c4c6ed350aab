import { AuthenticationError } from "../../errors.ts";
import { base64Of, bytesOfBase64 } from "../../platform/base64.ts";
import { fromBytes, N, type SrpCrypto, srpCrypto, toBytes } from "./srp-crypto.ts";

// The formulas of Cognito's SRP, with the letters of RFC 5054: a and A are the client's secret and public value, B is the
// server's public value, and both sides compute k, u, x and S. Nothing here reads the time or uses the network.

const g = 2n;

/** The inverse of {@link g} modulo {@link N}. */
const G_INVERSE = (N + 1n) / 2n;

/** The client's keys for one login. `a` is secret, and valid for one login only. */
export interface SrpKeys {
	readonly a: bigint;
	readonly A: bigint;
}

/** Identity for a proof: a user of a pool, or a device of a group, with its password. */
export interface SrpIdentity {
	/** The part of the user pool's id after the underscore, or the device's group key. */
	readonly group: string;
	/** The `USER_ID_FOR_SRP` of the challenge, or the device's key. */
	readonly name: string;
	readonly password: string;
}

/** Cognito's response to `SRP_A`, with its field names. */
export interface SrpChallenge {
	/** Hex. */
	readonly SRP_B: string;
	/** Hex. */
	readonly SALT: string;
	/** Base64. */
	readonly SECRET_BLOCK: string;
}

/** The proof of a password, under the names of Cognito's `ChallengeResponses`. */
export type PasswordClaim = Readonly<
	Record<"TIMESTAMP" | "PASSWORD_CLAIM_SECRET_BLOCK" | "PASSWORD_CLAIM_SIGNATURE", string>
>;

/**
 * Length of `a`, bytes. RFC 5054 requires 32. This is 64 bits more than `u * x` has, because the server knows `u` and may
 * measure the power with the exponent `a + u * x`. That sum must not reveal `x`.
 */
export const A_BYTES = 72;

/** Length of a blinding value, bytes: 64 bits more than `x` has, for the same reason. */
const BLINDING_BYTES = 40;

const encoder = new TextEncoder();

function concat(...parts: (Uint8Array | string)[]): Uint8Array {
	const bytes = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part));
	const joined = new Uint8Array(bytes.reduce((length, part) => length + part.length, 0));
	let offset = 0;
	for (const part of bytes) {
		joined.set(part, offset);
		offset += part.length;
	}
	return joined;
}

/**
 * Encodes a number for Cognito's hashes: in the fewest bytes of a signed number, so with a zero byte before a high bit. RFC
 * 5054 pads to the length of N.
 */
function pad(value: bigint): Uint8Array {
	const bytes = toBytes(value);
	return (bytes[0] ?? 0) >= 0x80 ? concat(new Uint8Array(1), bytes) : bytes;
}

function invalid(what: string): AuthenticationError {
	return new AuthenticationError(
		"InvalidCognitoResponse",
		`Cognito returned a sign-in challenge with ${what}, so the sign-in was stopped. Check \`endpoint\` and \`AWS_ENDPOINT_URL\`.`,
	);
}

function parseHex(hex: string, name: string): bigint {
	if (!/^[0-9a-f]+$/i.test(hex)) throw invalid(`an invalid ${name}, which is not hexadecimal`);
	return BigInt(`0x${hex}`);
}

function fromBase64(text: string, name: string): Uint8Array {
	try {
		return bytesOfBase64(text);
	} catch {
		throw invalid(`an invalid ${name}, which is not base64`);
	}
}

async function hash(crypto: SrpCrypto, ...parts: (Uint8Array | string)[]): Promise<bigint> {
	return fromBytes(await crypto.sha256(concat(...parts)));
}

async function privateKey({ group, name, password }: SrpIdentity, salt: bigint, crypto: SrpCrypto): Promise<bigint> {
	return hash(crypto, pad(salt), await crypto.sha256(concat(group, name, ":", password)));
}

/**
 * Computes `g ** x`, for an `x` that is the same at every login of a user. The time of a power depends on its exponent, so
 * `x` is never the exponent: `g ** (x + r)` times the inverse of `g ** r` is the same number, with a new random `r` each time.
 */
function blindedPower(x: bigint, crypto: SrpCrypto): bigint {
	const r = fromBytes(crypto.randomBytes(BLINDING_BYTES));
	return (crypto.power(g, x + r) * crypto.power(G_INVERSE, r)) % N;
}

/** Creates the client's keys from {@link A_BYTES} random bytes. `A` is sent as `SRP_A`, in hex. */
export function srpKeys(random: Uint8Array, crypto = srpCrypto()): SrpKeys {
	const a = fromBytes(random);
	if (a === 0n) throw new RangeError("The random bytes of an SRP key are all zero");
	return { a, A: crypto.power(g, a) };
}

/**
 * Computes the session key that Cognito and a client with the password share.
 *
 * @throws AuthenticationError `InvalidCognitoResponse` for a `B` or `u` that is not a number, or would reveal the password.
 */
export async function srpSessionKey(
	{ a, A }: SrpKeys,
	identity: SrpIdentity,
	{ SRP_B, SALT }: Omit<SrpChallenge, "SECRET_BLOCK">,
	crypto = srpCrypto(),
): Promise<Uint8Array> {
	const B = parseHex(SRP_B, "SRP_B");
	const salt = parseHex(SALT, "SALT");
	if (B % N === 0n) throw invalid("an unsafe SRP_B");
	const u = await hash(crypto, pad(A), pad(B));
	if (u === 0n) throw invalid("an unsafe SRP_B");
	const k = await hash(crypto, pad(N), pad(g));
	const x = await privateKey(identity, salt, crypto);
	const base = (B - k * blindedPower(x, crypto)) % N;
	const S = crypto.power(base < 0n ? base + N : base, a + u * x);
	const extracted = await crypto.hmacSha256(pad(u), pad(S));
	return (await crypto.hmacSha256(extracted, concat("Caldera Derived Key", Uint8Array.of(1)))).slice(0, 16);
}

/**
 * Computes the proof of the password: the response to `PASSWORD_VERIFIER` or `DEVICE_PASSWORD_VERIFIER`.
 *
 * @param serverMs - The current time by Cognito's clock, milliseconds since 1970.
 * @throws AuthenticationError `InvalidCognitoResponse`, like {@link srpSessionKey}.
 */
export async function passwordClaim(
	keys: SrpKeys,
	identity: SrpIdentity,
	challenge: SrpChallenge,
	serverMs: number,
	crypto = srpCrypto(),
): Promise<PasswordClaim> {
	const { SECRET_BLOCK } = challenge;
	const secretBlock = fromBase64(SECRET_BLOCK, "SECRET_BLOCK");
	const key = await srpSessionKey(keys, identity, challenge, crypto);
	const TIMESTAMP = claimTimestamp(serverMs);
	const signature = await crypto.hmacSha256(key, concat(identity.group, identity.name, secretBlock, TIMESTAMP));
	return { TIMESTAMP, PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK, PASSWORD_CLAIM_SIGNATURE: base64Of(signature) };
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Formats a time for the signature, such as `Sat Aug 1 09:05:00 UTC 2026`: in English, the day without a leading zero. */
export function claimTimestamp(ms: number): string {
	const date = new Date(ms);
	const time = date.toISOString().slice(11, 19);
	return `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()} ${time} UTC ${date.getUTCFullYear()}`;
}

/** Computes the `SECRET_HASH` parameter, which proves that a program has the secret of its app client. */
export async function secretHash(
	username: string,
	clientId: string,
	clientSecret: string,
	crypto = srpCrypto(),
): Promise<string> {
	return base64Of(await crypto.hmacSha256(encoder.encode(clientSecret), encoder.encode(username + clientId)));
}

/** The verifier of a device's password, which Cognito stores. */
export interface DeviceSecretVerifier {
	readonly PasswordVerifier: string;
	readonly Salt: string;
}

/** Computes the verifier of a device's new password, with 16 random bytes as the salt. */
export async function deviceSecretVerifier(
	device: SrpIdentity,
	random: Uint8Array,
	crypto = srpCrypto(),
): Promise<DeviceSecretVerifier> {
	const salt = fromBytes(random);
	const x = await privateKey(device, salt, crypto);
	return { PasswordVerifier: base64Of(pad(blindedPower(x, crypto))), Salt: base64Of(pad(salt)) };
}
