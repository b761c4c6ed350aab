import type { AcceptsPartial, AppSync, QueryRequest } from "../appsync/appsync.ts";
import type { CredentialsFetch } from "../credentials/credentials.ts";
import { type FetchedCredentials, fetchedCredentials } from "../credentials/fetched-credentials.ts";
import { type AppSyncError, CredentialsError, isEchoStreamError } from "../errors.ts";
import { type Clock, isRecent } from "../platform/clock.ts";
import { remainingMs } from "../platform/deadlines.ts";
import { isRecord } from "../platform/http-exchange.ts";
import type { SharedLogin } from "../stores/shared-login.ts";
import { type TenantDescription, tenantDescription } from "./tenant-description.ts";

/** The query by which a session class finds its tenant or its credentials: the result of its `tenantQuery`. */
export interface TenantQuery {
	/**
	 * The GraphQL document. Of a tenant it requests `active name region table`, of credentials
	 * `accessKeyId secretAccessKey sessionToken expiration`.
	 */
	readonly document: string;
	/** The variables of the document. Default: none. */
	readonly variables?: Readonly<Record<string, unknown>> | undefined;
	/**
	 * Picks the requested object from the `data` of the response. One document may request both objects: the session then
	 * needs one request for both. The session validates them. An error that this function throws is the error of the call:
	 * throw one if the response shows why the object is missing. If GraphQL errors concern a field `tenant` alone, the
	 * credentials beside it count.
	 */
	select(data: Readonly<Record<string, unknown>>): { readonly credentials?: unknown; readonly tenant?: unknown };
}

/** Options of {@link TenantSource}. */
export interface TenantSourceOptions {
	readonly appsync: Pick<AppSync, "inTime" | "query">;
	/** Name of the tenant, for messages. */
	readonly tenant: string;
	readonly tenantQuery: (wanted: "credentials" | "tenant") => TenantQuery;
	/** Where processes share the credentials. `undefined` without a store. */
	readonly shared: () => SharedLogin | undefined;
	/** URL of the AppSync API. */
	readonly endpoint: string;
	/** The servers' time, milliseconds since 1970. */
	readonly now: () => number;
	/** Fetches the first credentials by {@link TenantSource.credentials}. Does nothing if none are due. */
	readonly firstCredentials: (signal: AbortSignal) => Promise<void>;
	readonly clock: Clock;
}

/** Time for which a description that came with credentials is current, milliseconds. */
const CURRENT_MS = 5_000;

/** Codes of failures that concern the credentials alone, so that the tenant may still be described. */
const OF_CREDENTIALS = new Set<string>([
	"AppWithoutCredentials",
	"InvalidCredentials",
	"PermissionDenied",
	"QueryFailed",
	"TenantNotActive",
]);

/** Queries the tenant and the credentials of a session by the {@link TenantQuery} of its class, with one request if possible. */
export class TenantSource {
	readonly #options: TenantSourceOptions;
	/** The last description that came with credentials, and its times by the monotonic clock, which may stop in a sleep, and the date. */
	#brought: { readonly description: TenantDescription; readonly at: number; readonly date: number } | undefined;
	/** The region of the first description. It never changes. */
	#region: string | undefined;
	#describing: Promise<TenantDescription> | undefined;

	constructor(options: TenantSourceOptions) {
		this.#options = options;
	}

