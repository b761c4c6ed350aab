import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { textOf } from "../files.ts";
import { configFolder } from "../settings/folders.ts";
import { deleteKeyringSecret, readKeyring, setKeyringSecret } from "../settings/keyring.ts";

/** A key in hexadecimal. */
const KEY = /^[0-9a-f]{64}$/;

/**
 * The key that encrypts what is cached, 32 bytes in hexadecimal. The keyring of the operating system has it, if there is one. Otherwise it is
 * in a file in the config folder, apart from the cache, so that a copy of the cache alone is of no use.
 *
 * Of processes that create the first key together, all use that of the first.
 */
export async function accessKey(): Promise<string> {
	const path = join(configFolder(), "cache-key");
	for (let attempt = 0; attempt < 3; attempt++) {
		const key = await keyIn(path);
		if (key !== undefined) return key;
		await createKey(path);
	}
	throw new Error(`The key of the cache could not be stored in ${path}. Pass --no-cache, or check the folder.`);
}

/**
 * The key that a file contains or leads to. Removes a file that does neither.
 *
 * @throws Error if the keyring, which may have it, is locked or cannot be reached, as in a session without a desktop.
 */
async function keyIn(path: string): Promise<string | undefined> {
	const content = textOf(path);
	if (content === undefined) return undefined;
	const [kind, value = ""] = content.trim().split(" ");
	const key = kind === "keyring" ? await keyInKeyring(value) : value;
	if (key !== undefined && KEY.test(key)) return key;
	// The keyring was emptied or turned off, or the file is damaged. What it encrypted is of no use either. Another process may have
	// replaced it by now.
	if (textOf(path) === content) rmSync(path, { force: true });
	return undefined;
}

async function keyInKeyring(id: string): Promise<string | undefined> {
	try {
		return await readKeyring(accountOf(id));
	} catch (error) {
		throw new Error(
			`The keyring, which has the key of the cache, could not be read: ${(error as Error).message}. Unlock it, or set ECHOSTREAM_KEYRING=off wherever you run echostream.`,
		);
	}
}

/** Creates a key, unless another process does. */
async function createKey(path: string): Promise<void> {
	const key = randomBytes(32).toString("hex");
	const id = randomBytes(8).toString("hex");
	const isInKeyring = await setKeyringSecret(accountOf(id), key);
	mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
	const temporary = `${path}.${id}.tmp`;
	try {
		writeFileSync(temporary, isInKeyring ? `keyring ${id}\n` : `file ${key}\n`, { mode: 0o600 });
		linkSync(temporary, path);
	} catch (error) {
		if (isInKeyring) await deleteKeyringSecret(accountOf(id));
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	} finally {
		rmSync(temporary, { force: true });
	}
}

function accountOf(id: string): string {
	return `key of the cache ${id}`;
}
