import { AppSync } from "../appsync/appsync.ts";
import { type GraphQLDocument, textOfDocument } from "../appsync/graphql-document.ts";
import { Cognito, type CognitoUser } from "../cognito/cognito.ts";
import {
	type AwsIdentity,
	type CredentialsRequest,
	RefreshableCredentials,
	type SessionCredentials,
	StaticCredentials,
} from "../credentials/credentials.ts";
import { CredentialsError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { OwnConnections } from "../platform/connections.ts";
import { Log } from "../platform/log.ts";
import { ServerClock } from "../platform/server-clock.ts";
import { profileNames, profileSection } from "../platform/shared-config.ts";
import { BotocoreConfig } from "./botocore-config.ts";
import type { ClientDefaults } from "./client-defaults.ts";
import type { ConfigVariableValues } from "./config-variables.ts";
import type { EventHandler, EventName } from "./event-handlers.ts";
import type { SessionMiddlewareStack } from "./middleware-stack.ts";
import {
	type ClientConfig,
	type CredentialProvider,
	type ServiceClass,
	ServiceClients,
	type ServiceConfig,
	type WriteInstead,
} from "./service-clients.ts";
import { type EchoStreamSessionOptions, resolveSessionOptions } from "./session-options.ts";
import { credentialStatus, type SessionStatus } from "./session-status.ts";
import type { TenantDescription } from "./tenant-description.ts";
import { type TenantQuery, TenantSource } from "./tenant-query.ts";

/**
 * A session in an EchoStream tenant: a Cognito user, and the AWS credentials that EchoStream issues for it.
 *
 * The constructor validates the settings and sends nothing. The first use signs in, and the session then stays signed in
 * for as long as the process runs. Use {@link ApiSession} for a whole tenant, and {@link AppSession} for one app.
 *
 * A method that sends requests fails with an {@link AppSyncError}, an {@link AuthenticationError}, a {@link ChallengeError}
 * or a {@link CredentialsError}.
 *
 * A session class of your own extends this class. It adds one method, {@link tenantQuery}, which returns the query for the
 * tenant or for the credentials. The constructor takes the options that the class adds.
 */
export abstract class EchoStreamSession {
	/** URL of the EchoStream AppSync API. */
	readonly appsyncEndpoint: string;
	/** Name of the tenant. */
	readonly tenant: string;
	/** Lifetime to request for the AWS credentials, seconds. */
	readonly duration: number;
	/** User of the session: the caller's, or its own {@link Cognito}. */
	readonly cognito: CognitoUser;
	/**
	 * Credential provider of the session, for anything that accepts one of the AWS SDK.
	 *
	 * @throws {@link CredentialsError} `CredentialsExpired` if they have expired and could not be refreshed.
	 */
	readonly credentials: CredentialProvider;

	readonly #ownUser: Cognito | undefined;
	readonly #serverClock: ServerClock;
	readonly #connections: OwnConnections;
	readonly #appsync: AppSync;
	readonly #refreshable: RefreshableCredentials;
	readonly #clients: ServiceClients;
	readonly #config: BotocoreConfig;
	readonly #tenant: TenantSource;
	readonly #clock: Clock;
	#current: SessionCredentials;

	/** The values of the options that a session class adds, by option: of its constructor, else of its variable. */
	protected readonly addedSettings: Readonly<Record<string, string>>;

	/**
	 * @param options - The options that the program passes to the session class, with those that the class adds.
	 * @param added - What the session class adds. Default: nothing.
	 * @throws {@link SettingsError} that lists all missing and invalid settings.
	 */
	protected constructor(
		options: EchoStreamSessionOptions,
		added: {
			/** The session class with its article, for messages. Default: `a session`. */
			readonly subject?: string;
			/** The options that the class adds and requires, each with its environment variable: `{ app: "APP" }`. */
			readonly required?: Readonly<Record<string, string>>;
			/** What else to check when a query is denied to the user: a sentence for the message. Default: nothing. */
			readonly deniedHint?: string;
		} = {},
	) {
		const resolved = resolveSessionOptions(options, added);
		const { appsyncEndpoint, tenant, refreshes, variables, user, cognito } = resolved;
		const { requestHandler, connectAhead, ...shared } = resolved.shared;
		const { app } = resolved.added;
		const subject = () => ({ username: this.cognito.username, tenant, app });
		this.addedSettings = resolved.added;
		this.appsyncEndpoint = appsyncEndpoint;
		this.tenant = tenant;
		this.duration = refreshes.duration;
		this.#clock = shared.clock;
		this.#config = new BotocoreConfig(variables, () => this.#tenant.region());
		const endpointSettings = () => this.#config.endpointSettings();
		// No closure may capture the options or `user`, because they contain the password.
		const connections = new OwnConnections(requestHandler, connectAhead);
		const serverClock = (cognito as Partial<Cognito> | undefined)?.serverClock ?? new ServerClock(shared.clock);
		this.#connections = connections;
		this.#serverClock = serverClock;
		const owner = { endpointSettings, connections: connections.borrowed(), serverClock };
		this.#ownUser = user === undefined ? undefined : new Cognito({ ...user, ...shared, owner });
		this.cognito = cognito ?? (this.#ownUser as Cognito);
		const { totalTimeoutMs } = refreshes;
		this.#appsync = new AppSync({
			...shared,
			totalTimeoutMs,
			endpoint: appsyncEndpoint,
			user: this.cognito,
			serverClock,
			requestHandler: () => connections.handler,
			userAgent: () => this.userAgent(),
			deniedHint: added.deniedHint,
			subject,
		});
		this.#tenant = new TenantSource({
			appsync: this.#appsync,
			tenant,
			endpoint: appsyncEndpoint,
			tenantQuery: (wanted) => this.tenantQuery(wanted),
			shared: () => (this.cognito as Partial<Cognito>).sharedLogin,
			now: () => serverClock.now(),
			clock: shared.clock,
			firstCredentials: async (signal) => {
				if (this.#current === this.#refreshable) await this.#refreshable.first(signal);
			},
		});
		this.#refreshable = new RefreshableCredentials({
			...refreshes,
			...shared,
			method: "EchoStreamAwsCredentials",
			fetch: (request) => this.#tenant.credentials(request),
			requestTime: () => this.#appsync.requestTime(),
			uncounted: (this.cognito as Partial<Cognito>).uncounted,
			signIns: () => (this.cognito as Partial<Cognito>).signIns ?? 0,
			serverClock,
			subject,
			log: new Log(shared.logger),
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
			requestHandler: () => connections.clientHandler,
			timeConfirmed: () => this.#refreshable.timeConfirmed(),
			serverTime: () => this.#serverTime(),
			clock: shared.clock,
			duration: this.duration,
			defaults: () => this.#config.clientConfig(),
		});
	}

	/**
	 * Returns a new AWS SDK v3 client that is signed in: `session.client(DynamoDBClient)`. The clients of a session share its
	 * connections.
	 *
	 * @param config - Configuration of the class. `credentials`, `region` and `requestHandler` replace the session's, for this
	 * client only.
	 * @throws TypeError for the name of a service, a document client of `@aws-sdk/lib-dynamodb`, and options in Python's spelling.
	 */
	client<C extends ServiceClass>(
		ServiceClass:
			| C
			| (ServiceClass &
					WriteInstead<"session.client(DynamoDBClient), or DynamoDBDocumentClient.from(session.client(DynamoDBClient))">),
		config?: ConstructorParameters<C>[0],
	): InstanceType<C> {
		return this.#clients.client(ServiceClass as C, config ?? ({} as ServiceConfig<C>));
	}

	/**
	 * Returns the configuration of an AWS SDK v3 client that is created elsewhere, with the session's credentials, region and
	 * connections: `new DynamoDBClient(session.clientConfig())`.
	 *
	 * Such a client is refreshed, but it lacks what {@link client} adds to one: a second attempt when a service rejects the
	 * credentials, presigned URLs that last, events and middleware of the session. The session does not close it.
	 */
	clientConfig(): ClientConfig {
		return this.#clients.config();
	}

	/** botocore's name for {@link client}. */
	createClient<C extends ServiceClass>(
		ServiceClass:
			| C
			| (ServiceClass &
					WriteInstead<"session.client(DynamoDBClient), or DynamoDBDocumentClient.from(session.client(DynamoDBClient))">),
		config?: ConstructorParameters<C>[0],
	): InstanceType<C> {
		return this.client(ServiceClass, config);
	}

	/**
	 * Middleware of the AWS SDK for all clients of the session, those that it has made and those that it will make:
	 * `session.middlewareStack.add(middleware, { step: "build" })`.
	 */
	get middlewareStack(): SessionMiddlewareStack {
		return this.#clients.middlewareStack;
	}

	/**
	 * Registers a handler of an event of botocore, for all clients of the session, those that it has made and those that it
	 * will make: `session.register("before-call.dynamodb.PutItem", ({ params }) => { ... })`.
	 *
	 * A name is an event, a service id and an operation, each of which may be `*`. Parts at its end may be missing. Older names
	 * of services, such as `logs` for `cloudwatch-logs`, match no call. The handlers of a call run one after the other, in
	 * botocore's order.
	 *
	 * @param eventName - One of {@link EventArguments}, a service, an operation: `after-call`, `after-call.sqs`, `*.*.GetItem`.
	 * @param uniqueId - A second handler with the same id is ignored. Default: none.
	 * @throws TypeError for a name that no event can have.
	 */
	register<Name extends EventName>(eventName: Name, handler: EventHandler<Name>, uniqueId?: string): void {
		this.#clients.handlers.register(eventName, handler, uniqueId);
		this.#clients.emitEvents();
	}

	/**
	 * Removes a handler of an event of botocore, for all clients of the session.
	 *
	 * @param handler - Default: the one that was registered with `uniqueId`. A handler that is not registered is ignored.
	 */
	unregister<Name extends EventName>(eventName: Name, handler?: EventHandler<Name>, uniqueId?: string): void {
		this.#clients.handlers.unregister(eventName, handler, uniqueId);
	}

	/**
	 * Does not compile and throws, because sessions of boto3 have resources, and these sessions do not. Use {@link client}, or a
	 * `Session` of the package `echostream-boto3`.
	 *
	 * @throws TypeError that shows the right form.
	 */
	resource(
		_serviceName: string &
			WriteInstead<"session.client(DynamoDBClient), or resource() of a Session of echostream-boto3">,
		..._others: unknown[]
	): unknown {
		throw new TypeError(
			"A session has no resources. Use session.client(DynamoDBClient), or the package echostream-boto3.",
		);
	}

	/** Returns the session's credentials object, as in botocore. */
	getCredentials(): SessionCredentials {
		return this.#current;
	}

	/** Replaces the credentials of the session and its clients with static ones, which are used unchanged. */
	setCredentials(accessKey: string, secretKey: string, token?: string): void {
		this.#current = new StaticCredentials(accessKey, secretKey, token);
	}

	/**
	 * Returns the region of the session's clients, which is `region_name` in boto3: the one that is set, else the configured
	 * one, else the tenant's, which comes with the credentials.
	 */
	regionName(): Promise<string> {
		return this.#config.region();
	}

	/** Profile in the shared config file, if one is configured, as in botocore. */
	get profile(): string | undefined {
		return this.#config.profile;
	}

	/** Returns the names of the profiles in the shared config and credentials files, as in botocore. Empty in browsers. */
	availableProfiles(): Promise<readonly string[]> {
		return profileNames();
	}

	/**
	 * Returns the section of the session's profile in the shared config file, as in botocore. Empty if there is none, and in
	 * browsers.
	 */
	getScopedConfig(): Promise<Readonly<Record<string, string>>> {
		return profileSection(this.profile);
	}

	/**
	 * Returns a configuration variable, as in botocore. A value that was set on the session has precedence over the
	 * environment, and the environment over the shared config file. `region` defaults to the tenant's.
	 *
	 * @throws TypeError for an unknown name.
	 */
	getConfigVariable<Name extends keyof ConfigVariableValues>(
		name: Name,
	): Promise<ConfigVariableValues[Name] | undefined> {
		return this.#config.get(name);
	}

	/**
	 * Sets a configuration variable for the clients that are created from now on, as in botocore. Some also apply to the
	 * session's own user, from its next request on: see {@link ConfigVariableValues}.
	 *
	 * @param value - `undefined` unsets the variable.
	 * @throws TypeError for an unknown name.
	 */
	setConfigVariable<Name extends keyof ConfigVariableValues>(
		name: Name,
		value: ConfigVariableValues[Name] | undefined,
	): void {
		this.#config.set(name, value);
	}

	/** Returns the default configuration of every client, as in botocore. */
	getDefaultClientConfig(): ClientDefaults {
		return this.#config.defaults;
	}

	/**
	 * Replaces the default configuration of the clients that are created from now on, as in botocore. FIPS and dual stack
	 * also apply to the session's own user, from its next request on: see {@link ClientDefaults}.
	 */
	setDefaultClientConfig(config: ClientDefaults): void {
		this.#config.defaults = config;
	}

	/**
	 * Name of the program in the user agent for AWS and EchoStream, as in botocore. Default: `echostream-botocore`.
	 *
	 * @throws {@link SettingsError} for a value that is not printable ASCII, when it is set.
	 */
	get userAgentName(): string {
		return this.#config.userAgent.get("userAgentName");
	}

	set userAgentName(name: string) {
		this.#config.userAgent.set("userAgentName", name);
	}

	/**
	 * Version of the program in the user agent, as in botocore. Default: the version of this package.
	 *
	 * @throws {@link SettingsError} for a value that is not printable ASCII, when it is set.
	 */
	get userAgentVersion(): string {
		return this.#config.userAgent.get("userAgentVersion");
	}

	set userAgentVersion(version: string) {
		this.#config.userAgent.set("userAgentVersion", version);
	}

	/**
	 * Further parts of the user agent, as in botocore: `name/version`, separated by spaces. Default: none.
	 *
	 * @throws {@link SettingsError} for a value that is not printable ASCII, when it is set.
	 */
	get userAgentExtra(): string {
		return this.#config.userAgent.get("userAgentExtra");
	}

	set userAgentExtra(parts: string) {
		this.#config.userAgent.set("userAgentExtra", parts);
	}

	/** Returns the user agent of the session for AWS and EchoStream, as in botocore. */
	userAgent(): string {
		return String(this.#config.userAgent);
	}

	/**
	 * Returns the current description of the tenant from EchoStream.
	 *
	 * The query for the credentials of an {@link ApiSession} or {@link AppSession} brings the description too. If the session
	 * has no credentials yet, this method fetches both with that query. A description that came with credentials in the last 5
	 * seconds is returned without a request. Otherwise the method sends a query, which concurrent callers share.
	 *
	 * @throws {@link CredentialsError} `TenantNotFound` or `AppNotFound`, or an {@link AppSyncError}.
	 */
	async describeTenant(): Promise<TenantDescription> {
		return this.#tenant.description();
	}

	/**
	 * Sends a query to EchoStream's AppSync API: one POST with the session's access token.
	 *
	 * @param variables - Default: none.
	 * @param options - `signal` ends the query. Default: none.
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

	/** {@link AppSync.withToken}, for the GraphQL client of `echostream-botocore/apollo`. @internal */
	withAccessToken<T>(
		step: (token: string, signal: AbortSignal) => Promise<T>,
		request: { readonly signal: AbortSignal },
		operationName: () => string | undefined,
	): Promise<T> {
		return this.#appsync.withToken(step, request, operationName);
	}

	/** {@link AppSync.fetch}, for the GraphQL client of `echostream-botocore/apollo`. @internal */
	appsyncFetch(request: RequestInit): Promise<Response> {
		return this.#appsync.fetch(request);
	}

	/** Returns the state of the session, for health checks. Sends nothing. */
	status(): SessionStatus {
		const token = (this.cognito as Partial<Cognito>).tokenStatus;
		return {
			tenant: this.tenant,
			username: this.cognito.username,
			...credentialStatus({ credentials: this.#current, token, clock: this.#clock }),
		};
	}

	/**
	 * Fetches the credentials unless they are valid, so that the first call does not wait for them.
	 *
	 * @throws {@link CredentialsError} if they are unavailable, or the error of the sign-in or the query.
	 */
	async ready(request?: CredentialsRequest): Promise<void> {
		await this.#current.identity(request);
	}

	/**
	 * Closes the session's clients, and its connections unless other sessions use them, and removes its credentials and every secret of its own user from memory.
	 * Requests in progress are aborted. Pending and later calls, including those of that user, fail with a
	 * {@link CredentialsError} `SessionDestroyed`. A caller-provided `cognito` or `requestHandler` is not closed.
	 */
	destroy(): void {
		const destroyed = new CredentialsError("SessionDestroyed", "The session has been destroyed. Create a new one.");
		this.#refreshable.destroy(destroyed);
		this.#current = this.#refreshable;
		this.#appsync.destroy(destroyed);
		this.#clients.destroy(destroyed);
		this.#ownUser?.destroy(destroyed);
		this.#connections.destroy(destroyed);
	}

	/** Lets `await using` call {@link destroy}. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.destroy();
	}

	/** Returns the properties of a session that may be shown, without secrets. */
	toJSON(): object {
		return { tenant: this.tenant, username: this.cognito.username, duration: this.duration };
	}

	/**
	 * Returns the query for the tenant, or for its credentials: the one method that a session class has to add. The session
	 * sends the query, retries it, and validates what it finds.
	 *
	 * @param wanted - The object that `select` of the query must return. It may return the other one too.
	 */
	protected abstract tenantQuery(wanted: "credentials" | "tenant"): TenantQuery;

	/**
	 * The servers' time, after a jump of the local date as after a sleep. `undefined` with static credentials, and before a server
	 * has named it.
	 */
	#serverTime(): number | undefined {
		return this.#current === this.#refreshable && this.#serverClock.isKnown ? this.#serverClock.latest() : undefined;
	}
}
