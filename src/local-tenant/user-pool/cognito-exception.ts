/** The exceptions of Cognito's API that the local user pool throws. */
export type CognitoExceptionName =
	| "AliasExistsException"
	| "CodeMismatchException"
	| "EnableSoftwareTokenMFAException"
	| "ExpiredCodeException"
	| "ForbiddenException"
	| "InvalidLambdaResponseException"
	| "InvalidParameterException"
	| "InvalidPasswordException"
	| "NotAuthorizedException"
	| "OperationNotEnabledException"
	| "PasswordResetRequiredException"
	| "RefreshTokenReuseException"
	| "ResourceNotFoundException"
	| "SoftwareTokenMFANotFoundException"
	| "UnexpectedLambdaException"
	| "UnknownOperationException"
	| "UnsupportedTokenTypeException"
	| "UserLambdaValidationException"
	| "UserNotConfirmedException"
	| "UserNotFoundException"
	| "UsernameExistsException";

/** What an operation of the local user pool throws to answer with one of Cognito's exceptions. */
export class CognitoException extends Error {
	override readonly name: CognitoExceptionName;

	constructor(name: CognitoExceptionName, message: string) {
		super(message);
		this.name = name;
	}
}

/** Cognito's one answer to everything that is wrong with a name or a password. */
export function wrongCredentials(): CognitoException {
	return new CognitoException("NotAuthorizedException", "Incorrect username or password.");
}

/** Cognito's answer where a user does not exist, and may be seen not to. */
export function noSuchUser(): CognitoException {
	return new CognitoException("UserNotFoundException", "User does not exist.");
}

/** Cognito's answer where a device is not, or no longer, the user's. */
export function noSuchDevice(): CognitoException {
	return new CognitoException("ResourceNotFoundException", "Device does not exist.");
}
