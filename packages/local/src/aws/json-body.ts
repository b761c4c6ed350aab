import { isDeeperThan, parseObject } from "../json.ts";
import { AwsException } from "./aws-exception.ts";

/** DynamoDB's limit of 32 levels of attribute values, each of which is an object in an object, and the levels around them. */
const MAX_LEVELS = 80;

/**
 * Reads the body of a request in an AWS JSON protocol. Emulators crash, or overflow the stack, on what this rejects.
 *
 * @throws AwsException `malformedBody`.
 */
export function readJsonBody(body: Buffer): Record<string, unknown> {
	const input = parseObject(body);
	if (input === undefined) throw new AwsException("malformedBody", "The request body is not a JSON object.");
	if (isDeeperThan(MAX_LEVELS, input)) {
		throw new AwsException("malformedBody", `The request body is nested more than ${MAX_LEVELS} levels deep.`);
	}
	if (Object.values(input).some(hasNull)) {
		throw new AwsException("malformedBody", "The request body has a null value where none is expected.");
	}
	return input;
}

/** Whether there is a null below the first level, where it stands for a member that is absent. */
function hasNull(member: unknown): boolean {
	if (typeof member !== "object" || member === null) return false;
	return Object.values(member).some((value) => value === null || hasNull(value));
}
