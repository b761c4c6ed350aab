/**
 * An EchoStream tenant on this machine, for development and tests.
 *
 * @module echostream-botocore/local-tenant
 */

export type { CredentialsOptions } from "./appsync/resolvers.ts";
export type { LambdaFunction } from "./aws/aws-gateway.ts";
export type { TenantService } from "./http/exchange.ts";
export { type Fault, type FaultEffect, type FaultHandle, type FaultScope, Faults } from "./http/faults.ts";
export { Ledger, type LedgerEntry } from "./http/ledger.ts";
export { LocalTenant, type LocalTenantOptions, type TenantIdentity } from "./local-tenant.ts";
export { ManualClock } from "./manual-clock.ts";
export type {
	ApiUserOptions,
	ApiUserRole,
	AppOptions,
	AppType,
	CredentialedAppType,
	DirectoryOptions,
	EdgeOptions,
	TenantApiUser,
	TenantApp,
	TenantDirectory,
	TenantEdge,
	TenantNode,
	TenantUser,
} from "./tenant-directory.ts";
export type { CustomAnswer, CustomChallenge } from "./user-pool/custom-challenge.ts";
export type { SentCode } from "./user-pool/outbox.ts";
export type { RandomBytes } from "./user-pool/random-values.ts";
export type { TokenClaims } from "./user-pool/token-issuer.ts";
export { type CognitoResponse, UserPool } from "./user-pool/user-pool.ts";
export {
	type AuthFlow,
	LambdaValidation,
	type MfaFactor,
	type PoolTriggers,
	type PoolUser,
	type UserPoolOptions,
	type UserStatus,
} from "./user-pool/user-pool-options.ts";
