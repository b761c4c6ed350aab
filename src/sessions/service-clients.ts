import type { AwsIdentity } from "../credentials/credentials.ts";
import { type Clock, isRecent } from "../platform/clock.ts";
import { connectMeanwhile } from "../platform/connections.ts";
import type { HttpHandler } from "../platform/http-handler.ts";
import { checkClientArguments } from "./client-arguments.ts";
import { endpointOf } from "./client-endpoint.ts";
import { ClientEvents } from "./client-events.ts";
import { EventHandlers } from "./event-handlers.ts";
import { type ClientStack, SessionMiddlewareStack } from "./middleware-stack.ts";
import { RejectingEndpoints } from "./rejecting-endpoints.ts";
import {
	type Connecting,
	type SessionMiddlewareOptions,
	sessionMiddleware,
	signedRequestMiddleware,
} from "./session-middleware.ts";

/** The class of an AWS SDK v3 client, such as `DynamoDBClient` or `DynamoDB`. */
export type ServiceClass = new (
	config: never,
) => {
	readonly config: object;
	readonly middlewareStack: object;
	destroy(): void;
};

/** The right form of a call, which the compiler shows in its message about a wrong one. No value has this type. */
export interface WriteInstead<Form extends string> {
	/** The right form. */
	readonly writeInstead: Form;
}

/** The configuration of a client class. `credentials` replaces the session's, for that client only. */
export type ServiceConfig<C extends ServiceClass> = NonNullable<ConstructorParameters<C>[0]>;

/** A credential provider of the AWS SDK. `memoized` keeps clients from caching in addition to the session. */
export interface CredentialProvider {
	/** Returns valid credentials. `forceRefresh` refreshes them first. Default: `false`. */
	(request?: { readonly forceRefresh?: boolean | undefined }): Promise<AwsIdentity>;
	/** Marks a provider that keeps its credentials, for clients of the SDK. */
	readonly memoized: true;
}

/** The configuration of an SDK client with the credentials, the region and the connections of a session, and its defaults for clients. */
export interface ClientConfig {
	/** The session's credential provider. */
	readonly credentials: CredentialProvider;
	/** Returns the session's region. Default of {@link ClientDefaults}: that one. */
	readonly region: string | (() => Promise<string>);
	// biome-ignore-start lint/suspicious/noExplicitAny: no other type fits clients of all releases of the AWS SDK.
	/**
	 * The session's connections, which no client closes: an {@link HttpHandler}. Default of {@link ClientDefaults}: that one.
	 * The type is `any`, because clients of older AWS SDK releases require types of their own.
	 */
	readonly requestHandler: any;
	// biome-ignore-end lint/suspicious/noExplicitAny: see above
}

/** Options of {@link ServiceClients}. */
export interface ServiceClientsOptions extends SessionMiddlewareOptions {
	readonly clock: Clock;
	readonly credentials: CredentialProvider;
	readonly region: () => Promise<string>;
	/** The session's handler, which clients cannot close or configure. */
	readonly requestHandler: () => HttpHandler;
	/** Waits for the servers' time if it is uncertain, but not for long. */
	readonly timeConfirmed: () => Promise<void> | undefined;
	/** The servers' time, milliseconds since 1970. `undefined` if the session does not know it. */
	readonly serverTime: () => number | undefined;
	readonly defaults: () => object;
}

/** The parts of an SDK client that are used here. */
interface WiredClient {
	readonly config: {
		credentials?: { readonly memoized?: boolean };
		requestHandler?: HttpHandler;
		systemClockOffset?: number;
		serviceId?: string;
	};
	readonly middlewareStack: ClientStack;
	send(command: unknown): Promise<unknown>;
	destroy(): void;
}

/** A client that is alive as long as somebody holds it. */
interface MadeClient {
	readonly client: WeakRef<WiredClient>;
	/** Whether the session closes it. */
	readonly isOwned: boolean;
}

/** The request of an SDK client to its credential provider, with the configuration of the client. */
interface CredentialProviderRequest {
	readonly forceRefresh?: boolean | undefined;
	readonly callerClientConfig?: WiredClient["config"];
}

