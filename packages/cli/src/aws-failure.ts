import { EXIT } from "./exit-code.ts";

/** A failure of a request to AWS as a person reads it, and its exit code. `undefined` for an error that is not the AWS SDK's. */
export function describeAwsFailure(
	error: unknown,
): { readonly message: string; readonly exitCode: number } | undefined {
	const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } };
	if ($metadata === undefined || !(error instanceof Error)) return undefined;
	const { name } = error;
	const reason = error.message.replace(/^AWS SDK error wrapper for /, "").replace(/\.$/, "");
	const { httpStatusCode: status } = $metadata;
	if (/^AccessDenied/.test(name)) return { message: `AWS denied the request: ${reason}.`, exitCode: EXIT.denied };
	if (status === undefined) {
		const message = `AWS could not be reached: ${reason}. Check the network, and try again.`;
		return { message, exitCode: EXIT.unavailable };
	}
	if (status >= 500 || /Throttl|RequestLimit/.test(name)) {
		return { message: `AWS is unavailable (HTTP ${status}: ${reason}). Try again later.`, exitCode: EXIT.unavailable };
	}
	return { message: `AWS rejected the request (${name}): ${reason}.`, exitCode: EXIT.failed };
}
