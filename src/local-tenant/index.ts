/**
 * An EchoStream tenant on this machine, for development and tests.
 *
 * @module echostream-botocore/local-tenant
 */

export type { TenantFunction } from "./aws-gateway.ts";
export type { CustomAnswer, CustomChallenge } from "./custom-challenge.ts";
export type { TenantService } from "./exchange.ts";
export { type Fault, type FaultEffect, type FaultHandle, type FaultScope, Faults } from "./faults.ts";
export { Ledger, type LedgerEntry } from "./ledger.ts";
export { type EnvironmentOf, LocalTenant, type LocalTenantOptions } from "./local-tenant.ts";
export { ManualClock } from "./manual-clock.ts";
export type { SentCode } from "./outbox.ts";
export { MissingPeerError } from "./peers.ts";
export type { RandomBytes } from "./random-values.ts";
export type { CredentialsOptions } from "./resolvers.ts";
export {
	type ApiUserOptions,
	type ApiUserRole,
	type AppOptions,
	type AppType,
	appQueue,
	type CredentialedAppType,
	type DirectoryOptions,
	type EdgeOptions,
	type TenantApiUser,
	type TenantApp,
	type TenantDirectory,
	type TenantEdge,
	type TenantNode,
	type TenantUser,
} from "./tenant-directory.ts";
export type { TokenClaims } from "./token-issuer.ts";
export { type CognitoAnswer, UserPool } from "./user-pool.ts";
export {
	type AuthFlow,
	LambdaValidation,
	type MfaFactor,
	type PoolTriggers,
	type PoolUser,
	type UserPoolOptions,
	type UserStatus,
} from "./user-pool-options.ts";