/**
 * Creates the AWS SDK clients of a session, with its credentials, its region and its connections.
 *
 * - Every call creates a client, so that a middleware or a change of one affects no other. All share the session's
 *   connection pool. A client that nobody holds is collected.
 * - When a service rejects the key of a call, the session fetches other credentials, and the call is sent once more with
 *   them, unless its input contains a stream, which cannot be sent twice. If they are unavailable, or rejected too, the call
 *   fails with the service's error.
 * - Calls are signed by the servers' clock, including the first one, and the first after a sleep.
 * - Presigned URLs are signed with credentials that live as long as the URL.
 */
export class ServiceClients {
	readonly #options: ServiceClientsOptions;
	readonly #endpoints: RejectingEndpoints;
	/** The clients that somebody holds. */
	readonly #made = new Set<MadeClient>();
	readonly #collected = new FinalizationRegistry<MadeClient>((made) => this.#made.delete(made));
	readonly #ended = new AbortController();
	readonly handlers = new EventHandlers();
	#events: ClientEvents | undefined;
	/** The middleware of all clients. */
	readonly middlewareStack = new SessionMiddlewareStack(() =>
		this.#live().map(({ middlewareStack }) => middlewareStack),
	);

	constructor(options: ServiceClientsOptions) {
		this.#options = options;
		this.#endpoints = new RejectingEndpoints(options.clock);
	}

	/** Returns a new client of `ServiceClass`. */
	client<C extends ServiceClass>(ServiceClass: C, config: ServiceConfig<C>): InstanceType<C> {
		checkClientArguments(ServiceClass, config);
		const { credentials, ...others } = defined(config as object) as { credentials?: unknown };
		const own = credentials === undefined || credentials === this.#options.credentials ? {} : { credentials };
		return this.#make(ServiceClass, { ...this.#options.defaults(), ...others, ...own }) as InstanceType<C>;
	}

	/** Returns the configuration of a client that is created elsewhere. */
	config(): ClientConfig {
		const { region, requestHandler, defaults } = this.#options;
		const credentials = this.#credentialsOf({ isCaching: false });
		return { region, requestHandler: requestHandler(), ...defaults(), credentials };
	}

	/** Makes the clients emit events of botocore. */
	emitEvents(): void {
		if (this.#events !== undefined) return;
		this.#events = new ClientEvents(this.handlers, this.#options.clock, this.#ended.signal);
		for (const client of this.#live()) this.#events.addTo(client);
	}

	/**
	 * Closes the clients, except for those with a caller-provided handler, which the caller owns. Ends the wait for handlers of
	 * events with `reason`.
	 */
	destroy(reason: Error): void {
		this.#ended.abort(reason);
		for (const { client, isOwned } of this.#made) if (isOwned) client.deref()?.destroy();
		this.#made.clear();
	}

	#live(): WiredClient[] {
		return [...this.#made].map(({ client }) => client.deref()).filter((client) => client !== undefined);
	}

	#make(ServiceClass: ServiceClass, config: object): WiredClient {
		const own = config as { credentials?: unknown; customUserAgent?: unknown; requestHandler?: { handle?: unknown } };
		const link = { isCaching: false };
		const client = new (ServiceClass as new (config: object) => WiredClient)({
			region: this.#options.region,
			...config,
			...(typeof own.customUserAgent === "string" && { customUserAgent: words(own.customUserAgent) }),
			credentials: own.credentials ?? this.#credentialsOf(link),
		});
		const isSharing = own.requestHandler === undefined && this.#shareConnections(client);
		if (own.credentials === undefined) {
			link.isCaching = client.config.credentials?.memoized !== true;
			const connecting = isSharing ? this.#connecting(client.config) : undefined;
			this.#addMiddleware(client, link.isCaching, connecting);
		}
		this.middlewareStack.applyTo(client.middlewareStack);
		this.#events?.addTo(client);
		this.#keep(client, own.requestHandler?.handle === undefined);
		return client;
	}

	#addMiddleware(
		{ config, middlewareStack }: WiredClient,
		isCaching: boolean,
		connecting: Connecting | undefined,
	): void {
		const prepare = isCaching ? () => this.#prepare(config) : undefined;
		const middleware = sessionMiddleware(this.#options, this.#endpoints, { prepare, connecting });
		middlewareStack.add(middleware, { name: "echoStreamSession", step: "initialize", priority: "low" });
		// Only where it is needed, because one more middleware makes every call more than one percent slower.
		if (isCaching) {
			const signed = { name: "echoStreamSignedRequest", step: "finalizeRequest", priority: "low" } as const;
			middlewareStack.add(signedRequestMiddleware, signed);
		}
	}

	#keep(client: WiredClient, isOwned: boolean): void {
		const made = { client: new WeakRef(client), isOwned };
		this.#made.add(made);
		this.#collected.register(client, made);
	}

	/** Connects while the first of the calls waits. */
	#connecting(config: object): Connecting {
		let isConnecting = false;
		return async (call, context) => {
			if (isConnecting) return call;
			isConnecting = true;
			const find = async () => {
				const endpoint = await endpointOf(config, context);
				return this.#options.current().refreshNeeded(0) ? endpoint : undefined;
			};
			try {
				return await connectMeanwhile(this.#options.requestHandler(), call, find);
			} finally {
				isConnecting = false;
			}
		};
	}

	/** Shares the session's handler. A client whose service requires HTTP/2 keeps its own. Returns whether it is shared. */
	#shareConnections({ config }: WiredClient): boolean {
		const shared = this.#options.requestHandler();
		const needed = config.requestHandler?.metadata?.handlerProtocol;
		const isFitting =
			needed === undefined || needed === shared.metadata?.handlerProtocol || shared.metadata === undefined;
		if (isFitting) config.requestHandler = shared;
		return isFitting;
	}

