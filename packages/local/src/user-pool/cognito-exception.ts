/** The exceptions of Cognito's API that the local user pool throws. */
export type CognitoExceptionName =
	| "AliasExistsException"
	| "CodeMismatchException"
	| "EnableSoftwareTokenMFAException"
	| "ExpiredCodeException"
	| "ForbiddenException"
	| "GroupExistsException"
	| "InvalidLambdaResponseException"
	| "InvalidParameterException"
	| "InvalidPasswordException"
	| "LimitExceededException"
	| "NotAuthorizedException"
	| "OperationNotEnabledException"
	| "PasswordResetRequiredException"
	| "RefreshTokenReuseException"
	| "ResourceNotFoundException"
	| "SerializationException"
	| "SoftwareTokenMFANotFoundException"
	| "UnexpectedLambdaException"
	| "UnknownOperationException"
	| "UnsupportedTokenTypeException"
	| "UnsupportedUserStateException"
	| "UserLambdaValidationException"
	| "UserNotConfirmedException"
	| "UserNotFoundException"
	| "UsernameExistsException";

/** An exception of Cognito's API, thrown by an operation of the local user pool. */
export class CognitoException extends Error {
	override readonly name: CognitoExceptionName;

	constructor(name: CognitoExceptionName, message: string) {
		super(message);
		this.name = name;
	}
}

/** Cognito's exception for a wrong name and a wrong password alike. */
export function wrongCredentials(): CognitoException {
	return new CognitoException("NotAuthorizedException", "Incorrect username or password.");
}

/** Cognito's exception for a user that does not exist, in pools that reveal it. */
export function noSuchUser(): CognitoException {
	return new CognitoException("UserNotFoundException", "User does not exist.");
}

/** Cognito's exception for a device that is not, or no longer, the user's. */
export function noSuchDevice(): CognitoException {
	return new CognitoException("ResourceNotFoundException", "Device does not exist.");
}

/** Cognito's exception for a `Session` or `SECRET_BLOCK` that has expired. */
export function sessionExpired(): CognitoException {
	return new CognitoException("NotAuthorizedException", "Invalid session for the user, session is expired.");
}

/** Cognito's exception for a `Session` that it did not issue, or issued for something else. */
export function invalidSession(): CognitoException {
	return new CognitoException("NotAuthorizedException", "Invalid session for the user.");
}
