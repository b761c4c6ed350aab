// Sessions
export { ApiSession, type ApiSessionOptions } from "./api-session.ts";
export { type AppDescription, AppSession, type AppSessionOptions } from "./app-session.ts";
// What a session can be given
export type { ClientDefaults } from "./client-defaults.ts";
export type { Clock } from "./clock.ts";
// The user
export { Cognito, type CognitoOptions, type CognitoUser, type Password } from "./cognito.ts";
export type { ConfigVariable, ConfigVariableValues } from "./config-variables.ts";
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
	type GraphQLErrorSummary,
	isEchoStreamError,
	SettingsError,
	type SettingsProblem,
} from "./errors.ts";
export type { Logger, RefreshReason, SessionEvent, SessionEventListener } from "./events.ts";
export type { HttpHandler, HttpRequest, HttpResponse } from "./http-handler.ts";
export type { RefreshWindowOptions } from "./refresh-windows.ts";
export type { CredentialProvider, ServiceClass, ServiceConfig } from "./service-clients.ts";
export { EchoStreamSession, type EchoStreamSessionOptions, type Query, type TenantDescription } from "./session.ts";
