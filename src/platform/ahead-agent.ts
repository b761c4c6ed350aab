import dns from "node:dns";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

type Connect = https.Agent["createConnection"];
type ConnectOptions = Parameters<Connect>[0];

/** Time for which a connection that was opened ahead waits for its request. Servers close connections without one. */
const UNUSED_MS = 10_000;

/**
 * An agent that can open a connection before the request that will use it, because a new one takes two or three round trips:
 * for the name, TCP and TLS. A connection that fails ahead is dropped, and the request then opens its own.
 *
 * The names of hosts are looked up while Node parses its root certificates, which takes 17 ms on Node 20.
 */
export class AheadAgent extends https.Agent {
	/** The unused connections, by {@link https.Agent.getName}. */
	readonly #unused = new Map<string, TLSSocket>();

	/**
	 * Opens a connection, unless the agent has one to this host. It does not keep the process alive, except for the lookup of
	 * the name, which Node cannot cancel.
	 *
	 * @returns Closes the connection if no request has used it.
	 */
	connectAhead({ hostname, port }: Pick<URL, "hostname" | "port">): () => void {
		const host = hostname.replace(/^\[|\]$/g, "");
		const servername = isIP(host) === 0 ? host : "";
		const options = { servername, ...this.options, host, port: port === "" ? 443 : Number(port) };
		const name = this.getName(options);
		if (this.sockets[name] ?? this.freeSockets[name] ?? this.#unused.get(name)) return () => {};
		// Node sets this for a request, as the name under which it keeps the TLS session that a later connection resumes.
		const socket = this.#open({ ...options, _agentKey: name } as ConnectOptions) as TLSSocket;
		const close = () => {
			if (this.#unused.get(name) !== socket) return;
			this.#unused.delete(name);
			socket.destroy();
		};
		this.#unused.set(name, socket);
		const timer = setTimeout(close, UNUSED_MS).unref();
		// Node opens a handle of its own for each further address of a host.
		const unref = () => void (this.#unused.get(name) === socket && socket.unref());
		socket.on("error", ignore).on("connectionAttempt", unref).on("connect", unref).unref();
		socket.once("close", () => {
			clearTimeout(timer);
			if (this.#unused.get(name) === socket) this.#unused.delete(name);
		});
		return close;
	}

	override createConnection(...[options, callback]: Parameters<Connect>): Duplex | null | undefined {
		const name = this.getName(options);
		const socket = this.#unused.get(name);
		this.#unused.delete(name);
		if (socket === undefined || socket.destroyed) return this.#open(options, callback);
		return socket.off("error", ignore).ref();
	}

	override destroy(): void {
		const unused = [...this.#unused.values()];
		this.#unused.clear();
		for (const socket of unused) socket.destroy();
		super.destroy();
	}

	#open(options: ConnectOptions, callback?: Parameters<Connect>[1]): Duplex | null | undefined {
		const { host, lookup, family, hints } = options as { host?: string } & Record<string, unknown>;
		const isPlain = host !== undefined && isIP(host) === 0 && !(lookup ?? family ?? hints);
		const early = isPlain ? { lookup: startLookup(host) } : {};
		return super.createConnection({ ...options, ...early }, callback);
	}
}

function ignore(): void {}

/** Starts to look up a host. Returns the function that passes the result to a socket, as its option `lookup`. */
function startLookup(host: string): LookupFunction {
	type Found = [NodeJS.ErrnoException | null, dns.LookupAddress[]];
	let found: Found | undefined;
	let pass = (..._: Found) => {};
	dns.lookup(host, { all: true }, (...result) => {
		found = result;
		pass(...result);
	});
	return (_, { all }, callback) => {
		pass = (error, addresses = []) => {
			const [first = { address: "", family: 0 }] = addresses;
			if (error !== null || all) callback(error, addresses);
			else callback(null, first.address, first.family);
		};
		if (found !== undefined) process.nextTick(pass, ...found);
	};
}
