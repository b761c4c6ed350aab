/** Returns the bytes of a text in base64. @throws an error for a text that is not base64. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	// A loop takes a small part of the time of `Uint8Array.from`, which makes a string of each byte.
	for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
	return bytes;
}

/** The same for a text in base64 or base64url, with or without padding. */
export function bytesOfBase64Url(text: string): Uint8Array<ArrayBuffer> {
	return bytesOfBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** Returns bytes as text in base64. */
export function base64Of(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return btoa(text);
}
