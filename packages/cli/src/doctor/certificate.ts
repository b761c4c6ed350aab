import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { Problem } from "./problem.ts";
import { addressOf, type Server } from "./server.ts";

/** What is wrong with the certificate of a connection. `undefined` if it is valid. */
export function certificateProblem(socket: TLSSocket, server: Server): Problem | undefined {
	if (socket.authorized) return undefined;
	const { host } = addressOf(server);
	// The type is that of an error, and the value is its code.
	const code = String(socket.authorizationError);
	const certificate = socket.getPeerCertificate();
	const who = `The certificate of ${host}`;
	switch (code) {
		case "CERT_HAS_EXPIRED":
			return new Problem(
				`${who} has expired: it was valid until ${dateOf(certificate.valid_to)} (${code}).`,
				`Is the local clock right? Its date is ${dateOf(Date.now())}. If it is, the operator of ${host} has to renew the certificate.`,
			);
		case "CERT_NOT_YET_VALID":
			return new Problem(
				`${who} is not valid before ${dateOf(certificate.valid_from)} (${code}).`,
				`Is the local clock right? Its date is ${dateOf(Date.now())}. Set it, and turn on its synchronization.`,
			);
		case "ERR_TLS_CERT_ALTNAME_INVALID":
			return new Problem(
				`${who} is for another host name: ${namesOf(certificate)} (${code}).`,
				`Check ${server.setting}. A captive portal of a network or a proxy may respond in its place.`,
			);
		default:
			return new Problem(
				`${who} is not trusted: it was issued by ${issuerOf(certificate)} (${code}).`,
				`If a proxy of your company or a private certificate authority issues it, set NODE_EXTRA_CA_CERTS to a file with the certificate of that authority.${unreadBundle()} Otherwise somebody may read what is sent: do not sign in on this network.`,
			);
	}
}

/** Who issued a certificate. */
export function issuerOf({ issuer }: Pick<DetailedPeerCertificate, "issuer">): string {
	return [issuer?.CN ?? issuer?.O ?? "nobody"].flat().join(", ");
}

/** A date without its time. */
export function dateOf(date: string | number): string {
	return new Date(date).toISOString().slice(0, 10);
}

function namesOf({ subject, subjectaltname }: Pick<DetailedPeerCertificate, "subject" | "subjectaltname">): string {
	return subjectaltname?.replaceAll("DNS:", "") ?? [subject?.CN ?? "none"].flat().join(", ");
}

/** Python's variables, which Node does not read. */
function unreadBundle(): string {
	const name = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"].find((one) => process.env[one]);
	const isUnread = name !== undefined && !process.env.NODE_EXTRA_CA_CERTS;
	return isUnread ? ` ${name} is set, but Node does not read it.` : "";
}
