import type { TenantRequest, TenantResponse, TenantService } from "../http/exchange.ts";
import { type ErrorNames, errorResponse } from "../http/service-error.ts";

interface Kind extends ErrorNames {
	/** HTTP status in every protocol. Default: 400 in the JSON protocols and for S3's `s3Status`, 403 elsewhere. */
	readonly status?: number;
	readonly s3Status?: number;
}

// The names are those of the real services: each protocol has its own name for the same error.
const signature = {
	json: "InvalidSignatureException",
	query: "SignatureDoesNotMatch",
	s3: "SignatureDoesNotMatch",
};
const token = { json: "UnrecognizedClientException", query: "InvalidClientTokenId", s3: "InvalidAccessKeyId" };
const malformed = { json: "SerializationException", query: "MalformedInput", s3: "MalformedXML", status: 400 };
const incomplete = { json: "IncompleteSignatureException", query: "IncompleteSignature" };
const KINDS = {
	unsupportedSignature: {
		json: "IncompleteSignatureException",
		query: "IncompleteSignature",
		s3: "InvalidRequest",
		status: 400,
	},
	missingToken: {
		json: "MissingAuthenticationTokenException",
		query: "MissingAuthenticationToken",
		s3: "AccessDenied",
	},
	incompleteSignature: { ...incomplete, s3: "AuthorizationHeaderMalformed", s3Status: 400 },
	wrongQueryParameters: { ...incomplete, s3: "AuthorizationQueryParametersError", s3Status: 400 },
	unknownKey: token,
	wrongToken: { ...token, s3: "InvalidToken", s3Status: 400 },
	expiredToken: { json: "ExpiredTokenException", query: "ExpiredToken", s3: "ExpiredToken", s3Status: 400 },
	wrongSignature: signature,
	wrongScope: { ...signature, s3: "AuthorizationHeaderMalformed", s3Status: 400 },
	tooOld: { ...signature, s3: "RequestTimeTooSkewed" },
	tooEarly: { ...signature, s3: "RequestTimeTooSkewed" },
	wrongBodyHash: { ...signature, s3: "XAmzContentSHA256Mismatch", s3Status: 400 },
	presignedExpired: { ...signature, s3: "AccessDenied" },
	accessDenied: { json: "AccessDeniedException", query: "AccessDenied", s3: "AccessDenied" },
	unsupported: {
		json: "UnknownOperationException",
		query: "InvalidAction",
		s3: "NotImplemented",
		status: 400,
		s3Status: 501,
	},
	malformedBody: malformed,
	malformedUri: { ...malformed, s3: "InvalidURI" },
	malformedForm: { ...malformed, s3: "MalformedPOSTRequest" },
	incompleteBody: { ...malformed, s3: "IncompleteBody" },
	malformedTrailer: { ...malformed, s3: "MalformedTrailerError" },
	malformedPolicy: { ...malformed, s3: "InvalidPolicyDocument" },
	invalidPayload: { ...malformed, json: "InvalidRequestContentException" },
	invalidValue: { json: "ValidationException", query: "InvalidParameterValue", s3: "InvalidArgument", status: 400 },
	invalidParameter: {
		json: "InvalidParameterValueException",
		query: "InvalidParameterValue",
		s3: "InvalidArgument",
		status: 400,
	},
	noSuchFunction: { json: "ResourceNotFoundException", query: "ResourceNotFound", s3: "NoSuchKey", status: 404 },
	requestTooLarge: {
		json: "RequestTooLargeException",
		query: "RequestTooLarge",
		s3: "EntityTooLarge",
		status: 413,
	},
	tooLarge: {
		json: "RequestEntityTooLargeException",
		query: "RequestEntityTooLarge",
		s3: "EntityTooLarge",
		status: 413,
	},
	tooLargeForPolicy: { ...malformed, s3: "EntityTooLarge" },
	tooSmall: { ...malformed, s3: "EntityTooSmall" },
	failure: { json: "InternalFailure", query: "InternalFailure", s3: "InternalError", status: 500 },
} as const satisfies Readonly<Record<string, Kind>>;

/** Why the gateway rejects a request. */
export type AwsExceptionReason = keyof typeof KINDS;

/** A request to AWS that the gateway rejects. */
export class AwsException extends Error {
	override readonly name = "AwsException";
	readonly reason: AwsExceptionReason;

	constructor(reason: AwsExceptionReason, message: string) {
		super(message);
		this.reason = reason;
	}
}

/** An exception in the words and the protocol of the service that the request was sent to. */
export function exceptionResponse(
	{ message, reason }: AwsException,
	service: TenantService,
	request: TenantRequest,
): TenantResponse {
	const names: Kind = KINDS[reason];
	const status = service.startsWith("s3") ? (names.s3Status ?? names.status) : names.status;
	return errorResponse({ names, message, status }, service, request);
}