	/** The region of the tenant. */
	async region(): Promise<string> {
		const { appsync, shared } = this.#options;
		// The credentials of another process bring it, without a query.
		if (this.#region === undefined && shared() !== undefined) await appsync.inTime((signal) => this.#first(signal));
		return this.#region ?? (await this.description()).region;
	}

	/** The current description of the tenant, by a query that all callers share. */
	description(): Promise<TenantDescription> {
		this.#describing ??= this.#options.appsync
			.inTime((signal) => this.#describe(signal))
			.finally(() => {
				this.#describing = undefined;
			});
		return this.#describing;
	}

	/** New credentials: those of another process if `isNew` for them, else of a query. */
	async credentials({ isNew, ...request }: CredentialsFetch): Promise<FetchedCredentials> {
		const { clock, endpoint, now, shared, tenantQuery } = this.#options;
		const login = shared();
		if (login === undefined) return this.#query(request);
		const { document, variables = {} } = tenantQuery("credentials");
		const credentials = login.credentials([endpoint, document, JSON.stringify(variables)], now);
		let own: FetchedCredentials | undefined;
		const fetch = async () => {
			own = await this.#query(request);
			return { ...own, issuedAtMs: now(), region: this.#region };
		};
		const caller = { ...request, remainingMs: () => remainingMs(request.signal, clock), isPatient: false };
		const { region, ...found } = await credentials.fetch(isNew, fetch, caller);
		this.#region ??= region;
		return own ?? found;
	}

	/** New credentials of a query. A description of the tenant that comes with them is kept for a moment. */
	async #query(request: QueryRequest): Promise<FetchedCredentials> {
		const query = this.#options.tenantQuery("credentials");
		let tenant: unknown;
		const read = (data: Readonly<Record<string, unknown>>) => {
			const found = query.select(data);
			tenant = found.tenant;
			this.#keep(tenant);
			return fetchedCredentials(found.credentials);
		};
		const accepts: AcceptsPartial = (data, errors) => {
			try {
				read(data);
				return errors.every(({ path }) => path?.includes("tenant"));
			} catch {
				return false;
			}
		};
		try {
			return read(await this.#options.appsync.query(query.document, query.variables, request, accepts));
		} catch (error) {
			if (!isEchoStreamError(error) || error.code !== "QueryFailed") throw error;
			tenant ??= await this.#find(request).catch(() => undefined);
			throw isRecord(tenant) && tenant.active === false ? this.#notActive(error) : error;
		}
	}

	async #describe(signal: AbortSignal): Promise<TenantDescription> {
		const { clock, tenant, tenantQuery } = this.#options;
		// A document that does not name the field cannot bring the tenant.
		if (/\btable\b/.test(tenantQuery("credentials").document)) await this.#first(signal);
		const brought = this.#brought;
		const isCurrent = (at: number, now: number) => isRecent(at, now, CURRENT_MS);
		if (brought !== undefined && isCurrent(brought.at, clock.monotonic()) && isCurrent(brought.date, clock.now())) {
			return brought.description;
		}
		const description = tenantDescription(await this.#find({ signal }), tenant);
		this.#region ??= description.region;
		return description;
	}

	/** Fetches the first credentials. A failure that concerns them alone does not count. */
	async #first(signal: AbortSignal): Promise<void> {
		await this.#options.firstCredentials(signal).catch((error: unknown) => {
			if (isEchoStreamError(error) && !OF_CREDENTIALS.has(error.code)) throw error;
		});
	}

	/** Keeps a description that came with credentials. An invalid one must not cost them. */
	#keep(tenant: unknown): void {
		if (tenant === undefined) return;
		try {
			const { clock, tenant: name } = this.#options;
			const description = tenantDescription(tenant, name);
			this.#brought = { description, at: clock.monotonic(), date: clock.now() };
			this.#region ??= description.region;
		} catch {
			this.#brought = undefined;
		}
	}

	async #find(request: QueryRequest): Promise<unknown> {
		const query = this.#options.tenantQuery("tenant");
		return query.select(await this.#options.appsync.query(query.document, query.variables, request)).tenant;
	}

	#notActive(cause: AppSyncError): CredentialsError {
		return new CredentialsError(
			"TenantNotActive",
			`Tenant ${this.#options.tenant} is not active. A new tenant takes some minutes to start. An old one may have been shut down: check the option tenant (or TENANT).`,
			{ cause, transient: true },
		);
	}
}
