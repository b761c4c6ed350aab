import { AuthenticationError, safeCause } from "../../errors.ts";
import { blockedRemedy, finalFailure } from "../../platform/http-failures.ts";
import { VERSION } from "../../version.ts";

/** User agent for Cognito. */
export const USER_AGENT = `echostream-botocore/${VERSION}`;

type Code = AuthenticationError["code"];

/** Purpose of a request to Cognito, because the meaning of an exception depends on it. */
export type CognitoPurpose =
	/** To sign in. */
	| "login"
	/** To exchange a refresh token for new tokens. */
	| "renewal"
	/** To manage the account. */
	| "account";

const CODES: Readonly<Record<string, Code>> = {
	AliasExistsException: "UserExists",
	CodeMismatchException: "CodeRejected",
	EnableSoftwareTokenMFAException: "CodeRejected",
	ExpiredCodeException: "CodeRejected",
	FeatureUnavailableInTierException: "OperationNotEnabled",
	ForbiddenException: "RequestBlocked",
	InternalErrorException: "CognitoUnavailable",
	InternalServerException: "CognitoUnavailable",
	InvalidLambdaResponseException: "LambdaFailed",
	InvalidPasswordException: "InvalidPassword",
	LimitExceededException: "Throttled",
	OperationNotEnabledException: "OperationNotEnabled",
	PasswordHistoryPolicyViolationException: "InvalidPassword",
	PasswordResetRequiredException: "PasswordResetRequired",
	RefreshTokenReuseException: "RefreshTokenRejected",
	ResourceNotFoundException: "UserPoolNotFound",
	ThrottlingException: "Throttled",
	TokenRevokedException: "RefreshTokenRejected",
	TooManyFailedAttemptsException: "Throttled",
	TooManyRequestsException: "Throttled",
	UnexpectedLambdaException: "LambdaFailed",
	UnknownOperationException: "OperationNotEnabled",
	UnsupportedOperationException: "OperationNotEnabled",
	UserLambdaValidationException: "LambdaRejected",
	UserNotConfirmedException: "UserNotConfirmed",
	UserNotFoundException: "UserNotFound",
	UsernameExistsException: "UserExists",
};

const TRANSIENT: ReadonlySet<Code> = new Set(["CognitoUnavailable", "InvalidCognitoResponse", "Throttled"]);

const REMEDIES: Partial<Record<Code, string>> = {
	SignInRejected:
		"Check the user name and the password. They are not retried automatically, because Cognito locks users out.",
	UserLockedOut: "Wait up to 15 minutes, then sign in with the right password.",
	UserDisabled: "An administrator of the user pool can enable the user.",
	UserNotConfirmed: "Confirm the user with confirmSignUp().",
	PasswordResetRequired: "Set a new password with initiateForgotPassword() and confirmForgotPassword().",
	RefreshTokenRejected: "Sign in again with authenticate().",
	FlowNotEnabled:
		"Allow ALLOW_USER_SRP_AUTH, and ALLOW_REFRESH_TOKEN_AUTH unless refresh tokens are rotated, in the app client.",
	UserPoolNotFound: "Check userPoolId, clientId and the region.",
	ClientSecretRejected: "Check clientSecret: an app client either has one or has none.",
	RequestBlocked: blockedRemedy(USER_AGENT),
	OperationNotEnabled: "A replica of a user pool, another region or another tier may not offer it.",
	Throttled: "Try again later.",
	CognitoUnavailable: "Try again later.",
};

/** Name of an error response without the name of an exception. */
export const UNNAMED = "UnknownError";

interface Failure {
	readonly name: string;
	readonly message: string;
	readonly status: number | undefined;
}

function codeOfNotAuthorized(message: string, purpose: CognitoPurpose): Code {
	if (/attempts exceeded/i.test(message)) return "UserLockedOut";
	if (/temporary password/i.test(message)) return "PasswordResetRequired";
	if (/disabled/i.test(message)) return "UserDisabled";
	if (/secret/i.test(message)) return "ClientSecretRejected";
	if (/not enabled for (this|the) client/i.test(message)) return "FlowNotEnabled";
	if (purpose === "renewal") return "RefreshTokenRejected";
	return purpose === "login" || /password/i.test(message) ? "SignInRejected" : "InvalidToken";
}

function codeOf({ name, message, status }: Failure, purpose: CognitoPurpose): Code {
	if (name === "NotAuthorizedException") return codeOfNotAuthorized(message, purpose);
	if (name === "InvalidParameterException") {
		if (/not enabled for (this|the) client/i.test(message)) return "FlowNotEnabled";
		if (/secret/i.test(message)) return "ClientSecretRejected";
	}
	const known = Object.hasOwn(CODES, name) ? CODES[name] : undefined;
	if (known !== undefined) return known;
	if (status === 429) return "Throttled";
	if (status === 403) return "RequestBlocked";
	if (status === 200) return "InvalidCognitoResponse";
	// An exception of Cognito has a name. Anything else comes from the network, such as the error page of a proxy.
	const isException = status !== undefined && status < 500 && status !== 408 && status !== 425 && name !== UNNAMED;
	return isException ? "CognitoException" : "CognitoUnavailable";
}

