/**
 * Sessions in an EchoStream tenant, their user, their credentials and their errors.
 *
 * @module echostream-botocore
 */

// Sessions

export type { GraphQLDocument, TypedDocument } from "./appsync/graphql-document.ts";
export { ApiSession, type ApiSessionOptions } from "./sessions/api-session.ts";
export { type AppDescription, AppSession, type AppSessionOptions } from "./sessions/app-session.ts";
export type { CredentialProvider, ServiceClass, ServiceConfig } from "./sessions/service-clients.ts";
export { EchoStreamSession, type Query } from "./sessions/session.ts";
export type { AddedSettings, EchoStreamSessionOptions } from "./sessions/session-options.ts";
export type { TenantDescription } from "./sessions/tenant-description.ts";

// Options of a session

export type { RefreshWindowOptions } from "./credentials/refresh-windows.ts";
export type { Clock, ServerTime } from "./platform/clock.ts";
export type { Logger, RefreshReason, SessionEvent, SessionEventListener } from "./platform/events.ts";
export type { HttpHandler, HttpHandlerOptions, HttpRequest, HttpResponse } from "./platform/http-handler.ts";
export type { ClientDefaults } from "./sessions/client-defaults.ts";
export type { ConfigVariable, ConfigVariableValues } from "./sessions/config-variables.ts";

// The user

export type { CodeDelivery, UserAttributes, UserDescription } from "./cognito/account.ts";
export { Cognito, type CognitoUser } from "./cognito/cognito.ts";
export type { AuthFlow } from "./cognito/login/challenge-sequence.ts";
export type {
	ChallengeAnswer,
	ChallengeAnswers,
	ChallengeQuestion,
	ChoiceQuestion,
	MfaSetupQuestion,
	NewPassword,
	NewPasswordQuestion,
	TotpSecret,
} from "./cognito/login/challenges.ts";
export type { RememberedDevice } from "./cognito/login/devices.ts";
export type { CognitoPassword, PasswordRequest } from "./cognito/login/password-source.ts";
export type { CognitoOptions } from "./cognito/options.ts";
export type { AccessTokenRequest } from "./cognito/tokens/token-source.ts";
export type { VerifiedClaims, VerifiedTokens } from "./cognito/tokens/verification.ts";

// Credentials

export type {
	AwsIdentity,
	CredentialsRequest,
	FrozenCredentials,
	SessionCredentials,
} from "./credentials/credentials.ts";

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
