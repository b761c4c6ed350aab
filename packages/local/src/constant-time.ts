import { timingSafeEqual } from "node:crypto";

/** Whether two secrets are equal, in a time that does not depend on where they differ. */
export function isSameSecret(given: string | Uint8Array, expected: string | Uint8Array): boolean {
	const [a, b] = [Buffer.from(given as string), Buffer.from(expected as string)];
	return a.length === b.length && timingSafeEqual(a, b);
}
