const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Writes bytes as base32, without padding. */
export function toBase32(bytes: Uint8Array): string {
	const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
	return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five.padEnd(5, "0"), 2))).join("");
}

/** Reads base32, with or without padding and spaces, in upper or lower case. */
export function fromBase32(text: string): Buffer {
	const bits = Array.from(text.toUpperCase().replaceAll(/[\s=]/g, ""), (letter) =>
		ALPHABET.indexOf(letter).toString(2).padStart(5, "0"),
	).join("");
	return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
