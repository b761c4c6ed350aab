import { pathToFileURL } from "node:url";
import { compileFunction, constants } from "node:vm";

const INSTALL = "npm install -D dynalite fauxqs@1.9.2 graphql@16 jose @smithy/signature-v4";

/** A package that the local tenant needs is not installed. The message holds the line that installs all of them. */
export class MissingPeerError extends Error {
	override readonly name = "MissingPeerError";

	constructor(peer: string, cause: unknown) {
		super(`The local tenant needs the package ${peer}, which could not be loaded. Install what it needs: ${INSTALL}`, {
			cause,
		});
	}
}

/**
 * Loads one of the packages that only the local tenant needs, when it is needed.
 *
 * @throws MissingPeerError when it is not installed.
 */
export async function loadPeer<T>(peer: string): Promise<T> {
	try {
		return (await import(peer)) as T;
	} catch (error) {
		throw new MissingPeerError(peer, error);
	}
}

/**
 * Loads a package that has ES modules only. In a CommonJS build `import` is `require`, and in a test runner it may be
 * neither; where that fails, Node's own `import` is used.
 *
 * @throws MissingPeerError when it is not installed.
 */
export async function loadEsmPeer<T>(peer: string): Promise<T> {
	try {
		return await loadPeer(peer);
	} catch (error) {
		// Only CommonJS has a name for this file.
		const from = typeof __filename === "string" ? __filename : pathToFileURL(`${process.cwd()}/`).href;
		const nativeImport = compileFunction("return import(peer)", ["peer"], {
			filename: from,
			importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
		});
		return await nativeImport(peer).catch(() => {
			throw error;
		});
	}
}
