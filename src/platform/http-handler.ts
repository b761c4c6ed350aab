/**
 * Sends HTTP requests: any request handler of the AWS SDK v3, such as `NodeHttpHandler` or `FetchHttpHandler`. Proxies,
 * certificates and connection pools are configured there.
 */
export interface HttpHandler {
	/**
	 * Sends one request, and resolves when the headers of the response have arrived.
	 *
	 * @param request - The request. `port` is the default one of `protocol` if absent.
	 * @param options - `abortSignal` ends the request. `requestTimeout` is its deadline, milliseconds.
	 * @returns The response: header names in lower case, the body a stream of the platform.
	 */
	handle(
		request: {
			readonly method: string;
			/** `https:` or `http:`. */
			readonly protocol: string;
			readonly hostname: string;
			readonly port?: number | undefined;
			readonly path: string;
			readonly query: Record<string, string | string[] | null>;
			readonly headers: Record<string, string>;
			readonly body?: unknown;
			/** Returns a copy with its own headers. */
			clone(): Parameters<HttpHandler["handle"]>[0];
		},
		options?: { abortSignal?: AbortSignal; requestTimeout?: number },
	): Promise<{
		response: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body?: unknown };
	}>;
	/** Closes the connections. */
	destroy?(): void;
	/**
	 * Opens a connection for a request that follows soon, unless there is one. A session calls it
	 * while the user signs in. It must not fail, nor keep the process alive.
	 *
	 * @param url - The origin of the request.
	 * @returns Closes the connection if no request has used it.
	 */
	connectAhead?(url: URL): () => void;
	/** Protocol of the connections, such as `http/1.1` or `h2`. A client whose service requires another one does not use them. */
	readonly metadata?: { readonly handlerProtocol?: string };
}

/** The request of a handler. */
export type HttpRequest = Parameters<HttpHandler["handle"]>[0];

/** The response of a handler. */
export type HttpResponse = Awaited<ReturnType<HttpHandler["handle"]>>["response"];

/**
 * Options for the AWS SDK's default request handler: those of `NodeHttpHandler`, or in browsers of `FetchHttpHandler`.
 */
export interface HttpHandlerOptions {
	/** Maximum time for a response, milliseconds. On Node the SDK only warns after it, unless `throwOnRequestTimeout` is set. */
	readonly requestTimeout?: number | undefined;
	/** Absent: an object that has it is a request handler. */
	readonly handle?: undefined;
	/** Any other option of the handler, such as `connectionTimeout` or `httpsAgent`. */
	readonly [option: string]: unknown;
}

/** The connections of a session or a user, as the platform provides them. */
export interface PlatformConnections {
	/** Sends the requests to Cognito and AppSync. */
	readonly handler: HttpHandler;
	/** Sends the requests of AWS SDK clients, which cannot close or configure it. Default: `handler`, {@link withoutDestroy}. */
	readonly clientHandler?: HttpHandler;
	/** Ends the requests of clients with `reason`, and closes the connections, unless others share them. */
	destroy(reason: Error): void;
}

/** Whether a value is a request handler. */
export function isHttpHandler(value: unknown): value is HttpHandler {
	return typeof value === "object" && value !== null && typeof (value as HttpHandler).handle === "function";
}

/** Whether a value can be the options of a request handler: a plain object, and no agent or the like. */
export function isOptionsOfHandler(value: unknown): value is HttpHandlerOptions {
	if (typeof value !== "object" || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Returns a handler with the connections of `handler`, but without its `destroy()` and its settings. A client that is
 * closed or configured then leaves the connections of the others as they are.
 */
export function withoutDestroy(handler: HttpHandler): HttpHandler {
	return {
		handle: (request, options) => handler.handle(request, options),
		destroy() {},
		...(handler.metadata === undefined ? {} : { metadata: handler.metadata }),
		...(handler.connectAhead === undefined ? {} : { connectAhead: (url) => handler.connectAhead?.(url) ?? (() => {}) }),
		...{ updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) },
	};
}
