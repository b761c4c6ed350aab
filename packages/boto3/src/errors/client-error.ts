import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { rejectPythonNames } from "../strict.ts";

/** What botocore returns of a failed call, in its shape and with its codes. */
export interface ErrorResponse {
	/** The error of the service. */
	readonly Error: {
		/** Code of the error, such as `ConditionalCheckFailedException`, `NoSuchKey` or `404`. */
		readonly Code: string;
		/** Message of the service. */
		readonly Message: string;
		/** Name of the error where `Code` is that of the older query protocol: `QueueDoesNotExist`. */
		readonly QueryErrorCode?: string;
		/** `Sender` or `Receiver`, if the service reports it. */
		readonly Type?: string;
	};
	/** The HTTP response. */
	readonly ResponseMetadata: {
		/** ID of the request. */
		readonly RequestId?: string | undefined;
		/** Status of the response. */
		readonly HTTPStatusCode?: number | undefined;
		/** Headers of the response, in lower case. */
		readonly HTTPHeaders: Readonly<Record<string, string>>;
		/** Number of retries of the AWS SDK. */
		readonly RetryAttempts: number;
	};
	/** Of a `TransactionCanceledException`: the reason of each action of the transaction, in their order. */
	readonly CancellationReasons?: readonly CancellationReason[];
	/** Further members of the error, such as `Item`. */
	readonly [member: string]: unknown;
}

const BRAND = Symbol.for("echostream-boto3.ClientError");

/**
 * A service returned an error: botocore's view of every service error of the AWS SDK.
 *
 * `name` is the name of the SDK's error class, and `cause` is the SDK's error. A failure without a response, such as a
 * refused connection, is not a ClientError.
 */
export class ClientError extends Error {
	static {
		rejectPythonNames(ClientError);
	}

	/** The response of the service, as in botocore. */
	readonly response: ErrorResponse;
	/** Name of the operation, such as `PutItem`. */
	readonly operationName: string;

	/** As in botocore. `cause` is the error of the SDK. */
	constructor(response: ErrorResponse, operationName: string, { cause }: { readonly cause?: unknown } = {}) {
		const { Code, Message } = response.Error;
		super(`An error occurred (${Code}) when calling the ${operationName} operation: ${Message}`, { cause });
		this.response = response;
		this.operationName = operationName;
		const name = cause instanceof Error ? cause.name : "ClientError";
		Object.defineProperty(this, "name", { value: name, configurable: true, writable: true });
		Object.defineProperty(this, BRAND, { value: true });
	}

	/** Recognizes the errors of every copy of this package. */
	static override [Symbol.hasInstance](value: unknown): boolean {
		return typeof value === "object" && value !== null && BRAND in value;
	}
}

/** The error of a service, as the AWS SDK throws it. */
interface ServiceError extends Error {
	readonly $fault: string;
	readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
	readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
	readonly Code?: string;
	readonly Type?: string;
}

/** Returns the {@link ClientError} of a service error, and any other value unchanged. */
function asClientError(error: unknown, operationName: string): unknown {
	return isServiceError(error)
		? new ClientError(responseOf(error, operationName), operationName, { cause: error })
		: error;
}

/**
 * Returns botocore's code of an error: that of a {@link ClientError}, or of a service error as the AWS SDK throws it.
 * `undefined` for any other value, such as a refused connection.
 */
export function errorCode(error: unknown): string | undefined {
	if (error instanceof ClientError) return error.response.Error.Code;
	if (!isServiceError(error)) return undefined;
	const { $metadata, Code, name } = error;
	// The names that the AWS SDK gives an error whose response has no body, such as one to HEAD.
	const isNamed = Code !== undefined || !["NotFound", "Unknown", "UnknownError"].includes(name);
	return isNamed ? (Code ?? name) : String($metadata.httpStatusCode);
}

/** Middleware that makes a client throw {@link ClientError}s. It is outside of the SDK's retries. */
export function clientErrors<Input, Output>(
	next: (args: Input) => Promise<Output>,
	context: { readonly commandName?: string },
): (args: Input) => Promise<Output> {
	return async (args) => {
		try {
			return await next(args);
		} catch (error) {
			throw asClientError(error, String(context.commandName).replace(/Command$/, ""));
		}
	};
}

function isServiceError(error: unknown): error is ServiceError {
	return error instanceof Error && "$fault" in error && "$metadata" in error;
}

function responseOf(error: ServiceError, operationName: string): ErrorResponse {
	const { $metadata, $response, Code, Type, name, message } = error;
	// A response to HEAD has no body: its code is the status, and its message the reason.
	const isHead = Code === undefined && operationName.startsWith("Head");
	const status = $metadata.httpStatusCode;
	const query = Type === undefined || Code === name ? {} : { QueryErrorCode: name };
	return {
		...membersOf(error),
		Error: {
			Code: isHead ? String(status) : (Code ?? name),
			Message: isHead ? (REASONS[status ?? 0] ?? message) : message,
			...query,
			...(Type !== undefined && { Type }),
		},
		ResponseMetadata: {
			RequestId: $metadata.requestId,
			HTTPStatusCode: status,
			HTTPHeaders: $response?.headers ?? {},
			RetryAttempts: ($metadata.attempts ?? 1) - 1,
		},
	};
}

/** What S3 responds to HEAD. */
const REASONS: Readonly<Record<number, string>> = {
	301: "Moved Permanently",
	400: "Bad Request",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	412: "Precondition Failed",
};

/** The members that the model of the error has, without those of the protocols. */
function membersOf(error: ServiceError): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(error).filter(([member, value]) => value !== undefined && !PROTOCOL.test(member)),
	);
}

const PROTOCOL = /^(\$.*|__type|name|message|Message|Error|Code|Type|RequestId|HostId|Resource)$/;
