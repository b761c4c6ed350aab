import * as nodeCrypto from "node:crypto";
import { createHash, createHmac, getDiffieHellman, hkdfSync, webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import {
	A_BYTES,
	claimTimestamp,
	deviceSecretVerifier,
	passwordClaim,
	type SrpChallenge,
	type SrpIdentity,
	secretHash,
	srpKeys,
	srpSessionKey,
} from "../../../src/cognito/login/srp.ts";
import {
	N,
	nodeSrpCrypto,
	powerByBigInt,
	type SrpCrypto,
	srpCrypto,
	toBytes,
	webSrpCrypto,
} from "../../../src/cognito/login/srp-crypto.ts";
import { helperNumbers, usePowersOfOpenSsl } from "../../support/powers-of-peers.ts";

const require = createRequire(import.meta.url);
const vectors: typeof import("../../vectors/srp.json") = require("../../vectors/srp.json");

const ways: [string, SrpCrypto][] = [
	["Node's crypto", nodeSrpCrypto(nodeCrypto)],
	["WebCrypto and BigInt", webSrpCrypto(webcrypto as unknown as Crypto)],
	[
		"Node's crypto where it takes no large exponents",
		nodeSrpCrypto({
			...nodeCrypto,
			createPublicKey: () => {
				throw new Error("public exponent too large");
			},
		}),
	],
];

/** Computes each power, of the same base and exponent, only once. */
function remembering(crypto: SrpCrypto): SrpCrypto {
	const known = new Map<string, bigint>();
	return {
		...crypto,
		power(base, exponent) {
			const id = `${hex(base)} ${hex(exponent)}`;
			const power = known.get(id) ?? crypto.power(base, exponent);
			known.set(id, power);
			return power;
		},
	};
}

const bytes = (seed: string, length = 32): Uint8Array =>
	Buffer.concat(
		Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash("sha256").update(`${seed}/${i}`).digest()),
	).subarray(0, length);
const number = (data: Uint8Array) => BigInt(`0x0${Buffer.from(data).toString("hex")}`);
const hex = (value: bigint) => value.toString(16);

/** A server's half that shares nothing with the sources: its own prime, padding, powers and key derivation. */
const P = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const signed = (value: bigint) => {
	const digits = hex(value);
	const even = digits.length % 2 ? `0${digits}` : digits;
	return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
};
const sha = (...parts: (Buffer | string)[]) => {
	const hash = createHash("sha256");
	for (const part of parts) hash.update(part);
	return hash.digest();
};
const k = number(sha(signed(P), signed(2n)));

/** Computes the product of powers, which share the squares. */
function productOfPowers(factors: readonly (readonly [base: bigint, exponent: bigint])[]): bigint {
	const digits = factors.map(([base, exponent]) => [base, exponent.toString(2)] as const);
	let result = 1n;
	for (let place = Math.max(...digits.map(([, { length }]) => length)); place > 0; place--) {
		result = (result * result) % P;
		for (const [base, bits] of digits) if (bits.at(-place) === "1") result = (result * base) % P;
	}
	return result;
}
const power = (base: bigint, exponent: bigint) => productOfPowers([[base, exponent]]);

/** A user as the server knows it. */
function serverUser(identity: SrpIdentity, salt: bigint) {
	const x = number(sha(signed(salt), sha(`${identity.group}${identity.name}:${identity.password}`)));
	const v = power(2n, x);
	return { identity, salt, v };
}

const hashOfPublicValues = (A: bigint, B: bigint) => number(sha(signed(A), signed(B)));
const keyOf = (S: bigint, u: bigint) =>
	Buffer.from(hkdfSync("sha256", signed(S), signed(u), Buffer.from("Caldera Derived Key"), 16)).toString("hex");

const identities: SrpIdentity[] = [
	["lab.user", "P@ssw0rd1"],
	["UPPER.Case", "a:b:c"],
	["aaaabbbb-1111-2222-3333-ccccddddeeee", " lead and trail "],
	["user+tag@example.com", '"quoted\\back"'],
	["Jörg_Ünïcode", "pä$$:wörd 🔑 1"],
	["nfc", "é"],
	["nfd", "e\u0301"],
	["long", "x".repeat(256)],
].map(([name, password], i) => ({ group: `Pool${i}`, name: name as string, password: password as string }));

