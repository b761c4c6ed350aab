import type { AwsIdentity, SessionCredentials } from "../credentials/credentials.ts";
import { type HttpHandler, withoutDestroy } from "../platform/http-handler.ts";

/** The class of an AWS SDK v3 client, such as `DynamoDBClient` or `DynamoDB`. */
export type ServiceClass = new (
	config: never,
) => {
	readonly config: object;
	readonly middlewareStack: object;
	destroy(): void;
};

/** The configuration that a client class takes. `credentials` replaces the session's, for that client only. */
export type ServiceConfig<C extends ServiceClass> = NonNullable<ConstructorParameters<C>[0]>;

/** What the AWS SDK calls a provider of credentials. `memoized` keeps clients from caching on top of the session's cache. */
export interface CredentialProvider {
	(request?: { readonly forceRefresh?: boolean | undefined }): Promise<AwsIdentity>;
	readonly memoized: true;
}

/** What {@link ServiceClients} wires clients to. */
export interface ServiceClientsOptions {
	/** The credentials of now: `setCredentials` may change them. */
	readonly current: () => SessionCredentials;
	readonly credentials: CredentialProvider;
	readonly region: () => Promise<string>;
	readonly requestHandler: () => HttpHandler;
	/** What time it is for the servers, milliseconds since 1970; nothing where the session cannot tell. */
	readonly serverTime: () => number | undefined;
	readonly defaults: () => object;
}

/**
 * What AWS services say of a key that they do not take, or no longer. AccessDenied and its like are not among them: there
 * the key is good, and may not do that.
 */
const REJECTED_KEY_ERRORS = new Set([
	"ExpiredToken",
	"ExpiredTokenException",
	"InvalidAccessKeyId",
	"InvalidClientTokenId",
	"InvalidToken",
	"TokenRefreshRequired",
	"UnrecognizedClientException",
]);

/** The parts of an SDK client that the wiring touches. */
interface WiredClient {
	readonly config: {
		credentials?: unknown;
		requestHandler?: HttpHandler;
		systemClockOffset?: number;
	};
	readonly middlewareStack: {
		add(middleware: Middleware, options: { name: string; step: "initialize"; priority: "low" }): void;
	};
	destroy(): void;
}

/** What the SDK's clients tell a provider: among other things, for which of them they ask. */
interface CredentialProviderRequest {
	readonly forceRefresh?: boolean;
	readonly callerClientConfig?: WiredClient["config"];
}

type Handler = (args: { readonly input: unknown }) => Promise<unknown>;
type Middleware = (next: Handler, context: object) => Handler;

/**
 * Builds the AWS SDK clients of a session: its credentials, its region, its connections.
 *
 * - Asked again for the same class with the same plain values, it gives the same client; a config that holds an object or
 *   a function always makes a new one. Either way all of them share the session's one connection pool.
 * - When a service refuses the key that a call was signed with, the session drops that key, and the call is made once more
 *   with a new one, unless its input holds a stream, which cannot be sent twice.
 * - Calls are signed by the servers' clock, also the first one, and the first after a sleep.
 */
export class ServiceClients {
	readonly #options: ServiceClientsOptions;
	readonly #shared = new Map<ServiceClass, Map<string, WiredClient>>();
	readonly #made = new Set<WeakRef<WiredClient>>();
	readonly #collected = new FinalizationRegistry<WeakRef<WiredClient>>((client) => this.#made.delete(client));

	constructor(options: ServiceClientsOptions) {
		this.#options = options;
	}

