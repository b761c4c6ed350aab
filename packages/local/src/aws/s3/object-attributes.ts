import type { TenantRequest } from "../../http/exchange.ts";
import { notImplementedHeader, S3Error } from "./s3-error.ts";
import type { ObjectAttributes } from "./s3-store.ts";
import { tagsOfHeader } from "./tags.ts";

type Headers = TenantRequest["headers"];

/** What S3 keeps of the request that writes an object, beside its metadata. */
const KEPT = new Set([
	"cache-control",
	"content-disposition",
	"content-encoding",
	"content-language",
	"content-type",
	"expires",
	"x-amz-storage-class",
	"x-amz-website-redirect-location",
]);

const METADATA = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;
const STORAGE_CLASSES = new Set([
	"DEEP_ARCHIVE",
	"GLACIER",
	"GLACIER_IR",
	"INTELLIGENT_TIERING",
	"ONEZONE_IA",
	"REDUCED_REDUNDANCY",
	"STANDARD",
	"STANDARD_IA",
]);
const ACLS = new Set(["bucket-owner-full-control", "private"]);

/** What a request that writes an object gives it. @throws S3Error for what the tenant's S3 does not have. */
export function attributesOf(headers: Headers): ObjectAttributes {
	checkRequirements(headers);
	const kept = Object.entries(headers).filter(([name]) => KEPT.has(name) || name.startsWith(METADATA));
	const metadata = kept.filter(([name]) => name.startsWith(METADATA));
	const size = metadata.reduce((sum, [name, value]) => sum + name.length - METADATA.length + value.length, 0);
	if (size > MAX_METADATA_BYTES) {
		throw new S3Error("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size", {
			Size: size,
			MaxSizeAllowed: MAX_METADATA_BYTES,
		});
	}
	const { "content-encoding": encoding, ...others } = Object.fromEntries(kept);
	// `aws-chunked` is how a body was sent, not what it is.
	const encodings = (encoding ?? "").split(",").map((name) => name.trim());
	const ownEncoding = encodings.filter((name) => name !== "" && name !== "aws-chunked").join(",");
	return {
		headers: {
			"content-type": "binary/octet-stream",
			...others,
			...(ownEncoding !== "" && { "content-encoding": ownEncoding }),
		},
		tags: tagsOfHeader(headers["x-amz-tagging"]),
	};
}

/** What the headers require, and the tenant's S3 does not have. */
function checkRequirements(headers: Headers): void {
	const storageClass = headers["x-amz-storage-class"];
	if (storageClass !== undefined && !STORAGE_CLASSES.has(storageClass)) {
		throw new S3Error("InvalidStorageClass", 400, "The storage class you specified is not valid", {
			StorageClassRequested: storageClass,
		});
	}
	const acl = headers["x-amz-acl"];
	const hasGrant = Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"));
	if ((acl !== undefined && !ACLS.has(acl)) || hasGrant) {
		throw new S3Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
	}
	if (Object.keys(headers).some((name) => name.startsWith("x-amz-object-lock-"))) {
		throw new S3Error("InvalidRequest", 400, "Bucket is missing Object Lock Configuration");
	}
	if ((headers["x-amz-server-side-encryption"] ?? "AES256") !== "AES256") {
		throw notImplementedHeader("x-amz-server-side-encryption");
	}
}
