import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { escapeXml } from "../http/service-error.ts";
import { AwsException } from "./aws-exception.ts";

/** What S3 keeps of the request that writes an object, beside its metadata. */
const KEPT = [
	"cache-control",
	"content-disposition",
	"content-encoding",
	"content-language",
	"expires",
	"x-amz-storage-class",
	"x-amz-tagging",
];

/** The emulator keeps metadata only. */
const AS_METADATA = "x-amz-meta-echostream-local-";

/** Parts of buckets and objects. The emulator ignores these parameters, and would write or return the object itself. */
const UNSUPPORTED =
	/^(accelerate|acl|analytics|attributes|cors|encryption|intelligent-tiering|inventory|legal-hold|lifecycle|location|logging|metrics|notification|object-lock|ownershipControls|policy|policyStatus|publicAccessBlock|replication|requestPayment|restore|retention|select|tagging|torrent|versioning|versions|website)$/;

/** Whether a request is for the tags of an object, which were written with the object. */
export function isGetObjectTagging({ method, path, query }: TenantRequest): boolean {
	return method === "GET" && query.has("tagging") && path.split("/").filter((segment) => segment !== "").length > 1;
}

/**
 * A request to S3 whose headers the emulator keeps.
 *
 * @throws AwsException for a part of a bucket or of an object that the emulator does not have.
 */
export function withKeptHeaders(request: TenantRequest): TenantRequest {
	const part = [...request.query.keys()].find((name) => UNSUPPORTED.test(name));
	if (part !== undefined) throw new AwsException("unsupported", `The local tenant's S3 has no ?${part}.`);
	if (request.method !== "PUT" && request.method !== "POST") return request;
	const kept = Object.entries(request.headers).filter(([name]) => KEPT.includes(name));
	return {
		...request,
		headers: { ...request.headers, ...Object.fromEntries(kept.map(([name, value]) => [AS_METADATA + name, value])) },
	};
}

/** A response of S3 with the headers that were kept. */
export function withOwnHeaders(response: TenantResponse): TenantResponse {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(response.headers)) {
		const own = name.startsWith(AS_METADATA) ? name.slice(AS_METADATA.length) : name;
		if (own === "x-amz-tagging") headers["x-amz-tagging-count"] = String(tagsOf(response).length);
		else if (own !== "x-amz-storage-class" || value !== "STANDARD") headers[own] = value;
	}
	return { ...response, headers };
}

/** The response with the tags of an object, from the response of the emulator to HEAD. */
export function taggingResponse(head: TenantResponse): TenantResponse {
	if (head.status !== 200) return head;
	const tags = tagsOf(head).map(
		([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
	);
	return {
		status: 200,
		headers: { "content-type": "application/xml" },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${tags.join("")}</TagSet></Tagging>`,
	};
}

function tagsOf({ headers }: TenantResponse): [key: string, value: string][] {
	return [...new URLSearchParams(headers[`${AS_METADATA}x-amz-tagging`] ?? "")];
}
