import { CognitoException } from "./cognito-exception.ts";

/** The members of a request, as they came. */
export type OperationInput = Readonly<Record<string, unknown>>;

/** The string-valued map of a login's step; clients send `null` for what they do not have. */
export type ParameterMap = Readonly<Record<string, string | null | undefined>>;

/** The string `name` of an operation's input; throws Cognito's validation error. */
export function inputString(input: OperationInput, name: string): string {
	const value = input[name];
	if (typeof value === "string" && value !== "") return value;
	const member = name.charAt(0).toLowerCase() + name.slice(1);
	throw new CognitoException(
		"InvalidParameterException",
		`1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
	);
}

/** The map `name` of an operation's input: `AuthParameters`, `ChallengeResponses`. */
export function inputMap(input: OperationInput, name: string): ParameterMap {
	const value = input[name];
	return typeof value === "object" && value !== null ? (value as ParameterMap) : {};
}

/** The value `name` of such a map; throws Cognito's words for a missing one. */
export function parameter(map: ParameterMap, name: string): string {
	const value = map[name];
	if (typeof value === "string" && value !== "") return value;
	throw new CognitoException("InvalidParameterException", `Missing required parameter ${name}`);
}
