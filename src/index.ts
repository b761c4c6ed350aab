/**
 * Sessions in an EchoStream tenant, their user, their credentials and their errors.
 *
 * @module echostream-botocore
 */

// Sessions

export type { GraphQLDocument } from "./appsync/graphql-document.ts";
export { ApiSession } from "./sessions/api-session.ts";
export {
	type AppDescription,
	AppSession,
	type AppSessionOptions,
	type AppSessionOptionsWithCognito,
} from "./sessions/app-session.ts";
export type {
	EventArguments,
	EventHandler,
	EventName,
	EventRequest,
	EventResponse,
} from "./sessions/event-handlers.ts";
export type {
	ClientMiddleware,
	MiddlewareOptions,
	SessionMiddlewareStack,
} from "./sessions/middleware-stack.ts";
export type { ClientConfig, CredentialProvider, ServiceClass, WriteInstead } from "./sessions/service-clients.ts";
export { EchoStreamSession } from "./sessions/session.ts";
export type { EchoStreamSessionOptions, SessionOptionsWithCognito } from "./sessions/session-options.ts";
export type { SessionStatus } from "./sessions/session-status.ts";
export type { TenantDescription } from "./sessions/tenant-description.ts";
export type { TenantQuery } from "./sessions/tenant-query.ts";

// Options of a session

export type { Clock } from "./platform/clock.ts";
export type { DiagnosticsMessages, DiagnosticsOperation } from "./platform/diagnostics.ts";
export type { SessionEvent } from "./platform/events.ts";
export type { HttpHandler, HttpHandlerOptions } from "./platform/http-handler.ts";
export type { LoggedError, Logger, LogLine } from "./platform/log.ts";
export type { ClientDefaults } from "./sessions/client-defaults.ts";
export type { ConfigVariableValues } from "./sessions/config-variables.ts";
export type { Store } from "./stores/store.ts";
export type { StoreEngine, StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./stores/store-engine.ts";

// The user

export type { CodeDelivery, UserDescription } from "./cognito/account.ts";
export { Cognito, type CognitoUser } from "./cognito/cognito.ts";
export type { ChallengeAnswer, ChallengeAnswers, ChallengeQuestion } from "./cognito/login/challenges.ts";
export type { RememberedDevice } from "./cognito/login/devices.ts";
export type { CognitoPassword } from "./cognito/login/password-source.ts";
export type { CognitoOptions } from "./cognito/options.ts";
export type { AccessTokenRequest } from "./cognito/tokens/token-source.ts";
export type { VerifiedTokens } from "./cognito/tokens/verification.ts";

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
	AuthenticationError,
	ChallengeError,
	CredentialsError,
	EchoStreamError,
	isEchoStreamError,
	SettingsError,
} from "./errors.ts";
