import type { EchoStreamError } from "echostream-botocore";
import { describeAwsFailure } from "./aws-failure.ts";
import { EXIT } from "./exit-code.ts";

/** A failure as a person reads it, and its exit code. */
export async function describeFailure(
	error: unknown,
): Promise<{ readonly message: string; readonly exitCode: number }> {
	const { message } = error instanceof Error ? error : new Error(String(error));
	const own = ownFailure(error);
	if (own !== undefined) return own;
	const ofAws = describeAwsFailure(error);
	if (ofAws !== undefined) return ofAws;
	// Loaded now, because most commands that fail have loaded it, and --help does not need it.
	const { isEchoStreamError } = await import("echostream-botocore");
	if (!isEchoStreamError(error)) return { message, exitCode: EXIT.failed };
	// Why there is no password is known here alone: the library repeats nothing of what finds it.
	if (error.code === "PasswordUnavailable" && error.cause instanceof Error) {
		return { message: error.cause.message, exitCode: EXIT.notSignedIn };
	}
	return { message, exitCode: exitCodeOf(error) };
}

/** An error that has its exit code. A prompt that was cancelled is the cause of what the library throws. */
function ownFailure(error: unknown): { readonly message: string; readonly exitCode: number } | undefined {
	if (!(error instanceof Error)) return undefined;
	const { cause, exitCode, message } = error as Error & { exitCode?: unknown };
	return typeof exitCode === "number" ? { message, exitCode } : ownFailure(cause);
}

function exitCodeOf(error: EchoStreamError): number {
	if (error.transient) return EXIT.unavailable;
	if (error.name === "SettingsError") return EXIT.invalid;
	if (/^(Authentication|Challenge)Error$/.test(error.name)) return EXIT.notSignedIn;
	return DENIED.has(error.code) ? EXIT.denied : EXIT.failed;
}

/** Codes of failures by which a user has no access. */
const DENIED = new Set([
	"AppNotFound",
	"AppWithoutCredentials",
	"PermissionDenied",
	"TenantNotActive",
	"TenantNotFound",
]);