const powers = (
	[
		[2n, 1n],
		[2n, 2n],
		[0n, 5n],
		[1n, 5n],
		[N - 1n, 5n],
		[3n, N - 2n],
		[3n, N + 5n],
		[5n, (N - 1n) / 2n],
		[number(bytes("base", 383)), number(bytes("exponent", 96))],
		[number(bytes("base", 383)), number(bytes("exponent", 96)) - 1n],
	] as const
).map(([base, exponent]) => ({ base, exponent, result: power(base, exponent) }));

describe.each(ways)("with %s", (_, crypto) => {
	test.each(vectors.cases.map((vector, i) => [`${i} (${vector.traits.join(", ")})`, vector] as const))(
		"SRP vector %s gives the same public value, key, timestamp and signature",
		async (_, vector) => {
			const identity = {
				group: vector.userPoolId.split("_")[1] as string,
				name: vector.userIdForSrp,
				password: vector.password,
			};
			const challenge = { SRP_B: vector.srpB, SALT: vector.salt, SECRET_BLOCK: vector.secretBlock };
			const keys = srpKeys(toBytes(BigInt(`0x${vector.a}`)), crypto);
			expect(hex(keys.A)).toBe(vector.srpA);
			const once = remembering(crypto);
			const key = await srpSessionKey(keys, identity, challenge, once);
			expect(Buffer.from(key).toString("hex")).toBe(vector.key);
			expect(await passwordClaim(keys, identity, challenge, vector.timestampEpochMs, once)).toEqual({
				TIMESTAMP: vector.timestamp,
				PASSWORD_CLAIM_SECRET_BLOCK: vector.secretBlock,
				PASSWORD_CLAIM_SIGNATURE: vector.signature,
			});
		},
	);

	test("any power modulo N is correct, also at the limits of base and exponent", () => {
		for (const { base, exponent, result } of powers) expect(crypto.power(base, exponent)).toBe(result);
	});

	test("a challenge that would disclose the password, or is malformed, is rejected", async () => {
		const keys = srpKeys(bytes("refusals"), crypto);
		const [identity] = identities as [SrpIdentity];
		const good: SrpChallenge = { SRP_B: "5", SALT: "7", SECRET_BLOCK: "AAAA" };
		for (const bad of [{ SRP_B: "0" }, { SRP_B: hex(N) }, { SRP_B: hex(N * 3n) }, { SRP_B: "" }, { SRP_B: "-5" }]) {
			await expect(passwordClaim(keys, identity, { ...good, ...bad }, 0, crypto)).rejects.toMatchObject({
				code: "InvalidCognitoResponse",
			});
		}
		for (const bad of [{ SALT: "" }, { SALT: "salt" }, { SECRET_BLOCK: "*" }]) {
			await expect(passwordClaim(keys, identity, { ...good, ...bad }, 0, crypto)).rejects.toMatchObject({
				code: "InvalidCognitoResponse",
			});
		}
		const zeroHash = { ...crypto, sha256: () => new Uint8Array(32) };
		await expect(srpSessionKey(keys, identity, good, zeroHash)).rejects.toThrow("unsafe SRP_B");
		await expect(passwordClaim(keys, identity, good, 0, crypto)).resolves.toBeDefined();
		expect(() => srpKeys(new Uint8Array(32), crypto)).toThrow(RangeError);
	});

	test("the secret hash is the base64 HMAC of user name and client id under the client secret", async () => {
		const expected = createHmac("sha256", "sécret").update("Jörgclient").digest("base64");
		expect(await secretHash("Jörg", "client", "sécret", crypto)).toBe(expected);
	});

	test("a device can prove the password whose verifier it registered", async () => {
		for (const random of [bytes("device", 16), new Uint8Array(16).fill(0xff), Uint8Array.of(0, ...bytes("zero", 15))]) {
			const identity = { group: "-groupkey", name: "eu-central-1_device", password: "random+/=" };
			const verifier = await deviceSecretVerifier(identity, random, crypto);
			const user = serverUser(identity, number(Buffer.from(verifier.Salt, "base64")));
			expect(number(Buffer.from(verifier.PasswordVerifier, "base64"))).toBe(user.v);
			for (const encoded of Object.values(verifier))
				expect(Buffer.from(encoded, "base64").readInt8(0)).not.toBeLessThan(0);
			const keys = srpKeys(bytes("device login"), crypto);
			const b = 12345678901234567890n;
			const B = (k * user.v + power(2n, b)) % P;
			const key = await srpSessionKey(keys, identity, { SRP_B: hex(B), SALT: hex(user.salt) }, crypto);
			const u = hashOfPublicValues(keys.A, B);
			expect(Buffer.from(key).toString("hex")).toBe(keyOf(power((keys.A * power(user.v, u)) % P, b), u));
		}
	});
});

