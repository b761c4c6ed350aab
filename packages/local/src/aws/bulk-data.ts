import type { SignatureV4 } from "@smithy/signature-v4";
import type { AccessKeys } from "./access-keys.ts";
import { presignForm } from "./presigned-form.ts";
import { Sha256 } from "./sha256.ts";

type HttpRequest = Parameters<SignatureV4["presign"]>[0];

/** The name of the bucket that bulk data goes to. */
export const BULK_DATA_BUCKET = "bulk-data";

/** The URLs of one piece of bulk data. */
export interface BulkDataStorage {
	/** Seconds since 1970. */
	readonly expiration: number;
	readonly presignedGet: string;
	readonly presignedPost: { readonly fields: string; readonly url: string };
	readonly presignedPut: { readonly headers: string; readonly url: string };
}

/** Whose permissions presigned URLs have. */
const OWN_USER = { kind: "apiUser", tenant: "", username: "echostream", role: "admin" } as const;
const LIFETIME_SECONDS = 3600;

/** Creates the URLs that one piece of bulk data is stored and fetched with, signed with credentials of the tenant's own. */
export async function presignBulkData(
	keys: AccessKeys,
	{
		id,
		now,
		region,
		url,
	}: { readonly id: string; readonly now: number; readonly region: string; readonly url: string },
): Promise<BulkDataStorage> {
	const { SignatureV4 } = await import("@smithy/signature-v4");
	const credentials = keys.issue(OWN_USER, LIFETIME_SECONDS);
	const signer = new SignatureV4({ credentials, region, service: "s3", sha256: Sha256, uriEscapePath: false });
	const { host } = new URL(url);
	const path = `/${BULK_DATA_BUCKET}/${id}`;
	const presign = async (method: string) => {
		const request = {
			method,
			protocol: "http:",
			hostname: host,
			path,
			query: { "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
			headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
		} as unknown as HttpRequest;
		const { query } = await signer.presign(request, { signingDate: new Date(now), expiresIn: LIFETIME_SECONDS });
		return `${url}${path}?${new URLSearchParams(query as Record<string, string>)}`;
	};
	const fields = await presignForm(credentials, {
		bucket: BULK_DATA_BUCKET,
		objectKey: id,
		region,
		now,
		expiresInSeconds: LIFETIME_SECONDS,
	});
	return {
		expiration: Math.floor(now / 1000) + LIFETIME_SECONDS,
		presignedGet: await presign("GET"),
		presignedPost: { fields: JSON.stringify(fields), url: `${url}/${BULK_DATA_BUCKET}` },
		presignedPut: { headers: "{}", url: await presign("PUT") },
	};
}
