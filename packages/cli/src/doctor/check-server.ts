import type { LookupAddress } from "node:dns";
import { isIP, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { certificateProblem, dateOf, issuerOf } from "./certificate.ts";
import type { Checked, Checkup, Finding } from "./checkup.ts";
import { Problem } from "./problem.ts";
import { proxyHint } from "./proxy.ts";
import { responseProblem } from "./response.ts";
import { addressesOf, addressOf, connectTo, get, type Received, type Server, secure } from "./server.ts";

/** A server, and the user agent of the requests to it. */
export interface Target extends Server {
	readonly userAgent: string;
}

/** Checks the way to a server: its name, the connection, TLS, and a response that is its own. */
export async function checkServer(
	checkup: Checkup,
	service: Server["service"],
	target: Checked<Target>,
): Promise<Checked<Received>> {
	const called = (what: string) => `${service} ${what}`;
	const { host = "", port = 0 } = target.value === undefined ? {} : addressOf(target.value);
	const setting = target.value?.setting ?? "";
	const name = await checkup.check(called("name"), [target], ([server]) => lookUp(server), {
		onTimeout: (seconds) => noNameServer(host, `within ${seconds} s`),
	});
	const connection = await checkup.check(
		called("connection"),
		[target, name],
		([server, addresses], signal) => open(server, addresses, signal),
		{ onTimeout: (seconds) => dropped(`${host}:${port}`, `within ${seconds} s`) },
	);
	const tls = await checkup.check(
		called("TLS"),
		[target, connection],
		([server, socket], signal) => handshake(server, socket, signal),
		{
			onTimeout: (seconds) =>
				new Problem(
					`${host}:${port} accepts connections, but its TLS handshake timed out after ${seconds} s.`,
					`A firewall or a proxy may hold back what it cannot read: allow TLS to ${host}.${proxyHint()} Check also that ${setting} names the right port.`,
				),
		},
	);
	return checkup.check(
		called("response"),
		[target, tls],
		([server, socket], signal) => respond(server, socket, signal),
		{
			onTimeout: (seconds) =>
				new Problem(
					`${host} accepted the request, but its response timed out after ${seconds} s.`,
					`Run it again with --timeout and more seconds. If it stays so, check ${setting}, and whether a proxy or a firewall holds back responses.`,
				),
		},
	);
}

async function lookUp(server: Server): Promise<Finding<readonly LookupAddress[]>> {
	const { host } = addressOf(server);
	try {
		const value = await addressesOf(server);
		const found = value.map(({ address }) => address);
		const detail = isIP(host) === 0 ? `${host} is ${found.slice(0, 2).join(", ")}` : `${host} is an address`;
		return { value, detail };
	} catch (error) {
		const code = codeOf(error);
		if (code === "EAI_AGAIN") throw noNameServer(host, `(${code})`);
		throw new Problem(
			`The name ${host} was not found (${code}).`,
			`Check ${server.setting}. If it is right: is this machine online, and on the VPN that knows the name?${proxyHint()}`,
		);
	}
}

function noNameServer(host: string, how: string): Problem {
	return new Problem(
		`No name server returned an address of ${host} ${how}.`,
		`Is this machine online? Check its name servers (DNS), and the VPN.${proxyHint()}`,
	);
}

async function open(
	server: Server,
	addresses: readonly LookupAddress[],
	signal: AbortSignal,
): Promise<Finding<Socket>> {
	const { host, port } = addressOf(server);
	const where = `${host}:${port}`;
	try {
		const value = await connectTo(server, addresses, signal);
		return { value, detail: `connected to ${where}` };
	} catch (error) {
		const code = codeOf(error);
		switch (code) {
			case "ECONNREFUSED":
				throw new Problem(
					`${where} refused the connection: no server listens there, or a firewall rejects it (${code}).`,
					`Check ${server.setting}. If it is a local tenant, start it.${proxyHint()}`,
				);
			case "ETIMEDOUT":
				throw dropped(where, `(${code})`);
			case "EHOSTUNREACH":
			case "ENETUNREACH":
			case "ENETDOWN":
				throw new Problem(
					`There is no route to ${where} (${code}).`,
					`Is this machine online, and on the VPN that leads there?${proxyHint()}`,
				);
			case "EACCES":
			case "EPERM":
				throw new Problem(
					`This machine does not allow connections to ${where} (${code}).`,
					`Allow them in the firewall or the sandbox of this machine.${proxyHint()}`,
				);
			default:
				throw new Problem(`The connection to ${where} failed (${code}).`, `Check the network.${proxyHint()}`);
		}
	}
}

function dropped(where: string, how: string): Problem {
	return new Problem(
		`There was no connection to ${where} ${how}, and no refusal: a firewall that drops packets is the usual cause.`,
		`Allow outgoing TCP connections to ${where}, or join the VPN that leads there.${proxyHint()}`,
	);
}

async function handshake(server: Server, socket: Socket, signal: AbortSignal): Promise<Finding<Socket>> {
	if (server.url.protocol === "http:") return { value: socket, detail: "not used: http on this machine" };
	const { host, port } = addressOf(server);
	const where = `${host}:${port}`;
	let secured: TLSSocket;
	try {
		secured = await secure(socket, server, signal);
	} catch (error) {
		throw handshakeProblem(where, server, error);
	}
	const problem = certificateProblem(secured, server);
	const isIgnored = process.env.NODE_TLS_REJECT_UNAUTHORIZED === "0";
	if (problem !== undefined) {
		secured.destroy();
		throw problem;
	}
	const certificate = secured.getPeerCertificate();
	const detail = `${secured.getProtocol()}, certificate of ${issuerOf(certificate)} until ${dateOf(certificate.valid_to)}`;
	if (!isIgnored) return { value: secured, detail };
	const warning = new Problem(
		"NODE_TLS_REJECT_UNAUTHORIZED is 0: Node accepts every certificate, also that of an attacker.",
		"Unset it. For a private certificate authority, set NODE_EXTRA_CA_CERTS.",
	);
	return { value: secured, detail, warning };
}

function handshakeProblem(where: string, server: Server, error: unknown): Problem {
	const code = codeOf(error);
	const isForeign = /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|wrong version number|packet length/i.test(
		`${code} ${(error as Error).message}`,
	);
	if (isForeign) {
		return new Problem(
			`${where} does not speak TLS (${code}).`,
			`Check the port in ${server.setting}. A proxy or a captive portal may also respond in its place.`,
		);
	}
	if (code === "ECONNRESET" || code === "EPIPE") {
		return new Problem(
			`The connection to ${where} was closed during the TLS handshake (${code}). A firewall or a proxy that blocks this name does so.`,
			`Allow TLS to ${addressOf(server).host} there.${proxyHint()} Check also ${server.setting}.`,
		);
	}
	return new Problem(
		`The TLS handshake with ${where} failed (${code}).`,
		`A proxy that decrypts TLS may support old versions only: at least TLS 1.2 is required.`,
	);
}

async function respond(server: Target, socket: Socket, signal: AbortSignal): Promise<Finding<Received>> {
	let value: Received;
	try {
		value = await get(socket, server, server.userAgent, signal);
	} catch (error) {
		throw new Problem(
			`${addressOf(server).host} closed the connection without a valid response (${codeOf(error)}).`,
			`A firewall or a proxy may interrupt it.${proxyHint()} Check also ${server.setting}.`,
		);
	}
	const problem = responseProblem(value, server, server.userAgent);
	if (problem !== undefined) throw problem;
	const protocol = socket instanceof TLSSocket ? "https" : "http";
	return { value, detail: `responds to ${protocol} requests` };
}

function codeOf(error: unknown): string {
	const { code, message } = error as { code?: unknown; message?: unknown };
	return String(code ?? message);
}
