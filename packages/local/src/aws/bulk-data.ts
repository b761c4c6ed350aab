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

/** Whose permissions presigned URLs have, in the tenant that the process was started with. */
const OWN_USER = { kind: "apiUser", username: "echostream", role: "admin" } as const;

/** How long a URL to read bulk data is valid: as long as S3 allows. It is sent in a message, which may wait in a queue. */
const READ_SECONDS = 604_800;

/** The encoding of a piece of bulk data, and how long it can be stored. */
export interface BulkDataOptions {
	readonly contentEncoding: "gzip" | "deflate";
	/** How long the data can be stored. */
	readonly expiresInSeconds: number;
}

/** Creates the URLs that one piece of bulk data is stored and fetched with, signed with credentials of the tenant's own. */
export async function presignBulkData(
	keys: AccessKeys,
	{ contentEncoding, expiresInSeconds }: BulkDataOptions,
	{
		id,
		now,
		region,
		tenant,
		url,
	}: {
		readonly id: string;
		readonly now: number;
		readonly region: string;
		readonly tenant: string;
		readonly url: string;
	},
): Promise<BulkDataStorage> {
	const { SignatureV4 } = await import("@smithy/signature-v4");
	const credentials = keys.issue({ ...OWN_USER, tenant }, READ_SECONDS);
	const signer = new SignatureV4({ credentials, region, service: "s3", sha256: Sha256, uriEscapePath: false });
	const { host } = new URL(url);
	const path = `/${BULK_DATA_BUCKET}/${id}`;
	const encoding = { "Content-Encoding": contentEncoding };
	const presign = async (method: string, expiresIn: number, headers: Readonly<Record<string, string>> = {}) => {
		const request = {
			method,
			protocol: "http:",
			hostname: host,
			path,
			query: { "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
			headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...headers },
		} as unknown as HttpRequest;
		const signed = await signer.presign(request, {
			signingDate: new Date(now),
			expiresIn,
			unhoistableHeaders: new Set(Object.keys(headers).map((name) => name.toLowerCase())),
		});
		return `${url}${path}?${new URLSearchParams(signed.query as Record<string, string>)}`;
	};
	const fields = await presignForm(credentials, {
		bucket: BULK_DATA_BUCKET,
		objectKey: id,
		fields: encoding,
		region,
		now,
		expiresInSeconds,
	});
	return {
		expiration: Math.floor(now / 1000) + expiresInSeconds,
		presignedGet: await presign("GET", READ_SECONDS),
		presignedPost: { fields: JSON.stringify(fields), url: `${url}/${BULK_DATA_BUCKET}` },
		presignedPut: { headers: JSON.stringify(encoding), url: await presign("PUT", expiresInSeconds, encoding) },
	};
}
