import { randomUUID } from "node:crypto";
import type { Records } from "../../data/records.ts";
import type { TenantResponse } from "../../http/exchange.ts";
import type { Emulator } from "../emulator.ts";
import { BUCKET_OPERATIONS } from "./bucket-operations.ts";
import { MULTIPART_OPERATIONS } from "./multipart-operations.ts";
import { OBJECT_OPERATIONS } from "./object-operations.ts";
import { notImplementedHeader, preconditionFailed, S3Error } from "./s3-error.ts";
import { type S3Context, type S3Operation, s3Request } from "./s3-request.ts";
import { S3Store } from "./s3-store.ts";

const HANDLERS: Readonly<Record<string, S3Operation>> = {
	...BUCKET_OPERATIONS,
	...OBJECT_OPERATIONS,
	...MULTIPART_OPERATIONS,
	// The gateway turns a form into a PutObject.
	PostObject() {
		throw preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data");
	},
};

/** The operations of S3 that the tenant has. */
export const S3_OPERATIONS: readonly string[] = Object.keys(HANDLERS);

/** Headers that change what a request does, of what the tenant's S3 does not have: keys of customers, locks, directory buckets. */
const NOT_OFFERED =
	/^x-amz-(bucket-(namespace|object-lock-enabled)|(copy-source-)?server-side-encryption-.*|if-match-(last-modified-time|size)|rename-source.*|write-offset-bytes)$/;

const ACCOUNT = "000000000000";

/** S3, with buckets, objects, tags and multipart uploads. Its errors are thrown as S3Error and AwsException. */
export function startS3({
	buckets,
	now,
	records,
	region,
}: {
	/** Buckets that always exist. */
	readonly buckets: readonly string[];
	now(): number;
	readonly records: Records;
	readonly region: string;
}): Emulator {
	const context: S3Context = { store: new S3Store(records), region, now };
	for (const bucket of buckets) {
		if (!context.store.buckets.has(bucket)) context.store.buckets.set(bucket, now());
	}

	function run(...[request, operation]: Parameters<Emulator["respond"]>): TenantResponse {
		const handler = HANDLERS[operation];
		if (handler === undefined) throw new TypeError(`S3 has no operation ${operation}`);
		if ((request.headers["x-amz-expected-bucket-owner"] ?? ACCOUNT) !== ACCOUNT) {
			throw new S3Error("AccessDenied", 403, "Access Denied");
		}
		const unknown = Object.keys(request.headers).find((name) => NOT_OFFERED.test(name));
		if (unknown !== undefined) throw notImplementedHeader(unknown);
		const isLengthUnknown =
			request.headers["transfer-encoding"] !== undefined &&
			request.headers["x-amz-decoded-content-length"] === undefined &&
			request.method !== "GET";
		if (isLengthUnknown) throw notImplementedHeader("Transfer-Encoding");
		return handler(s3Request(request), context);
	}

	return {
		async respond(request, operation) {
			const id = randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
			const { headers, ...response } = run(request, operation);
			return { ...response, headers: { "x-amz-request-id": id, "x-amz-id-2": "local-tenant", ...headers } };
		},
		async stop() {},
	};
}
