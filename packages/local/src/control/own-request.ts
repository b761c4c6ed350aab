import type { TenantRequest } from "../http/exchange.ts";

/** Whether a request has an AWS signature, and so is for a service, whatever its path. */
export function isSigned({ headers, query }: TenantRequest): boolean {
	return /^AWS/i.test(headers.authorization ?? "") || query.has("X-Amz-Signature") || query.has("Signature");
}

/**
 * Why a request may not use the control API; `undefined` if it may. Programs may, and the tenant's own pages. The page of another
 * site may not: neither with an `Origin`, nor as an image or a script, nor with a form, which a browser sends without a preflight.
 */
export function denialOf({ headers, method, path }: TenantRequest): string | undefined {
	const { host, origin, "sec-fetch-mode": mode, "sec-fetch-site": site } = headers;
	if (origin !== undefined && origin !== `http://${host}`) {
		return `The origin ${origin} is denied: only pages of the tenant itself may use the control API`;
	}
	const isVisit = method === "GET" && mode === "navigate" && path.endsWith("/");
	if (site !== undefined && site !== "same-origin" && site !== "none" && !isVisit) {
		return "A page of another site is denied: only pages of the tenant itself may use the control API";
	}
	return undefined;
}

/** Whether the body of a request is JSON, which a page cannot send to another site without its permission. */
export function isJson({ headers }: TenantRequest): boolean {
	return /^application\/json(;|$)/i.test(headers["content-type"] ?? "");
}
