import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Records } from "../data/records.ts";

/** The RSA key pair that a user pool signs its tokens with. */
export interface SigningKeys {
	readonly publicKey: KeyObject;
	readonly privateKey: KeyObject;
	/** The issuers that it has signed for. */
	readonly issuers: Set<string>;
	/** Whether a later pool will have it, with the users of this one. */
	isKept: boolean;
}

/** The key pairs of pools that have stopped. Generating one takes 0.1 s. */
const unused = new Set<SigningKeys>();

/**
 * Returns a key pair that no running pool of this process has, and that has never signed for this issuer. So no pool accepts
 * the tokens of another one, nor those of an earlier one with the same id.
 */
async function takeSigningKeys(issuer: string): Promise<SigningKeys> {
	const found = [...unused].findLast(({ issuers }) => !issuers.has(issuer));
	if (found !== undefined) unused.delete(found);
	const keys = found ?? {
		...(await promisify(generateKeyPair)("rsa", { modulusLength: 2048 })),
		issuers: new Set<string>(),
		isKept: false,
	};
	keys.issuers.add(issuer);
	return keys;
}

/** Lets another pool have a key pair, unless it is kept. The pool that had it must not sign any more. */
export function returnSigningKeys(keys: SigningKeys): void {
	if (!keys.isKept) unused.add(keys);
}

/** Returns the key pair of a pool: the one in its records, or else a new one. */
export async function signingKeysOf(records: Records, issuer: string): Promise<SigningKeys> {
	const kept = records.map<string>("pool");
	const pem = kept.get("signingKey");
	if (pem !== undefined) {
		const privateKey = createPrivateKey(pem);
		return { privateKey, publicKey: createPublicKey(privateKey), issuers: new Set([issuer]), isKept: true };
	}
	const keys = await takeSigningKeys(issuer);
	keys.isKept = records.areKept;
	if (keys.isKept) kept.set("signingKey", String(keys.privateKey.export({ type: "pkcs8", format: "pem" })));
	return keys;
}
