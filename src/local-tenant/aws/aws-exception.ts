import { randomUUID } from "node:crypto";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";

/** Why the gateway turns a request away. */
export type AwsExceptionReason =
	| "missingToken"
	| "incompleteSignature"
	| "unknownKey"
	| "wrongToken"
	| "expiredToken"
	| "wrongSignature"
	| "wrongScope"
	| "tooOld"
	| "tooEarly"
	| "wrongBodyHash"
	| "presignedExpired"
	| "accessDenied"
	| "unsupported"
	| "failure";

interface Names {
	/** In the AWS JSON protocols, and in REST with JSON. */
	readonly json: string;
	/** In the query protocol, and in the `x-amzn-query-error` header of SQS. */
	readonly query: string;
	readonly s3: string;
}

// The names are those of the real services: the same refusal is called differently in each of their protocols.
const signature: Names = {
	json: "InvalidSignatureException",
	query: "SignatureDoesNotMatch",
	s3: "SignatureDoesNotMatch",
};
const token: Names = { json: "UnrecognizedClientException", query: "InvalidClientTokenId", s3: "InvalidAccessKeyId" };
const NAMES: Readonly<Record<AwsExceptionReason, Names>> = {
	missingToken: {
		json: "MissingAuthenticationTokenException",
		query: "MissingAuthenticationToken",
		s3: "AccessDenied",
	},
	incompleteSignature: {
		json: "IncompleteSignatureException",
		query: "IncompleteSignature",
		s3: "AuthorizationHeaderMalformed",
	},
	unknownKey: token,
	wrongToken: { ...token, s3: "InvalidToken" },
	expiredToken: { json: "ExpiredTokenException", query: "ExpiredToken", s3: "ExpiredToken" },
	wrongSignature: signature,
	wrongScope: { ...signature, s3: "AuthorizationHeaderMalformed" },
	tooOld: { ...signature, s3: "RequestTimeTooSkewed" },
	tooEarly: { ...signature, s3: "RequestTimeTooSkewed" },
	wrongBodyHash: { ...signature, s3: "XAmzContentSHA256Mismatch" },
	presignedExpired: { ...signature, s3: "AccessDenied" },
	accessDenied: { json: "AccessDeniedException", query: "AccessDenied", s3: "AccessDenied" },
	unsupported: { json: "UnknownOperationException", query: "InvalidAction", s3: "NotImplemented" },
	failure: { json: "InternalFailure", query: "InternalFailure", s3: "InternalError" },
};

/** S3 answers these with 400, all the others with 403. */
const S3_BAD_REQUEST = new Set([
	"AuthorizationHeaderMalformed",
	"ExpiredToken",
	"InvalidToken",
	"XAmzContentSHA256Mismatch",
]);

/** A request to AWS that the gateway turns away. */
export class AwsException extends Error {
	override readonly name = "AwsException";
	readonly reason: AwsExceptionReason;

	constructor(reason: AwsExceptionReason, message: string) {
		super(message);
		this.reason = reason;
	}
}

/** A refusal in the words and the protocol of the service that was asked. */
export function exceptionResponse(refusal: AwsException, service: string, request: TenantRequest): TenantResponse {
	const names = NAMES[refusal.reason];
	const own = { failure: 500, unsupported: 400 }[refusal.reason as string];
	const contentType = request.headers["content-type"] ?? "";
	if (contentType.startsWith("application/x-amz-json-1.")) {
		return {
			status: own ?? 400,
			headers: {
				"content-type": contentType,
				"x-amzn-requestid": randomUUID(),
				...(service === "sqs" && { "x-amzn-query-error": `${names.query};Sender` }),
			},
			body: JSON.stringify({ __type: `com.amazon.coral.service#${names.json}`, message: refusal.message }),
		};
	}
	if (service === "s3") {
		const status = refusal.reason === "unsupported" ? 501 : (own ?? (S3_BAD_REQUEST.has(names.s3) ? 400 : 403));
		const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${names.s3}</Code><Message>${escapeXml(refusal.message)}</Message><RequestId>${requestId()}</RequestId><HostId>local-tenant</HostId></Error>`;
		return {
			status,
			headers: { "content-type": "application/xml", "x-amz-request-id": requestId() },
			body: request.method === "HEAD" ? "" : body,
		};
	}
	if (contentType.startsWith("application/x-www-form-urlencoded")) {
		const id = randomUUID();
		return {
			status: own ?? 403,
			headers: { "content-type": "text/xml", "x-amzn-requestid": id },
			body: `<ErrorResponse><Error><Type>Sender</Type><Code>${names.query}</Code><Message>${escapeXml(refusal.message)}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`,
		};
	}
	return {
		status: own ?? 403,
		headers: { "content-type": "application/json", "x-amzn-errortype": names.json, "x-amzn-requestid": randomUUID() },
		body: JSON.stringify({ message: refusal.message }),
	};
}

function requestId(): string {
	return randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
}

/** Text that may stand between two XML tags. */
export function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
