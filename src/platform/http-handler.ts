/** A request, in the form of the AWS SDK's HTTP handlers. */
export interface HttpRequest {
	readonly method: string;
	readonly protocol: string;
	readonly hostname: string;
	readonly port?: number | undefined;
	readonly path: string;
	readonly query: Record<string, string | string[] | null>;
	readonly headers: Record<string, string>;
	readonly body?: unknown;
	clone(): HttpRequest;
}

/** A response, in the form of the AWS SDK's HTTP handlers: header names in lower case, the body a stream of the platform. */
export interface HttpResponse {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body?: unknown;
}

/**
 * Sends HTTP requests: any request handler of the AWS SDK v3, such as `NodeHttpHandler` or `FetchHttpHandler`. Proxies,
 * certificates and connection pools are configured there.
 */
export interface HttpHandler {
	/** Sends one request. `requestTimeout` is in milliseconds. */
	handle(
		request: HttpRequest,
		options?: { abortSignal?: AbortSignal; requestTimeout?: number },
	): Promise<{ response: HttpResponse }>;
	/** Closes the connections. */
	destroy?(): void;
	readonly metadata?: { readonly handlerProtocol?: string };
}

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
		...{ updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) },
	};
}
