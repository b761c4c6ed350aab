import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { LocalTenant } from "echostream-local";
import { certificate } from "./lying-server.ts";

/** A TLS server in front of a tenant, as one of the hosts that a session talks to. */
export class TlsFront {
	/** The connections that were opened. */
	opened = 0;
	/** The connections whose TLS handshake is complete. */
	secured = 0;
	/** The connections that resumed the TLS session of an earlier one. */
	resumed = 0;
	/** The connections that are open. */
	readonly open = new Set<Socket>();
	/** The requests that arrived. */
	requests = 0;
	/** Runs when a response of the tenant has arrived, before it is passed on. */
	beforeResponse: () => Promise<void> = async () => {};
	readonly #server: Server;

	private constructor(server: Server) {
		this.#server = server;
	}

	/** @param certificates - The files of the certificate chain, of `vectors/certificates`. */
	static async start(tenant: LocalTenant, certificates: readonly string[] = ["valid"]): Promise<TlsFront> {
		const server = createServer({ key: certificate("key"), cert: certificates.map(certificate).join("") });
		const front = new TlsFront(server);
		server.on("connection", (socket: Socket) => {
			front.opened++;
			front.open.add(socket);
			socket.on("close", () => front.open.delete(socket)).on("error", () => {});
		});
		server.on("secureConnection", (socket) => front.#forward(socket, Number(new URL(tenant.url).port)));
		server.on("tlsClientError", () => {});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return front;
	}

	get url(): string {
		return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const socket of this.open) socket.destroy();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#forward(socket: TLSSocket, port: number): void {
		this.secured++;
		if (socket.isSessionReused()) this.resumed++;
		const onward = connect(port, "127.0.0.1");
		socket.on("data", (chunk: Buffer) => {
			if (/^(GET|POST|PUT) /.test(chunk.toString("latin1"))) this.requests++;
			onward.write(chunk);
		});
		onward.on("data", async (chunk) => {
			await this.beforeResponse();
			socket.write(chunk);
		});
		socket.on("close", () => onward.destroy()).on("error", () => {});
		onward.on("close", () => socket.destroy()).on("error", () => {});
	}
}
