import { createHash } from "node:crypto";
import type { TenantResponse } from "../../http/exchange.ts";
import { decodeUri } from "../decode-uri.ts";
import { algorithmNamed, type Checksum, checkDigests, checksumHeaders, checksumOf } from "./checksums.ts";
import { checkCopyConditions, checkDeleteCondition, checkReadConditions, checkWriteConditions } from "./conditions.ts";
import { attributesOf } from "./object-attributes.ts";
import { invalidArgument, malformedXml, S3Error } from "./s3-error.ts";
import type { S3Operation, S3Request } from "./s3-request.ts";
import type { S3Object, S3Store } from "./s3-store.ts";
import { tagsOfXml } from "./tags.ts";
import { childText, node, parseXml, text, xmlResponse } from "./xml.ts";

/** S3 encrypts every object. */
const ENCRYPTED = { "x-amz-server-side-encryption": "AES256" };
const OVERRIDES = /^response-(cache-control|content-(?:disposition|encoding|language|type)|expires)$/;
const ARCHIVES = new Set(["DEEP_ARCHIVE", "GLACIER"]);
const MAX_DELETIONS = 1000;

/** Operations on objects, except uploads in parts. */
export const OBJECT_OPERATIONS: Readonly<Record<string, S3Operation>> = {
	PutObject(request, { now, store }) {
		const { body, bucket, headers, key } = request;
		const stated = checkDigests(request);
		const attributes = attributesOf(headers);
		checkWriteConditions(store.find(bucket, key), key, headers);
		const object: S3Object = {
			...attributes,
			key,
			contents: [store.write(body)],
			size: body.length,
			etag: etagOf(body),
			modifiedMs: now(),
			checksum: stated ?? fullChecksum("crc64nvme", body),
		};
		store.put(bucket, object);
		return { status: 200, headers: { etag: object.etag, ...ENCRYPTED, ...checksumHeaders(object.checksum) }, body: "" };
	},

	CopyObject(request, { now, store }) {
		const { bucket, headers, key } = request;
		const attributes = attributesOf(headers);
		const from = copySource(request, store);
		checkCopyConditions(from.object, headers);
		checkWriteConditions(store.find(bucket, key), key, headers);
		const metadata = directive(request, "x-amz-metadata-directive");
		const tagging = directive(request, "x-amz-tagging-directive");
		const storageClass = headers["x-amz-storage-class"];
		if (from.bucket === bucket && from.object.key === key && metadata === "COPY" && storageClass === undefined) {
			throw new S3Error(
				"InvalidRequest",
				400,
				"This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
			);
		}
		const content = store.read(from.object.contents);
		const { "x-amz-storage-class": _ofSource, ...ofSource } = from.object.headers;
		const algorithm = algorithmNamed(headers["x-amz-checksum-algorithm"]) ?? from.object.checksum.algorithm;
		const object: S3Object = {
			headers: {
				...(metadata === "COPY" ? ofSource : attributes.headers),
				...(storageClass !== undefined && { "x-amz-storage-class": storageClass }),
			},
			tags: tagging === "COPY" ? from.object.tags : attributes.tags,
			key,
			contents: [store.write(content)],
			size: content.length,
			etag: etagOf(content),
			modifiedMs: now(),
			checksum: fullChecksum(algorithm, content),
		};
		store.put(bucket, object);
		return xmlResponse(
			"CopyObjectResult",
			[
				text("ETag", object.etag),
				text("LastModified", new Date(object.modifiedMs).toISOString()),
				...checksumElements(object.checksum),
			],
			ENCRYPTED,
		);
	},

	GetObject(request, { store }) {
		const { bucket, headers, key, method } = request;
		checkVersion(request);
		const object = store.get(bucket, key);
		checkReadConditions(object, headers);
		if (method === "GET") checkActive(object);
		const range = rangeOf(request, object);
		// Only the whole object has the checksum of the whole object.
		const checksum = headers["x-amz-checksum-mode"] === "ENABLED" && range === undefined ? object.checksum : undefined;
		const { start, end } = range ?? { start: 0, end: object.size };
		return {
			status: range === undefined ? 200 : 206,
			headers: {
				"accept-ranges": "bytes",
				"last-modified": new Date(object.modifiedMs).toUTCString(),
				etag: object.etag,
				...storedHeaders(object),
				...(object.tags.length > 0 && { "x-amz-tagging-count": String(object.tags.length) }),
				...ENCRYPTED,
				...(checksum !== undefined && checksumHeaders(checksum)),
				...overrides(request),
				...(range !== undefined && { "content-range": `bytes ${start}-${end - 1}/${object.size}` }),
				...(request.query.has("partNumber") && { "x-amz-mp-parts-count": String(object.contents.length) }),
				"content-length": String(end - start),
			},
			body: method === "HEAD" ? "" : store.read(object.contents).subarray(start, end),
		};
	},

	HeadObject: (request, context) => OBJECT_OPERATIONS.GetObject?.(request, context) as TenantResponse,

	DeleteObject(request, { store }) {
		const { bucket, headers, key } = request;
		checkVersion(request);
		checkDeleteCondition(store.find(bucket, key), headers["if-match"]);
		store.remove(bucket, key);
		return { status: 204, headers: {}, body: "" };
	},

	DeleteObjects(request, { store }) {
		const { body, bucket, headers } = request;
		const checksum = checkDigests(request);
		if (checksum === undefined && headers["content-md5"] === undefined) {
			throw new S3Error("InvalidRequest", 400, "Missing required header for this request: Content-MD5");
		}
		const deletion = parseXml(body, "Delete");
		const isQuiet = childText(deletion, "Quiet") === "true";
		const named = deletion.children.filter(({ name }) => name === "Object");
		if (named.length === 0 || named.length > MAX_DELETIONS) throw malformedXml();
		const keys = named.map((element) => {
			const key = childText(element, "Key");
			if (key === undefined) throw malformedXml();
			return { key, version: childText(element, "VersionId"), etag: childText(element, "ETag") };
		});
		store.checkBucket(bucket);
		const results = keys.map(({ etag, key, version }) => {
			try {
				if ((version ?? "null") !== "null") throw noSuchVersion(key, version ?? "");
				checkDeleteCondition(store.find(bucket, key), etag);
			} catch (error) {
				if (!(error instanceof S3Error)) throw error;
				return node("Error", [text("Key", key), text("Code", error.code), text("Message", error.message)]);
			}
			store.remove(bucket, key);
			return isQuiet ? "" : node("Deleted", [text("Key", key)]);
		});
		return xmlResponse("DeleteResult", results);
	},

	PutObjectTagging(request, { store }) {
		const { body, bucket, key } = request;
		checkDigests(request);
		checkVersion(request);
		const object = store.get(bucket, key);
		store.put(bucket, { ...object, tags: tagsOfXml(body) });
		return { status: 200, headers: {}, body: "" };
	},

	GetObjectTagging(request, { store }) {
		checkVersion(request);
		const { tags } = store.get(request.bucket, request.key);
		const elements = tags.map(([key, value]) => node("Tag", [text("Key", key), text("Value", value)]));
		return xmlResponse("Tagging", [node("TagSet", elements)]);
	},

	DeleteObjectTagging(request, { store }) {
		checkVersion(request);
		store.put(request.bucket, { ...store.get(request.bucket, request.key), tags: [] });
		return { status: 204, headers: {}, body: "" };
	},
};

