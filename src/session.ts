import { AppSync } from "./appsync.ts";
import { parseAwsDateTime } from "./aws-date-time.ts";
import type { ClientDefaults } from "./client-defaults.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ChallengeAnswers } from "./cognito/challenges.ts";
import { Cognito, type CognitoUser, type Password } from "./cognito/cognito.ts";
import { type ConfigVariable, ConfigVariables, type ConfigVariableValues } from "./config-variables.ts";
import {
	type AwsIdentity,
	type Credentials,
	type CredentialsRequest,
	type FetchedCredentials,
	RefreshableCredentials,
	StaticCredentials,
} from "./credentials.ts";
import { AppSyncError, CredentialsError, isEchoStreamError } from "./errors.ts";
import type { Logger, SessionEventListener } from "./events.ts";
import { type GraphQLDocument, textOfDocument } from "./graphql-document.ts";
import { isRecord } from "./http-exchange.ts";
import type { HttpHandler } from "./http-handler.ts";
import type { RefreshWindowOptions } from "./refresh-windows.ts";
import {
	type CredentialProvider,
	defined,
	type ServiceClass,
	ServiceClients,
	type ServiceConfig,
} from "./service-clients.ts";
import { isDuration, isEndpoint, isPositive, isUserPoolId, type SettingsReader } from "./settings.ts";
import { profileNames, profileSection } from "./shared-config.ts";
import { VERSION } from "./version.ts";

/** The options of every session. An option wins over its environment variable; blank means unset. */
export interface EchoStreamSessionOptions extends RefreshWindowOptions {
	/** URL of the EchoStream AppSync API. Variable: `APPSYNC_ENDPOINT`. */
	readonly appsyncEndpoint?: string;
	/** Id of the Cognito app client. Variable: `CLIENT_ID`. */
	readonly clientId?: string;
	/**
	 * The user to work as, instead of `clientId`, `password`, `userPoolId` and `username`, which are then ignored with
	 * their variables. Several sessions may share one: it logs in once.
	 */
	readonly cognito?: CognitoUser;
	/** The life to ask for the AWS credentials, seconds, 900 to 43,200. Default: 3600. */
	readonly duration?: number;
	/** The user's password, or a function that gets it whenever a login needs it. Variable: `PASSWORD`. */
	readonly password?: Password;
	/** Name of the tenant. Variable: `TENANT`. */
	readonly tenant?: string;
	/** Id of the Cognito user pool, `<region>_<name>`. Variable: `USER_POOL_ID`. */
	readonly userPoolId?: string;
	/** Name of the user. Variable: `USER_NAME`. */
	readonly username?: string;
	/** Who answers when Cognito asks for more than the password. */
	readonly challenges?: ChallengeAnswers;
	/** Region of the clients. Default: what this machine is set up for, else the tenant's own region. */
	readonly regionName?: string;
	/** The profile of the shared config file that the session and its clients read. Variable: `AWS_PROFILE`. */
	readonly profileName?: string;
	/** Gets what the session does, in words. Default: silent. `console` fits. */
	readonly logger?: Logger;
	/** Gets every login, renewal, refresh and failure, as an object. */
	readonly onEvent?: SessionEventListener;
	/**
	 * Sends the requests to Cognito, to AppSync and of the clients: the place for proxies, certificates and connection
	 * limits. It stays yours: `destroy()` does not close it. Default: one of the platform's own.
	 */
	readonly requestHandler?: HttpHandler;
	/** How often a request is sent at most when it fails for a passing reason. Default: 3. */
	readonly maxAttempts?: number;
	/** The deadline of each network step, milliseconds. Default: 15,000. */
	readonly requestTimeoutMs?: number;
	/** The deadline of a whole refresh, a login included, milliseconds. Default: 60,000. */
	readonly refreshTimeoutMs?: number;
	/** Whether to hand out credentials that have expired while no new ones are to be had. Default: `false`. */
	readonly serveExpired?: boolean;
	/** For tests: where the session gets the time. Default: this machine's clock. */
	readonly clock?: Clock;
	/** For tests: where the session gets its jitter, a function like `Math.random`. */
	readonly random?: () => number;
}

