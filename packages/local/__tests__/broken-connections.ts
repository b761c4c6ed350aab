import { connect } from "node:net";
import type { Sent } from "./malformed-requests.ts";

/** Headers that say something false about the body or the connection, and methods that no service has. */
const HEADERS = [
	"Content-Encoding: gzip",
	"Content-Type: application/json; charset=utf-16",
	"Content-Length: 1",
	"Content-Length: 999999",
	"Content-Length: -1",
	"Transfer-Encoding: chunked",
	"Transfer-Encoding: gzip, chunked",
	"Expect: 100-continue",
	"Connection: Upgrade\r\nUpgrade: websocket",
	"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
	"Connection: close",
	"X-Amz-Decoded-Content-Length: 5\r\nX-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
	"X-Amz-Target: .",
	"Host: localhost",
	"Range: bytes=9999999999-1",
	"Authorization: \u00ff\u0001",
];
const METHODS = ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "CONNECT", "TRACE", "FROB"];

/** Sends requests over connections that break: random, from a seed. */
export class BrokenConnections {
	readonly #random: (size: number) => Uint8Array;

	constructor(random: (size: number) => Uint8Array) {
		this.#random = random;
	}

	/** Sends a changed request in one to three pieces, and ends, resets or leaves the connection. Resolves when it is closed. */
	async send(port: number, request: Sent): Promise<void> {
		const bytes = this.#changed(request);
		const cuts = [this.#below(bytes.length + 1), this.#below(bytes.length + 1)].sort((a, b) => a - b);
		const pieces = this.#below(2) === 0 ? [bytes] : [bytes.subarray(0, cuts[0]), bytes.subarray(cuts[0], cuts[1])];
		const ending = this.#below(4);
		await new Promise<void>((resolve) => {
			const socket = connect(port, "127.0.0.1", () => {
				for (const piece of pieces) socket.write(piece);
				if (ending === 0) socket.end();
				else if (ending === 1) socket.resetAndDestroy();
				else if (ending === 2) socket.once("data", () => socket.destroy());
			});
			socket.setTimeout(200, () => socket.destroy());
			socket.on("error", () => undefined);
			socket.on("close", () => resolve());
			socket.resume();
		});
	}

	#changed({ init, url }: Sent): Buffer {
		const { host, pathname, search } = new URL(url);
		const isOther = this.#below(4) === 0;
		const method = isOther ? this.#one(METHODS) : (init.method ?? "GET");
		const body = Buffer.from(typeof init.body === "string" ? init.body : "");
		const headers = Object.entries(init.headers as Record<string, string>).map(([name, value]) => `${name}: ${value}`);
		const lines = [`host: ${host}`, ...headers, ...(this.#below(3) === 0 ? [] : [`content-length: ${body.length}`])];
		for (let count = this.#below(3); count > 0; count--) {
			lines.splice(this.#below(lines.length + 1), 0, this.#one(HEADERS));
		}
		const head = `${method} ${pathname}${search} HTTP/1.${this.#below(5) === 0 ? 0 : 1}\r\n${lines.join("\r\n")}\r\n\r\n`;
		const bytes = Buffer.concat([Buffer.from(head, "latin1"), body]);
		for (let count = this.#below(3); count > 0; count--) {
			const at = this.#below(bytes.length);
			bytes.set(this.#random(1 + this.#below(8)).subarray(0, bytes.length - at), at);
		}
		return bytes;
	}

	#below(end: number): number {
		return Buffer.from(this.#random(4)).readUInt32LE() % end;
	}

	#one<T>(all: readonly T[]): T {
		return all[this.#below(all.length)] as T;
	}
}
