import { compileFunction, constants } from "node:vm";
import type { RequestListener } from "./server-dispatch.ts";

/** The part of fauxqs that the tenant uses. Its types cannot be imported where modules are CommonJS. */
export interface Fauxqs {
	buildApp(options: { readonly logger: boolean; readonly defaultRegion: string }): {
		ready(): PromiseLike<unknown>;
		readonly routing: RequestListener;
		close(): Promise<unknown>;
	};
}

const FAUXQS: string = "fauxqs";

/**
 * Imports fauxqs, the one package of the tenant that is an ES module only.
 *
 * CommonJS test runners have no way to import it: jest without `--experimental-vm-modules` rejects `import()` in the code
 * that it runs, and `require` of ES modules. There, Node's own `import` is used. Node warns that this is experimental.
 */
export async function importFauxqs(): Promise<Fauxqs> {
	try {
		return (await import(FAUXQS)) as Fauxqs;
	} catch (error) {
		// Only CommonJS has a name for this file, from which Node starts to search.
		if (typeof __filename !== "string") throw error;
		const nativeImport = compileFunction("return import(name)", ["name"], {
			filename: __filename,
			importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
		});
		return nativeImport(FAUXQS) as Promise<Fauxqs>;
	}
}
