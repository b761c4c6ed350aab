import { AheadHandler, SDK_SOCKETS } from "./ahead-handler.ts";
import type { HttpHandler, PlatformConnections } from "./http-handler.ts";
import { StopSignal } from "./stop-signal.ts";

/**
 * Connections per host for the sign-ins and queries of all sessions. A thousand sessions that start together wait for one
 * of them, which is faster than a TLS handshake each.
 */
const SIGN_IN_SOCKETS = 200;
/** The handler would print a warning of sign-ins that wait for a connection. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
/** Connections per host that are kept without a request. */
const IDLE_SOCKETS = 50;

/** The request handlers that all sessions of the process share, and the number of those who use them. */
class Pool {
	users = 0;
	readonly signIns: AheadHandler;
	readonly clients: AheadHandler;

	constructor() {
		const signIns = { keepAlive: true, maxSockets: SIGN_IN_SOCKETS, maxFreeSockets: IDLE_SOCKETS };
		this.signIns = new AheadHandler({ httpAgent: signIns, httpsAgent: signIns, logger: SILENT });
		const maxSockets = () => this.#clientSockets;
		const clients = {
			keepAlive: true,
			maxFreeSockets: IDLE_SOCKETS,
			// Read when the agent is created.
			get maxSockets() {
				return maxSockets();
			},
		};
		this.clients = new AheadHandler({ httpAgent: clients, httpsAgent: clients });
	}

	enter(): void {
		this.users++;
		this.clients.setMaxSockets(this.#clientSockets);
	}

	leave(): void {
		this.users--;
		this.clients.setMaxSockets(this.#clientSockets);
		if (this.users > 0) return;
		this.signIns.destroy();
		this.clients.destroy();
		if (pool === this) pool = undefined;
	}

	/** As many as if each session had its own, because calls such as a long poll hold a connection for long. */
	get #clientSockets(): number {
		return SDK_SOCKETS * Math.max(1, this.users);
	}
}

let pool: Pool | undefined;

/** Sessions that were dropped without `destroy()` leave when they are collected. */
const collected = new FinalizationRegistry<Pool>((entered) => entered.leave());

/** The part of one session in the connections of the process. They are closed with the last session. */
export class SharedConnections implements PlatformConnections {
	readonly clientHandler: HttpHandler;
	readonly #pool: Pool;
	/** Alive as long as the session, one of its clients, or a request of them, up to the end of the response. */
	readonly #stop = new StopSignal();

	constructor() {
		pool ??= new Pool();
		pool.enter();
		this.#pool = pool;
		const stop = this.#stop;
		collected.register(stop, pool, stop);
		const clients: HttpHandler & AheadHandler = pool.clients;
		// One object for all clients and requests, because every request comes through here.
		this.clientHandler = {
			connectAhead: (url) => clients.connectAhead(url),
			metadata: clients.metadata,
			destroy() {},
			...{ updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) },
			handle: (request, options) =>
				clients.handle(request, {
					abortSignal: stop.with(options?.abortSignal),
					...(options?.requestTimeout === undefined ? undefined : { requestTimeout: options.requestTimeout }),
				}),
		};
	}

	get handler(): HttpHandler {
		return this.#pool.signIns;
	}

	destroy(reason: Error): void {
		if (this.#stop.aborted) return;
		this.#stop.abort(reason);
		collected.unregister(this.#stop);
		this.#pool.leave();
	}
}
