import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { expect, test } from "@jest/globals";
import { authenticationError, type CognitoPurpose } from "../../../src/cognito/api/exceptions.ts";
import type { CognitoOperations } from "../../../src/cognito/api/operations.ts";

/** The operations that users send. */
const OPERATIONS: Record<keyof CognitoOperations, CognitoPurpose> = {
	AssociateSoftwareToken: "login",
	ChangePassword: "account",
	ConfirmDevice: "account",
	ConfirmForgotPassword: "account",
	ConfirmSignUp: "account",
	DeleteUser: "account",
	ForgetDevice: "account",
	ForgotPassword: "account",
	GetTokensFromRefreshToken: "renewal",
	GetUser: "account",
	GetUserAttributeVerificationCode: "account",
	GlobalSignOut: "account",
	InitiateAuth: "login",
	ResendConfirmationCode: "account",
	RespondToAuthChallenge: "login",
	RevokeToken: "account",
	SetUserMFAPreference: "account",
	SignUp: "account",
	UpdateDeviceStatus: "account",
	UpdateUserAttributes: "account",
	VerifySoftwareToken: "login",
	VerifyUserAttribute: "account",
};

/** The exceptions of those operations in the SDK's model, and the code of each. */
const CODES: Record<string, string> = {
	AliasExistsException: "UserExists",
	CodeDeliveryFailureException: "CognitoException",
	CodeMismatchException: "CodeRejected",
	ConcurrentModificationException: "CognitoException",
	DeviceKeyExistsException: "CognitoException",
	EnableSoftwareTokenMFAException: "CodeRejected",
	ExpiredCodeException: "CodeRejected",
	FeatureUnavailableInTierException: "OperationNotEnabled",
	ForbiddenException: "RequestBlocked",
	InternalErrorException: "CognitoUnavailable",
	InvalidEmailRoleAccessPolicyException: "CognitoException",
	InvalidLambdaResponseException: "LambdaFailed",
	InvalidParameterException: "CognitoException",
	InvalidPasswordException: "InvalidPassword",
	InvalidSmsRoleAccessPolicyException: "CognitoException",
	InvalidSmsRoleTrustRelationshipException: "CognitoException",
	InvalidUserPoolConfigurationException: "CognitoException",
	LimitExceededException: "Throttled",
	MFAMethodNotFoundException: "CognitoException",
	NotAuthorizedException: "SignInRejected, RefreshTokenRejected, InvalidToken",
	OperationNotEnabledException: "OperationNotEnabled",
	PasswordHistoryPolicyViolationException: "InvalidPassword",
	PasswordResetRequiredException: "PasswordResetRequired",
	RefreshTokenReuseException: "RefreshTokenRejected",
	ResourceNotFoundException: "UserPoolNotFound",
	SoftwareTokenMFANotFoundException: "CognitoException",
	TooManyFailedAttemptsException: "Throttled",
	TooManyRequestsException: "Throttled",
	UnauthorizedException: "CognitoException",
	UnexpectedLambdaException: "LambdaFailed",
	UnsupportedOperationException: "OperationNotEnabled",
	UnsupportedTokenTypeException: "CognitoException",
	UserLambdaValidationException: "LambdaRejected",
	UserNotConfirmedException: "UserNotConfirmed",
	UserNotFoundException: "UserNotFound",
	UsernameExistsException: "UserExists",
};

const sdk = dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-cognito-identity-provider/package.json"));
const read = (path: string) => readFileSync(`${sdk}/${path}`, "utf8");

/** The exceptions that the SDK's documentation of a command names. */
function exceptionsOf(operation: string): string[] {
	const named = read(`dist-types/commands/${operation}Command.d.ts`).matchAll(/@throws \{@link (\w+Exception)\}/g);
	return [...named].flatMap(([, name = ""]) => (name === "CognitoIdentityProviderServiceException" ? [] : [name]));
}

function codesOf(name: string): string {
	const codes = (["login", "renewal", "account"] as const).map((purpose) => {
		const thrown = Object.assign(new Error("Said by Cognito"), { name, $metadata: { httpStatusCode: 400 } });
		const error = authenticationError(thrown, purpose, "us-east-1_A");
		expect(error).toMatchObject({ message: expect.stringContaining("Said by Cognito"), cause: { name } });
		return error.code;
	});
	return [...new Set(codes)].join(", ");
}

test("every operation is sent without AWS credentials, as in the SDK's model", () => {
	const unsigned = read("dist-es/auth/httpAuthSchemeProvider.js").matchAll(/case "(\w+)":/g);
	expect([...unsigned].map(([, name = ""]) => name)).toEqual(expect.arrayContaining(Object.keys(OPERATIONS)));
});

test("every exception that the SDK lists for the operations is known here, and no other", () => {
	const named = new Set(Object.keys(OPERATIONS).flatMap(exceptionsOf));
	expect([...named].sort()).toEqual(Object.keys(CODES));
});

test.each(Object.entries(CODES))("the exception %s has the code %s", (name, codes) => {
	expect(codesOf(name)).toBe(codes);
});
