import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 with the interface that `@smithy/signature-v4` requires. */
export class Sha256 {
	readonly #secret: SourceData | undefined;
	#hash: Hash | Hmac;

	constructor(secret?: SourceData) {
		this.#secret = secret;
		this.#hash = start(secret);
	}

	update(data: Uint8Array): void {
		this.#hash.update(data);
	}

	async digest(): Promise<Uint8Array> {
		return new Uint8Array(this.#hash.digest());
	}

	reset(): void {
		this.#hash = start(this.#secret);
	}
}

function start(secret: SourceData | undefined): Hash | Hmac {
	if (secret === undefined) return createHash("sha256");
	return createHmac("sha256", typeof secret === "string" ? secret : bytes(secret));
}

function bytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
	return ArrayBuffer.isView(data)
		? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
		: new Uint8Array(data);
}
