import type {
	AssociateSoftwareTokenRequest,
	AssociateSoftwareTokenResponse,
	ChangePasswordRequest,
	ConfirmDeviceRequest,
	ConfirmDeviceResponse,
	ConfirmForgotPasswordRequest,
	ConfirmSignUpRequest,
	DeleteUserRequest,
	ForgetDeviceRequest,
	ForgotPasswordRequest,
	ForgotPasswordResponse,
	GetTokensFromRefreshTokenRequest,
	GetTokensFromRefreshTokenResponse,
	GetUserAttributeVerificationCodeRequest,
	GetUserAttributeVerificationCodeResponse,
	GetUserRequest,
	GetUserResponse,
	GlobalSignOutRequest,
	InitiateAuthRequest,
	InitiateAuthResponse,
	ResendConfirmationCodeRequest,
	ResendConfirmationCodeResponse,
	RespondToAuthChallengeRequest,
	RespondToAuthChallengeResponse,
	RevokeTokenRequest,
	SetUserMFAPreferenceRequest,
	SignUpRequest,
	SignUpResponse,
	UpdateDeviceStatusRequest,
	UpdateUserAttributesRequest,
	VerifySoftwareTokenRequest,
	VerifySoftwareTokenResponse,
	VerifyUserAttributeRequest,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoPurpose } from "./exceptions.ts";

/** The operations of Cognito's API that require no AWS credentials, with the SDK's types of their input and output. */
export interface CognitoOperations {
	AssociateSoftwareToken: [AssociateSoftwareTokenRequest, AssociateSoftwareTokenResponse];
	ChangePassword: [ChangePasswordRequest, object];
	ConfirmDevice: [ConfirmDeviceRequest, ConfirmDeviceResponse];
	ConfirmForgotPassword: [ConfirmForgotPasswordRequest, object];
	ConfirmSignUp: [ConfirmSignUpRequest, object];
	DeleteUser: [DeleteUserRequest, object];
	ForgetDevice: [ForgetDeviceRequest, object];
	ForgotPassword: [ForgotPasswordRequest, ForgotPasswordResponse];
	GetTokensFromRefreshToken: [GetTokensFromRefreshTokenRequest, GetTokensFromRefreshTokenResponse];
	GetUser: [GetUserRequest, GetUserResponse];
	GetUserAttributeVerificationCode: [GetUserAttributeVerificationCodeRequest, GetUserAttributeVerificationCodeResponse];
	GlobalSignOut: [GlobalSignOutRequest, object];
	InitiateAuth: [InitiateAuthRequest, InitiateAuthResponse];
	ResendConfirmationCode: [ResendConfirmationCodeRequest, ResendConfirmationCodeResponse];
	RespondToAuthChallenge: [RespondToAuthChallengeRequest, RespondToAuthChallengeResponse];
	RevokeToken: [RevokeTokenRequest, object];
	SetUserMFAPreference: [SetUserMFAPreferenceRequest, object];
	SignUp: [SignUpRequest, SignUpResponse];
	UpdateDeviceStatus: [UpdateDeviceStatusRequest, object];
	UpdateUserAttributes: [UpdateUserAttributesRequest, object];
	VerifySoftwareToken: [VerifySoftwareTokenRequest, VerifySoftwareTokenResponse];
	VerifyUserAttribute: [VerifyUserAttributeRequest, object];
}

type Operations = ReadonlySet<keyof CognitoOperations>;

/** Operations whose response may be empty. */
export const HAS_NO_OUTPUT: Operations = new Set([
	"ChangePassword",
	"ConfirmForgotPassword",
	"ConfirmSignUp",
	"DeleteUser",
	"ForgetDevice",
	"GlobalSignOut",
	"RevokeToken",
	"SetUserMFAPreference",
	"UpdateDeviceStatus",
	"UpdateUserAttributes",
	"VerifyUserAttribute",
]);

/** Operations that Cognito rejects the second time. They are not sent again when their response was lost. */
export const CHANGES_ONCE: Operations = new Set([
	"ChangePassword",
	"ConfirmForgotPassword",
	"ConfirmSignUp",
	"DeleteUser",
	"SignUp",
	"VerifySoftwareToken",
	"VerifyUserAttribute",
]);

/** Performs an operation. */
export type SendOperation = <Name extends keyof CognitoOperations>(
	operation: Name,
	input: CognitoOperations[Name][0],
	purpose: CognitoPurpose,
) => Promise<CognitoOperations[Name][1]>;
