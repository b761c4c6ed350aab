import type { Entry } from "@napi-rs/keyring";

/** Name of this program in the keyring of the operating system. */
const SERVICE = "echostream";

/**
 * A secret in the keyring of the operating system: Keychain, Credential Manager or Secret Service. `undefined` if it has none. The variable
 * `ECHOSTREAM_KEYRING=off` turns keyrings off.
 *
 * @throws Error if there is no keyring, as on most servers, or if it is locked.
 */
export async function readKeyring(account: string): Promise<string | undefined> {
	return (await entryOf(account))?.getPassword() ?? undefined;
}

/** A secret in the keyring, if there is a keyring and it has the secret. */
export async function keyringSecret(account: string): Promise<string | undefined> {
	return readKeyring(account).catch(() => undefined);
}

/** Stores a secret in the keyring. Returns whether that worked: not if there is no keyring. */
export async function setKeyringSecret(account: string, secret: string): Promise<boolean> {
	try {
		const entry = await entryOf(account);
		entry?.setPassword(secret);
		return entry?.getPassword() === secret;
	} catch {
		return false;
	}
}

/** Removes a secret from the keyring. */
export async function deleteKeyringSecret(account: string): Promise<void> {
	try {
		(await entryOf(account))?.deletePassword();
	} catch {
		// There is none.
	}
}

async function entryOf(account: string): Promise<Entry | undefined> {
	if (process.env.ECHOSTREAM_KEYRING === "off") return undefined;
	// An optional dependency: some systems have no build of it.
	const keyring = await import("@napi-rs/keyring");
	// Not the kernel's keyring of Linux, which is emptied at the next start.
	return new keyring.Entry(SERVICE, account, { linux: { store: "secret-service" } });
}
