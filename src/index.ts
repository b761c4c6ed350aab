/**
 * Sessions in an EchoStream tenant, their user, their credentials, and what goes wrong with them.
 *
 * @module echostream-botocore
 */

// Sessions

export { ApiSession, type ApiSessionOptions } from "./api-session.ts";
export { type AppDescription, AppSession, type AppSessionOptions } from "./app-session.ts";
export type { GraphQLDocument, TypedDocument } from "./graphql-document.ts";
export type { CredentialProvider, ServiceClass, ServiceConfig } from "./service-clients.ts";
export { EchoStreamSession, type Query } from "./session.ts";
export type { EchoStreamSessionOptions } from "./session-options.ts";
export type { TenantDescription } from "./tenant-description.ts";

// What a session can be given

export type { ClientDefaults } from "./client-defaults.ts";
export type { Clock, ServerTime } from "./clock.ts";
export type { ConfigVariable, ConfigVariableValues } from "./config-variables.ts";
export type { Logger, RefreshReason, SessionEvent, SessionEventListener } from "./events.ts";
export type { HttpHandler, HttpRequest, HttpResponse } from "./http-handler.ts";
export type { RefreshWindowOptions } from "./refresh-windows.ts";

// The user

export type { AuthFlow } from "./cognito/challenge-sequence.ts";
export type {
	Answer,
	ChallengeAnswers,
	ChallengeQuestion,
	ChoiceQuestion,
	MfaSetupQuestion,
	NewPassword,
	NewPasswordQuestion,
	TotpSecret,
} from "./cognito/challenges.ts";
export { Cognito, type CognitoUser } from "./cognito/cognito.ts";
export type { CodeDelivery, UserAttributes, UserDescription } from "./cognito/cognito-account.ts";
export type { CognitoOptions } from "./cognito/cognito-options.ts";
export type { RememberedDevice } from "./cognito/devices.ts";
export type { Password, PasswordRequest } from "./cognito/password-source.ts";
export type { AccessTokenRequest } from "./cognito/token-source.ts";
export type { VerifiedClaims, VerifiedTokens } from "./cognito/token-verification.ts";

// Credentials

export type { AwsIdentity, Credentials, CredentialsRequest, FrozenCredentials } from "./credentials.ts";

// Errors

export {
	type AnyEchoStreamError,
	AppSyncError,
	type AppSyncErrorCode,
	AuthenticationError,
	type AuthenticationErrorCode,
	ChallengeError,
	type ChallengeErrorCode,
	CredentialsError,
	type CredentialsErrorCode,
	EchoStreamError,
	type EchoStreamErrorOptions,
	type GraphQLErrorSummary,
	isEchoStreamError,
	SettingsError,
	type SettingsProblem,
} from "./errors.ts";
