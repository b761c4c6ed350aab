import { constants, createPublicKey, getDiffieHellman, publicEncrypt } from "node:crypto";

/** The prime of SRP's group with 3072 bits, from OpenSSL: RFC 5054 takes it from RFC 3526, group 15. */
const PRIME = getDiffieHellman("modp15").getPrime();

/** {@link PRIME} as a number. */
export const N = BigInt(`0x${PRIME.toString("hex")}`);

/**
 * Computes `base ** exponent % N`, for a base below N, with OpenSSL: unpadded RSA with the public key (N, exponent) is that
 * power. Runtimes that do not support such a large exponent (Bun, Deno) compute with `bigint`, in five times the time.
 */
export function power(base: bigint, exponent: bigint): bigint {
	try {
		const e = toBytes(exponent).toString("base64url");
		const key = createPublicKey({ key: { kty: "RSA", n: PRIME.toString("base64url"), e }, format: "jwk" });
		const result = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, toBytes(base, PRIME.length));
		return BigInt(`0x${result.toString("hex")}`);
	} catch {
		return powerByBigInt(base, exponent);
	}
}

/** The same without OpenSSL, bit by bit. */
export function powerByBigInt(base: bigint, exponent: bigint): bigint {
	let result = 1n;
	for (const bit of exponent.toString(2)) {
		result = (result * result) % N;
		if (bit === "1") result = (result * base) % N;
	}
	return result;
}

function toBytes(value: bigint, length = 1): Buffer {
	const digits = value.toString(16);
	return Buffer.from(digits.padStart(Math.max(2 * length, digits.length + (digits.length % 2)), "0"), "hex");
}
