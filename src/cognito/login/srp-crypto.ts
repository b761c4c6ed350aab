import { AuthenticationError } from "../../errors.ts";

/** Cryptographic functions of the Secure Remote Password protocol. Sizes are in bytes. Numbers are not negative. */
export interface SrpCrypto {
	sha256(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
	hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array | Promise<Uint8Array>;
	/** Computes `base ** exponent % N`, for a base below {@link N}. Its time depends on the exponent. */
	power(base: bigint, exponent: bigint): bigint;
	/** Returns random bytes for secrets. */
	randomBytes(length: number): Uint8Array;
}

/** The prime of Cognito's SRP group, with 3072 bits: https://www.rfc-editor.org/rfc/rfc5054#appendix-A */
export const N = BigInt(
	"0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
		"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
		"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
		"83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
		"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
		"15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7" +
		"abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c" +
		"bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);

const N_BYTES = 384;

/** Bits of the exponent per step. Four save a fifth of the multiplications. */
const WINDOW_BITS = 4;

/** Portable implementation: about 2 ms for an exponent of 256 bits. */
export function powerByBigInt(base: bigint, exponent: bigint): bigint {
	const table = [1n];
	for (let i = 1; i < 2 ** WINDOW_BITS; i++) table.push(((table[i - 1] ?? 1n) * base) % N);
	let result = 1n;
	for (const digit of exponent.toString(2 ** WINDOW_BITS)) {
		for (let i = 0; i < WINDOW_BITS; i++) result = (result * result) % N;
		result = (result * (table[Number.parseInt(digit, 2 ** WINDOW_BITS)] ?? 1n)) % N;
	}
	return result;
}

/** Node's Buffer, if there is one: it converts without a string or a number per byte. */
const { Buffer } = globalThis as { Buffer?: typeof globalThis.Buffer };

/** Encodes a number, most significant byte first, with leading zeros up to `length` bytes. */
export function toBytes(value: bigint, length = 0): Uint8Array {
	const digits = value.toString(16).padStart(2 * length, "0");
	const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
	if (Buffer !== undefined) return Buffer.from(hex, "hex");
	return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** Decodes a number, most significant byte first. */
export function fromBytes(bytes: Uint8Array): bigint {
	if (Buffer !== undefined) return BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
	let hex = "0x0";
	for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
	return BigInt(hex);
}

type NodeCrypto = typeof import("node:crypto");

/**
 * Implementation with `node:crypto`.
 *
 * Unpadded RSA with a public key (N, exponent) is a power modulo N. OpenSSL takes 0.6 ms for 256 bits. Diffie-Hellman would be
 * the obvious choice, but Node 24 takes 1.5 s to prove that N is prime, and Node 22 supports no other base. Runtimes that do
 * not support such a large exponent (Bun, Deno) compute with BigInt.
 */
export function nodeSrpCrypto({
	createHash,
	createHmac,
	createPublicKey,
	publicEncrypt,
	randomBytes,
	constants,
}: NodeCrypto): SrpCrypto {
	const base64Url = (bytes: Uint8Array) => globalThis.Buffer.from(bytes).toString("base64url");
	const n = base64Url(toBytes(N));
	return {
		sha256: (message) => createHash("sha256").update(message).digest(),
		hmacSha256: (key, message) => createHmac("sha256", key).update(message).digest(),
		power(base, exponent) {
			try {
				const e = base64Url(toBytes(exponent));
				const key = createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
				return fromBytes(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, toBytes(base, N_BYTES)));
			} catch {
				return powerByBigInt(base, exponent);
			}
		},
		randomBytes: (length) => randomBytes(length),
	};
}

/** Implementation for browsers and all other runtimes. */
export function webSrpCrypto(crypto: Pick<Crypto, "subtle" | "getRandomValues">): SrpCrypto {
	const { subtle } = crypto;
	return {
		async sha256(message) {
			return new Uint8Array(await subtle.digest("SHA-256", Uint8Array.from(message)));
		},
		async hmacSha256(key, message) {
			const algorithm = { name: "HMAC", hash: "SHA-256" };
			const imported = await subtle.importKey("raw", Uint8Array.from(key), algorithm, false, ["sign"]);
			return new Uint8Array(await subtle.sign("HMAC", imported, Uint8Array.from(message)));
		},
		power: powerByBigInt,
		randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
	};
}

/**
 * Returns the fastest implementation for the runtime.
 *
 * @throws AuthenticationError `NoWebCrypto` in a page that is not secure.
 */
export function srpCrypto(): SrpCrypto {
	const { process, crypto } = globalThis as {
		process?: { getBuiltinModule?: (id: string) => unknown };
		crypto?: Partial<Crypto>;
	};
	const native = process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined;
	if (native?.createPublicKey) return nodeSrpCrypto(native);
	if (crypto?.subtle !== undefined) return webSrpCrypto(crypto as Crypto);
	throw new AuthenticationError(
		"NoWebCrypto",
		"Signing in requires Web Crypto, which browsers provide to secure pages only. Serve this page over https, or from localhost.",
	);
}
