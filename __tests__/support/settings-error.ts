import { isEchoStreamError, type SettingsError } from "../../src/index.ts";

/** The `SettingsError` that `make` throws. Any other end is an error of the test. */
export function settingsErrorOf(make: () => unknown): SettingsError {
	try {
		make();
	} catch (error) {
		if (isEchoStreamError(error) && error.code === "InvalidSettings") return error;
		throw error;
	}
	throw new Error("Nothing was thrown");
}
