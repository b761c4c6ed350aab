import { createHmac, timingSafeEqual } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;

/** Reads base32, with or without padding and blanks. */
function fromBase32(text: string): Buffer {
	const bits = Array.from(text.toUpperCase().replaceAll(/[\s=]/g, ""), (letter) =>
		ALPHABET.indexOf(letter).toString(2).padStart(5, "0"),
	).join("");
	return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** A secret in the form that authenticator apps take. */
export function toBase32(bytes: Uint8Array): string {
	const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
	return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five.padEnd(5, "0"), 2))).join("");
}

/** The code of RFC 6238 for one 30 s step: SHA-1, six digits. `secret` is base32. */
export function totpCode(secret: string, step: number): string {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac("sha1", fromBase32(secret)).update(counter).digest();
	const offset = mac.readUInt8(mac.length - 1) & 0x0f;
	return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The step that `code` is good for, looking one to either side of `nowMs`; `undefined` where it is wrong. */
export function findTotpStep(secret: string, code: string, nowMs: number): number | undefined {
	const now = Math.floor(nowMs / STEP_MS);
	return [now, now - 1, now + 1].find((step) => {
		const expected = Buffer.from(totpCode(secret, step));
		const given = Buffer.from(code);
		return given.length === expected.length && timingSafeEqual(given, expected);
	});
}
