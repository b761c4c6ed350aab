import { randomUUID } from "node:crypto";
import type { TenantRequest, TenantResponse, TenantService } from "./exchange.ts";

/** The names of one error in AWS's protocols. */
export interface ErrorNames {
	/** In the AWS JSON protocols, in REST with JSON, and in AppSync. */
	readonly json: string;
	/** In the query protocol, and in the `x-amzn-query-error` header of SQS. */
	readonly query: string;
	readonly s3: string;
}

/** An error that a service responds with. */
export interface ServiceError {
	readonly names: ErrorNames;
	readonly message: string;
	/** HTTP status. Default: 400 in the AWS JSON protocols and in AppSync, 403 elsewhere. */
	readonly status?: number | undefined;
}

/** Writes an error in the words and the protocol of the service that the request was sent to. */
export function errorResponse(
	{ message, names, status }: ServiceError,
	service: TenantService,
	request: TenantRequest,
): TenantResponse {
	const contentType = request.headers["content-type"] ?? "";
	const id = randomUUID();
	if (service === "appsync") {
		return {
			status: status ?? 400,
			headers: { "content-type": "application/json;charset=UTF-8", "x-amzn-errortype": names.json },
			body: JSON.stringify({ errors: [{ errorType: names.json, message }] }),
		};
	}
	if (service === "cognito") {
		return {
			status: status ?? 400,
			headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": `${names.json}:` },
			body: JSON.stringify({ __type: names.json, message }),
		};
	}
	if (contentType.startsWith("application/x-amz-json-1.")) {
		return {
			status: status ?? 400,
			headers: {
				"content-type": contentType,
				"x-amzn-requestid": id,
				...(service === "sqs" && { "x-amzn-query-error": `${names.query};Sender` }),
			},
			body: JSON.stringify({ __type: `com.amazon.coral.service#${names.json}`, message }),
		};
	}
	// Also its relatives, such as `s3-object-lambda`.
	if (service.startsWith("s3")) {
		const requestId = id.replaceAll("-", "").slice(0, 16).toUpperCase();
		const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${names.s3}</Code><Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId><HostId>local-tenant</HostId></Error>`;
		return {
			status: status ?? 403,
			headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
			body: request.method === "HEAD" ? "" : body,
		};
	}
	if (contentType.startsWith("application/x-www-form-urlencoded") || request.query.has("Action")) {
		return {
			status: status ?? 403,
			headers: { "content-type": "text/xml", "x-amzn-requestid": id },
			body: `<ErrorResponse><Error><Type>Sender</Type><Code>${names.query}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`,
		};
	}
	return {
		status: status ?? 403,
		headers: { "content-type": "application/json", "x-amzn-errortype": names.json, "x-amzn-requestid": id },
		// The REST services disagree about the capital, and clients read either.
		body: JSON.stringify({ ...(service === "lambda" && { Type: "User", Message: message }), message }),
	};
}

/** Text as it stands between two XML tags. Control characters, which XML cannot hold, become spaces. */
export function escapeXml(text: string): string {
	const plain = text.replaceAll(/[\p{Cc}\u{fffe}\u{ffff}]/gu, " ");
	return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
