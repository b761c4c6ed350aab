import type { AppSync, QueryRequest } from "../appsync/appsync.ts";
import { type FetchedCredentials, fetchedCredentials } from "../credentials/fetched-credentials.ts";
import { type AppSyncError, CredentialsError, isEchoStreamError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
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
	 * Picks the requested object from the `data` of the response. One document may request both objects. The session
	 * validates them. An error that this function throws is the error of the call: throw one if the response shows why the
	 * object is missing.
	 */
	select(data: Readonly<Record<string, unknown>>): { readonly credentials?: unknown; readonly tenant?: unknown };
}

/** Options of {@link TenantSource}. */
export interface TenantSourceOptions {
	readonly appsync: Pick<AppSync, "query">;
	/** Name of the tenant, for messages. */
	readonly tenant: string;
	readonly tenantQuery: (wanted: "credentials" | "tenant") => TenantQuery;
}

/** Queries the tenant and the credentials of a session by the {@link TenantQuery} of its class. */
export class TenantSource {
	readonly #options: TenantSourceOptions;

	constructor(options: TenantSourceOptions) {
		this.#options = options;
	}

	/** The description of the tenant. */
	async description(): Promise<TenantDescription> {
		return tenantDescription((await this.#find("tenant")).tenant, this.#options.tenant);
	}

	/** New credentials. */
	async credentials(request: QueryRequest): Promise<FetchedCredentials> {
		try {
			return fetchedCredentials((await this.#find("credentials", request)).credentials);
		} catch (error) {
			throw isEchoStreamError(error) && error.code === "QueryFailed" ? await this.#explain(error, request) : error;
		}
	}

	/** Returns the reason of a failed query: a tenant that is not active, or the error itself. */
	async #explain(error: AppSyncError, request: QueryRequest): Promise<Error> {
		const { tenant } = await this.#find("tenant", request).catch(() => ({ tenant: undefined }));
		if (!isRecord(tenant) || tenant.active !== false) return error;
		return new CredentialsError(
			"TenantNotActive",
			`Tenant ${this.#options.tenant} is not active. A new tenant takes some minutes to start. An old one may have been shut down: check the option tenant (or TENANT).`,
			{ cause: error, transient: true },
		);
	}

	async #find(wanted: "credentials" | "tenant", request?: QueryRequest): Promise<ReturnType<TenantQuery["select"]>> {
		const query = this.#options.tenantQuery(wanted);
		return query.select(await this.#options.appsync.query(query.document, query.variables, request));
	}
}
