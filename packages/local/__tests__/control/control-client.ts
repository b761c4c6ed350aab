import type { LocalTenant } from "../../src/index.ts";

/** Sends a request to the control API of a tenant, as any program would. */
export async function control(
	tenant: LocalTenant | string,
	request: string,
	body?: unknown,
	headers: Record<string, string> = {},
) {
	const [method = "GET", path = ""] = request.split(" ");
	const url = typeof tenant === "string" ? tenant : tenant.url;
	const response = await fetch(`${url}/_control/${path}`, {
		method,
		headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
		...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
	});
	const text = await response.text();
	// biome-ignore lint/suspicious/noExplicitAny: the response has the form that the test expects.
	return { status: response.status, headers: response.headers, body: JSON.parse(text || "null") as any };
}