function describe({ name, message }: Failure, code: Code, cause: Error): string {
	if (code === "InvalidCognitoResponse") return `returned an invalid response: ${cause.message}`;
	if (code === "CognitoUnavailable") return `is unavailable or could not be reached (${name}: ${message})`;
	return `rejected the request: ${message || name}`;
}

/**
 * Converts the failure of a request into an {@link AuthenticationError}, whose `cause.name` is Cognito's exception.
 *
 * @param secrets - The secrets of the request. Cognito quotes invalid values, and no message may contain them.
 */
export function authenticationError(
	error: unknown,
	purpose: CognitoPurpose,
	userPoolId: string,
	secrets: readonly string[] = [],
): AuthenticationError {
	const cause: Error & { status?: number } = safeCause(error, secrets);
	const final = finalFailure(error, "endpoint (or AWS_ENDPOINT_URL)", secrets);
	if (final !== undefined) {
		const code = final.code === "ResponseTooLarge" ? "InvalidCognitoResponse" : final.code;
		return new AuthenticationError(code, `Cognito (user pool ${userPoolId}) ${final.problem}`, { cause });
	}
	const failure = { name: cause.name, message: cause.message.replace(/\.$/, ""), status: cause.status };
	const code = codeOf(failure, purpose);
	const remedy = REMEDIES[code] === undefined ? "" : ` ${REMEDIES[code]}`;
	const message = `Cognito (user pool ${userPoolId}) ${describe(failure, code, cause)}.${remedy}`;
	return new AuthenticationError(code, message, {
		cause,
		transient: TRANSIENT.has(code) || (code === "RequestBlocked" && cause.name === UNNAMED),
	});
}

function exceptionOf(error: unknown): { name: string; message: string } {
	const { cause } = error instanceof AuthenticationError ? error : {};
	return cause instanceof Error ? cause : { name: "", message: "" };
}

/** Whether Cognito rejected the answer to a challenge, and accepts another one. */
export function isWrongAnswer(error: unknown): boolean {
	const { name, message } = exceptionOf(error);
	if (name === "ExpiredCodeException") return /already been used/i.test(message);
	return name === "CodeMismatchException" || name === "EnableSoftwareTokenMFAException";
}

/** Whether the session of a login has expired or ended, so that a new login is required. */
export function isExpiredSession(error: unknown): boolean {
	const { name, message } = exceptionOf(error);
	if (name === "ExpiredCodeException") return !isWrongAnswer(error);
	return name === "NotAuthorizedException" && /session/i.test(message);
}

/** Whether Cognito no longer knows the device. */
export function isForgottenDevice(error: unknown): boolean {
	const { name, message } = exceptionOf(error);
	return name === "ResourceNotFoundException" && /device/i.test(message);
}

/** Whether Cognito rejected a proof of a password or a device. */
export function isRejectedProof(error: unknown): error is AuthenticationError {
	return error instanceof AuthenticationError && error.code === "SignInRejected";
}

/**
 * Whether Cognito rejected a proof that it may have accepted before: the response to an earlier attempt was lost, and a
 * proof is valid once.
 */
export function isUsedUpProof(error: unknown): boolean {
	return isRejectedProof(error) && isRepeated(error);
}

/** Whether an earlier attempt of the same request may have succeeded, although its response was lost. */
export function isRepeated(error: unknown): boolean {
	const { attempts = 1 } = exceptionOf(error) as { attempts?: number };
	return attempts > 1;
}

/** Whether Cognito rejected an access token that an earlier attempt of the same request may have ended. */
export function isEndedToken(error: unknown): boolean {
	return isRepeated(error) && exceptionOf(error).name === "NotAuthorizedException";
}

/** Whether this operation for new tokens is unavailable, so that another one may work. */
export function isNotOffered(error: unknown): boolean {
	if (!(error instanceof AuthenticationError)) return false;
	const { name } = exceptionOf(error);
	return error.code === "OperationNotEnabled" || error.code === "FlowNotEnabled" || name === "AccessDeniedException";
}

const DEFINITIVE = new Set([
	"NotAuthorizedException",
	"TokenRevokedException",
	"UserNotFoundException",
	"PasswordResetRequiredException",
	"UserNotConfirmedException",
	"RefreshTokenReuseException",
]);

/** Whether a refresh token was used after rotation had replaced it. */
export function isReusedToken(error: unknown): boolean {
	return exceptionOf(error).name === "RefreshTokenReuseException";
}

/** Whether Cognito will reject a refresh token for good. */
export function isDefinitive(error: unknown): boolean {
	if (!(error instanceof AuthenticationError) || error.code === "ClientSecretRejected") return false;
	return error.code !== "FlowNotEnabled" && (DEFINITIVE.has(exceptionOf(error).name) || isForgottenDevice(error));
}