/** The ETag of bytes that were written at once. */
export function etagOf(body: Buffer): string {
	return `"${createHash("md5").update(body).digest("hex")}"`;
}

/** The checksum of bytes. */
export function fullChecksum(algorithm: Checksum["algorithm"], body: Buffer): Checksum {
	return { algorithm, value: checksumOf(algorithm, body), type: "FULL_OBJECT" };
}

/** A checksum as elements of a response. */
export function checksumElements({ algorithm, type, value }: Checksum): string[] {
	return [text(`Checksum${algorithm.toUpperCase()}`, value), text("ChecksumType", type)];
}

/** The source of a copy. @throws S3Error where there is none. */
export function copySource({ headers }: S3Request, store: S3Store): { bucket: string; object: S3Object } {
	const header = headers["x-amz-copy-source"] ?? "";
	const [path = "", version] = header.split("?versionId=");
	const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeUri(path)) ?? [];
	if (bucket === undefined || key === undefined) {
		throw invalidArgument(
			"Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
			"x-amz-copy-source",
			header,
		);
	}
	if ((version ?? "null") !== "null") throw noSuchVersion(key, version ?? "");
	const object = store.get(bucket, key);
	if (isArchived(object)) {
		throw new S3Error(
			"ObjectNotInActiveTierError",
			403,
			"The source object of the COPY operation is not in the active tier and is only stored in Amazon S3 Glacier.",
		);
	}
	return { bucket, object };
}

