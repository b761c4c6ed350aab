import type { AccessKeys } from "../aws/access-keys.ts";
import type { BulkDataOptions, BulkDataStorage } from "../aws/bulk-data.ts";
import type { Deletion } from "../network/deletion.ts";
import type { Resource } from "../network/echos.ts";
import type { Network } from "../network/network.ts";
import type { Networks, TenantUser } from "../network/networks.ts";
import type { QueueService } from "../network/queue-service.ts";
import type { Users } from "../network/users.ts";

/** The parts of the tenant that the resolvers read and change. */
export interface ApiContext {
	readonly networks: Networks;
	readonly users: Users;
	readonly deletion: Deletion;
	readonly queues: QueueService;
	readonly keys: AccessKeys;
	readonly credentials: { readonly maxSeconds?: number; readonly dateFormat?: (ms: number) => string };
	readonly region: string;
	readonly url: string;
	readonly pool: { readonly id: string; readonly clientId: string };
	isActive(): boolean;
	now(): number;
	random(size: number): Uint8Array;
	bulkData(options: BulkDataOptions): Promise<BulkDataStorage>;
}

/** An error that a resolver responds with: AppSync passes the type on. */
export class ResolverError extends Error {
	override readonly name = "ResolverError";
	readonly errorType: string;

	constructor(errorType: string, message: string) {
		super(message);
		this.errorType = errorType;
	}
}

/** The error of a request that makes no sense to EchoStream, as its Lambda functions raise it. */
export function invalid(message: string): ResolverError {
	return new ResolverError("Lambda:Unhandled", message);
}

/** The error of a field that the user may not have. */
export function denied(field: string, type = "Query"): ResolverError {
	return new ResolverError("Unauthorized", `Not Authorized to access ${field} on type ${type}`);
}

/** AppSync's quota of resolvers in one request. */
const MAX_RESOLVED = 10_000;

/** One request: who sent it, and how many objects it has resolved. */
export class RequestContext {
	readonly api: ApiContext;
	readonly user: TenantUser;
	#resolved = 0;

	constructor(api: ApiContext, user: TenantUser) {
		this.api = api;
		this.user = user;
	}

	/** A resource as the response has it. Counts it: resources lead to each other, so that a short document can name any number. */
	echo<T extends Resource>(network: Network, record: T): Echo<T> {
		this.#resolved += 1;
		if (this.#resolved > MAX_RESOLVED) {
			const message = `The request resolves more than ${MAX_RESOLVED} objects`;
			throw new ResolverError("ResolverExecutionLimitReached", message);
		}
		return new Echo(network, record);
	}

	/** A resource as the response has it, or null. */
	echoOrNull<T extends Resource>(network: Network, record: T | undefined): Echo<T> | null {
		return record === undefined ? null : this.echo(network, record);
	}

	/** The tenant of this name, if the user may use it: its own, and for an admin of the main tenant every other. */
	network(tenant: string): Network | undefined {
		const { kind, tenant: own } = this.user;
		const isAdmin = kind === "apiUser" && this.user.role === "admin" && own === this.api.networks.main.name;
		return tenant === own || isAdmin ? this.api.networks.get(tenant) : undefined;
	}

	/** The tenant of this name; throws for a tenant that the user may not use. */
	needNetwork(tenant: string, field: string, type = "Query"): Network {
		const network = this.network(tenant);
		if (network === undefined) throw denied(field, type);
		return network;
	}
}

/** A resource, and the tenant that it belongs to. */
export class Echo<T extends Resource = Resource> {
	readonly network: Network;
	readonly record: T;

	constructor(network: Network, record: T) {
		this.network = network;
		this.record = record;
	}

	get __typename(): string {
		return this.record.__typename;
	}
}

/** The resolvers of a type's fields. A field without one has the value of the record. */
export interface FieldResolvers<Source, Arguments = never> {
	readonly [field: string]: (source: Source, args: Arguments, request: RequestContext) => unknown;
}
