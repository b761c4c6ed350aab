import { printable } from "../printable.ts";

/** The response was a redirect. Redirects are not followed: the request holds credentials, for the configured host only. */
export class RedirectError extends Error {
	override readonly name = "RedirectError";
	readonly location: string | undefined;

	constructor(location?: string) {
		super("The request was redirected");
		this.location = location;
	}
}

/** The response is too large to be read, or would block the event loop while it is parsed. */
export class ResponseTooLargeError extends Error {
	override readonly name = "ResponseTooLargeError";
}

/** A failure that another attempt would only repeat. */
export interface FinalFailure {
	readonly code: "CertificateRejected" | "RedirectRejected" | "ResponseTooLarge";
	/** The predicate of a message whose subject is the service: what happened, why it is an error, and what to do. */
	readonly problem: string;
}

/**
 * Error codes of rejected certificates, and their reasons. Bun and Deno use the same.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const CERTIFICATE_CODES: Readonly<Record<string, string>> = {
	CERT_CHAIN_TOO_LONG: "its chain is too long",
	CERT_HAS_EXPIRED: "it has expired",
	CERT_NOT_YET_VALID: "it is not valid yet",
	CERT_REJECTED: "it is not trusted",
	CERT_REVOKED: "it has been revoked",
	CERT_SIGNATURE_FAILURE: "its signature is invalid",
	CERT_UNTRUSTED: "it is not trusted",
	CRL_HAS_EXPIRED: "its revocation list has expired",
	CRL_NOT_YET_VALID: "its revocation list is not valid yet",
	CRL_SIGNATURE_FAILURE: "the signature of its revocation list is invalid",
	DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
	ERROR_IN_CERT_NOT_AFTER_FIELD: "its expiry date is malformed",
	ERROR_IN_CERT_NOT_BEFORE_FIELD: "its start date is malformed",
	ERR_TLS_CERT_ALTNAME_FORMAT: "its host name is malformed",
	ERR_TLS_CERT_ALTNAME_INVALID: "it is for another host name",
	HOSTNAME_MISMATCH: "it is for another host name",
	INVALID_CA: "its certificate authority is invalid",
	INVALID_PURPOSE: "it is not meant for a server, or its issuer is not a certificate authority",
	PATH_LENGTH_EXCEEDED: "its chain is too long",
	SELF_SIGNED_CERT_IN_CHAIN: "its certificate authority is not trusted",
	UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: "the key of its certificate authority is malformed",
	UNABLE_TO_DECRYPT_CERT_SIGNATURE: "its signature is malformed",
	UNABLE_TO_GET_CRL: "its revocation list is missing",
	UNABLE_TO_GET_ISSUER_CERT: "its certificate authority is missing",
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate authority is not trusted",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate authority is not trusted",
};

/**
 * Returns the failure if it is final.
 *
 * @param setting - The option and the variable of the endpoint, for messages.
 * @param secrets - The secrets of the request, which no message may show.
 */
export function finalFailure(error: unknown, setting: string, secrets: readonly string[]): FinalFailure | undefined {
	if (error instanceof RedirectError) {
		const problem = `redirected the request to ${originOf(error.location, secrets)}. Redirects are rejected because the request holds credentials. Check ${setting}, and whether a proxy or a captive portal responds in its place`;
		return { code: "RedirectRejected", problem };
	}
	if (error instanceof ResponseTooLargeError) return { code: "ResponseTooLarge", problem: error.message };
	const code = certificateCode(error);
	if (code === undefined) return undefined;
	const problem = `presented a certificate that was rejected because ${CERTIFICATE_CODES[code]} (${code}). Check ${setting} and the local clock. If a proxy or a private certificate authority issued it, add the certificate of that authority with NODE_EXTRA_CA_CERTS`;
	return { code: "CertificateRejected", problem };
}

/** The code of a rejected certificate. `fetch` rejects with an error whose cause has it. */
function certificateCode(error: unknown): string | undefined {
	let link: unknown = error;
	for (let depth = 0; depth < 4 && typeof link === "object" && link !== null; depth++) {
		const { code, cause } = link as { readonly code?: unknown; readonly cause?: unknown };
		if (typeof code === "string" && Object.hasOwn(CERTIFICATE_CODES, code)) return code;
		link = cause;
	}
	return undefined;
}

function originOf(location: string | undefined, secrets: readonly string[]): string {
	const shown = printable(location ?? "", 500, secrets);
	return /^https?:/.test(shown) && URL.canParse(shown) ? new URL(shown).origin : "another address";
}

/** Error types of responses that AWS WAF sends in place of Cognito or AppSync. */
const BLOCKED_TYPES = new Set<string | undefined>(["ForbiddenException", "WAFForbiddenException"]);

/** Whether AWS WAF sent the response: by its error type, or because it is a challenge or a CAPTCHA. */
export function isBlocked(
	{ headers }: { readonly headers: Readonly<Record<string, string>> },
	errorTypes: readonly (string | undefined)[],
): boolean {
	return headers["x-amzn-waf-action"] !== undefined || errorTypes.some((type) => BLOCKED_TYPES.has(type));
}

/** What to do about a blocked request. */
export function blockedRemedy(userAgent: string): string {
	return `AWS WAF (a web application firewall) or a proxy blocked it. This is not about the user's permissions: allow the user agent "${userAgent}" and the IP address of this machine in the rules of the firewall.`;
}
