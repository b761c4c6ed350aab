import { defaultRequestHandler } from "#request-handler";
import { AppSync } from "../appsync/appsync.ts";
import { type GraphQLDocument, textOfDocument } from "../appsync/graphql-document.ts";
import type { EndpointSettings } from "../cognito/api/endpoint-by-sdk.ts";
import { Cognito, type CognitoUser } from "../cognito/cognito.ts";
import {
	type AwsIdentity,
	type CredentialsRequest,
	RefreshableCredentials,
	type SessionCredentials,
	StaticCredentials,
} from "../credentials/credentials.ts";
import { type FetchedCredentials, fetchedCredentials } from "../credentials/fetched-credentials.ts";
import { type AppSyncError, CredentialsError, isEchoStreamError } from "../errors.ts";
import { ServerClock, type ServerTime } from "../platform/clock.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { type HttpHandler, type HttpHandlerOptions, isHttpHandler } from "../platform/http-handler.ts";
import { profileNames, profileSection } from "../platform/shared-config.ts";
import { VERSION } from "../version.ts";
import type { ClientDefaults } from "./client-defaults.ts";
import { type ConfigVariable, ConfigVariables, type ConfigVariableValues } from "./config-variables.ts";
import {
	type CredentialProvider,
	defined,
	type ServiceClass,
	ServiceClients,
	type ServiceConfig,
} from "./service-clients.ts";
import { type AddedSettings, type EchoStreamSessionOptions, resolveSessionOptions } from "./session-options.ts";
import { type TenantDescription, tenantDescription } from "./tenant-description.ts";