test("Node and browsers have different arithmetic, and Node's is OpenSSL's", () => {
	expect(srpCrypto().sha256(Buffer.from("a"))).toBeInstanceOf(Buffer);
	const { getBuiltinModule } = process;
	try {
		Object.assign(process, { getBuiltinModule: undefined });
		expect(srpCrypto().power).toBe(powerByBigInt);
	} finally {
		Object.assign(process, { getBuiltinModule });
	}
});

test("no power of a sign-in or a device has an exponent that depends on the password alone, and none is used twice", async () => {
	const exponents: bigint[] = [];
	const real = srpCrypto();
	let drawn = 0;
	const crypto: SrpCrypto = {
		...real,
		randomBytes: (length) => bytes(`blinding ${drawn++}`, length),
		power(base, exponent) {
			exponents.push(exponent);
			return real.power(base, exponent);
		},
	};
	const [identity] = identities as [SrpIdentity];
	const salt = number(bytes("blinding salt", 16));
	const { v } = serverUser(identity, salt);
	const x = number(sha(signed(salt), sha(`${identity.group}${identity.name}:${identity.password}`)));
	// One a for all: what changes from login to login is the blinding alone.
	const keys = srpKeys(bytes("blinding a", A_BYTES), real);
	const challenge = { SRP_B: hex((k * v + power(2n, 7n)) % P), SALT: hex(salt), SECRET_BLOCK: "AAAA" };
	const proofs = new Set<string>();
	for (let i = 0; i < 10; i++) {
		proofs.add((await passwordClaim(keys, identity, challenge, 0, crypto)).PASSWORD_CLAIM_SIGNATURE);
		const verifier = await deviceSecretVerifier(identity, Buffer.from(signed(salt)).subarray(-16), crypto);
		expect(number(Buffer.from(verifier.PasswordVerifier, "base64"))).toBe(v);
	}
	expect(proofs.size).toBe(1);
	// Of each login the last power has a + u x, which is the same here, and of which a is the larger part.
	const ofS = exponents.filter((exponent) => exponents.indexOf(exponent) !== exponents.lastIndexOf(exponent));
	expect(new Set(ofS).size).toBe(1);
	expect(keys.a).toBeGreaterThan(2n ** 512n);
	const blinded = exponents.filter((exponent) => !ofS.includes(exponent));
	expect(blinded).toHaveLength(40);
	expect(new Set(blinded).size).toBe(40);
	expect(blinded).not.toContain(x);
	// All of them are far longer than x, and so say nothing about it.
	for (const exponent of blinded) expect(exponent).toBeGreaterThan(2n ** 300n);
});

/** Numbers that differ in all their bits, each the sum of two of 142 random ones, so that 142 powers give those of 5,000. */
function sums(seed: string, length: number): (index: number) => readonly [bigint, bigint] {
	const summands = Array.from({ length: 142 }, (_, i) => number(bytes(`${seed} ${i}`, length)) >> 1n);
	return (index) => [summands[index % 71] as bigint, summands[71 + Math.floor(index / 71)] as bigint];
}

/** The runtime's arithmetic. A blinding value is a sum, and the powers of its summands and of the rest are computed once. */
function summingCrypto() {
	const real = srpCrypto();
	const blindingOf = sums("blinding", 40);
	let blinding: readonly [bigint, bigint] = [0n, 0n];
	let drawn = 0;
	const known = new Map<bigint, Map<bigint, bigint>>([
		[2n, new Map()],
		[(P + 1n) / 2n, new Map()],
	]);
	return {
		...real,
		/** The last power whose base is not one of the protocol. */
		S: 0n,
		randomBytes(length: number) {
			blinding = blindingOf(drawn++);
			return toBytes(blinding[0] + blinding[1], length);
		},
		power(base: bigint, exponent: bigint) {
			const ofBase = known.get(base);
			if (ofBase === undefined) {
				this.S = real.power(base, exponent);
				return this.S;
			}
			let result = 1n;
			for (const part of [...blinding, exponent - blinding[0] - blinding[1]]) {
				const power = ofBase.get(part) ?? real.power(base, part);
				ofBase.set(part, power);
				result = (result * power) % P;
			}
			return result;
		},
	} satisfies SrpCrypto & { S: bigint };
}

