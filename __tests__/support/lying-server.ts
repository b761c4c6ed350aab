import { readFileSync } from "node:fs";
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { AppSession, type AppSessionOptions, Cognito, type CognitoOptions, type CognitoUser } from "../../src/index.ts";

/** A request as it arrived. */
export interface Received {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** A response to send. The body is JSON unless it is text or bytes. */
export interface Reply {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string | string[]>>;
	readonly body?: unknown;
}

/** Returns the reply to a request, or nothing where it has written to the response itself. */
export type Respond = (request: Received, response: ServerResponse) => Reply | undefined;

/** A server on the loopback interface that responds as a test likes, and notes what it received. */
export class LyingServer {
	readonly received: Received[] = [];
	/** The connections that were opened, whether or not a request came through. */
	connections = 0;
	readonly #server: Server;
	readonly #scheme: string;

	private constructor(server: Server, scheme: string) {
		this.#server = server;
		this.#scheme = scheme;
	}

	/** @param certificates - The files of a TLS server's certificate chain, of `vectors/certificates`. */
	static async start(respond: Respond, certificates: readonly string[] = []): Promise<LyingServer> {
		const listener = (request: IncomingMessage, response: ServerResponse) =>
			void lying.#receive(request, response, respond);
		const tls = { key: certificate("key"), cert: certificates.map(certificate).join("") };
		const isTls = certificates.length > 0;
		const server = isTls ? createTlsServer(tls, listener) : createServer(listener);
		// A slow test must not meet a connection that Node's server closes after 5 s.
		server.keepAliveTimeout = 75_000;
		const lying = new LyingServer(server, isTls ? "https" : "http");
		server.on("connection", () => lying.connections++);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return lying;
	}

	get url(): string {
		return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	async #receive(request: IncomingMessage, response: ServerResponse, respond: Respond): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const { method = "", url: path = "", headers } = request;
		const received = { method, path, headers, body: Buffer.concat(chunks).toString() };
		this.received.push(received);
		const reply = respond(received, response);
		if (reply === undefined) return;
		response.writeHead(reply.status ?? 200, reply.headers);
		const { body = {} } = reply;
		response.end(typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body));
	}
}

/** A file of `vectors/certificates`. */
export function certificate(name: string): string {
	return readFileSync(new URL(`../vectors/certificates/${name}.pem`, import.meta.url), "utf8");
}

/** A user of a Cognito that lies, who has not signed in. */
export function userOf(endpoint: string, options: Partial<CognitoOptions> = {}): Cognito {
	return new Cognito({
		userPoolId: "us-east-1_LocalPool",
		clientId: "client",
		username: "jo",
		password: "Canary-passw0rd",
		endpoint,
		random: () => 0,
		...options,
	});
}

/** A session at an AppSync that lies, whose user always has the same token. */
export function sessionOf(
	endpoint: string,
	options: AppSessionOptions = {},
	token = "canary-access-token",
): AppSession {
	const user: CognitoUser = { username: "jo", getAccessToken: async () => token };
	return new AppSession({
		cognito: user,
		appsyncEndpoint: `${endpoint}/graphql`,
		app: "app",
		tenant: "tenant",
		random: () => 0,
		...options,
	});
}
