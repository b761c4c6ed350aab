import type { Finding } from "./checkup.ts";
import { Problem } from "./problem.ts";

/** The variables by which other programs find a proxy. */
const VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] as const;

/** Checks whether variables name a proxy, which this program does not use. */
export async function checkProxy(): Promise<Finding<object>> {
	const name = proxyVariable();
	if (name === undefined) return { value: {}, detail: "no proxy is configured" };
	const warning = new Problem(
		`${name} is set, but this program connects directly. NODE_USE_ENV_PROXY does not change that.`,
		"Nothing to do if the connections below succeed. Otherwise allow direct connections to these servers, or use the library with a proxy agent as its requestHandler.",
	);
	return { value: {}, detail: `${name} is not used`, warning };
}

/** What to add to the remedy of a connection that failed: a proxy may be the only way out. */
export function proxyHint(): string {
	const name = proxyVariable();
	return name === undefined ? "" : ` ${name} is set, but this program does not use it: it needs a direct connection.`;
}

function proxyVariable(): string | undefined {
	return VARIABLES.find((name) => process.env[name]?.trim());
}
