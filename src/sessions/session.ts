import { defaultRequestHandler } from "#request-handler";
import { AppSync } from "../appsync/appsync.ts";
import { type GraphQLDocument, textOfDocument } from "../appsync/graphql-document.ts";
import type { EndpointSettings } from "../cognito/api/endpoint.ts";
import { Cognito, type CognitoUser } from "../cognito/cognito.ts";
import {
	type AwsIdentity,
	type Credentials,
	type CredentialsRequest,
	RefreshableCredentials,
	StaticCredentials,
} from "../credentials/credentials.ts";
import { type FetchedCredentials, fetchedCredentials } from "../credentials/fetched-credentials.ts";
import { type AppSyncError, CredentialsError, isEchoStreamError } from "../errors.ts";
import { ServerClock, type ServerTime } from "../platform/clock.ts";
import { isRecord } from "../platform/http-exchange.ts";
import type { HttpHandler } from "../platform/http-handler.ts";
import type { SettingsReader } from "../platform/settings.ts";
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
import { type EchoStreamSessionOptions, settleSessionOptions } from "./session-options.ts";
import { type TenantDescription, tenantDescription } from "./tenant-description.ts";

/** Sends a GraphQL document and returns the `data` of the answer, unchecked. */
export type Query = (
	document: string,
	variables: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * A session in an EchoStream tenant: a Cognito user, and the AWS credentials that EchoStream gives it.
 *
 * Making one checks the settings and sends nothing. The first use logs in; from then on the session stays signed in, for
 * as long as the process lives. Use {@link ApiSession} for a whole tenant, {@link AppSession} for one app.
 */
export abstract class EchoStreamSession {
	/** botocore's field: the program that works through this session, as AWS and EchoStream see it. May be changed. */
	userAgentName = "echostream-botocore";
	/** botocore's field: its version. */
	userAgentVersion: string = VERSION;
	/** botocore's field: more of the same, as `name/version`, with spaces between. */
	userAgentExtra = "";
	/** URL of the EchoStream AppSync API. */
	readonly appsyncEndpoint: string;
	/** Name of the tenant. */
	readonly tenant: string;
	/** The life that is asked for the AWS credentials, seconds. */
	readonly duration: number;
	/** The session's user. */
	readonly cognito: CognitoUser;
	/** The session's credentials, for anything that takes a credential provider of the AWS SDK. */
	readonly credentials: CredentialProvider;

	readonly #ownUser: Cognito | undefined;
	readonly #serverClock: ServerTime;
	#ownHandler: HttpHandler | undefined;
	readonly #appsync: AppSync;
	readonly #refreshable: RefreshableCredentials;
	readonly #clients: ServiceClients;
	readonly #variables: ConfigVariables;
	#defaults: ClientDefaults = {};
	#current: Credentials;
	#region: Promise<string> | undefined;

	/**
	 * @param reader - Collects the settings; a subclass may have read its own before.
	 * @throws {@link SettingsError} that lists everything wrong or missing.
	 */
	protected constructor(options: EchoStreamSessionOptions, reader: SettingsReader) {
		const { appsyncEndpoint, tenant, refreshes, shared, variables, user } = settleSessionOptions(options, reader);
		this.appsyncEndpoint = appsyncEndpoint;
		this.tenant = tenant;
		this.duration = refreshes.duration;
		this.#variables = new ConfigVariables(variables);
		const endpointSettings = () => this.#endpointSettings();
		this.#ownUser = user === undefined ? undefined : new Cognito({ ...user, ...shared, endpointSettings });
		this.cognito = options.cognito ?? (this.#ownUser as Cognito);
		const connections: Partial<Pick<Cognito, "requestHandler" | "serverClock">> & CognitoUser = this.cognito;
		this.#serverClock = connections.serverClock ?? new ServerClock(shared.clock);
		// The options hold the password: no closure may keep them.
		const { requestHandler } = options;
		const handler = (): HttpHandler => requestHandler ?? connections.requestHandler ?? this.#defaultHandler();
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
			askTime: () => this.#appsync.askTime(),
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
	 * Builds an AWS SDK v3 client that is signed in: `session.client(DynamoDBClient)`. Asked again with the same class and
	 * the same plain values it gives the same client.
	 *
	 * @param config - As the class takes it. `credentials` replaces the session's, for this client only; `region` and
	 * `requestHandler` the session's likewise.
	 */
	client<C extends ServiceClass>(ServiceClass: C, config?: ServiceConfig<C>): InstanceType<C> {
		return this.#clients.client(ServiceClass, config ?? ({} as ServiceConfig<C>));
	}

	/** botocore's name for {@link client}. */
	createClient<C extends ServiceClass>(ServiceClass: C, config?: ServiceConfig<C>): InstanceType<C> {
		return this.client(ServiceClass, config);
	}

	/** The session's credentials as botocore gives them. */
	getCredentials(): Credentials {
		return this.#current;
	}

	/** Replaces the session's credentials, also those of its clients, by keys that never change. */
	setCredentials(accessKey: string, secretKey: string, token?: string): void {
		this.#current = new StaticCredentials(accessKey, secretKey, token);
	}

	/**
	 * boto3's `region_name`: the region of the session's clients. What is set, else what this machine is set up for, else
	 * the tenant's own, asked once.
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

	/** botocore's: the profile of the shared config file that is read, where one is named. */
	get profile(): string | undefined {
		return this.#variables.profile;
	}

	/** botocore's: the names of the profiles in the shared config and credentials files. */
	availableProfiles(): Promise<readonly string[]> {
		return profileNames();
	}

	/** botocore's: what the shared config file says under the session's profile. */
	getScopedConfig(): Promise<Readonly<Record<string, string>>> {
		return profileSection(this.profile);
	}

	/**
	 * botocore's: a configuration variable. What was set on the session wins over the environment, and that over the
	 * shared config file; `region` ends with the tenant's own.
	 */
	async getConfigVariable<Name extends ConfigVariable>(name: Name): Promise<ConfigVariableValues[Name] | undefined> {
		return name === "region"
			? ((await this.regionName()) as ConfigVariableValues[Name])
			: await this.#variables.get(name);
	}

	/**
	 * botocore's: sets a configuration variable for the clients that are created from now on, and for the next request of
	 * the session's own user to Cognito where it has a meaning there: see {@link ConfigVariableValues}.
	 */
	setConfigVariable<Name extends ConfigVariable>(name: Name, value: ConfigVariableValues[Name] | undefined): void {
		this.#variables.set(name, value);
		if (name === "region" || name === "profile") this.#region = undefined;
	}

	/** botocore's: what the configuration of every client starts from. */
	getDefaultClientConfig(): ClientDefaults {
		return this.#defaults;
	}

	/**
	 * botocore's: replaces what the configuration of every client starts from, for those created from now on. FIPS and dual
	 * stack also apply to the next request of the session's own user: see {@link ClientDefaults}.
	 */
	setDefaultClientConfig(config: ClientDefaults): void {
		this.#defaults = defined(config);
	}

	/** botocore's: how the session names itself to AWS and EchoStream. */
	userAgent(): string {
		return `${this.userAgentName}/${this.userAgentVersion} ${this.userAgentExtra}`.trim();
	}

	/** What EchoStream says of the tenant now. */
	async describeTenant(): Promise<TenantDescription> {
		return tenantDescription(await this.findTenant(this.ask), this.tenant);
	}

	/**
	 * Asks EchoStream's AppSync API: one POST with the session's access token.
	 *
	 * @returns The `data` of the answer. Its type is the document's word, not checked.
	 * @throws {@link AppSyncError}, also where the answer has both data and errors.
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

	/** Makes sure that there are credentials that work, so that the first call need not wait for them. */
	async ready(request?: CredentialsRequest): Promise<void> {
		await this.#current.identity(request);
	}

	/**
	 * Closes the session's clients and connections, and removes its credentials from memory, and every secret of its own
	 * user. What is in progress is stopped. Pending and later calls, also of that user, fail with a {@link CredentialsError}
	 * `SessionDestroyed`. The caller owns a `cognito` or `requestHandler` that was passed, and closes it.
	 */
	destroy(): void {
		const destroyed = new CredentialsError("SessionDestroyed", "The session has been destroyed: make a new one");
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

	/** What may be shown of a session: no secret. */
	toJSON(): object {
		return { tenant: this.tenant, username: this.cognito.username, duration: this.duration };
	}

	/** Asks for the credentials and returns `GetAwsCredentials` of the answer, unchecked. */
	protected abstract findCredentials(query: Query): Promise<unknown>;

	/** Asks for the tenant and returns its object of the answer, unchecked. */
	protected abstract findTenant(query: Query): Promise<unknown>;

	/** A query in the foreground. */
	protected readonly ask: Query = (document, variables) => this.#appsync.query(document, variables);

	async #fetch(request: { interactive: boolean; signal: AbortSignal }): Promise<FetchedCredentials> {
		const query: Query = (document, variables) => this.#appsync.query(document, variables, request);
		try {
			return fetchedCredentials(await this.findCredentials(query));
		} catch (error) {
			throw isEchoStreamError(error) && error.code === "QueryFailed" ? await this.#whyNot(error, query) : error;
		}
	}

	/** A query may fail because the tenant takes none: then the error says so. */
	async #whyNot(error: AppSyncError, query: Query): Promise<Error> {
		const tenant = await this.findTenant(query).catch(() => undefined);
		if (!isRecord(tenant) || tenant.active !== false) return error;
		return new CredentialsError(
			"TenantNotActive",
			`Tenant ${this.tenant} is not active: a new tenant takes some minutes, an old one may have been shut down`,
			{ cause: error, transient: true },
		);
	}

	/** What is set on the session and decides where its user signs in, with the precedence that it has for clients. */
	#endpointSettings(): EndpointSettings {
		const set = { ...this.#variables.clientConfig(), ...this.#defaults };
		const { profile, useDualstackEndpoint, useFipsEndpoint } = set as EndpointSettings;
		return defined({ profile, useDualstackEndpoint, useFipsEndpoint });
	}

	/** Clients carry a user agent only where the program has set one: it makes every request a hundredth slower. */
	#namedUserAgent(): ClientDefaults {
		const userAgent = this.userAgent();
		return userAgent === `echostream-botocore/${VERSION}` ? {} : { customUserAgent: userAgent };
	}

	/** Keys that were given say nothing of the time, and neither does a clock that has just jumped. */
	#serverTime(): number | undefined {
		const serverClock = this.#serverClock;
		return this.#current === this.#refreshable && !serverClock.hasJumped() ? serverClock.now() : undefined;
	}

	/** The connections of a session whose user has none to share. */
	#defaultHandler(): HttpHandler {
		this.#ownHandler ??= defaultRequestHandler();
		return this.#ownHandler;
	}

	// Every request of a client asks for its region: it is found once.
	async #findRegion(): Promise<string> {
		return (await this.#variables.get("region")) ?? (await this.describeTenant()).region;
	}
}
