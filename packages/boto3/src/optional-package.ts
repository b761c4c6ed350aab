import { MissingPackageError } from "./errors/exceptions.ts";

/**
 * Returns a handler for the failure of an `import()`. Write it as `import("x").catch(missingPackage("x", "…"))`: bundlers leave
 * out an import that is handled if its package is not installed, and report any other as an error.
 *
 * @param wanted - What needs the package, for the message.
 * @throws The handler throws a {@link MissingPackageError} if the package is not installed.
 */
export function missingPackage(name: string, wanted: string): (cause: unknown) => never {
	return (cause) => {
		const { code } = cause as { code?: unknown };
		if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
		throw new MissingPackageError(`${wanted} needs the package ${name}, which is missing. Run: npm install ${name}`, {
			cause,
		});
	};
}
