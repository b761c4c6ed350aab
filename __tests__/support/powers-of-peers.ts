import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { createRequire } from "node:module";

/** A number of jsbn, which SRP clients compute with. */
interface BigInteger {
	modPow(exponent: BigInteger, modulus: BigInteger, callback?: (error: null, power: BigInteger) => void): BigInteger;
	toString(radix: number): string;
}

export type BigIntegerClass = { new (digits: string, radix: number): BigInteger; readonly prototype: BigInteger };

const require = createRequire(import.meta.url);

/** The numbers of cognito-srp-helper. */
export const { BigInteger: helperNumbers }: { BigInteger: BigIntegerClass } = createRequire(
	require.resolve("cognito-srp-helper"),
)("jsbn");

/** Computes `base ** exponent % modulus`: unpadded RSA with the public key (modulus, exponent) is that power. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
	const [n, e] = [toBytes(modulus), toBytes(exponent)];
	const jwk = { kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") };
	const key = createPublicKey({ key: jwk, format: "jwk" });
	const message = toBytes(base, n.length);
	return BigInt(`0x${publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message).toString("hex")}`);
}

function toBytes(value: bigint, length = 0): Buffer {
	const digits = value.toString(16);
	return Buffer.from(digits.padStart(Math.max(2 * length, digits.length + (digits.length % 2)), "0"), "hex");
}

function toBigint(value: BigInteger): bigint {
	const digits = value.toString(16);
	return digits.startsWith("-") ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

/**
 * Gives the numbers of an SRP client the powers of OpenSSL, which take a fiftieth of the time of its own. Its formulas stay its
 * own. Returns its own powers.
 */
export function usePowersOfOpenSsl({ prototype }: BigIntegerClass): BigInteger["modPow"] {
	const own = prototype.modPow;
	prototype.modPow = function (exponent, modulus, callback) {
		const n = toBigint(modulus);
		const base = ((toBigint(this) % n) + n) % n;
		const result = new (this.constructor as BigIntegerClass)(power(base, toBigint(exponent), n).toString(16), 16);
		callback?.(null, result);
		return result;
	};
	return own;
}
