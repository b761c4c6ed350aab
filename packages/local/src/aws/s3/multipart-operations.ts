import { createHash, randomUUID } from "node:crypto";
import {
	ALGORITHMS,
	algorithmNamed,
	badChecksum,
	type Checksum,
	checkDigests,
	checksumHeaders,
	checksumOf,
	statedChecksum,
} from "./checksums.ts";
import { checkCopyConditions, checkWriteConditions } from "./conditions.ts";
import { attributesOf } from "./object-attributes.ts";
import { checksumElements, copySource, etagOf, fullChecksum } from "./object-operations.ts";
import { invalidArgument, malformedXml, S3Error } from "./s3-error.ts";
import type { S3Operation, S3Request } from "./s3-request.ts";
import type { Upload, UploadedPart } from "./s3-store.ts";
import { childText, node, parseXml, text, type XmlElement, xmlResponse } from "./xml.ts";

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;
const MAX_LISTED = 1000;

/** Uploads of one object in parts. */
export const MULTIPART_OPERATIONS: Readonly<Record<string, S3Operation>> = {
	CreateMultipartUpload({ bucket, headers, key }, { now, store }) {
		store.checkBucket(bucket);
		const chosen = algorithmNamed(headers["x-amz-checksum-algorithm"]);
		const upload: Upload = {
			...attributesOf(headers),
			id: randomUUID(),
			bucket,
			key,
			initiatedMs: now(),
			checksum: { algorithm: chosen ?? "crc64nvme", type: checksumType(chosen, headers["x-amz-checksum-type"]) },
			isChecksumChosen: chosen !== undefined,
		};
		store.begin(upload);
		return xmlResponse(
			"InitiateMultipartUploadResult",
			[text("Bucket", bucket), text("Key", key), text("UploadId", upload.id)],
			chosen === undefined
				? {}
				: { "x-amz-checksum-algorithm": chosen.toUpperCase(), "x-amz-checksum-type": upload.checksum.type },
		);
	},

	UploadPart(request, { now, store }) {
		const { body, query } = request;
		const upload = store.upload(request.bucket, request.key, query.get("uploadId") ?? "");
		const stated = checkDigests(request);
		const { algorithm } = upload.checksum;
		if (stated !== undefined && upload.isChecksumChosen && stated.algorithm !== algorithm) {
			throw new S3Error(
				"InvalidRequest",
				400,
				`Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${stated.algorithm}`,
			);
		}
		const part: UploadedPart = {
			number: partNumber(request),
			content: store.write(body),
			etag: etagOf(body),
			modifiedMs: now(),
			checksum: stated ?? fullChecksum(algorithm, body),
		};
		store.putPart(upload, part);
		const { "x-amz-checksum-type": _ofObject, ...checksum } = checksumHeaders(part.checksum);
		return {
			status: 200,
			headers: { etag: part.etag, "x-amz-server-side-encryption": "AES256", ...checksum },
			body: "",
		};
	},

	UploadPartCopy(request, { now, store }) {
		const { headers, query } = request;
		const upload = store.upload(request.bucket, request.key, query.get("uploadId") ?? "");
		const { object } = copySource(request, store);
		checkCopyConditions(object, headers);
		const content = store.read(object.contents);
		const range = headers["x-amz-copy-source-range"];
		const [, first, last] = range === undefined ? [] : (/^bytes=(\d+)-(\d+)$/.exec(range) ?? []);
		if (
			range !== undefined &&
			(first === undefined || Number(last) >= content.length || Number(first) > Number(last))
		) {
			throw invalidArgument(
				"The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
				"x-amz-copy-source-range",
				range,
			);
		}
		const body = first === undefined ? content : content.subarray(Number(first), Number(last) + 1);
		const part: UploadedPart = {
			number: partNumber(request),
			content: store.write(body),
			etag: etagOf(body),
			modifiedMs: now(),
			checksum: fullChecksum(upload.checksum.algorithm, body),
		};
		store.putPart(upload, part);
		return xmlResponse("CopyPartResult", [
			text("ETag", part.etag),
			text("LastModified", new Date(part.modifiedMs).toISOString()),
		]);
	},

	CompleteMultipartUpload(request, { now, store }) {
		const { body, bucket, headers, key, query } = request;
		const list = parseXml(body, "CompleteMultipartUpload");
		const upload = store.upload(bucket, key, query.get("uploadId") ?? "");
		const parts = namedParts(list, store.parts(upload));
		checkWriteConditions(store.find(bucket, key), key, headers);
		const contents = parts.map(({ content }) => content);
		const digests = parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ""), "hex"));
		const etag = `"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}"`;
		const checksum = wholeChecksum(upload, parts, () => store.read(contents));
		const stated = statedChecksum(headers);
		if (stated !== undefined && (stated.algorithm !== checksum.algorithm || stated.value !== checksum.value)) {
			throw badChecksum(stated.algorithm);
		}
		const size = contents.reduce((sum, content) => sum + content.size, 0);
		const statedSize = headers["x-amz-mp-object-size"];
		if (statedSize !== undefined && Number(statedSize) !== size) {
			throw new S3Error(
				"InvalidRequest",
				400,
				"The provided 'x-amz-mp-object-size' header value does not match what was computed.",
			);
		}
		const { headers: kept, tags } = upload;
		store.put(bucket, { headers: kept, tags, key, contents, size, etag, modifiedMs: now(), checksum });
		store.end(upload, contents);
		return xmlResponse(
			"CompleteMultipartUploadResult",
			[
				text("Location", `http://${headers.host}/${bucket}/${encodeURIComponent(key)}`),
				text("Bucket", bucket),
				text("Key", key),
				text("ETag", etag),
				...checksumElements(checksum),
			],
			{ "x-amz-server-side-encryption": "AES256" },
		);
	},

	AbortMultipartUpload({ bucket, key, query }, { store }) {
		store.end(store.upload(bucket, key, query.get("uploadId") ?? ""));
		return { status: 204, headers: {}, body: "" };
	},

	ListParts({ bucket, key, query }, { store }) {
		const upload = store.upload(bucket, key, query.get("uploadId") ?? "");
		const marker = Number(query.get("part-number-marker") ?? 0);
		const max = Math.min(Number(query.get("max-parts") ?? MAX_LISTED), MAX_LISTED);
		const following = store.parts(upload).filter(({ number }) => number > marker);
		const listed = following.slice(0, max);
		return xmlResponse("ListPartsResult", [
			text("Bucket", bucket),
			text("Key", key),
			text("UploadId", upload.id),
			text("PartNumberMarker", marker),
			text("NextPartNumberMarker", listed.at(-1)?.number ?? 0),
			text("MaxParts", max),
			text("IsTruncated", listed.length < following.length),
			text("StorageClass", upload.headers["x-amz-storage-class"] ?? "STANDARD"),
			...(upload.isChecksumChosen
				? [
						text("ChecksumAlgorithm", upload.checksum.algorithm.toUpperCase()),
						text("ChecksumType", upload.checksum.type),
					]
				: []),
			...listed.map(({ checksum, content, etag, modifiedMs, number }) =>
				node("Part", [
					text("PartNumber", number),
					text("LastModified", new Date(modifiedMs).toISOString()),
					text("ETag", etag),
					text("Size", content.size),
					...checksumElements(checksum).slice(0, 1),
				]),
			),
		]);
	},

	ListMultipartUploads({ bucket, query }, { store }) {
		store.checkBucket(bucket);
		const prefix = query.get("prefix") ?? "";
		const keyMarker = query.get("key-marker") ?? "";
		const idMarker = query.get("upload-id-marker") ?? "";
		const max = Math.min(Number(query.get("max-uploads") ?? MAX_LISTED), MAX_LISTED);
		const all = store.uploads(bucket).filter(({ key }) => key.startsWith(prefix));
		const lastIndex = all.findIndex(({ id, key }) => key === keyMarker && id === idMarker);
		const following = lastIndex < 0 ? all.filter(({ key }) => key > keyMarker) : all.slice(lastIndex + 1);
		const listed = following.slice(0, max);
		return xmlResponse("ListMultipartUploadsResult", [
			text("Bucket", bucket),
			text("KeyMarker", keyMarker),
			text("UploadIdMarker", idMarker),
			text("NextKeyMarker", listed.at(-1)?.key),
			text("NextUploadIdMarker", listed.at(-1)?.id),
			text("Prefix", prefix),
			text("MaxUploads", max),
			text("IsTruncated", listed.length < following.length),
			...listed.map(({ headers, id, initiatedMs, key }) =>
				node("Upload", [
					text("Key", key),
					text("UploadId", id),
					text("Initiated", new Date(initiatedMs).toISOString()),
					text("StorageClass", headers["x-amz-storage-class"] ?? "STANDARD"),
				]),
			),
		]);
	},
};

