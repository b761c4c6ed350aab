import { openConnections } from "#request-handler";
import { SettingsError } from "../errors.ts";
import {
	type HttpHandler,
	type HttpHandlerOptions,
	isHttpHandler,
	type PlatformConnections,
	withoutDestroy,
} from "./http-handler.ts";

/** The connections of a session or a user. */
export interface Connections {
	/** Sends the requests to Cognito and AppSync. */
	readonly handler: HttpHandler;
	/** Closes them, unless somebody else owns them. `reason` is the error of requests that they still send. */
	destroy(reason: Error): void;
}

/** The caller's request handler, else the platform's, which are opened on first use, and closed. */
export class OwnConnections implements Connections {
	readonly #given: HttpHandler | HttpHandlerOptions | undefined;
	readonly #connectAhead: boolean;
	#own: PlatformConnections | undefined;
	#ended: Error | undefined;

	/**
	 * @param given - The caller's handler, or options of the platform's.
	 * @param connectAhead - Whether the handlers may have `connectAhead()`.
	 */
	constructor(given: HttpHandler | HttpHandlerOptions | undefined, connectAhead = true) {
		this.#given = given;
		this.#connectAhead = connectAhead;
	}

	get handler(): HttpHandler {
		return this.#open().handler;
	}

	/** Sends the requests of AWS SDK clients, which cannot close or configure it. */
	get clientHandler(): HttpHandler {
		const { handler, clientHandler } = this.#open();
		return clientHandler ?? withoutDestroy(handler);
	}

	destroy(reason: Error): void {
		this.#ended = reason;
		this.#own?.destroy(reason);
	}

	/** The same connections, for an object that must not close them. */
	borrowed(): Connections {
		const handler = () => this.handler;
		return {
			get handler() {
				return handler();
			},
			destroy() {},
		};
	}

	#open(): PlatformConnections {
		if (this.#own !== undefined) return this.#own;
		const given = this.#given;
		const opened = isHttpHandler(given) ? { handler: given, destroy() {} } : openConnections(given, unusable);
		this.#own = this.#connectAhead ? opened : withoutAhead(opened);
		// A client that is created after the end.
		if (this.#ended !== undefined) this.#own.destroy(this.#ended);
		return this.#own;
	}
}

function unusable(cause: unknown): SettingsError {
	const problem = `cannot be used: ${(cause as Error).message}`;
	return new SettingsError("a session or a user", [{ option: "requestHandler", problem }]);
}

function withoutAhead(connections: PlatformConnections): PlatformConnections {
	const serial = ({ connectAhead, ...others }: HttpHandler): HttpHandler => others;
	return {
		handler: serial(withoutDestroy(connections.handler)),
		clientHandler: serial(connections.clientHandler ?? withoutDestroy(connections.handler)),
		destroy: (reason) => connections.destroy(reason),
	};
}

/**
 * Waits for a promise, and connects meanwhile, for the request that follows it. The connection is closed if the promise
 * rejects. A connection that cannot be opened or closed has no effect: the request opens its own, or fails with its own error.
 *
 * @param find - The origin to connect to. `undefined` if the request does not need a connection any more.
 * @param isCertain - Whether the request follows in any case. Otherwise nothing is done for what is at hand.
 */
export async function connectMeanwhile<T>(
	handler: HttpHandler,
	promise: Promise<T>,
	find: () => URL | undefined | Promise<URL | undefined>,
	isCertain = false,
): Promise<T> {
	if (handler.connectAhead === undefined) return promise;
	let isPending = true;
	let hasFailed = false;
	let close: (() => void) | undefined;
	const connect = async () => {
		const url = await find();
		if (url === undefined || hasFailed || !(isPending || isCertain)) return;
		close = handler.connectAhead?.(url);
		// A promise, where a handler without types is asynchronous: its rejection must not end the process.
		await close;
	};
	const start = () => void connect().catch(() => {});
	const timer = isCertain ? start() : setTimeout(start, 0);
	try {
		return await promise;
	} catch (error) {
		hasFailed = true;
		try {
			close?.();
		} catch {
			// The error of the call counts.
		}
		throw error;
	} finally {
		isPending = false;
		if (timer !== undefined) clearTimeout(timer);
	}
}
