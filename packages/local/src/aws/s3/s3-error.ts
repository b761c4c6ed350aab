/** An error that is worded as S3 does. */
export class S3Error extends Error {
	override readonly name = "S3Error";
	readonly code: string;
	readonly status: number;
	readonly members: Readonly<Record<string, string | number>>;

	/** @param members - elements of the response besides code and message. */
	constructor(code: string, status: number, message: string, members: Readonly<Record<string, string | number>> = {}) {
		super(message);
		this.code = code;
		this.status = status;
		this.members = members;
	}
}

/** S3's error for a header or a parameter with a wrong value. */
export function invalidArgument(message: string, name: string, value: string): S3Error {
	return new S3Error("InvalidArgument", 400, message, { ArgumentName: name, ArgumentValue: value });
}

/** S3's error for a header that requires what the tenant does not have. */
export function notImplementedHeader(header: string): S3Error {
	return new S3Error("NotImplemented", 501, "A header you provided implies functionality that is not implemented", {
		Header: header,
	});
}

/** S3's error for a bucket that does not exist. */
export function noSuchBucket(bucket: string): S3Error {
	return new S3Error("NoSuchBucket", 404, "The specified bucket does not exist", { BucketName: bucket });
}

/** S3's error for an object that does not exist. */
export function noSuchKey(key: string): S3Error {
	return new S3Error("NoSuchKey", 404, "The specified key does not exist.", { Key: key });
}

/** S3's error for a body that is no XML, or not the XML of the operation. */
export function malformedXml(): S3Error {
	return new S3Error(
		"MalformedXML",
		400,
		"The XML you provided was not well-formed or did not validate against our published schema",
	);
}

/** S3's error for a condition that does not hold. */
export function preconditionFailed(condition: string): S3Error {
	return new S3Error("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold", {
		Condition: condition,
	});
}
