import { type LookupAddress, lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** A server that a session sends requests to. */
export interface Server {
	/** Its name for people. */
	readonly service: "AppSync" | "Cognito";
	/** URL of a document that it returns to everybody, or denies to everybody. */
	readonly url: URL;
	/** What its address comes from, such as `APPSYNC_ENDPOINT`. */
	readonly setting: string;
}

/** A response, without redirects. */
export interface Received {
	readonly status: number;
	readonly headers: IncomingMessage["headers"];
	/** At most its first {@link MAX_BODY} characters. */
	readonly body: string;
	/** The local date halfway between request and response, milliseconds since 1970. */
	readonly atMs: number;
}

const MAX_BODY = 100_000;

/** Host and port of a server. */
export function addressOf({ url }: Server): { readonly host: string; readonly port: number } {
	const host = url.hostname.replace(/^\[|\]$/g, "");
	return { host, port: Number(url.port) || (url.protocol === "https:" ? 443 : 80) };
}

/** Looks up the addresses of a server, as Node's connections do. */
export function addressesOf(server: Server): Promise<readonly LookupAddress[]> {
	return new Promise((resolve, reject) => {
		lookup(addressOf(server).host, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
	});
}

/** Opens a connection to a server at these addresses. */
export function connectTo(server: Server, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<Socket> {
	const socket = connect({
		...addressOf(server),
		// The way of Node's own connections: all addresses are tried.
		autoSelectFamily: true,
		lookup: (_host, _options, found) => found(null, [...addresses]),
	});
	return opened(socket, "connect", signal);
}

/** Secures a connection. A certificate that is not valid ends it only after a look at it: see `authorizationError`. */
export function secure(socket: Socket, server: Server, signal: AbortSignal): Promise<TLSSocket> {
	if (socket.destroyed) return Promise.reject(closed());
	const { host } = addressOf(server);
	const servername = isIP(host) === 0 ? host : "";
	// Nothing is sent through a connection whose certificate is not valid.
	return opened(connectTls({ socket, host, servername, rejectUnauthorized: false }), "secureConnect", signal);
}

/** Sends a GET request for the URL of a server through a connection, which it closes. */
export function get(socket: Socket, { url }: Server, userAgent: string, signal: AbortSignal): Promise<Received> {
	if (socket.destroyed) return Promise.reject(closed());
	const startMs = Date.now();
	return new Promise((resolve, reject) => {
		const request = httpRequest(url.protocol === "https:" ? new URL(`http:${url.href.slice(6)}`) : url, {
			createConnection: () => socket,
			headers: { "user-agent": userAgent, host: url.host, connection: "close" },
			signal,
		});
		request.on("error", reject);
		request.on("response", (response) => {
			const atMs = (startMs + Date.now()) / 2;
			let body = "";
			const done = () => {
				resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.slice(0, MAX_BODY), atMs });
				socket.destroy();
			};
			response.setEncoding("utf8").on("error", reject).on("end", done);
			response.on("data", (chunk: string) => {
				body += chunk;
				if (body.length > MAX_BODY) done();
			});
		});
		request.end();
	});
}

function opened<S extends Socket>(socket: S, event: "connect" | "secureConnect", signal: AbortSignal): Promise<S> {
	return new Promise((resolve, reject) => {
		const end = () => socket.destroy();
		signal.addEventListener("abort", end, { once: true });
		socket.once(event, () => resolve(socket));
		socket.once("error", reject);
		// Later errors are those of the request.
		socket.on("error", () => {});
		socket.once("close", () => reject(closed()));
	});
}

function closed(): Error {
	return Object.assign(new Error("The connection was closed"), { code: "ECONNRESET" });
}
