import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationError } from "../../errors.ts";
import { isRecord } from "../../platform/http-exchange.ts";
import { isPrintable } from "../../printable.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
/** A name, which is shown in messages. Cognito allows 128 characters, and no control characters. */
const isName: Check = (value) => typeof value === "string" && isPrintable(value, 128);
/** A number of SRP, in hexadecimal. It has 3072 bits at most. */
const isNumber: Check = (value) => typeof value === "string" && value.length <= 1024;
/** A token that can be sent in a header. AWS accepts 20 kB of headers. */
const isToken: Check = (value) =>
	typeof value === "string" && /^[\x21-\x7e]*$/.test(value.slice(0, 20_480)) && value.length <= 20_480;
/** A lifetime of tokens, seconds. The maximum is ten years. */
const isLifetime: Check = (value) => typeof value === "number" && Math.abs(value) <= 315_360_000;
/** `every` would skip the gaps that null leaves in a list. */
const listOf =
	(check: Check): Check =>
	(value) =>
		Array.isArray(value) && [...value].every(check);
const isList = listOf(isText);
const isFlag: Check = (value) => typeof value === "boolean";

/** The names of the fields that are present and invalid. */
function invalidFields(response: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): string[] {
	return Object.entries(checks).flatMap(([name, check]) => {
		const value = response[name];
		return value === undefined || value === null || check(value) ? [] : [name];
	});
}

function objectOf(checks: Readonly<Record<string, Check>>): Check {
	return (value) => isRecord(value) && invalidFields(value, checks).length === 0;
}

const SRP_PARAMETERS: Readonly<Record<string, Check>> = {
	SALT: isNumber,
	SRP_B: isNumber,
	USERNAME: isName,
	USER_ID_FOR_SRP: isName,
};

/** The fields of all responses that are read here. */
const FIELDS: Readonly<Record<string, Check>> = {
	AuthenticationResult: objectOf({
		AccessToken: isToken,
		ExpiresIn: isLifetime,
		IdToken: isText,
		NewDeviceMetadata: objectOf({ DeviceGroupKey: isText, DeviceKey: isText }),
		RefreshToken: isText,
	}),
	AvailableChallenges: isList,
	ChallengeName: isName,
	ChallengeParameters: (value) =>
		isRecord(value) && Object.values(value).every(isText) && invalidFields(value, SRP_PARAMETERS).length === 0,
	CodeDeliveryDetails: objectOf({ AttributeName: isText, DeliveryMedium: isText, Destination: isText }),
	PreferredMfaSetting: isText,
	SecretCode: isText,
	Session: isText,
	Status: isText,
	UserAttributes: listOf(objectOf({ Name: isText, Value: isText })),
	UserConfirmationNecessary: isFlag,
	UserConfirmed: isFlag,
	UserMFASettingList: isList,
	Username: isText,
};

/**
 * Validates the types of the fields of a response from Cognito. Any of them may be missing.
 *
 * @throws AuthenticationError `InvalidCognitoResponse` that names the invalid ones.
 */
export function validateResponse<Output extends object>(response: Output, userPoolId: string): Output {
	const wrong = invalidFields(response as Readonly<Record<string, unknown>>, FIELDS);
	if (wrong.length === 0) return response;
	throw new AuthenticationError(
		"InvalidCognitoResponse",
		`Cognito (user pool ${userPoolId}) returned a response with an invalid ${wrong.join(", ")}. Try again later.`,
		{ transient: true },
	);
}

/** Tokens that Cognito has issued: always an access token, the others only if they are new. */
export interface IssuedTokens extends AuthenticationResultType {
	readonly AccessToken: string;
}

/**
 * Returns the tokens of a response to a login or a renewal.
 *
 * @throws AuthenticationError `InvalidCognitoResponse` without an access token.
 */
export function issuedTokens(result: AuthenticationResultType | undefined, userPoolId: string): IssuedTokens {
	if (result?.AccessToken) return { ...result, AccessToken: result.AccessToken };
	const message = `Cognito (user pool ${userPoolId}) returned a response without an access token. Try again later.`;
	throw new AuthenticationError("InvalidCognitoResponse", message, { transient: true });
}