/** The server's check of the S of many sign-ins of a user: their product is that of all `(A * v ** u) ** b`. */
class ServerCheck {
	readonly #factors: [base: bigint, exponent: bigint][] = [];
	#exponentOfV = 0n;
	#product = 1n;

	/** Every third S counts twice, so that wrong signs do not make a right product. */
	add(S: bigint, A: bigint, u: bigint, b: bigint): void {
		const times = this.#factors.length % 3 === 0 ? 2n : 1n;
		this.#factors.push([A, b * times]);
		this.#exponentOfV += u * b * times;
		this.#product = (this.#product * S ** times) % P;
	}

	isCorrect(v: bigint): boolean {
		return this.#product === productOfPowers([...this.#factors, [v, this.#exponentOfV]]);
	}
}

test("5,000 sign-ins agree with a server's half, for short A, B, u, S and salt, and those with the high bit set", async () => {
	const users = Array.from({ length: 25 }, (_, i) => {
		const salt = number(bytes(`salt ${i}`, [16, 15, 14, 1][i % 4])) >> BigInt([0, 0, 1, 4, 8][i % 5] as number);
		const user = serverUser(identities[i % identities.length] as SrpIdentity, i === 24 ? 0n : salt);
		return { ...user, check: new ServerCheck() };
	});
	const traits = {
		short: (v: bigint, size: number) => v >> BigInt(size * 8 - 8) === 0n,
		high: (v: bigint, size: number) => v >> BigInt(size * 8 - 1) === 1n,
	};
	const wanted = [traits.short, traits.high, () => true];
	const seen = new Map<string, number>();
	const crypto = summingCrypto();
	const ofSum = (summands: ReturnType<typeof sums>, publicValue: (secret: bigint) => bigint) => {
		const known = new Map<bigint, bigint>();
		return (index: number): [secret: bigint, publicValue: bigint] => {
			const [first, second] = summands(index);
			for (const secret of [first, second]) if (!known.has(secret)) known.set(secret, publicValue(secret));
			return [first + second, ((known.get(first) as bigint) * (known.get(second) as bigint)) % P];
		};
	};
	const clientKeys = ofSum(sums("a", A_BYTES), (a) => srpKeys(toBytes(a)).A);
	const serverKeys = ofSum(sums("b", 4), (b) => power(2n, b));
	const secrets = new Set<bigint>();
	for (let i = 0; i < 5000; i++) {
		const user = users[i % users.length] as (typeof users)[number];
		// The next a doubles A, and the next b doubles g^b: so the forced ones are found, not waited for.
		let [a, A] = clientKeys(i);
		while (!wanted[i % 3]?.(A, 384)) [a, A] = [a + 1n, (A * 2n) % P];
		secrets.add(a);
		let [b, gb] = serverKeys(i);
		const kv = (k * user.v) % P;
		const publicValue = () => (kv + gb) % P;
		while (!wanted[Math.floor(i / 3) % 3]?.(publicValue(), 384)) [b, gb] = [b + 1n, (gb * 2n) % P];
		const B = publicValue();
		const u = hashOfPublicValues(A, B);
		const computed = await srpSessionKey({ a, A }, user.identity, { SRP_B: hex(B), SALT: hex(user.salt) }, crypto);
		const { S } = crypto;
		if (Buffer.from(computed).toString("hex") !== keyOf(S, u)) throw new Error(`login ${i} disagrees`);
		user.check.add(S, A, u, b);
		for (const [name, value, size] of [
			["A", A, 384],
			["B", B, 384],
			["u", u, 32],
			["S", S, 384],
			["salt", user.salt, 16],
		] as const) {
			for (const [trait, has] of Object.entries(traits)) {
				const label = `${name} ${trait}`;
				seen.set(label, (seen.get(label) ?? 0) + Number(has(value, size)));
			}
		}
	}
	expect(users.filter(({ check, v }) => !check.isCorrect(v))).toEqual([]);
	expect([...seen].filter(([, count]) => count < 5)).toEqual([]);
	expect(seen.size).toBe(10);
	expect(secrets.size).toBe(5000);
});

