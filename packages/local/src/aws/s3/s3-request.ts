import type { TenantRequest, TenantResponse } from "../../http/exchange.ts";
import { s3Target } from "../../http/s3-operation.ts";
import { decodeUri } from "../decode-uri.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Store } from "./s3-store.ts";

/** A request to S3, whose body is put together and checked. */
export interface S3Request extends TenantRequest {
	readonly bucket: string;
	readonly key: string;
}

/** What S3's operations work on. */
export interface S3Context {
	readonly store: S3Store;
	readonly region: string;
	now(): number;
}

/** An operation of S3. Either all of what it writes is written, or it throws an S3Error. */
export type S3Operation = (request: S3Request, context: S3Context) => TenantResponse;

const MAX_KEY_BYTES = 1024;

/** Parameters of the signature. S3 ignores checksums in a query, which the SDK computes before there is a body. */
const NO_HEADERS =
	/^x-amz-(algorithm|checksum-(crc|sha).*|content-sha256|credential|date|expires|sdk-checksum-algorithm|security-token|signature|signedheaders)$/;

/** A request with the headers that a presigned URL has in its query, such as `x-amz-tagging`. */
export function withQueryHeaders(request: TenantRequest): TenantRequest {
	const { headers, query } = request;
	if (!query.has("X-Amz-Signature")) return request;
	const named = [...query].map(([name, value]): [string, string] => [name.toLowerCase(), value]);
	const inQuery = named.filter(([name]) => name.startsWith("x-amz-") && !NO_HEADERS.test(name));
	return { ...request, headers: { ...Object.fromEntries(inQuery), ...headers } };
}

/** Decodes the names in a request. @throws S3Error `KeyTooLongError`. */
export function s3Request(request: TenantRequest): S3Request {
	const { bucket, key } = s3Target(request);
	const named = { ...request, bucket: decodeUri(bucket), key: decodeUri(key) };
	checkKeyLength(named.key);
	return named;
}

/** @throws S3Error `KeyTooLongError`. */
function checkKeyLength(key: string): void {
	const size = Buffer.byteLength(key);
	if (size <= MAX_KEY_BYTES) return;
	throw new S3Error("KeyTooLongError", 400, "Your key is too long", { Size: size, MaxSizeAllowed: MAX_KEY_BYTES });
}
