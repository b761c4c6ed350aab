export { type Fault, type FaultEffect, type FaultHandle, type FaultScope, Faults } from "./faults.ts";
export { Ledger, type LedgerEntry } from "./ledger.ts";
export { type EnvironmentOf, LocalTenant, type LocalTenantOptions } from "./local-tenant.ts";
export { ManualClock } from "./manual-clock.ts";
export { MissingPeerError } from "./peers.ts";
export type { CredentialsOptions } from "./resolvers.ts";
export {
	type ApiUserOptions,
	type ApiUserRole,
	type AppOptions,
	type AppType,
	appQueue,
	type DirectoryOptions,
	type EdgeOptions,
	type TenantDirectory,
} from "./tenant-directory.ts";
export { UserPool } from "./user-pool.ts";
