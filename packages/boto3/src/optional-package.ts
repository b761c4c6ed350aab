import { MissingPackageError } from "./errors/exceptions.ts";

/**
 * Imports a package when it is first needed.
 *
 * @param wanted - What needs the package, for the message.
 * @throws {@link MissingPackageError} if it is not installed.
 */
export async function optionalPackage<T>(name: string, wanted: string, load: () => Promise<T>): Promise<T> {
	try {
		return await load();
	} catch (cause) {
		const { code } = cause as { code?: unknown };
		if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
		throw new MissingPackageError(`${wanted} needs the package ${name}, which is missing. Run: npm install ${name}`, {
			cause,
		});
	}
}
