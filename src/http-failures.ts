import type { HttpAnswer } from "./http-exchange.ts";
import { printable } from "./printable.ts";

/** A redirect: none is followed, because what was sent is for the first address only. */
export class RedirectError extends Error {
	override readonly name = "RedirectError";
	readonly location: string | undefined;

	constructor(location?: string) {
		super("The request was redirected");
		this.location = location;
	}
}

/** A response too large to be read, or to be parsed while the process waits. */
export class ResponseTooLargeError extends Error {
	override readonly name = "ResponseTooLargeError";
}

/** Why a request failed in a way that another attempt would only repeat. */
export interface FinalFailure {
	readonly code: "CertificateRejected" | "RedirectRejected" | "ResponseTooLarge";
	/** What the service did, why that is rejected, and what to do: to be put after the service's name. */
	readonly problem: string;
}

/** Node's codes for a certificate that it rejects, and what is wrong with it. Those that are not here name no certificate. */
const CERTIFICATE_CODES: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: "it has expired",
	CERT_NOT_YET_VALID: "it is not valid yet",
	CERT_REJECTED: "it is not trusted",
	CERT_REVOKED: "it has been revoked",
	CERT_SIGNATURE_FAILURE: "its signature is invalid",
	CERT_UNTRUSTED: "it is not trusted",
	CERT_CHAIN_TOO_LONG: "its chain is too long",
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
	INVALID_PURPOSE: "it is not meant for a server",
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
 * What is final about a failure, if anything is.
 *
 * @param setting - The option and variables that hold the address, as a message names them.
 * @param secrets - What the request held and no message may show.
 */
export function finalFailure(error: unknown, setting: string, secrets: readonly string[]): FinalFailure | undefined {
	if (error instanceof RedirectError) {
		const problem = `redirected the request to ${originOf(error.location, secrets)}. Redirects are rejected, because a request holds credentials. Check ${setting}, and whether a proxy or a login page of this network responds in its place`;
		return { code: "RedirectRejected", problem };
	}
	if (error instanceof ResponseTooLargeError) return { code: "ResponseTooLarge", problem: error.message };
	const code = certificateCode(error);
	if (code === undefined) return undefined;
	const problem = `presented a certificate that was rejected, because ${CERTIFICATE_CODES[code]} (${code}). Check ${setting} and the local clock. If a proxy or a company's own certificate authority issues certificates here, name the authority's certificate in NODE_EXTRA_CA_CERTS`;
	return { code: "CertificateRejected", problem };
}

/** The code of a rejected certificate: handlers wrap the connection's error, `fetch` as its cause. */
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

/** The types of errors that AWS WAF answers with, in front of Cognito and of AppSync. */
const BLOCKED_TYPES = new Set<string | undefined>(["ForbiddenException", "WAFForbiddenException"]);

/** Whether a firewall sent this response, rather than the service: by the type of its errors, or with a puzzle for people. */
export function isBlocked(
	{ headers }: Pick<HttpAnswer, "headers">,
	errorTypes: readonly (string | undefined)[],
): boolean {
	return headers["x-amzn-waf-action"] !== undefined || errorTypes.some((type) => BLOCKED_TYPES.has(type));
}

/** What to do about a firewall that blocks a request. A sentence. */
export function blockedRemedy(userAgent: string): string {
	return `A web application firewall (AWS WAF), or a proxy on the way, rejected it: this is not about the user's permissions. Have its rules allow the user agent "${userAgent}" and the IP address of this machine.`;
}
