import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { TenantRequest } from "../../http/exchange.ts";
import { S3Error } from "./s3-error.ts";

/** The algorithms of S3's checksums, as headers name them. */
export const ALGORITHMS = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;

/** The name of an algorithm. */
export type Algorithm = (typeof ALGORITHMS)[number];

/** A checksum of an object or a part. */
export interface Checksum {
	readonly algorithm: Algorithm;
	/** Base64, with `-<parts>` where it is that of the parts' checksums. */
	readonly value: string;
	readonly type: "FULL_OBJECT" | "COMPOSITE";
}

const LENGTHS: Readonly<Record<Algorithm, number>> = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 };
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** The polynomial of CRC-64/NVME, bit-reversed, in two halves. */
const CRC64_HIGH = 0x9a6c9329;
const CRC64_LOW = 0xac4bc9b5;

/** The base64 of the checksum of a content. */
export function checksumOf(algorithm: Algorithm, content: Uint8Array): string {
	switch (algorithm) {
		case "crc32":
			return word(crc32(content));
		case "crc32c":
			return word(crc32c(content));
		case "crc64nvme":
			return crc64nvme(content);
		default:
			return createHash(algorithm).update(content).digest("base64");
	}
}

/** The algorithm that a header or an element names: `SHA256`. `undefined` for none. @throws S3Error for an unknown one. */
export function algorithmNamed(name: string | undefined): Algorithm | undefined {
	if (name === undefined) return undefined;
	const found = ALGORITHMS.find((algorithm) => algorithm === name.toLowerCase());
	if (found !== undefined) return found;
	throw new S3Error(
		"InvalidRequest",
		400,
		"Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
	);
}

/**
 * Checks the body of a request against `Content-MD5` and `x-amz-checksum-…`, which may have been a trailer. Returns the checksum that it
 * came with. `undefined` if it came with none.
 *
 * @throws S3Error `BadDigest`, `InvalidDigest` or `InvalidRequest`.
 */
export function checkDigests({ body, headers }: Pick<TenantRequest, "body" | "headers">): Checksum | undefined {
	const md5 = headers["content-md5"];
	if (md5 !== undefined) {
		if (!isBase64Of(16, md5))
			throw new S3Error("InvalidDigest", 400, "The Content-MD5 you specified was invalid.", { "Content-MD5": md5 });
		const calculated = createHash("md5").update(body).digest("base64");
		if (calculated !== md5) {
			throw new S3Error("BadDigest", 400, "The Content-MD5 you specified did not match what we received.", {
				ExpectedDigest: md5,
				CalculatedDigest: calculated,
			});
		}
	}
	const stated = statedChecksum(headers);
	if (stated === undefined) return undefined;
	if (checksumOf(stated.algorithm, body) !== stated.value) throw badChecksum(stated.algorithm);
	return { ...stated, type: "FULL_OBJECT" };
}

/** The one checksum that the headers of a request state. @throws S3Error for a malformed one, and for two. */
export function statedChecksum(headers: TenantRequest["headers"]): Omit<Checksum, "type"> | undefined {
	const stated = ALGORITHMS.flatMap((algorithm) => {
		const value = headers[`x-amz-checksum-${algorithm}`];
		return value === undefined ? [] : [{ algorithm, value }];
	});
	const [first, second] = stated;
	if (second !== undefined) {
		throw new S3Error(
			"InvalidRequest",
			400,
			"Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
		);
	}
	if (first !== undefined && !isBase64Of(LENGTHS[first.algorithm], first.value.replace(/-\d+$/, ""))) {
		throw new S3Error("InvalidRequest", 400, `Value for x-amz-checksum-${first.algorithm} header is invalid.`);
	}
	const announced = algorithmNamed(headers["x-amz-sdk-checksum-algorithm"]);
	if (announced !== undefined && first?.algorithm !== announced) {
		throw new S3Error(
			"InvalidRequest",
			400,
			"x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
		);
	}
	return first;
}

/** S3's error for a content that does not have the stated checksum. */
export function badChecksum(algorithm: Algorithm): S3Error {
	return new S3Error(
		"BadDigest",
		400,
		`The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
	);
}

/** A checksum as headers of a response. */
export function checksumHeaders({ algorithm, type, value }: Checksum): Record<string, string> {
	return { [`x-amz-checksum-${algorithm}`]: value, "x-amz-checksum-type": type };
}

function isBase64Of(bytes: number, value: string): boolean {
	const decoded = Buffer.from(value, "base64");
	return decoded.length === bytes && decoded.toString("base64") === value;
}

function word(value: number): string {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes.toString("base64");
}

function table32(polynomial: number): Uint32Array {
	return Uint32Array.from({ length: 256 }, (_, byte) => {
		let value = byte;
		for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
		return value;
	});
}

let crc32cTable: Uint32Array | undefined;

function crc32c(content: Uint8Array): number {
	crc32cTable ??= table32(CRC32C_POLYNOMIAL);
	let crc = 0xffffffff;
	// By index, because an iterator takes ten times as long.
	for (let index = 0; index < content.length; index++) {
		crc = (crc >>> 8) ^ (crc32cTable[(crc ^ (content[index] as number)) & 0xff] as number);
	}
	return ~crc >>> 0;
}

let crc64Table: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined;

function table64(): { high: Uint32Array; low: Uint32Array } {
	const high = new Uint32Array(256);
	const low = new Uint32Array(256);
	for (let byte = 0; byte < 256; byte++) {
		let [h, l] = [0, byte];
		for (let bit = 0; bit < 8; bit++) {
			const isOdd = (l & 1) === 1;
			l = (l >>> 1) | ((h & 1) << 31);
			h >>>= 1;
			if (isOdd) {
				h ^= CRC64_HIGH;
				l ^= CRC64_LOW;
			}
		}
		high[byte] = h;
		low[byte] = l;
	}
	return { high, low };
}

function crc64nvme(content: Uint8Array): string {
	crc64Table ??= table64();
	const { high, low } = crc64Table;
	let [h, l] = [0xffffffff, 0xffffffff];
	for (let index = 0; index < content.length; index++) {
		const entry = (l ^ (content[index] as number)) & 0xff;
		l = ((l >>> 8) | (h << 24)) ^ (low[entry] as number);
		h = (h >>> 8) ^ (high[entry] as number);
	}
	const bytes = Buffer.alloc(8);
	bytes.writeUInt32BE(~h >>> 0, 0);
	bytes.writeUInt32BE(~l >>> 0, 4);
	return bytes.toString("base64");
}
