import { invalidArgument, notImplementedHeader, S3Error } from "./s3-error.ts";
import type { S3Operation, S3Request } from "./s3-request.ts";
import { compareKeys, type S3Object } from "./s3-store.ts";
import { childText, node, parseXml, text, xmlResponse } from "./xml.ts";

const OWNER = node("Owner", [text("ID", "0".repeat(64))]);
const NAME = /^(?=.{3,63}$)[a-z\d](?:[a-z\d.-]*[a-z\d])$/;
const MAX_KEYS = 1000;

/** Operations on buckets. */
export const BUCKET_OPERATIONS: Readonly<Record<string, S3Operation>> = {
	ListBuckets({ query }, { region, store }) {
		const prefix = query.get("prefix") ?? "";
		const after = query.get("continuation-token") ?? "";
		const max = Number(query.get("max-buckets") ?? 10_000);
		const isHere = (query.get("bucket-region") ?? region) === region;
		const names = [...store.buckets.keys()].filter((name) => isHere && name.startsWith(prefix) && name > after).sort();
		const listed = names.slice(0, max);
		const buckets = listed.map((name) =>
			node("Bucket", [
				text("Name", name),
				text("CreationDate", new Date(store.buckets.get(name) ?? 0).toISOString()),
				text("BucketRegion", region),
			]),
		);
		return xmlResponse("ListAllMyBucketsResult", [
			OWNER,
			node("Buckets", buckets),
			text("ContinuationToken", listed.length < names.length ? listed.at(-1) : undefined),
			text("Prefix", query.has("prefix") ? prefix : undefined),
		]);
	},

	CreateBucket({ body, bucket, headers }, { now, region, store }) {
		if (!NAME.test(bucket) || bucket.includes("..")) {
			throw new S3Error("InvalidBucketName", 400, "The specified bucket is not valid.", { BucketName: bucket });
		}
		checkOwnership(headers);
		const configuration = body.length === 0 ? undefined : parseXml(body, "CreateBucketConfiguration");
		const location = configuration && childText(configuration, "LocationConstraint");
		const other = configuration?.children.find(({ name }) => name !== "LocationConstraint");
		if (other !== undefined) {
			throw new S3Error("NotImplemented", 501, `The local tenant's S3 has no ${other.name} of buckets.`);
		}
		// The first region of S3 is the one without a name.
		if ((location ?? "us-east-1") !== region) {
			throw new S3Error(
				"IllegalLocationConstraintException",
				400,
				`The ${location ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
			);
		}
		if (store.buckets.has(bucket) && region !== "us-east-1") {
			throw new S3Error(
				"BucketAlreadyOwnedByYou",
				409,
				"Your previous request to create the named bucket succeeded and you already own it.",
				{ BucketName: bucket },
			);
		}
		if (!store.buckets.has(bucket)) store.buckets.set(bucket, now());
		return { status: 200, headers: { location: `/${bucket}` }, body: "" };
	},

	HeadBucket({ bucket }, { region, store }) {
		store.checkBucket(bucket);
		return { status: 200, headers: { "x-amz-bucket-region": region, "content-type": "application/xml" }, body: "" };
	},

	GetBucketLocation({ bucket }, { region, store }) {
		store.checkBucket(bucket);
		return xmlResponse("LocationConstraint", [region === "us-east-1" ? "" : region]);
	},

	DeleteBucket({ bucket }, { store }) {
		if (store.list(bucket, "").length > 0) {
			throw new S3Error("BucketNotEmpty", 409, "The bucket you tried to delete is not empty", { BucketName: bucket });
		}
		for (const upload of store.uploads(bucket)) store.end(upload);
		store.buckets.delete(bucket);
		return { status: 204, headers: {}, body: "" };
	},

	ListObjects(request, { store }) {
		const { bucket, query } = request;
		const marker = query.get("marker") ?? "";
		const page = pageOf(request, store.list(bucket, query.get("prefix") ?? ""), marker);
		const { encode } = page;
		return xmlResponse("ListBucketResult", [
			text("Name", bucket),
			text("Prefix", encode(query.get("prefix") ?? "")),
			text("Marker", encode(marker)),
			// Without a delimiter, the last key is the marker.
			text("NextMarker", page.next !== undefined && query.has("delimiter") ? encode(page.next) : undefined),
			...page.elements,
		]);
	},

	ListObjectsV2(request, { store }) {
		const { bucket, query } = request;
		const token = query.get("continuation-token");
		const after = token === null ? (query.get("start-after") ?? "") : readToken(token);
		const page = pageOf(request, store.list(bucket, query.get("prefix") ?? ""), after);
		const { encode } = page;
		return xmlResponse("ListBucketResult", [
			text("Name", bucket),
			text("Prefix", encode(query.get("prefix") ?? "")),
			text("StartAfter", query.has("start-after") ? encode(query.get("start-after") ?? "") : undefined),
			text("ContinuationToken", token ?? undefined),
			text("NextContinuationToken", page.next === undefined ? undefined : Buffer.from(page.next).toString("base64")),
			text("KeyCount", page.count),
			...page.elements,
		]);
	},
};

/** Objects belong to the owner of the bucket, as S3 has it unless a bucket is created otherwise. */
function checkOwnership(headers: S3Request["headers"]): void {
	const ownership = headers["x-amz-object-ownership"] ?? "BucketOwnerEnforced";
	const hasGrant = Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"));
	if (ownership !== "BucketOwnerEnforced") throw notImplementedHeader("x-amz-object-ownership");
	if ((headers["x-amz-acl"] ?? "private") === "private" && !hasGrant) return;
	throw new S3Error(
		"InvalidBucketAclWithObjectOwnership",
		400,
		"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
	);
}

function readToken(token: string): string {
	const key = Buffer.from(token, "base64").toString();
	if (Buffer.from(key).toString("base64") === token && token !== "") return key;
	throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

interface Page {
	readonly elements: readonly string[];
	readonly count: number;
	/** The last key or common prefix of this page, if there is another page. */
	readonly next: string | undefined;
	readonly encode: (key: string) => string;
}

/** The keys and common prefixes after `after`, as many as the request is for. */
function pageOf({ query }: S3Request, objects: readonly S3Object[], after: string): Page {
	const prefix = query.get("prefix") ?? "";
	const delimiter = query.get("delimiter") ?? "";
	const max = maxKeys(query.get("max-keys"));
	const encoding = query.get("encoding-type");
	if (encoding !== null && encoding !== "url") {
		throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
	}
	const encode = encoding === "url" ? urlEncode : (key: string) => key;
	const isOwned = query.get("list-type") !== "2" || query.get("fetch-owner") === "true";
	const names: string[] = [];
	const contents: string[] = [];
	const prefixes: string[] = [];
	let isTruncated = false;
	for (const object of objects) {
		const end = delimiter === "" ? -1 : object.key.indexOf(delimiter, prefix.length);
		const name = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
		if (compareKeys(name, after) <= 0 || name === names.at(-1)) continue;
		if (names.length >= max) {
			isTruncated = max > 0;
			break;
		}
		names.push(name);
		if (end >= 0) prefixes.push(node("CommonPrefixes", [text("Prefix", encode(name))]));
		else contents.push(contentElement(object, encode(name), isOwned));
	}
	return {
		elements: [
			text("MaxKeys", max),
			text("Delimiter", delimiter === "" ? undefined : encode(delimiter)),
			text("EncodingType", encoding ?? undefined),
			text("IsTruncated", isTruncated),
			...contents,
			...prefixes,
		],
		count: names.length,
		next: isTruncated ? names.at(-1) : undefined,
		encode,
	};
}

function contentElement(
	{ checksum, etag, headers, modifiedMs, size }: S3Object,
	key: string,
	isOwned: boolean,
): string {
	return node("Contents", [
		text("Key", key),
		text("LastModified", new Date(modifiedMs).toISOString()),
		text("ETag", etag),
		text("ChecksumAlgorithm", checksum.algorithm.toUpperCase()),
		text("ChecksumType", checksum.type),
		text("Size", size),
		isOwned ? OWNER : "",
		text("StorageClass", headers["x-amz-storage-class"] ?? "STANDARD"),
	]);
}

function maxKeys(given: string | null): number {
	if (given === null || given === "") return MAX_KEYS;
	const max = Number(given);
	if (Number.isInteger(max) && max >= 0) return Math.min(max, MAX_KEYS);
	throw invalidArgument("Provided max-keys not an integer or within integer range", "max-keys", given);
}

function urlEncode(key: string): string {
	return encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
}
