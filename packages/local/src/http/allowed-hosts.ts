const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Whether a `Host` header names this machine, or one of `allowedHosts`, with any port. A bucket's name may stand before
 * the host name, as in `bulk-data.localhost`.
 *
 * A page of a stranger reaches a loopback port by a name of its own that resolves to 127.0.0.1 (DNS rebinding), and would
 * be of the same origin there. Nobody can make `localhost`, or a name below it, resolve to something else.
 */
export function isAllowedHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
	const name = hostName(host ?? "");
	if (name === undefined) return false;
	return [...LOOPBACK, ...allowedHosts.map((allowed) => allowed.toLowerCase())].some(
		(allowed) => name === allowed || name.endsWith(`.${allowed}`),
	);
}

function hostName(host: string): string | undefined {
	const { name } = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i.exec(host)?.groups ?? {};
	return name?.toLowerCase();
}
