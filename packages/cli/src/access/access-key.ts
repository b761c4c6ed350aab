import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configFolder } from "../settings/folders.ts";
import { deleteKeyringSecret, keyringSecret, setKeyringSecret } from "../settings/keyring.ts";

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

/** The key that a file contains or leads to. Removes a file that does neither. */
async function keyIn(path: string): Promise<string | undefined> {
	const [kind, value = ""] = contentOf(path)?.trim().split(" ") ?? [];
	if (kind === undefined) return undefined;
	const key = kind === "keyring" ? await keyringSecret(accountOf(value)) : value;
	if (key !== undefined && KEY.test(key)) return key;
	// The keyring was emptied, or the file is damaged. What it encrypted is of no use either.
	rmSync(path, { force: true });
	return undefined;
}

/** Creates a key, unless another process does. */
async function createKey(path: string): Promise<void> {
	const key = randomBytes(32).toString("hex");
	const id = randomBytes(8).toString("hex");
	const isInKeyring = await setKeyringSecret(accountOf(id), key);
	mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
	const temporary = `${path}.${process.pid}.tmp`;
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

function contentOf(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

function accountOf(id: string): string {
	return `key of the cache ${id}`;
}
