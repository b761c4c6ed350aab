/** Reads from the control API of the tenant that serves this page. */
export function read<T>(path: string): Promise<T> {
	return call("GET", path);
}

/** Changes something by the control API. */
export function change<T>(method: "POST" | "PATCH" | "DELETE", path: string, body: unknown = {}): Promise<T> {
	return call(method, path, method === "DELETE" ? undefined : body);
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
	const response = await fetch(path, {
		method,
		...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
	});
	const content = (await response.json()) as T & { readonly error?: string };
	if (!response.ok) throw new Error(content.error ?? `The tenant responded with ${response.status}`);
	return content;
}
