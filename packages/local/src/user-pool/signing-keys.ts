import crypto, { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Records } from "../data/records.ts";

/** The RSA key pair that a user pool signs its tokens with. */
export interface SigningKeys {
	readonly publicKey: KeyObject;
	readonly privateKey: KeyObject;
	/** Lets another pool have the pair, unless it is kept in records. No token may be signed after this. */
	release(): void;
}

// Generating a pair takes 0.1 s, which is most of a tenant's start. So pools that have stopped leave theirs to later ones, in a list that is the
// same for the whole process: jest runs each test file with a copy of this module, but all have the same `node:crypto`. Nothing in the list
// belongs to a copy, because that would keep everything in memory that its test file had.
const NEXT = Symbol.for("echostream-local.nextSigningKey");
/** The issuers that a key has signed for, each with a line feed. */
const ISSUERS = Symbol.for("echostream-local.issuers");

interface ListedKey extends KeyObject {
	[NEXT]?: ListedKey | undefined;
	[ISSUERS]?: string;
}

const list = crypto as { [NEXT]?: ListedKey | undefined };

/** After this time, a tenant is not one of a short program that would have to wait for the end of the generation. */
const SPARE_AFTER_MS = 250;

let generating: Promise<void> | undefined;

/** Returns the key pair of a pool: the one in its records, or else one that no running pool of this process has. */
export async function signingKeysOf(records: Records, issuer: string): Promise<SigningKeys> {
	const kept = records.map<string>("pool");
	const pem = kept.get("signingKey");
	if (pem !== undefined) return keptKeys(createPrivateKey(pem));
	const key = await takeKey(issuer);
	if (!records.areKept) return sharedKeys(key);
	kept.set("signingKey", String(key.export({ type: "pkcs8", format: "pem" })));
	return keptKeys(key);
}

function keptKeys(privateKey: KeyObject): SigningKeys {
	return { privateKey, publicKey: createPublicKey(privateKey), release() {} };
}

/** While its pool runs, a spare pair is generated, so that the next pool starts at once. */
function sharedKeys(privateKey: ListedKey): SigningKeys {
	const timer = setTimeout(() => {
		if (list[NEXT] === undefined) generating ??= generateSpare();
	}, SPARE_AFTER_MS);
	timer.unref();
	return {
		privateKey,
		publicKey: createPublicKey(privateKey),
		release() {
			clearTimeout(timer);
			add(privateKey);
		},
	};
}

/**
 * Takes a key that no running pool of this process has, and that has never signed for this issuer. So no pool accepts the tokens of another
 * one, nor those of an earlier one with the same id.
 */
async function takeKey(issuer: string): Promise<ListedKey> {
	if (list[NEXT] === undefined) await generating;
	const key = listedKey(issuer) ?? (await generateKey());
	key[ISSUERS] = `${key[ISSUERS] ?? ""}${issuer}\n`;
	return key;
}

function listedKey(issuer: string): ListedKey | undefined {
	for (let before = list, key = list[NEXT]; key !== undefined; before = key, key = key[NEXT]) {
		if (key[ISSUERS]?.includes(`${issuer}\n`)) continue;
		before[NEXT] = key[NEXT];
		return key;
	}
	return undefined;
}

function add(key: ListedKey): void {
	key[NEXT] = list[NEXT];
	list[NEXT] = key;
}

async function generateKey(): Promise<ListedKey> {
	const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
	return privateKey;
}

async function generateSpare(): Promise<void> {
	try {
		add(await generateKey());
	} finally {
		generating = undefined;
	}
}
