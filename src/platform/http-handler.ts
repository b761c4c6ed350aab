/** A request as the HTTP handlers of the AWS SDK take it. */
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

/** An answer as the HTTP handlers of the AWS SDK give it: header names in lower case, the body a stream of the platform. */
export interface HttpResponse {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body?: unknown;
}

/**
 * What sends HTTP requests: any request handler of the AWS SDK v3, such as `NodeHttpHandler` or `FetchHttpHandler`. It is
 * where proxies, certificates and connection pools are set up.
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
 * `handler` for one more user: same connections, but closing that user's end does not close them for the others, and
 * neither do its settings reach them.
 */
export function borrow(handler: HttpHandler): HttpHandler {
	return {
		handle: (request, options) => handler.handle(request, options),
		destroy() {},
		...(handler.metadata === undefined ? {} : { metadata: handler.metadata }),
		...{ updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) },
	};
}
