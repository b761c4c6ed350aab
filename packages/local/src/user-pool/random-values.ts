import { randomBytes } from "node:crypto";

/** Returns `size` random bytes. */
type RandomBytes = (size: number) => Uint8Array;

/** Random values in Cognito's formats, from one source, which tests may seed. */
export class RandomValues {
	readonly #bytes: RandomBytes;

	constructor(bytes: RandomBytes = randomBytes) {
		this.#bytes = bytes;
	}

	bytes(size: number): Buffer {
		return Buffer.from(this.#bytes(size));
	}

	/** An integer of up to `size` bytes, never zero. */
	integer(size: number): bigint {
		return BigInt(`0x${this.bytes(size).toString("hex")}`) || 1n;
	}

	uuid(): string {
		const bytes = this.bytes(16);
		bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
		bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
		return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
	}

	/** An opaque string of `size` random bytes. */
	opaque(size: number): string {
		return this.bytes(size).toString("base64url");
	}

	/** `length` lower-case letters and digits. */
	word(length: number): string {
		return Array.from(this.bytes(length), (byte) => (byte % 36).toString(36)).join("");
	}

	/** Six digits. */
	code(): string {
		return String(this.bytes(4).readUInt32BE() % 1_000_000).padStart(6, "0");
	}
}
