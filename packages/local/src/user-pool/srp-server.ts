import { createHash, createHmac, hkdfSync } from "node:crypto";
import { isSameSecret } from "../constant-time.ts";
import { N, power } from "./modular-power.ts";

// The letters are those of RFC 5054: N and g make the group, v is the verifier, A and B are the public halves.
//
// Sign-ins are tested against this, so it shares no formula with the client's half that it checks, and the prime comes from
// elsewhere. Only the powers are OpenSSL's on both sides, which tests of either side compare with plain `bigint`.

/** What the pool keeps of a password: enough to verify a proof of it, but not to create one. */
export interface SrpVerifier {
	readonly salt: bigint;
	readonly v: bigint;
}

/** The server's half of one SRP exchange. */
export interface SrpExchange {
	readonly A: bigint;
	readonly B: bigint;
	readonly b: bigint;
	readonly v: bigint;
}

/** What the client signs, and its signature. */
export interface SrpClaim {
	/** The part of the pool's id after the `_`; for a device its group key. */
	readonly group: string;
	/** `USER_ID_FOR_SRP`; for a device its key. */
	readonly name: string;
	/** As it was sent: base64. */
	readonly secretBlock: string;
	readonly timestamp: string;
	/** base64 */
	readonly signature: string;
}

function fromBytes(bytes: Uint8Array): bigint {
	return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** Big-endian, in as few bytes as leave the sign bit clear: Java's `BigInteger.toByteArray()`, which Cognito hashes. */
function toBytes(value: bigint): Buffer {
	const digits = value.toString(16);
	const even = digits.length % 2 === 0 ? digits : `0${digits}`;
	return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function hash(...parts: readonly (Uint8Array | string)[]): bigint {
	return fromBytes(digest(...parts));
}

function digest(...parts: readonly (Uint8Array | string)[]): Buffer {
	const sha256 = createHash("sha256");
	for (const part of parts) sha256.update(part);
	return sha256.digest();
}

/** The server's half of Cognito's SRP: 3072-bit group of RFC 5054, SHA-256, and an HMAC key by HKDF. */
export class SrpServer {
	readonly #k = hash(toBytes(N), toBytes(2n));

	/** Computes the verifier of a password. `group` and `name` are those of {@link SrpClaim}. */
	verifier(group: string, name: string, password: string, salt: bigint): SrpVerifier {
		return { salt, v: power(2n, hash(toBytes(salt), digest(group, name, ":", password))) };
	}

	/** Whether `verifier` was computed from `password`. */
	matches(verifier: SrpVerifier, group: string, name: string, password: string): boolean {
		return this.verifier(group, name, password, verifier.salt).v === verifier.v;
	}

	/** Computes `B` for the client's `A`; `undefined` where `A` is zero modulo N, which would make the key public. */
	begin(A: bigint, v: bigint, b: bigint): SrpExchange | undefined {
		if (A % N === 0n) return undefined;
		return { A, B: (this.#k * v + power(2n, b)) % N, b, v };
	}

	/** Whether the client's signature proves that it knows the password. */
	isProven({ A, B, b, v }: SrpExchange, claim: SrpClaim): boolean {
		const u = hash(toBytes(A), toBytes(B));
		const S = power((A * power(v, u)) % N, b);
		const key = hkdfSync("sha256", toBytes(S), toBytes(u), "Caldera Derived Key", 16);
		const expected = createHmac("sha256", new Uint8Array(key))
			.update(claim.group)
			.update(claim.name)
			.update(Buffer.from(claim.secretBlock, "base64"))
			.update(claim.timestamp)
			.digest();
		return isSameSecret(Buffer.from(claim.signature, "base64"), expected);
	}
}