/** Whether an object would have to be restored before it is read. */
function isArchived({ headers }: S3Object): boolean {
	return ARCHIVES.has(headers["x-amz-storage-class"] ?? "STANDARD");
}

function checkActive(object: S3Object): void {
	if (!isArchived(object)) return;
	throw new S3Error("InvalidObjectState", 403, "The operation is not valid for the object's storage class", {
		StorageClass: object.headers["x-amz-storage-class"] ?? "",
	});
}

function directive({ headers }: S3Request, name: string): "COPY" | "REPLACE" {
	const value = headers[name] ?? "COPY";
	if (value === "COPY" || value === "REPLACE") return value;
	throw invalidArgument(
		`Unknown ${name === "x-amz-tagging-directive" ? "tagging" : "metadata"} directive.`,
		name,
		value,
	);
}

/** Buckets have no versions, so that every object has the version `null`. */
function checkVersion({ key, query }: S3Request): void {
	const version = query.get("versionId");
	if (version !== null && version !== "null") throw noSuchVersion(key, version);
}

function noSuchVersion(key: string, version: string): S3Error {
	return new S3Error("NoSuchVersion", 404, "The specified version does not exist.", { Key: key, VersionId: version });
}

function storedHeaders({ headers }: S3Object): Readonly<Record<string, string>> {
	const { "x-amz-storage-class": storageClass = "STANDARD", ...others } = headers;
	return { ...others, ...(storageClass !== "STANDARD" && { "x-amz-storage-class": storageClass }) };
}

/** The headers that a request replaces: `response-content-type` and so on. */
function overrides({ query }: S3Request): Record<string, string> {
	const given = [...query].flatMap(([name, value]): [string, string][] => {
		const header = OVERRIDES.exec(name)?.[1];
		return header === undefined ? [] : [[header, value]];
	});
	return Object.fromEntries(given);
}

/** The bytes that a request is for. `undefined` for all of them. */
function rangeOf({ headers, query }: S3Request, object: S3Object): { start: number; end: number } | undefined {
	const { contents, size } = object;
	const part = query.get("partNumber");
	const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
	if (part !== null) {
		if (headers.range !== undefined) {
			throw new S3Error("InvalidRequest", 400, "Cannot specify both Range header and partNumber query parameter");
		}
		const number = Number(part);
		const sizes = contents.map((content) => content.size);
		if (!Number.isInteger(number) || number < 1) {
			throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", part);
		}
		if (number > sizes.length) {
			throw new S3Error("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
				ActualPartCount: sizes.length,
				PartNumberRequested: number,
			});
		}
		const start = sizes.slice(0, number - 1).reduce((sum, one) => sum + one, 0);
		return size === 0 ? undefined : { start, end: start + (sizes[number - 1] ?? 0) };
	}
	if (first === "" && last === "") return undefined;
	const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
	const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
	if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
	if (start < end) return { start, end };
	throw new S3Error("InvalidRange", 416, "The requested range is not satisfiable", {
		RangeRequested: headers.range ?? "",
		ActualObjectSize: size,
	});
}
