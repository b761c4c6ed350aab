import { rejectPythonNames } from "../strict.ts";

/** Root of the errors of this package that are not a response of a service: `BotoCoreError` and `Boto3Error` of Python. */
export class Boto3Error extends Error {
	static {
		rejectPythonNames(Boto3Error);
	}

	/** Name of the class. */
	override readonly name: string = "Boto3Error";
}

/** No client class was passed for this service. */
export class UnknownServiceError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "UnknownServiceError";
}

/** This package has no resource of this name. */
export class ResourceNotExistsError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "ResourceNotExistsError";
}

/** The operation has no pages, or this package does not know them. */
export class OperationNotPageableError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "OperationNotPageableError";
}

/** The pages of an operation could not be read: an invalid token, or the same token twice. */
export class PaginationError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "PaginationError";
}

/** A waiter met an error or a state that is final, or the resource did not reach the state in time. */
export class WaiterError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "WaiterError";
	/** The last response of the service, or its error: a {@link ClientError}. */
	readonly lastResponse: unknown;

	/** @param waiter - Name of the waiter, such as `TableExists`. */
	constructor(waiter: string, reason: string, lastResponse: unknown) {
		super(`Waiter ${waiter} failed: ${reason}`);
		this.lastResponse = lastResponse;
	}
}

/** A value where DynamoDB needs a condition: `Key("pk").eq("a")`, or `Attr`. */
export class DynamoDBNeedsConditionError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "DynamoDBNeedsConditionError";
}

/** An `Attr` in a `KeyConditionExpression`, which needs a `Key`. */
export class DynamoDBNeedsKeyConditionError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "DynamoDBNeedsKeyConditionError";
}

/** A file could not be uploaded. `cause` is the error of S3. */
export class S3UploadFailedError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "S3UploadFailedError";
}

/** The content of an object could not be read in `numDownloadAttempts` attempts. `cause` is the last failure. */
export class RetriesExceededError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "RetriesExceededError";
}

/** A package that this call needs is not installed. `cause` is the error of the import. */
export class MissingPackageError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "MissingPackageError";
}
