import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationError } from "../errors.ts";
import { isRecord } from "../http-exchange.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isList: Check = (value) => Array.isArray(value) && value.every(isText);

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

/** What the answers to logins and renewals hold, as far as anything here reads it. */
const FIELDS: Readonly<Record<string, Check>> = {
	AuthenticationResult: shaped({
		AccessToken: isText,
		ExpiresIn: Number.isFinite,
		IdToken: isText,
		NewDeviceMetadata: shaped({ DeviceGroupKey: isText, DeviceKey: isText }),
		RefreshToken: isText,
	}),
	AvailableChallenges: isList,
	ChallengeName: isText,
	ChallengeParameters: (value) => isRecord(value) && Object.values(value).every(isText),
	SecretCode: isText,
	Session: isText,
};

/**
 * An answer of Cognito's whose fields are of the types that they should be: the SDK passes on whatever came. Any of them
 * may be missing.
 *
 * @throws AuthenticationError `InvalidCognitoAnswer` that names those that are not.
 */
export function checkedAnswer<Output extends object>(answer: Output, userPoolId: string): Output {
	const wrong = misfits(answer as Readonly<Record<string, unknown>>, FIELDS);
	if (wrong.length === 0) return answer;
	throw new AuthenticationError(
		"InvalidCognitoAnswer",
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
 * @throws AuthenticationError `InvalidCognitoAnswer` where there is no access token among them.
 */
export function issuedTokens(result: AuthenticationResultType | undefined, userPoolId: string): IssuedTokens {
	if (result?.AccessToken) return { ...result, AccessToken: result.AccessToken };
	const message = `Cognito (user pool ${userPoolId}) sent a response without an access token. Try again later.`;
	throw new AuthenticationError("InvalidCognitoAnswer", message, { transient: true });
}