/** What the session knows of its tenant. */
export interface TenantDescription {
	readonly name: string;
	/** AWS region of the tenant's resources. */
	readonly region: string;
	/** Name of the tenant's DynamoDB table. */
	readonly table: string;
	/** Whether the tenant takes requests. */
	readonly active: boolean;
}

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

	readonly #own: { readonly cognito?: Cognito };
	readonly #appsync: AppSync;
	readonly #refreshable: RefreshableCredentials;
	readonly #clients: ServiceClients;
	readonly #variables: ConfigVariables;
	#defaults: ClientDefaults = {};
	#current: Credentials;
	#region: Promise<string> | undefined;

	/**
	 * @param kind - What the caller called the session, for messages.
	 * @param reader - Collects the settings; a subclass may have read its own before.
	 * @throws {@link SettingsError} that lists everything wrong or missing.
	 */
	protected constructor(options: EchoStreamSessionOptions, reader: SettingsReader) {
		const { clock = systemClock, random = Math.random, cognito, requestHandler, logger, onEvent } = options;
		this.appsyncEndpoint = reader.required("appsyncEndpoint", "APPSYNC_ENDPOINT", options.appsyncEndpoint, isEndpoint);
		this.tenant = reader.required("tenant", "TENANT", options.tenant);
		this.duration = reader.number("duration", options.duration, 3600, isDuration);
		const maxAttempts = reader.number("maxAttempts", options.maxAttempts, 3, isPositive);
		const requestTimeoutMs = reader.number("requestTimeoutMs", options.requestTimeoutMs, 15_000, isPositive);
		const refreshTimeoutMs = reader.number("refreshTimeoutMs", options.refreshTimeoutMs, 60_000, isPositive);
		for (const option of ["advisoryTimeoutSeconds", "mandatoryTimeoutSeconds"] as const) {
			reader.number(option, options[option], 1, isPositive);
		}
		const region = reader.optional("regionName", undefined, options.regionName);
		const profile = reader.optional("profileName", undefined, options.profileName);
		this.#variables = new ConfigVariables({
			...(region === undefined ? {} : { region }),
			...(profile === undefined ? {} : { profile }),
		});
		const user = cognito === undefined ? readUser(options, reader) : undefined;
		reader.finish();

		const shared = {
			clock,
			random,
			maxAttempts,
			requestTimeoutMs,
			...(logger === undefined ? {} : { logger }),
			...(onEvent === undefined ? {} : { onEvent }),
		};
		this.#own = user === undefined ? {} : { cognito: new Cognito({ ...user, ...pick(options), ...shared }) };
		this.cognito = cognito ?? (this.#own.cognito as Cognito);
		const handler = (): HttpHandler => requestHandler ?? this.cognito.requestHandler;
		this.#appsync = new AppSync({
			...shared,
			endpoint: this.appsyncEndpoint,
			user: this.cognito,
			requestHandler: handler,
			userAgent: () => this.userAgent(),
		});
		this.#refreshable = new RefreshableCredentials({
			...options,
			...shared,
			method: "EchoStreamAwsCredentials",
			fetch: (request) => this.#fetch(request),
			askTime: () => this.#appsync.askTime(),
			serverClock: this.cognito.serverClock,
			duration: this.duration,
			refreshTimeoutMs,
			serveExpired: options.serveExpired ?? false,
		});
		this.#current = this.#refreshable;
		this.credentials = Object.assign(
			(request?: { readonly forceRefresh?: boolean }): Promise<AwsIdentity> =>
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

	/** botocore's: sets a configuration variable for the clients that are asked for from now on. */
	setConfigVariable<Name extends ConfigVariable>(name: Name, value: ConfigVariableValues[Name] | undefined): void {
		this.#variables.set(name, value);
		if (name === "region" || name === "profile") this.#region = undefined;
	}

	/** botocore's: what the configuration of every client starts from. */
	getDefaultClientConfig(): ClientDefaults {
		return this.#defaults;
	}

	/** botocore's: replaces what the configuration of every client starts from, for those asked for from now on. */
	setDefaultClientConfig(config: ClientDefaults): void {
		this.#defaults = defined(config);
	}

	/** botocore's: how the session names itself to AWS and EchoStream. */
	userAgent(): string {
		return `${this.userAgentName}/${this.userAgentVersion} ${this.userAgentExtra}`.trim();
	}

	/** What EchoStream says of the tenant now. */
	async describeTenant(): Promise<TenantDescription> {
		return tenantOf(await this.findTenant(this.ask), this.tenant);
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
		{ signal }: { readonly signal?: AbortSignal } = {},
	): Promise<Data> {
		const request = signal === undefined ? {} : { signal };
		return (await this.#appsync.query(textOfDocument(document), variables ?? {}, request)) as Data;
	}

	/** {@link AppSync.fetch}, for the GraphQL client of `echostream-botocore/apollo`. @internal */
	readonly appsyncFetch = (_url: unknown, init: RequestInit = {}): Promise<Response> => this.#appsync.fetch(init);

	/** Makes sure that there are credentials that work, so that the first call need not wait for them. */
	async ready(request?: CredentialsRequest): Promise<void> {
		await this.#current.identity(request);
	}

	/**
	 * Closes what the session opened: its clients, and its connections. Whoever still waits for credentials or a query, or
	 * asks for them later, gets a {@link CredentialsError} `SessionDestroyed`. A `cognito` or `requestHandler` that was
	 * given stays as it is.
	 */
	destroy(): void {
		const destroyed = new CredentialsError("SessionDestroyed", "The session has been destroyed: make a new one");
		this.#refreshable.destroy(destroyed);
		this.#appsync.destroy(destroyed);
		this.#clients.destroy();
		this.#own.cognito?.destroy();
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
			return checked(await this.findCredentials(query));
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

	/** Clients carry a user agent only where the program has set one: it makes every request a hundredth slower. */
	#namedUserAgent(): ClientDefaults {
		const userAgent = this.userAgent();
		return userAgent === `echostream-botocore/${VERSION}` ? {} : { customUserAgent: userAgent };
	}

	/** Keys that were given say nothing of the time, and neither does a clock that has just jumped. */
	#serverTime(): number | undefined {
		const { serverClock } = this.cognito;
		return this.#current === this.#refreshable && !serverClock.hasJumped() ? serverClock.now() : undefined;
	}

	// Every request of a client asks for its region: it is found once.
	async #findRegion(): Promise<string> {
		return (await this.#variables.get("region")) ?? (await this.describeTenant()).region;
	}
}