	/** A client of `ServiceClass`. */
	client<C extends ServiceClass>(ServiceClass: C, config: ServiceConfig<C>): InstanceType<C> {
		const { credentials, ...others } = defined(config as object) as { credentials?: unknown };
		const own = credentials === undefined || credentials === this.#options.credentials ? {} : { credentials };
		const settled: object = { ...this.#options.defaults(), ...others, ...own };
		const key = keyOf(settled);
		if (key === undefined) return this.#make(ServiceClass, settled) as InstanceType<C>;
		let clients = this.#shared.get(ServiceClass);
		if (clients === undefined) {
			clients = new Map();
			this.#shared.set(ServiceClass, clients);
		}
		let client = clients.get(key);
		if (client === undefined) {
			client = this.#make(ServiceClass, settled);
			clients.set(key, client);
		}
		return client as InstanceType<C>;
	}

	/** Closes the clients that were built, but for those with a handler of their own, which stays its giver's. */
	destroy(): void {
		for (const client of this.#made) client.deref()?.destroy();
		this.#made.clear();
		this.#shared.clear();
	}

	#make(ServiceClass: ServiceClass, config: object): WiredClient {
		const own = config as { credentials?: unknown; customUserAgent?: unknown; requestHandler?: { handle?: unknown } };
		const client = new (ServiceClass as new (config: object) => WiredClient)({
			region: this.#options.region,
			...config,
			...(typeof own.customUserAgent === "string" && { customUserAgent: words(own.customUserAgent) }),
			credentials: own.credentials ?? this.#credentialsWithClockOffset,
		});
		if (own.requestHandler === undefined) this.#shareConnections(client);
		client.middlewareStack.add(this.#recovery(own.credentials === undefined), {
			name: "echoStreamSession",
			step: "initialize",
			priority: "low",
		});
		if (own.requestHandler?.handle === undefined) this.#closeLater(client);
		return client;
	}

	#closeLater(client: WiredClient): void {
		const made = new WeakRef(client);
		this.#made.add(made);
		this.#collected.register(client, made);
	}

	/** A client whose service speaks HTTP/2 by default keeps its own handler: the shared one could not serve it. */
	#shareConnections({ config }: WiredClient): void {
		const shared = this.#options.requestHandler();
		const needed = config.requestHandler?.metadata?.handlerProtocol;
		if (needed === undefined || needed === shared.metadata?.handlerProtocol || shared.metadata === undefined) {
			config.requestHandler = withoutDestroy(shared);
		}
	}

	/**
	 * The session's credentials, and with them the servers' time for the signature: the SDK knows the date of its last
	 * answer and counts on by this machine's clock, which may have been set since.
	 */
	readonly #credentialsWithClockOffset = Object.assign(
		async (request?: CredentialProviderRequest): Promise<AwsIdentity> => {
			// In this order: a session that slept, or never asked anything, learns the time with the credentials.
			const identity = await this.#options.credentials(request);
			if (request?.callerClientConfig !== undefined) this.#setDate(request.callerClientConfig);
			return identity;
		},
		{ memoized: true as const },
	);

	#setDate(config: WiredClient["config"]): void {
		const serverTime = this.#options.serverTime();
		if (serverTime === undefined) return;
		const offset = serverTime - Date.now();
		if (Math.abs(offset - (config.systemClockOffset ?? 0)) > SKEW_MS) config.systemClockOffset = offset;
	}

	#recovery(hasSessionCredentials: boolean): Middleware {
		return (next, context) => async (args) => {
			try {
				return await next(args);
			} catch (error) {
				const refused = hasSessionCredentials ? rejectedKey(error, context) : undefined;
				if (refused === undefined) throw error;
				this.#options.current().reject(refused);
				if (holdsStream(args.input)) throw error;
				return await next(args);
			}
		};
	}
}

/** The SDK takes a text for one word, and replaces the spaces in it. */
function words(userAgent: string): [string][] {
	return userAgent.split(" ").map((word) => [word]);
}

/** Below this, services take a signature as it is. */
const SKEW_MS = 60_000;

/** The access key id that a service has just refused, if that is what `error` says. */
function rejectedKey(error: unknown, context: object): string | undefined {
	if (!REJECTED_KEY_ERRORS.has((error as { name?: string } | null)?.name ?? "")) return undefined;
	const { __smithy_context: smithy } = context as {
		__smithy_context?: { selectedHttpAuthScheme?: { identity?: Partial<AwsIdentity> } };
	};
	return smithy?.selectedHttpAuthScheme?.identity?.accessKeyId;
}

function holdsStream(input: unknown): boolean {
	if (typeof input !== "object" || input === null) return false;
	return Object.values(input).some(
		(value) =>
			typeof value === "object" &&
			value !== null &&
			("pipe" in value || "getReader" in value || Symbol.asyncIterator in value),
	);
}

/** What is undefined is not set: it must not hide what the session says. */
export function defined(config: object): object {
	return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** One text for equal configs of plain values; nothing for a config that holds anything else. */
function keyOf(config: object): string | undefined {
	const entries = Object.entries(config);
	if (entries.some(([, value]) => (typeof value === "object" && value !== null) || typeof value === "function")) {
		return undefined;
	}
	return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
