import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationError } from "../../errors.ts";
import { isRecord } from "../../platform/http-exchange.ts";
import { isPrintable } from "../../platform/printable.ts";

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

/** The names of the fields that are there and do not pass their check. */
function misfits(answer: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): string[] {
	return Object.entries(checks).flatMap(([name, check]) => {
		const value = answer[name];
		return value === undefined || value === null || check(value) ? [] : [name];
	});
}

function shaped(checks: Readonly<Record<string, Check>>): Check {
	return (value) => isRecord(value) && misfits(value, checks).length === 0;
}

const SRP_PARAMETERS: Readonly<Record<string, Check>> = {
	SALT: isNumber,
	SRP_B: isNumber,
	USERNAME: isName,
	USER_ID_FOR_SRP: isName,
};

/** What the responses of all operations hold, as far as anything here reads it. */
const FIELDS: Readonly<Record<string, Check>> = {
	AuthenticationResult: shaped({
		AccessToken: isToken,
		ExpiresIn: isLifetime,
		IdToken: isText,
		NewDeviceMetadata: shaped({ DeviceGroupKey: isText, DeviceKey: isText }),
		RefreshToken: isText,
	}),
	AvailableChallenges: isList,
	ChallengeName: isName,
	ChallengeParameters: (value) =>
		isRecord(value) && Object.values(value).every(isText) && misfits(value, SRP_PARAMETERS).length === 0,
	CodeDeliveryDetails: shaped({ AttributeName: isText, DeliveryMedium: isText, Destination: isText }),
	PreferredMfaSetting: isText,
	SecretCode: isText,
	Session: isText,
	Status: isText,
	UserAttributes: listOf(shaped({ Name: isText, Value: isText })),
	UserConfirmationNecessary: isFlag,
	UserConfirmed: isFlag,
	UserMFASettingList: isList,
	Username: isText,
};

/**
 * An answer of Cognito's whose fields are of the types that they should be: the SDK passes on whatever came. Any of them
 * may be missing.
 *
 * @throws AuthenticationError `InvalidCognitoResponse` that names those that are not.
 */
export function checkedAnswer<Output extends object>(answer: Output, userPoolId: string): Output {
	const wrong = misfits(answer as Readonly<Record<string, unknown>>, FIELDS);
	if (wrong.length === 0) return answer;
	throw new AuthenticationError(
		"InvalidCognitoResponse",
		`Cognito (user pool ${userPoolId}) sent an answer with a malformed ${wrong.join(", ")}`,
		{ transient: true },
	);
}

/** Tokens that Cognito has issued: an access token for certain, the others where they are new. */
export interface IssuedTokens extends AuthenticationResultType {
	readonly AccessToken: string;
}

/**
 * The tokens of a response to a login or a renewal.
 *
 * @throws AuthenticationError `InvalidCognitoResponse` where there is no access token among them.
 */
export function issuedTokens(result: AuthenticationResultType | undefined, userPoolId: string): IssuedTokens {
	if (result?.AccessToken) return { ...result, AccessToken: result.AccessToken };
	const message = `Cognito (user pool ${userPoolId}) sent a response without an access token. Try again later.`;
	throw new AuthenticationError("InvalidCognitoResponse", message, { transient: true });
}
