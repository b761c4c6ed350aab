import { isRecord } from "../json.ts";
import { CognitoException } from "./cognito-exception.ts";

/** The members of a request, each of the type that Cognito's API gives it. */
export type OperationInput = Readonly<Record<string, unknown>>;

/** The string-valued map of a sign-in step; clients send `null` for what they do not have. */
export type ParameterMap = Readonly<Record<string, string | null | undefined>>;

type Check = (value: unknown, path: string) => void;

const string: Check = (value) => {
	if (typeof value === "string") return;
	if (typeof value === "object") throw mistyped("Start of structure or map found where not expected.");
	throw mistyped(
		`${typeof value === "number" ? "NUMBER" : String(value).toUpperCase()}_VALUE can not be converted to a String`,
	);
};
const number: Check = (value) => {
	if (typeof value !== "number") throw mistyped("STRING_VALUE can not be converted to an Integer");
};
const flags: Check = (value) => {
	if (!isRecord(value)) throw mistyped("Expected map or null");
	if (Object.values(value).some((flag) => flag != null && typeof flag !== "boolean")) {
		throw mistyped("STRING_VALUE can not be converted to a Boolean");
	}
};
const map: Check = (value, path) => {
	if (!isRecord(value)) throw mistyped("Expected map or null");
	for (const [name, entry] of Object.entries(value)) if (entry != null) string(entry, `${path}.${name}`);
};
const listOf =
	(element: Check): Check =>
	(value, path) => {
		if (!Array.isArray(value)) throw mistyped("Expected list or null");
		for (const [index, entry] of value.entries()) {
			const member = `${path}.${index + 1}.member`;
			if (entry === null) throw missing(member);
			element(entry, member);
		}
	};
const attribute: Check = (value, path) => {
	map(value, path);
	if (typeof (value as ParameterMap).Name !== "string") throw missing(`${path}.name`);
};

const MEMBERS = new Map<string, Check>([
	...[
		"AccessToken",
		"AttributeName",
		"AuthFlow",
		"ChallengeName",
		"ClientId",
		"ClientSecret",
		"Code",
		"ConfirmationCode",
		"DeviceKey",
		"DeviceName",
		"DeviceRememberedStatus",
		"Password",
		"PreviousPassword",
		"ProposedPassword",
		"RefreshToken",
		"SecretHash",
		"Session",
		"Token",
		"UserCode",
		"Username",
	].map((name): [string, Check] => [name, string]),
	["AuthParameters", map],
	["ChallengeResponses", map],
	["DeviceSecretVerifierConfig", map],
	["EmailMfaSettings", flags],
	["Limit", number],
	["SMSMfaSettings", flags],
	["SoftwareTokenMfaSettings", flags],
	["UserAttributeNames", listOf(string)],
	["UserAttributes", listOf(attribute)],
]);

/**
 * Checks the type of every member that an operation reads, and drops the others. `null` stands for a member that is absent.
 *
 * @throws CognitoException `SerializationException`, or `InvalidParameterException` for an attribute without a name.
 */
export function checkInput(input: Readonly<Record<string, unknown>>): OperationInput {
	const members = Object.entries(input).filter(([name, value]) => value != null && MEMBERS.has(name));
	for (const [name, value] of members) MEMBERS.get(name)?.(value, lowerFirst(name));
	return Object.fromEntries(members);
}

/** The string `name` of an operation's input; throws Cognito's validation error. */
export function inputString(input: OperationInput, name: string): string {
	const value = input[name];
	if (typeof value === "string" && value !== "") return value;
	throw missing(lowerFirst(name));
}

/** The map `name` of an operation's input: `AuthParameters`, `ChallengeResponses`. */
export function inputMap(input: OperationInput, name: string): ParameterMap {
	return (input[name] ?? {}) as ParameterMap;
}

/** The value `name` of such a map; throws Cognito's error for a missing one. */
export function parameter(map: ParameterMap, name: string): string {
	const value = map[name];
	if (typeof value === "string" && value !== "") return value;
	throw new CognitoException("InvalidParameterException", `Missing required parameter ${name}`);
}

/** Cognito's exception for a member that a request must have. */
export function missing(member: string): CognitoException {
	return new CognitoException(
		"InvalidParameterException",
		`1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
	);
}

function mistyped(message: string): CognitoException {
	return new CognitoException("SerializationException", message);
}

function lowerFirst(name: string): string {
	return name.charAt(0).toLowerCase() + name.slice(1);
}
