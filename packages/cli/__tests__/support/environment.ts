import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Sets the variables of this process, with folders of their own for profiles and the cache, until it is disposed. */
export class Environment implements Disposable {
	readonly #before = { ...process.env };
	/** A folder that is removed. */
	readonly folder = mkdtempSync(join(tmpdir(), "echostream-cli-"));

	constructor(variables: Readonly<Record<string, string>>) {
		// An API user has no app, whatever the environment around this one has.
		delete process.env.APP;
		Object.assign(process.env, variables, {
			ECHOSTREAM_CACHE_DIR: join(this.folder, "cache"),
			ECHOSTREAM_CONFIG_DIR: join(this.folder, "config"),
			ECHOSTREAM_KEYRING: "off",
		});
	}

	/** Sets the variables as they were, and removes the folder. */
	[Symbol.dispose](): void {
		for (const name of Object.keys(process.env)) if (this.#before[name] === undefined) delete process.env[name];
		Object.assign(process.env, this.#before);
		rmSync(this.folder, { recursive: true, force: true });
	}
}
