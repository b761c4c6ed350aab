import type { AuditRecord } from "../aws/audit-records.ts";
import type { QueueContent } from "../aws/queues/queue-emulator.ts";
import type { Faults } from "../http/faults.ts";
import type { RequestLog } from "../http/request-log.ts";
import type { TenantDirectory } from "../tenant-directory.ts";
import type { UserPool } from "../user-pool/user-pool.ts";

/** The parts of a tenant that the control API reads and changes. */
export interface ControlledTenant {
	readonly name: string;
	readonly region: string;
	readonly url: string;
	readonly table: string;
	readonly clock: { now(): number; jump?(ms: number): void; advance?(ms: number): Promise<void> };
	readonly directory: TenantDirectory;
	readonly userPool: UserPool;
	readonly faults: Faults;
	readonly requestLog: RequestLog;
	readonly auditRecords: readonly AuditRecord[];
	active: boolean;
	environment(identity: { readonly app: string } | { readonly apiUser: string }): Record<string, string>;
	revokeAccessKeys(username?: string): void;
	expireAccessKeys(username?: string): void;
}

/** The passwords of the tenant's users. */
export interface ControlledUsers {
	setPassword(username: string, password: string): void;
}

/** The tenant's AWS, as its owner uses it: without signatures and permissions. */
export interface OwnedAws {
	call(service: "dynamodb" | "sqs", operation: string, input: unknown): Promise<Record<string, unknown>>;
	readS3(operation: string, url: string): Promise<string>;
	inspectQueue(name: string): Promise<QueueContent | undefined>;
}