function readUser(options: EchoStreamSessionOptions, reader: SettingsReader) {
	const { password } = options;
	return {
		clientId: reader.required("clientId", "CLIENT_ID", options.clientId),
		userPoolId: reader.required("userPoolId", "USER_POOL_ID", options.userPoolId, isUserPoolId),
		username: reader.required("username", "USER_NAME", options.username),
		password: typeof password === "function" ? password : reader.required("password", "PASSWORD", password),
	};
}

function pick({ challenges, requestHandler }: EchoStreamSessionOptions) {
	return {
		...(challenges === undefined ? {} : { challenges }),
		...(requestHandler === undefined ? {} : { requestHandler }),
	};
}

/** Nothing of an answer is believed until every field of it has been looked at. */
function checked(answer: unknown): FetchedCredentials {
	const { accessKeyId, secretAccessKey, sessionToken, expiration } = isRecord(answer) ? answer : {};
	const expiresAtMs = parseAwsDateTime(expiration);
	const wrong = Object.entries({ accessKeyId, secretAccessKey, sessionToken })
		.filter(([, value]) => typeof value !== "string" || value === "")
		.map(([name]) => name);
	if (expiresAtMs === undefined) wrong.push("expiration");
	if (wrong.length > 0) {
		throw new CredentialsError(
			"InvalidCredentials",
			`AppSync sent AWS credentials without a valid ${wrong.join(", ")}`,
			{ transient: true },
		);
	}
	return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } as FetchedCredentials;
}

function tenantOf(answer: unknown, asked: string): TenantDescription {
	const { name, region, table, active } = isRecord(answer) ? answer : {};
	if (
		typeof name === "string" &&
		typeof region === "string" &&
		typeof table === "string" &&
		typeof active === "boolean"
	) {
		return { name, region, table, active };
	}
	throw new AppSyncError("InvalidAppSyncAnswer", `AppSync sent an incomplete description of tenant ${asked}`);
}
