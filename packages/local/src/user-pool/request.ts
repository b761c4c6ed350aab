import { createHmac } from "node:crypto";
import { isSameSecret } from "../constant-time.ts";
import { isRecord } from "../json.ts";
import { CognitoException } from "./cognito-exception.ts";
import type { PoolState } from "./pool-state.ts";
import { InvalidTokenError, type TokenClaims } from "./token-issuer.ts";
import type { PoolAccount } from "./user-directory.ts";
import type { AuthFlow, UserPoolSettings } from "./user-pool-options.ts";

/** The members of a request, each of the type that Cognito's API gives it. */
export type OperationInput = Readonly<Record<string, unknown>>;

/** One operation of Cognito's API: returns its output, or throws a CognitoException. */
export type PoolOperation = (
	pool: PoolState,
	input: OperationInput,
) => Promise<Record<string, unknown>> | Record<string, unknown>;

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
const boolean: Check = (value) => {
	if (typeof value !== "boolean") throw mistyped("STRING_VALUE can not be converted to a Boolean");
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
		"Description",
		"Filter",
		"GroupName",
		"MessageAction",
		"NextToken",
		"PaginationToken",
		"RoleArn",
		"TemporaryPassword",
		"UserPoolId",
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
	["AttributesToGet", listOf(string)],
	["DesiredDeliveryMediums", listOf(string)],
	["Limit", number],
	["Permanent", boolean],
	["Precedence", number],
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

/** `UserAttributes` of an input, as names and values. */
export function inputAttributes(input: OperationInput): [string, string][] {
	const list = (input.UserAttributes ?? []) as readonly { readonly Name: string; readonly Value?: string | null }[];
	return list.map(({ Name, Value }) => [Name, Value ?? ""]);
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
function missing(member: string): CognitoException {
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

type Client = Pick<UserPoolSettings, "clientId" | "clientSecret" | "authFlows">;

/** Rejects an app client that the pool does not have. */
export function checkClientId({ clientId }: Client, given: unknown): void {
	if (typeof given !== "string") {
		throw new CognitoException(
			"InvalidParameterException",
			"1 validation error detected: Value null at 'clientId' failed to satisfy constraint: Member must not be null",
		);
	}
	if (given !== clientId) {
		throw new CognitoException("ResourceNotFoundException", `User pool client ${given} does not exist.`);
	}
}

/** Rejects a user pool that is not this one. */
export function checkUserPoolId({ id }: Pick<UserPoolSettings, "id">, given: unknown): void {
	if (typeof given !== "string") throw missing("userPoolId");
	if (given !== id) throw new CognitoException("ResourceNotFoundException", `User pool ${given} does not exist.`);
}

/** Rejects an authentication flow that the app client does not allow. */
export function checkAuthFlow({ authFlows }: Client, flow: AuthFlow): void {
	if (authFlows.includes(flow)) return;
	const wording =
		flow === "USER_PASSWORD_AUTH"
			? `${flow} flow not enabled for this client`
			: `${flow} is not enabled for the client.`;
	throw new CognitoException("InvalidParameterException", wording);
}

/** Rejects a `SECRET_HASH` that was not made from `username` and the client secret, or that is sent where there is no secret. */
export function checkSecretHash({ clientId, clientSecret }: Client, given: unknown, username: string): void {
	if (clientSecret === undefined) {
		if (given === undefined || given === null) return;
		throw new CognitoException(
			"NotAuthorizedException",
			`Client ${clientId} is not configured with a secret but SECRET_HASH was received`,
		);
	}
	if (typeof given !== "string") {
		throw new CognitoException(
			"NotAuthorizedException",
			`Client ${clientId} is configured with secret but SECRET_HASH was not received`,
		);
	}
	const expected = createHmac("sha256", clientSecret).update(`${username}${clientId}`).digest("base64");
	if (!isSameSecret(given, expected)) {
		throw new CognitoException("NotAuthorizedException", `Unable to verify secret hash for client ${clientId}`);
	}
}

/** Rejects a client secret that is wrong or missing. */
export function checkClientSecret({ clientId, clientSecret }: Client, given: unknown): void {
	if (clientSecret === undefined) return;
	if (typeof given !== "string" || !isSameSecret(given, clientSecret)) {
		throw new CognitoException("NotAuthorizedException", `Invalid client secret for client ${clientId}`);
	}
}

const MIN_PASSWORD_LENGTH = 8;

/** Rejects a new password that is too short, which is the local pool's whole password policy. */
export function checkPasswordPolicy(password: string): void {
	if (password.length < MIN_PASSWORD_LENGTH) {
		throw new CognitoException(
			"InvalidPasswordException",
			"Password did not conform with policy: Password not long enough",
		);
	}
}

const WORDING = { expired: "Access Token has expired", revoked: "Access Token has been revoked" };

/** Checks a token of the pool, its revocation included; throws a {@link InvalidTokenError}. */
export async function verifyToken(pool: PoolState, token: string): Promise<TokenClaims> {
	const claims = await pool.tokens.verify(token, pool.now());
	if (pool.grants.isRevoked(claims.origin_jti)) throw new InvalidTokenError("revoked");
	return claims;
}

/** The user whose `AccessToken` an operation was sent with; throws Cognito's exception for an invalid one. */
export async function signedInUser(
	pool: PoolState,
	input: OperationInput,
): Promise<{ account: PoolAccount; claims: TokenClaims }> {
	const claims = await verifyToken(pool, inputString(input, "AccessToken")).catch((error: unknown) => {
		const reason = error instanceof InvalidTokenError ? error.reason : undefined;
		const wording = reason === "expired" || reason === "revoked" ? WORDING[reason] : "Invalid Access Token";
		throw new CognitoException("NotAuthorizedException", wording);
	});
	if (claims.token_use !== "access") throw new CognitoException("NotAuthorizedException", "Invalid Access Token");
	const account = pool.users.get(claims.username);
	if (account.disabled) throw new CognitoException("NotAuthorizedException", "User is disabled.");
	return { account, claims };
}