describe("against other clients", () => {
	const { default: AuthenticationHelper } = require("amazon-cognito-identity-js/lib/AuthenticationHelper.js");
	const { default: BigInteger } = require("amazon-cognito-identity-js/lib/BigInteger.js");
	const srpHelper: typeof import("cognito-srp-helper") = require("cognito-srp-helper");

	const numbers = [
		["amazon-cognito-identity-js", BigInteger, usePowersOfOpenSsl(BigInteger)],
		["cognito-srp-helper", helperNumbers, usePowersOfOpenSsl(helperNumbers)],
	] as const;
	test.each(numbers)("%s computes the powers that OpenSSL computes for it", (_, Numbers, ownPower) => {
		const modulus = new Numbers(hex(P), 16);
		for (const [base, exponent] of [
			["2", hex(number(bytes("peer a", 128)))],
			[hex(number(bytes("peer base", 383))), hex(number(bytes("peer x", 32)))],
			[`-${hex(number(bytes("peer difference", 400)))}`, hex(number(bytes("peer sum", 64)))],
		] as const) {
			const [b, e] = [new Numbers(base, 16), new Numbers(exponent, 16)];
			expect(b.modPow(e, modulus).toString(16)).toBe(ownPower.call(b, e, modulus, () => {}).toString(16));
		}
	});

	const identity = identities[4] as SrpIdentity;
	const challenges = Array.from({ length: 24 }, (_, i) => {
		const b = number(bytes(`oracle b ${i}`));
		const user = serverUser(
			identities[i % identities.length] as SrpIdentity,
			number(bytes(`oracle salt ${i}`, 16 - (i % 3))),
		);
		return { user, B: (k * user.v + power(2n, b)) % P, keys: srpKeys(bytes(`oracle a ${i}`)) };
	});

	test("amazon-cognito-identity-js computes the same public values and keys", async () => {
		for (const { user, B, keys } of challenges) {
			const helper = new AuthenticationHelper(user.identity.group);
			helper.smallAValue = new BigInteger(hex(keys.a), 16);
			const A = await new Promise((done) =>
				helper.calculateA(helper.smallAValue, (_: unknown, value: unknown) => done(value)),
			);
			helper.largeAValue = A;
			expect((A as { toString(radix: number): string }).toString(16)).toBe(hex(keys.A));
			const theirs = await new Promise<Uint8Array>((done) =>
				helper.getPasswordAuthenticationKey(
					user.identity.name,
					user.identity.password,
					new BigInteger(hex(B), 16),
					new BigInteger(hex(user.salt), 16),
					(_: unknown, key: Uint8Array) => done(key),
				),
			);
			const ours = await srpSessionKey(keys, user.identity, { SRP_B: hex(B), SALT: hex(user.salt) });
			expect(Buffer.from(ours).toString("hex")).toBe(Buffer.from(theirs).toString("hex"));
		}
	});

	test("cognito-srp-helper signs the same", async () => {
		for (const { user, B, keys } of challenges) {
			const { group, name, password } = user.identity;
			const now = Date.UTC(2026, 1, 3, 4, 5, 6);
			const SECRET_BLOCK = Buffer.from(bytes("block", 900)).toString("base64");
			const challenge = { SRP_B: hex(B), SALT: hex(user.salt), SECRET_BLOCK };
			const session = srpHelper.createSrpSession(name, password, `eu-central-1_${group}`, false);
			Object.assign(session, { smallA: hex(keys.a), largeA: hex(keys.A), timestamp: claimTimestamp(now) });
			const theirs = srpHelper.signSrpSession(session, {
				ChallengeName: "PASSWORD_VERIFIER",
				ChallengeParameters: { ...challenge, USER_ID_FOR_SRP: name },
			});
			const ours = await passwordClaim(keys, user.identity, challenge, now);
			expect(ours.PASSWORD_CLAIM_SIGNATURE).toBe(theirs.passwordSignature);
		}
	});

	test("cognito-srp-helper makes the same secret hash", async () => {
		expect(await secretHash(identity.name, "client", "secret")).toBe(
			srpHelper.createSecretHash(identity.name, "client", "secret"),
		);
	});
});

test("every day of a leap year is written in English, in UTC, and without a zero before the day", () => {
	const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
	const weekdays = "Sat Sun Mon Tue Wed Thu Fri".split(" ");
	let index = 0;
	for (const [month, days] of [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].entries()) {
		for (let day = 1; day <= days; day++, index++) {
			const written = `${weekdays[index % 7]} ${months[month]} ${day} 00:07:09 UTC 2028`;
			expect(claimTimestamp(Date.UTC(2028, 0, 1, 0, 7, 9, 999) + index * 86_400_000)).toBe(written);
		}
	}
	expect(index).toBe(366);
});