/** Sends a GraphQL document and returns the `data` of the response, without validation. */
export type Query = (
	document: string,
	variables: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * A session in an EchoStream tenant: a Cognito user, and the AWS credentials that EchoStream issues for it.
 *
 * The constructor validates the settings and sends nothing. The first use signs in, and the session then stays signed in
 * for as long as the process runs. Use {@link ApiSession} for a whole tenant, and {@link AppSession} for one app.
 */
export abstract class EchoStreamSession {
	/** Name of the program in the user agent for AWS and EchoStream, as in botocore. May be changed. */
	userAgentName = "echostream-botocore";
	/** Version of the program in the user agent, as in botocore. */
	userAgentVersion: string = VERSION;
	/** Further parts of the user agent, as in botocore: `name/version`, separated by spaces. */
	userAgentExtra = "";
	/** URL of the EchoStream AppSync API. */
	readonly appsyncEndpoint: string;
	/** Name of the tenant. */
	readonly tenant: string;
	/** Lifetime to request for the AWS credentials, seconds. */
	readonly duration: number;
	/** User of the session. */
	readonly cognito: CognitoUser;
	/** Credential provider of the session, for anything that accepts one of the AWS SDK. */
	readonly credentials: CredentialProvider;

	readonly #ownUser: Cognito | undefined;
	readonly #serverClock: ServerTime;
	#ownHandler: HttpHandler | undefined;
	readonly #appsync: AppSync;
	readonly #refreshable: RefreshableCredentials;
	readonly #clients: ServiceClients;
	readonly #variables: ConfigVariables;
	#defaults: ClientDefaults = {};
	#current: SessionCredentials;
	#region: Promise<string> | undefined;

	/** The values of the settings that a subclass adds, by option. */
	protected readonly addedSettings: Readonly<Record<string, string>>;

	/**
	 * @param added - The settings that a subclass requires in addition.
	 * @throws {@link SettingsError} that lists all missing and invalid settings.
	 */
	protected constructor(options: EchoStreamSessionOptions, added: AddedSettings = {}) {
		const resolved = resolveSessionOptions(options, added);
		const { appsyncEndpoint, tenant, refreshes, shared, variables, user, cognito } = resolved;
		this.addedSettings = resolved.added;
		this.appsyncEndpoint = appsyncEndpoint;
		this.tenant = tenant;
		this.duration = refreshes.duration;
		this.#variables = new ConfigVariables(variables);
		const endpointSettings = () => this.#endpointSettings();
		this.#ownUser = user === undefined ? undefined : new Cognito({ ...user, ...shared, endpointSettings });
		this.cognito = cognito ?? (this.#ownUser as Cognito);
		const connections: Partial<Pick<Cognito, "requestHandler" | "serverClock">> & CognitoUser = this.cognito;
		this.#serverClock = connections.serverClock ?? new ServerClock(shared.clock);
		// No closure may keep the options, because they contain the password.
		const { requestHandler } = shared;
		const sharesUsers = user !== undefined || requestHandler === undefined;
		const handler = (): HttpHandler => {
			const chosen = sharesUsers ? connections.requestHandler : requestHandler;
			return isHttpHandler(chosen) ? chosen : this.#defaultHandler(chosen);
		};
		this.#appsync = new AppSync({
			...shared,
			endpoint: appsyncEndpoint,
			user: this.cognito,
			serverClock: this.#serverClock,
			requestHandler: handler,
			userAgent: () => this.userAgent(),
		});
		this.#refreshable = new RefreshableCredentials({
			...refreshes,
			...shared,
			method: "EchoStreamAwsCredentials",
			fetch: (request) => this.#fetch(request),
			requestTime: () => this.#appsync.requestTime(),
			serverClock: this.#serverClock,
		});
		this.#current = this.#refreshable;
		this.credentials = Object.assign(
			(request?: { readonly forceRefresh?: boolean | undefined }): Promise<AwsIdentity> =>
				request?.forceRefresh ? this.#current.identity({ forceRefresh: true }) : this.#current.identity(),
			{ memoized: true as const },
		);
		this.#clients = new ServiceClients({
			current: () => this.#current,
			credentials: this.credentials,
			region: () => this.regionName(),
			requestHandler: handler,
			serverTime: () => this.#serverTime(),
			defaults: () => ({
				...this.#namedUserAgent(),
				...this.#variables.clientConfig(),
				...this.#defaults,
			}),
		});
	}

	/**
	 * Returns an AWS SDK v3 client that is signed in: `session.client(DynamoDBClient)`. Clients of the same class with equal
	 * plain values are created once and shared.
	 *
	 * @param config - Configuration of the class. `credentials`, `region` and `requestHandler` replace the session's, for this
	 * client only.
	 */
	client<C extends ServiceClass>(ServiceClass: C, config?: ServiceConfig<C>): InstanceType<C> {
		return this.#clients.client(ServiceClass, config ?? ({} as ServiceConfig<C>));
	}

	/** botocore's name for {@link client}. */
	createClient<C extends ServiceClass>(ServiceClass: C, config?: ServiceConfig<C>): InstanceType<C> {
		return this.client(ServiceClass, config);
	}

	/** Returns the session's credentials object, as in botocore. */
	getCredentials(): SessionCredentials {
		return this.#current;
	}

	/** Replaces the credentials of the session and its clients with static ones. */
	setCredentials(accessKey: string, secretKey: string, token?: string): void {
		this.#current = new StaticCredentials(accessKey, secretKey, token);
	}

	/**
	 * Returns the region of the session's clients, which is `region_name` in boto3: the one that is set, else the configured
	 * one, else the tenant's, which is queried once.
	 */
	regionName(): Promise<string> {
		if (this.#region !== undefined) return this.#region;
		const region: Promise<string> = this.#findRegion().catch((error: unknown) => {
			if (this.#region === region) this.#region = undefined;
			throw error;
		});
		this.#region = region;
		return region;
	}

	/** Profile in the shared config file, if one is configured, as in botocore. */
	get profile(): string | undefined {
		return this.#variables.profile;
	}

	/** Returns the names of the profiles in the shared config and credentials files, as in botocore. */
	availableProfiles(): Promise<readonly string[]> {
		return profileNames();
	}

	/** Returns the section of the session's profile in the shared config file, as in botocore. */
	getScopedConfig(): Promise<Readonly<Record<string, string>>> {
		return profileSection(this.profile);
	}

	/**
	 * Returns a configuration variable, as in botocore. A value that was set on the session has precedence over the
	 * environment, and the environment over the shared config file. `region` defaults to the tenant's.
	 */
	async getConfigVariable<Name extends ConfigVariable>(name: Name): Promise<ConfigVariableValues[Name] | undefined> {
		return name === "region"
			? ((await this.regionName()) as ConfigVariableValues[Name])
			: await this.#variables.get(name);
	}

	/**
	 * Sets a configuration variable for the clients that are created from now on, as in botocore. Some also apply to the
	 * session's own user, from its next request on: see {@link ConfigVariableValues}.
	 */
	setConfigVariable<Name extends ConfigVariable>(name: Name, value: ConfigVariableValues[Name] | undefined): void {
		this.#variables.set(name, value);
		if (name === "region" || name === "profile") this.#region = undefined;
	}

	/** Returns the default configuration of every client, as in botocore. */
	getDefaultClientConfig(): ClientDefaults {
		return this.#defaults;
	}

	/**
	 * Replaces the default configuration of the clients that are created from now on, as in botocore. FIPS and dual stack
	 * also apply to the session's own user, from its next request on: see {@link ClientDefaults}.
	 */
	setDefaultClientConfig(config: ClientDefaults): void {
		this.#defaults = defined(config);
	}

	/** Returns the user agent of the session for AWS and EchoStream, as in botocore. */
	userAgent(): string {
		return `${this.userAgentName}/${this.userAgentVersion} ${this.userAgentExtra}`.trim();
	}

	/** Returns the current description of the tenant from EchoStream. */
	async describeTenant(): Promise<TenantDescription> {
		return tenantDescription(await this.findTenant(this.sendQuery), this.tenant);
	}

	/**
	 * Sends a query to EchoStream's AppSync API: one POST with the session's access token.
	 *
	 * @returns The `data` of the response. Its type comes from the document and is not validated.
	 * @throws {@link AppSyncError}, also if the response has both data and errors.
	 */
	async query<Data = Readonly<Record<string, unknown>>, Variables = Readonly<Record<string, unknown>>>(
		document: GraphQLDocument<Data, Variables>,
		variables?: Variables,
		{ signal }: { readonly signal?: AbortSignal | undefined } = {},
	): Promise<Data> {
		return (await this.#appsync.query(textOfDocument(document), variables ?? {}, { signal })) as Data;
	}

	/** {@link AppSync.fetch}, for the GraphQL client of `echostream-botocore/apollo`. @internal */
	readonly appsyncFetch = (_url: unknown, init: RequestInit = {}): Promise<Response> => this.#appsync.fetch(init);

	/** Fetches the credentials unless they are valid, so that the first call does not wait for them. */
	async ready(request?: CredentialsRequest): Promise<void> {
		await this.#current.identity(request);
	}

	/**
	 * Closes the session's clients and connections, and removes its credentials and every secret of its own user from memory.
	 * Requests in progress are aborted. Pending and later calls, including those of that user, fail with a
	 * {@link CredentialsError} `SessionDestroyed`. A caller-provided `cognito` or `requestHandler` is not closed.
	 */
	destroy(): void {
		const destroyed = new CredentialsError("SessionDestroyed", "The session has been destroyed. Create a new one.");
		this.#refreshable.destroy(destroyed);
		this.#current = this.#refreshable;
		this.#appsync.destroy(destroyed);
		this.#clients.destroy();
		this.#ownUser?.destroy(destroyed);
		this.#ownHandler?.destroy?.();
	}

	/** Lets `await using` call {@link destroy}. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.destroy();
	}

	/** Returns the properties of a session that may be shown, without secrets. */
	toJSON(): object {
		return { tenant: this.tenant, username: this.cognito.username, duration: this.duration };
	}

	/** Queries the credentials and returns `GetAwsCredentials` of the response, without validation. */
	protected abstract findCredentials(query: Query): Promise<unknown>;

	/** Queries the tenant and returns its object of the response, without validation. */
	protected abstract findTenant(query: Query): Promise<unknown>;

	/** Sends a query for a caller that waits. */
	protected readonly sendQuery: Query = (document, variables) => this.#appsync.query(document, variables);

	async #fetch(request: { interactive: boolean; signal: AbortSignal }): Promise<FetchedCredentials> {
		const query: Query = (document, variables) => this.#appsync.query(document, variables, request);
		try {
			return fetchedCredentials(await this.findCredentials(query));
		} catch (error) {
			throw isEchoStreamError(error) && error.code === "QueryFailed" ? await this.#explainFailure(error, query) : error;
		}
	}

	/** Returns the reason of a failed query: a tenant that is not active, or the error itself. */
	async #explainFailure(error: AppSyncError, query: Query): Promise<Error> {
		const tenant = await this.findTenant(query).catch(() => undefined);
		if (!isRecord(tenant) || tenant.active !== false) return error;
		return new CredentialsError(
			"TenantNotActive",
			`Tenant ${this.tenant} is not active. A new tenant takes some minutes to start. An old one may have been shut down: check the option tenant (or TENANT).`,
			{ cause: error, transient: true },
		);
	}

	/** Settings of the session that determine where its user signs in, with the same precedence as for clients. */
	#endpointSettings(): EndpointSettings {
		const set = { ...this.#variables.clientConfig(), ...this.#defaults };
		const { profile, useDualstackEndpoint, useFipsEndpoint } = set as EndpointSettings;
		return defined({ profile, useDualstackEndpoint, useFipsEndpoint });
	}

	/** The user agent for clients, only if the program has set one, because it makes every request one percent slower. */
	#namedUserAgent(): ClientDefaults {
		const userAgent = this.userAgent();
		return userAgent === `echostream-botocore/${VERSION}` ? {} : { customUserAgent: userAgent };
	}

	/** The servers' time. `undefined` with static credentials, and after a jump of the clock. */
	#serverTime(): number | undefined {
		const serverClock = this.#serverClock;
		return this.#current === this.#refreshable && !serverClock.hasJumped() ? serverClock.now() : undefined;
	}

	/** The connections of a session that has options for them, or whose user does not share any. */
	#defaultHandler(options: HttpHandlerOptions | undefined): HttpHandler {
		this.#ownHandler ??= defaultRequestHandler(options);
		return this.#ownHandler;
	}

	// Every request of a client resolves the region, so it is looked up once.
	async #findRegion(): Promise<string> {
		return (await this.#variables.get("region")) ?? (await this.describeTenant()).region;
	}
}
