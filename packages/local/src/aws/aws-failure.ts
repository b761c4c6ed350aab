/** The failure of an operation that the tenant's owner requested. */
export class AwsFailure extends Error {
	/** Name of the error, such as `ResourceNotFoundException`. */
	readonly type: string;

	constructor(type: string, message: string) {
		super(`${type}: ${message}`);
		this.type = type;
	}
}