function partNumber({ query }: S3Request): number {
	const number = Number(query.get("partNumber"));
	if (Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
	throw invalidArgument(
		"Part number must be an integer between 1 and 10000, inclusive",
		"partNumber",
		query.get("partNumber") ?? "",
	);
}

function checksumType(algorithm: Checksum["algorithm"] | undefined, given: string | undefined): Checksum["type"] {
	const isHash = algorithm === "sha1" || algorithm === "sha256";
	const usual = algorithm === undefined || algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE";
	const type = given ?? usual;
	const isPossible = type === "FULL_OBJECT" ? !isHash : type === "COMPOSITE" && algorithm !== "crc64nvme";
	if (isPossible) return type as Checksum["type"];
	throw new S3Error(
		"InvalidRequest",
		400,
		`The ${type} checksum type cannot be used with the ${String(algorithm)} checksum algorithm.`,
	);
}

/** The checksum of an object from its parts. */
function wholeChecksum(
	{ checksum: { algorithm, type } }: Upload,
	parts: readonly UploadedPart[],
	content: () => Buffer,
): Checksum {
	if (type === "FULL_OBJECT") return fullChecksum(algorithm, content());
	const values = parts.map(({ checksum }) => Buffer.from(checksum.value, "base64"));
	return { algorithm, type, value: `${checksumOf(algorithm, Buffer.concat(values))}-${parts.length}` };
}

/** The parts that a request names, which have to be uploaded, in order and large enough. */
function namedParts(list: XmlElement, uploaded: readonly UploadedPart[]): readonly UploadedPart[] {
	const byNumber = new Map(uploaded.map((part) => [part.number, part]));
	const named = list.children.filter(({ name }) => name === "Part");
	if (named.length === 0 || named.length > MAX_PARTS) throw malformedXml();
	const parts = named.map((element) => {
		const number = Number(childText(element, "PartNumber") ?? Number.NaN);
		const etag = childText(element, "ETag");
		if (!Number.isInteger(number) || etag === undefined) throw malformedXml();
		const part = byNumber.get(number);
		if (part === undefined || part.etag.replaceAll('"', "") !== etag.replaceAll('"', "")) {
			throw invalidPart(number, etag);
		}
		for (const algorithm of ALGORITHMS) {
			const value = childText(element, `Checksum${algorithm.toUpperCase()}`);
			if (value !== undefined && (algorithm !== part.checksum.algorithm || value !== part.checksum.value)) {
				throw invalidPart(number, etag);
			}
		}
		return part;
	});
	for (const [index, part] of parts.entries()) {
		const next = parts[index + 1];
		if (next === undefined) break;
		if (next.number <= part.number) {
			throw new S3Error(
				"InvalidPartOrder",
				400,
				"The list of parts was not in ascending order. Parts must be ordered by part number.",
			);
		}
		if (part.content.size < MIN_PART_BYTES) {
			throw new S3Error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
				ProposedSize: part.content.size,
				MinSizeAllowed: MIN_PART_BYTES,
				PartNumber: part.number,
				ETag: part.etag.replaceAll('"', ""),
			});
		}
	}
	return parts;
}

function invalidPart(number: number, etag: string): S3Error {
	return new S3Error(
		"InvalidPart",
		400,
		"One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
		{ PartNumber: number, ETag: etag.replaceAll('"', "") },
	);
}
