import type { HttpHandler, HttpHandlerOptions, PlatformConnections } from "./http-handler.ts";

/**
 * The connections of a session or a user on Node. The code is loaded with the first request: it takes, with Node's own modules for
 * the network, a third of the time of a program that finds its credentials in a store.
 *
 * @param unusable - Creates the error of each request with options that the handler rejects.
 */
export function openConnections(
	options: HttpHandlerOptions | undefined,
	unusable: (cause: unknown) => Error,
): PlatformConnections {
	return new OnDemandConnections(async () => {
		const { nodeConnections } = await import("./node-connections.ts");
		try {
			return nodeConnections(options);
		} catch (error) {
			throw unusable(error);
		}
	});
}

/** Finds one of the handlers of connections. */
type FindHandler = (connections: PlatformConnections) => HttpHandler;

/** Connections that are opened with the first request. */
class OnDemandConnections implements PlatformConnections {
	readonly handler = this.#handlerOf(({ handler }) => handler);
	readonly clientHandler = this.#handlerOf(({ clientHandler, handler }) => clientHandler ?? handler);
	readonly #load: () => Promise<PlatformConnections>;
	#opening: Promise<PlatformConnections> | undefined;
	#opened: PlatformConnections | undefined;
	#ended: Error | undefined;

	constructor(load: () => Promise<PlatformConnections>) {
		this.#load = load;
	}

	destroy(reason: Error): void {
		this.#ended = reason;
		this.#opened?.destroy(reason);
	}

	#open(): Promise<PlatformConnections> {
		this.#opening ??= this.#load().then((connections) => {
			this.#opened = connections;
			if (this.#ended !== undefined) connections.destroy(this.#ended);
			return connections;
		});
		return this.#opening;
	}

	/** A handler without `destroy()` and settings, because clients would close and configure what others use. */
	#handlerOf(find: FindHandler): HttpHandler {
		return {
			metadata: { handlerProtocol: "http/1.1" },
			destroy() {},
			...{ updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) },
			handle: (request, options) =>
				this.#opened === undefined
					? this.#open().then((connections) => find(connections).handle(request, options))
					: find(this.#opened).handle(request, options),
			connectAhead: (url) => {
				let isClosed = false;
				let close = () => {};
				const connect = (connections: PlatformConnections) => {
					if (!isClosed) close = find(connections).connectAhead?.(url) ?? close;
				};
				if (this.#opened === undefined)
					this.#open()
						.then(connect)
						.catch(() => {});
				else connect(this.#opened);
				return () => {
					isClosed = true;
					close();
				};
			},
		};
	}
}
