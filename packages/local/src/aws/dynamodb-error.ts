/** An error that is worded as DynamoDB does: dynalite's, and those of what dynalite lacks. */
export class DynamodbError extends Error {
	override readonly name = "DynamodbError";
	readonly statusCode = 400;
	readonly body: Readonly<Record<string, unknown>>;

	/** @param members - members of the response besides its name and message. */
	constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
		super(message);
		const namespace = code === "ValidationException" ? "com.amazon.coral.validate" : "com.amazonaws.dynamodb.v20120810";
		// This one writes its message with a capital, as DynamoDB does.
		const member = code === "TransactionCanceledException" ? "Message" : "message";
		this.body = { __type: `${namespace}#${code}`, [member]: message, ...members };
	}
}

/** Whether DynamoDB words an error: this package's, or one of dynalite, which has a class of its own for none. */
export function isDynamodbError(error: unknown): error is Pick<DynamodbError, "statusCode" | "body" | "message"> {
	return error instanceof Error && "statusCode" in error && "body" in error;
}

/** The code of an error: `ConditionalCheckFailedException`. `undefined` for what is no error of DynamoDB. */
export function codeOf(error: unknown): string | undefined {
	return isDynamodbError(error) ? String(error.body.__type).split("#").pop() : undefined;
}
