/**
 * An EchoStream tenant on this machine, for development and tests.
 *
 * @module echostream-local
 */

export type { AuditRecord } from "./aws/audit-records.ts";
export type { QueueOptions, TableOptions } from "./aws/emulators.ts";
export type { TenantService } from "./http/exchange.ts";
export type { Fault, FaultEffect, FaultHandle, Faults } from "./http/faults.ts";
export type { RequestLog, RequestLogEntry } from "./http/request-log.ts";
export type { ResponseError } from "./http/response-error.ts";
export { LocalTenant, type LocalTenantOptions, type TenantClock } from "./local-tenant.ts";
export { ManualClock } from "./manual-clock.ts";
export type { TenantUser } from "./network/networks.ts";
export type { NetworkPicture, PictureEdge, PictureNode } from "./network/picture.ts";
export type { ApiUserOptions, AppOptions } from "./network/seed.ts";
export { RunningClock } from "./running-clock.ts";
export type {
	TenantApiUser,
	TenantApp,
	TenantDirectory,
	TenantEdge,
	TenantNode,
} from "./tenant-directory.ts";
export type { SentCode } from "./user-pool/codes.ts";
export type { PoolUserState, UserPool } from "./user-pool/user-pool.ts";
export {
	type CustomChallenge,
	LambdaValidation,
	type MfaFactor,
	type PoolUser,
	type UserPoolOptions,
	type UserPoolTriggers,
} from "./user-pool/user-pool-options.ts";
