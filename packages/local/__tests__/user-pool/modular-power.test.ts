import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { N, power, powerByBigInt } from "../../src/user-pool/modular-power.ts";

const number = (seed: string, bytes: number) =>
	BigInt(
		`0x${Buffer.concat(Array.from({ length: bytes / 32 }, (_, i) => createHash("sha256").update(`${seed} ${i}`).digest())).toString("hex")}`,
	);

/** A power by its definition, for small exponents. */
const product = (base: bigint, exponent: number) =>
	Array.from({ length: exponent }, () => base).reduce((result, factor) => (result * factor) % N, 1n);

test("the modulus is the prime of 3072 bits whose first and last 64 bits are ones", () => {
	expect(N.toString(2)).toMatch(/^1{64}[01]{2944}1{64}$/);
	// A generator of the group, by Fermat.
	expect(powerByBigInt(2n, N - 1n)).toBe(1n);
});

test.each([
	["OpenSSL", power],
	["bigint", powerByBigInt],
])("%s computes powers modulo N, also at the limits of base and exponent", (_, compute) => {
	for (const base of [0n, 1n, 2n, 255n, 256n, N - 1n, number("base", 384) % N]) {
		for (const exponent of [1, 2, 3, 15, 16, 255, 256]) {
			expect(compute(base, BigInt(exponent))).toBe(product(base, exponent));
		}
		expect(compute(base, N)).toBe(base);
	}
});

test("OpenSSL and bigint compute the same powers of 50 pseudo-random bases and exponents", () => {
	for (let i = 0; i < 50; i++) {
		const [base, exponent] = [number(`base ${i}`, 384) % N, number(`exponent ${i}`, 32) >> BigInt(i)];
		expect(power(base, exponent)).toBe(powerByBigInt(base, exponent));
	}
});