	/**
	 * The session's credentials, which also set the servers' time for the signature. The SDK itself takes the date of its
	 * last response and continues by the local clock, which may have been set since.
	 */
	#credentialsOf(client: { readonly isCaching: boolean }): CredentialProvider {
		let dated: { readonly at: number; readonly offset: number | undefined } | undefined;
		const isDated = ({ systemClockOffset }: WiredClient["config"]) =>
			dated !== undefined &&
			dated.offset === systemClockOffset &&
			isRecent(dated.at, this.#options.clock.now(), DATED_MS);
		const provider = async (request?: CredentialProviderRequest): Promise<AwsIdentity> => {
			// In this order, because a session that slept, or sent no request yet, learns the time with the credentials.
			const identity = await this.#options.credentials(request);
			if (client.isCaching) return { ...identity, expiration: ALWAYS_EXPIRED };
			const config = request?.callerClientConfig;
			// A client requests its credentials three times per call.
			if (config === undefined || isDated(config)) return identity;
			const confirmed = this.#options.timeConfirmed();
			if (confirmed !== undefined) await confirmed;
			this.#setDate(config);
			dated = { at: this.#options.clock.now(), offset: config.systemClockOffset };
			return identity;
		};
		return Object.assign(provider, { memoized: true as const });
	}

	/** Sets the servers' time for a client that caches: it reads the time before it requests the credentials. */
	async #prepare(config: WiredClient["config"]): Promise<void> {
		await this.#options.credentials();
		await this.#options.timeConfirmed();
		this.#setDate(config);
	}

	#setDate(config: WiredClient["config"]): void {
		const serverTime = this.#options.serverTime();
		if (serverTime === undefined) return;
		const offset = serverTime - Date.now();
		if (Math.abs(offset - (config.systemClockOffset ?? 0)) > SKEW_MS) config.systemClockOffset = offset;
	}
}

/** Time for which a client keeps the servers' time without looking at it again. */
const DATED_MS = 1_000;

/** The SDK treats a string as one word, and replaces the spaces in it. */
function words(userAgent: string): [string][] {
	return userAgent.split(" ").map((word) => [word]);
}

/** Services accept a signature with a smaller difference to their clock. */
const SKEW_MS = 60_000;

/**
 * Expiry for the clients of SDK releases up to the spring of 2025. They keep credentials until five minutes before these
 * expire, also rejected ones. With this expiry they request them for each call, as later releases do.
 */
const ALWAYS_EXPIRED = new Date(0);

/** A config without undefined values, which must not hide the session's. */
export function defined(config: object): object {
	return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
