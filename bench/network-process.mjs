// A network between programs and a local tenant, in a process of its own. network.mjs controls it, and explains what it does.
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { delay, now, wait } from "./delay-line.mjs";

const certificate = (name) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url));

const { roundTripMs, tenantPort, hosts } = JSON.parse(process.argv[2]);
let seen = { names: [], connections: [] };

function listening(server) {
	return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

/** Ends both sockets when one of them is closed. */
function tie(one, other) {
	for (const [socket, opposite] of [
		[one, other],
		[other, one],
	]) {
		socket.setNoDelay(true);
		socket.on("error", () => {});
		socket.on("close", () => opposite.destroy());
	}
}

/** Resolves names: a connection sends one, and receives its address after a round trip. */
const resolver = createServer((socket) => {
	socket.on("error", () => {});
	socket.setNoDelay(true);
	socket.once("data", (host) => {
		const name = { host: String(host), from: now() };
		seen.names.push(name);
		wait(name.from + roundTripMs, () => {
			name.to = now();
			socket.end("127.0.0.1");
		});
	});
});

/** Connections at the TLS server, by the port from which the delay line opened them. */
const lines = new Map();

/** Ends TLS, and passes what is inside on to the tenant, one connection for each. */
const tlsServer = createTlsServer(
	{
		key: certificate("hosts-key"),
		cert: certificate("hosts"),
		minVersion: "TLSv1.3",
		ALPNProtocols: ["http/1.1"],
	},
	(socket) => {
		const line = lines.get(socket.remotePort);
		const tenant = connect(tenantPort, "127.0.0.1");
		tie(socket, tenant);
		socket.on("data", () => line.requestArrived());
		tenant.on("data", () => line.responseLeaves());
		socket.pipe(tenant).pipe(socket);
	},
);
tlsServer.on("tlsClientError", () => {});
const tlsPort = await listening(tlsServer);

/** A connection to one host, as the delay line and the TLS server see it. Times are those at the program's end of the line. */
class Line {
	/** The exchanges on it: a request, and its response. */
	exchanges = [];
	#upSentAt;

	constructor(host) {
		this.host = host;
		this.openedAt = now();
		/** When the handshake of TCP is over: before that no byte can be sent. */
		this.tcpAt = this.openedAt + roundTripMs;
	}

	up(sentAt) {
		this.#upSentAt = sentAt;
		this.helloAt ??= sentAt;
	}

	down(sentAt, receivedAt) {
		this.tlsAt ??= receivedAt;
		const exchange = this.exchanges.at(-1);
		// What was sent before the response are tickets of TLS.
		if (sentAt >= exchange?.respondedAt) exchange.receivedAt ??= receivedAt;
	}

	requestArrived() {
		const exchange = this.exchanges.at(-1);
		if (exchange === undefined || exchange.respondedAt !== undefined) {
			this.exchanges.push({ sentAt: this.#upSentAt, arrivedAt: now() });
		}
	}

	responseLeaves() {
		const exchange = this.exchanges.at(-1);
		exchange.respondedAt ??= now();
	}
}

function delayLine(host) {
	return createServer({ allowHalfOpen: true }, (program) => {
		const line = new Line(host);
		seen.connections.push(line);
		const server = connect({ port: tlsPort, host: "127.0.0.1", allowHalfOpen: true }, () => {
			lines.set(server.localPort, line);
			server.once("close", () => lines.delete(server.localPort));
			const half = { delayMs: roundTripMs / 2, openAt: line.tcpAt };
			delay(program, server, { ...half, onChunk: (...times) => line.up(...times) });
			delay(server, program, { ...half, onChunk: (...times) => line.down(...times) });
		});
		tie(program, server);
	});
}

const ports = {};
for (const host of hosts) ports[host] = await listening(delayLine(host));
process.send({ resolver: await listening(resolver), ports });

process.on("message", () => {
	process.send(seen);
	seen = { names: [], connections: [] };
});
process.on("disconnect", () => process.exit());
