import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** The RSA key pair that a user pool signs its tokens with. */
export interface SigningKeys {
	readonly publicKey: KeyObject;
	readonly privateKey: KeyObject;
	/** The issuers that it has signed for. */
	readonly issuers: Set<string>;
}

/** The key pairs of pools that have stopped. Generating one takes 0.1 s. */
const unused = new Set<SigningKeys>();

/**
 * Returns a key pair that no running pool of this process has, and that has never signed for this issuer. So no pool accepts
 * the tokens of another one, nor those of an earlier one with the same id.
 */
export async function takeSigningKeys(issuer: string): Promise<SigningKeys> {
	const found = [...unused].findLast(({ issuers }) => !issuers.has(issuer));
	if (found !== undefined) unused.delete(found);
	const keys = found ?? {
		...(await promisify(generateKeyPair)("rsa", { modulusLength: 2048 })),
		issuers: new Set<string>(),
	};
	keys.issuers.add(issuer);
	return keys;
}

/** Lets another pool have a key pair. The pool that had it must not sign any more. */
export function returnSigningKeys(keys: SigningKeys): void {
	unused.add(keys);
}
