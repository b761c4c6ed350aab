import { createHash } from "node:crypto";
import { ChecksumAlgorithm, CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3 } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../../src/index.ts";
import {
	type AwsCredentials,
	clientConfig,
	codeOf,
	credentialsOf,
	plainSignIn,
	type RequestToSign,
	signed,
} from "../../tenant-client.ts";

const Bucket = "bulk-data";
const MINUTE_MS = 60_000;
const MEGABYTE = 1024 * 1024;

let tenant: LocalTenant;
let admin: AwsCredentials;
let s3: S3;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	admin = await credentialsOf(tenant, { apiUser: "admin" }, 43_200);
	s3 = new S3(clientConfig(tenant, admin));
});
afterAll(() => tenant.stop());

async function textOf(Key: string, bucket = Bucket): Promise<string | undefined> {
	return (await s3.getObject({ Bucket: bucket, Key })).Body?.transformToString();
}

async function send(request: Omit<RequestToSign, "service">) {
	const { init, url } = await signed(tenant, admin, { service: "s3", ...request });
	const response = await fetch(url, init);
	const text = await response.text();
	return { status: response.status, code: /<Code>(\w+)</.exec(text)?.[1], text, headers: response.headers };
}

describe("what an object is written with", () => {
	test("an object keeps the headers, the metadata and the tags of the request that wrote it, also in parts", async () => {
		const object = { Bucket, Key: "kept" };
		const CacheControl = "no-store";
		const headers = { CacheControl, ContentEncoding: "br", ContentDisposition: "attachment", ContentLanguage: "de" };
		const written = { ...headers, StorageClass: "STANDARD_IA", Metadata: { author: "Jo" } } as const;
		await s3.putObject({ ...object, ...written, Body: "x", Tagging: "a=1&b=%26" });
		expect(await s3.headObject(object)).toMatchObject(written);
		expect(await s3.getObject(object)).toMatchObject({ ...written, TagCount: 2 });
		const TagSet = [
			{ Key: "a", Value: "1" },
			{ Key: "b", Value: "&" },
		];
		expect(await s3.getObjectTagging(object)).toMatchObject({ TagSet });
		const { UploadId } = await s3.createMultipartUpload({ ...object, CacheControl, StorageClass: "STANDARD" });
		const { ETag } = await s3.uploadPart({ ...object, UploadId, PartNumber: 1, Body: "y" });
		await s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } });
		const whole = await s3.headObject(object);
		expect([whole.CacheControl, whole.StorageClass]).toEqual([CacheControl, undefined]);
		expect((await s3.getObjectTagging(object)).TagSet).toEqual([]);
	});

	test("an empty body is an empty object", async () => {
		await s3.putObject({ Bucket, Key: "empty", Body: Buffer.alloc(0) });
		expect(await textOf("empty")).toBe("");
		expect((await s3.headObject({ Bucket, Key: "empty" })).ContentLength).toBe(0);
	});

	test.each<[string, Parameters<S3["putObject"]>[0], string]>([
		["an unknown storage class", { Bucket, Key: "x", StorageClass: "FREEZER" as "GLACIER" }, "InvalidStorageClass"],
		["a public ACL", { Bucket, Key: "x", ACL: "public-read" }, "AccessControlListNotSupported"],
		["encryption by KMS", { Bucket, Key: "x", ServerSideEncryption: "aws:kms" }, "NotImplemented"],
		["a lock", { Bucket, Key: "x", ObjectLockLegalHoldStatus: "ON" }, "InvalidRequest"],
		[
			"a bucket owner that is not the tenant",
			{ Bucket, Key: "x", ExpectedBucketOwner: "123456789012" },
			"AccessDenied",
		],
		["metadata of more than 2 KB", { Bucket, Key: "x", Metadata: { a: "b".repeat(2048) } }, "MetadataTooLarge"],
		["a key of more than 1,024 bytes", { Bucket, Key: "k".repeat(1025) }, "KeyTooLongError"],
		[
			"eleven tags",
			{ Bucket, Key: "x", Tagging: Array.from("abcdefghijk", (key) => `${key}=1`).join("&") },
			"BadRequest",
		],
		["a bucket that does not exist", { Bucket: "none", Key: "x" }, "NoSuchBucket"],
	])("PutObject with %s is rejected and writes nothing", async (_, input, code) => {
		expect(await codeOf(s3.putObject({ Body: "x", ...input }))).toBe(code);
		expect(await codeOf(s3.headObject({ Bucket, Key: "x" }))).toBe("NotFound");
	});
});

describe("tags", () => {
	const object = { Bucket, Key: "tagged" };
	const tagsOf = async () => (await s3.getObjectTagging(object)).TagSet;

	test("tags are replaced and deleted without a change of the object", async () => {
		await s3.putObject({ ...object, Body: "content", ContentType: "text/plain", Tagging: "a=1" });
		const before = await s3.headObject(object);
		const TagSet = [{ Key: "b<c", Value: "2 & 3" }];
		await s3.putObjectTagging({ ...object, Tagging: { TagSet } });
		expect(await tagsOf()).toEqual(TagSet);
		await s3.deleteObjectTagging(object);
		expect(await tagsOf()).toEqual([]);
		const { $metadata: _m, TagCount: _t, ...after } = await s3.headObject(object);
		expect(before).toMatchObject(after);
		expect(await textOf("tagged")).toBe("content");
	});

	test("invalid tags, and tags of an object that does not exist, are rejected", async () => {
		const put = (Key: string, tags: [string, string][]) =>
			codeOf(
				s3.putObjectTagging({ Bucket, Key, Tagging: { TagSet: tags.map(([key, Value]) => ({ Key: key, Value })) } }),
			);
		expect(await put("none", [["a", "1"]])).toBe("NoSuchKey");
		const twice: [string, string][] = [
			["a", "1"],
			["a", "2"],
		];
		expect(await put("tagged", twice)).toBe("InvalidTag");
		expect(await put("tagged", [["k".repeat(129), ""]])).toBe("InvalidTag");
		expect(
			await put(
				"tagged",
				Array.from("abcdefghijk", (key) => [key, "1"]),
			),
		).toBe("BadRequest");
		expect(await codeOf(s3.getObjectTagging({ Bucket, Key: "none" }))).toBe("NoSuchKey");
		expect(await codeOf(s3.deleteObjectTagging({ Bucket, Key: "none" }))).toBe("NoSuchKey");
	});
});

describe("checksums", () => {
	const body = "123456789";
	/** The check values of the algorithms' definitions. */
	const right: Record<string, string> = {
		"content-md5": createHash("md5").update(body).digest("base64"),
		"x-amz-checksum-crc32": Buffer.from("cbf43926", "hex").toString("base64"),
		"x-amz-checksum-crc32c": Buffer.from("e3069283", "hex").toString("base64"),
		"x-amz-checksum-crc64nvme": Buffer.from("ae8b14860a799888", "hex").toString("base64"),
		"x-amz-checksum-sha1": createHash("sha1").update(body).digest("base64"),
		"x-amz-checksum-sha256": createHash("sha256").update(body).digest("base64"),
	};

	test.each(Object.entries(right))(
		"%s is accepted where it is right, and BadDigest where it is not",
		async (name, value) => {
			const put = (path: string, content: string) =>
				send({ method: "PUT", path: `/bulk-data/${path}`, body: content, headers: { [name]: value } });
			expect(await put("right", body)).toMatchObject({ status: 200 });
			expect(await put("wrong", `${body}0`)).toMatchObject({ status: 400, code: "BadDigest" });
			expect(await codeOf(s3.headObject({ Bucket, Key: "wrong" }))).toBe("NotFound");
		},
	);

	test.each<[string, Record<string, string>, string]>([
		["a Content-MD5 of no hash", { "content-md5": "eA==" }, "InvalidDigest"],
		["a checksum of the wrong length", { "x-amz-checksum-crc32": "eA==" }, "InvalidRequest"],
		[
			"two checksums",
			{
				"x-amz-checksum-crc32": right["x-amz-checksum-crc32"] ?? "",
				"x-amz-checksum-sha1": right["x-amz-checksum-sha1"] ?? "",
			},
			"InvalidRequest",
		],
		["an announced checksum that is missing", { "x-amz-sdk-checksum-algorithm": "SHA256" }, "InvalidRequest"],
		["an unknown algorithm", { "x-amz-sdk-checksum-algorithm": "MD4" }, "InvalidRequest"],
	])("%s is rejected", async (_, headers, code) => {
		expect(await send({ method: "PUT", path: "/bulk-data/wrong", body, headers })).toMatchObject({ status: 400, code });
	});

	test.each(Object.values(ChecksumAlgorithm).filter((one) => !/MD5|SHA512|XXHASH|CRC64/.test(one)))(
		"the SDK writes and reads objects with %s",
		async (algorithm) => {
			const object = { Bucket, Key: `sum-${algorithm}` };
			const put = await s3.putObject({ ...object, Body: body, ChecksumAlgorithm: algorithm });
			const got = await s3.getObject({ ...object, ChecksumMode: "ENABLED" });
			const member = `Checksum${algorithm}` as const;
			const expected = right[`x-amz-checksum-${algorithm.toLowerCase()}`];
			expect(expected).toBeDefined();
			expect(put).toMatchObject({ [member]: expected, ChecksumType: "FULL_OBJECT" });
			expect(got).toMatchObject({ [member]: expected });
			// The SDK compares it with what it reads.
			expect(await got.Body?.transformToString()).toBe(body);
		},
	);

	test("an object without a checksum gets CRC64NVME", async () => {
		const { headers } = await send({ method: "PUT", path: "/bulk-data/none-given", body });
		expect(headers.get("x-amz-checksum-crc64nvme")).toBe(right["x-amz-checksum-crc64nvme"]);
	});
});

describe("conditions", () => {
	const object = { Bucket, Key: "conditional" };
	let etag: string | undefined;
	beforeAll(async () => {
		etag = (await s3.putObject({ ...object, Body: "first" })).ETag;
	});

	test("If-None-Match: * writes only what does not exist", async () => {
		expect(await codeOf(s3.putObject({ ...object, Body: "second", IfNoneMatch: "*" }))).toBe("PreconditionFailed");
		expect(await codeOf(s3.putObject({ ...object, Body: "second", IfNoneMatch: etag }))).toBe("NotImplemented");
		expect(await codeOf(s3.putObject({ Bucket, Key: "created", Body: "new", IfNoneMatch: "*" }))).toBe("none");
		expect([await textOf("conditional"), await textOf("created")]).toEqual(["first", "new"]);
	});

	test("If-Match writes and deletes only the version that is named", async () => {
		expect(await codeOf(s3.putObject({ ...object, Body: "second", IfMatch: '"other"' }))).toBe("PreconditionFailed");
		expect(await codeOf(s3.putObject({ Bucket, Key: "none", Body: "x", IfMatch: etag }))).toBe("NoSuchKey");
		expect(await codeOf(s3.deleteObject({ ...object, IfMatch: '"other"' }))).toBe("PreconditionFailed");
		expect(await textOf("conditional")).toBe("first");
		expect(await codeOf(s3.putObject({ ...object, Body: "first", IfMatch: etag }))).toBe("none");
	});

	test("an upload in parts is completed only under its conditions", async () => {
		const { UploadId } = await s3.createMultipartUpload(object);
		const { ETag } = await s3.uploadPart({ ...object, UploadId, PartNumber: 1, Body: "second" });
		const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
		const complete = (input: object) =>
			codeOf(s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload, ...input }));
		expect(await complete({ IfNoneMatch: "*" })).toBe("PreconditionFailed");
		expect(await complete({ IfMatch: '"other"' })).toBe("PreconditionFailed");
		expect(await textOf("conditional")).toBe("first");
		expect(await complete({ IfMatch: etag })).toBe("none");
		expect(await textOf("conditional")).toBe("second");
		etag = (await s3.putObject({ ...object, Body: "first" })).ETag;
	});

	test.each<[string, () => Record<string, string>, number]>([
		["If-Match of the object", () => ({ "if-match": etag ?? "" }), 200],
		["If-Match of another", () => ({ "if-match": '"other"' }), 412],
		["If-None-Match of the object", () => ({ "if-none-match": etag ?? "" }), 304],
		["If-None-Match of another", () => ({ "if-none-match": '"other"' }), 200],
		["If-Modified-Since now", () => ({ "if-modified-since": new Date(clock.now()).toUTCString() }), 304],
		[
			"If-Modified-Since a minute ago",
			() => ({ "if-modified-since": new Date(clock.now() - MINUTE_MS).toUTCString() }),
			200,
		],
		["If-Unmodified-Since now", () => ({ "if-unmodified-since": new Date(clock.now()).toUTCString() }), 200],
		[
			"If-Unmodified-Since a minute ago",
			() => ({ "if-unmodified-since": new Date(clock.now() - MINUTE_MS).toUTCString() }),
			412,
		],
		["If-Modified-Since no date", () => ({ "if-modified-since": "yesterday" }), 200],
	])("a read with %s gets its status", async (_, headers, status) => {
		for (const method of ["GET", "HEAD"]) {
			expect(await send({ method, path: "/bulk-data/conditional", headers: headers() })).toMatchObject({ status });
		}
	});

	test("a copy is made only under the conditions of its source", async () => {
		const copy = (input: object) =>
			codeOf(s3.copyObject({ Bucket, Key: "copied", CopySource: `${Bucket}/conditional`, ...input }));
		expect(await copy({ CopySourceIfMatch: '"other"' })).toBe("PreconditionFailed");
		expect(await copy({ CopySourceIfNoneMatch: etag })).toBe("PreconditionFailed");
		expect(await copy({ CopySourceIfModifiedSince: new Date(clock.now() + MINUTE_MS) })).toBe("PreconditionFailed");
		expect(await codeOf(s3.headObject({ Bucket, Key: "copied" }))).toBe("NotFound");
		expect(await copy({ CopySourceIfMatch: etag })).toBe("none");
	});
});

describe("presigned URLs", () => {
	const presigned = (input: object) => getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "presigned", ...input }));
	const put = async (url: string, headers: Record<string, string> = {}) => {
		const response = await fetch(url, { method: "PUT", headers, body: "content" });
		return { status: response.status, text: await response.text() };
	};

	test("the metadata, the tags and the storage class in the query of a URL are those of the object", async () => {
		const Metadata = { a: "1" };
		const url = await presigned({ Metadata, Tagging: "b=2&c=3", StorageClass: "STANDARD_IA" });
		expect(new URL(url).searchParams.get("x-amz-meta-a")).toBe("1");
		expect(await put(url)).toMatchObject({ status: 200 });
		const object = await s3.getObject({ Bucket, Key: "presigned" });
		expect(object).toMatchObject({ Metadata, TagCount: 2, StorageClass: "STANDARD_IA" });
	});

	test("an ACL in the query, and a condition that is signed, are heeded", async () => {
		expect((await put(await presigned({ ACL: "public-read" }))).text).toContain("AccessControlListNotSupported");
		const conditional = await put(await presigned({ IfNoneMatch: "*" }), { "if-none-match": "*" });
		expect(conditional.text).toContain("PreconditionFailed");
	});

	test("the checksum of an empty body, which the SDK writes into a URL, is ignored", async () => {
		const url = await presigned({});
		expect(new URL(url).searchParams.get("x-amz-checksum-crc32")).toBe("AAAAAA==");
		expect(await put(url)).toMatchObject({ status: 200 });
	});

	test("a header of S3 that nobody has signed is rejected", async () => {
		const { status, text } = await put(await presigned({}), { "x-amz-meta-b": "1" });
		expect(status).toBe(403);
		expect(text).toMatch(/<Code>AccessDenied<.*<HeadersNotSigned>x-amz-meta-b</s);
	});

	test("a source in the query makes a copy", async () => {
		await s3.putObject({ Bucket, Key: "source", Body: "copied" });
		const input = { Bucket, Key: "copy-by-url", CopySource: `${Bucket}/source` };
		const url = await getSignedUrl(s3, new CopyObjectCommand(input));
		const response = await fetch(url, { method: "PUT" });
		expect(await response.text()).toContain("CopyObjectResult");
		expect(await textOf("copy-by-url")).toBe("copied");
	});
});

describe("reads", () => {
	test.each(["GLACIER", "DEEP_ARCHIVE"] as const)(
		"an object of the class %s has to be restored first",
		async (StorageClass) => {
			await s3.putObject({ Bucket, Key: "archived", Body: "x", StorageClass });
			expect((await s3.headObject({ Bucket, Key: "archived" })).StorageClass).toBe(StorageClass);
			expect(await codeOf(s3.getObject({ Bucket, Key: "archived" }))).toBe("InvalidObjectState");
			const CopySource = `${Bucket}/archived`;
			expect(await codeOf(s3.copyObject({ Bucket, Key: "c", CopySource }))).toBe("ObjectNotInActiveTierError");
		},
	);

	test.each<[string, number, string]>([
		["bytes=0-1", 206, "01"],
		["bytes=8-", 206, "89"],
		["bytes=-3", 206, "789"],
		["bytes=-30", 206, "0123456789"],
		["bytes=5-100", 206, "56789"],
		["bytes=3-2", 200, "0123456789"],
		["bytes=0-1,4-5", 200, "0123456789"],
		["lines=0-1", 200, "0123456789"],
	])("the range %s gets %d and its bytes", async (range, status, text) => {
		await s3.putObject({ Bucket, Key: "digits", Body: "0123456789" });
		expect(await send({ method: "GET", path: "/bulk-data/digits", headers: { range } })).toMatchObject({
			status,
			text,
		});
	});

	test("a range after the end is rejected", async () => {
		await s3.putObject({ Bucket, Key: "digits", Body: "0123456789" });
		expect(await codeOf(s3.getObject({ Bucket, Key: "digits", Range: "bytes=10-" }))).toBe("InvalidRange");
	});

	test("a read replaces headers of the response", async () => {
		await s3.putObject({ Bucket, Key: "typed", Body: "x", ContentType: "text/plain" });
		const input = { Bucket, Key: "typed", ResponseContentType: "text/css", ResponseContentDisposition: "inline" };
		const response = await fetch(await getSignedUrl(s3, new GetObjectCommand(input)));
		expect(response.headers.get("content-type")).toBe("text/css");
		expect(response.headers.get("content-disposition")).toBe("inline");
	});

	test("objects have the version null and no other", async () => {
		await s3.putObject({ Bucket, Key: "versioned", Body: "x" });
		expect(await codeOf(s3.getObject({ Bucket, Key: "versioned", VersionId: "null" }))).toBe("none");
		expect(await codeOf(s3.getObject({ Bucket, Key: "versioned", VersionId: "1" }))).toBe("NoSuchVersion");
		expect(await codeOf(s3.deleteObject({ Bucket, Key: "versioned", VersionId: "1" }))).toBe("NoSuchVersion");
		expect(await textOf("versioned")).toBe("x");
	});
});

describe("copies and deletions", () => {
	test("a copy has the metadata and the tags of its source, or its own, and no storage class", async () => {
		const source = { Bucket, Key: "from/ü +%.txt" };
		await s3.putObject({ ...source, Body: "x", Metadata: { a: "1" }, Tagging: "t=1", StorageClass: "GLACIER_IR" });
		const CopySource = encodeURIComponent(`${Bucket}/from/ü +%.txt`);
		await s3.copyObject({ Bucket, Key: "same", CopySource });
		const same = await s3.getObject({ Bucket, Key: "same" });
		expect([same.Metadata, same.TagCount, same.StorageClass]).toEqual([{ a: "1" }, 1, undefined]);
		await s3.copyObject({
			...{ Bucket, Key: "own", CopySource, Metadata: { b: "2" }, MetadataDirective: "REPLACE" },
			...{ TaggingDirective: "REPLACE", Tagging: "u=2&v=3" },
		});
		const own = await s3.getObject({ Bucket, Key: "own" });
		expect([own.Metadata, own.TagCount]).toEqual([{ b: "2" }, 2]);
		expect(await codeOf(s3.copyObject({ Bucket, Key: "same", CopySource: `${Bucket}/same` }))).toBe("InvalidRequest");
		expect(await codeOf(s3.copyObject({ Bucket, Key: "c", CopySource: `${Bucket}/none` }))).toBe("NoSuchKey");
	});

	test("DeleteObjects deletes the named objects, and reports those that it does not", async () => {
		for (const Key of ["d/1", "d/<2>&", "d/3"]) await s3.putObject({ Bucket, Key, Body: "x" });
		const Objects = [{ Key: "d/1" }, { Key: "d/<2>&" }, { Key: "d/none" }, { Key: "d/3", VersionId: "7" }];
		const { Deleted, Errors } = await s3.deleteObjects({ Bucket, Delete: { Objects } });
		expect(Deleted?.map(({ Key }) => Key)).toEqual(["d/1", "d/<2>&", "d/none"]);
		expect(Errors?.map(({ Code, Key }) => [Key, Code])).toEqual([["d/3", "NoSuchVersion"]]);
		const { Contents } = await s3.listObjectsV2({ Bucket, Prefix: "d/" });
		expect(Contents?.map(({ Key }) => Key)).toEqual(["d/3"]);
	});

	test("DeleteObjects without a checksum is rejected", async () => {
		const body = "<Delete><Object><Key>d/3</Key></Object></Delete>";
		expect(await send({ path: "/bulk-data", query: { delete: "" }, body })).toMatchObject({ code: "InvalidRequest" });
	});
});

describe("uploads in parts", () => {
	const object = { Bucket, Key: "parts" };
	const first = Buffer.alloc(5 * MEGABYTE, "a");

	test("an upload becomes an object with its parts in order, and a checksum of the parts", async () => {
		const { UploadId } = await s3.createMultipartUpload({ ...object, ChecksumAlgorithm: "SHA256", Tagging: "a=1" });
		const part = async (PartNumber: number, Body: Uint8Array) => {
			const { ChecksumSHA256, ETag } = await s3.uploadPart({
				...object,
				UploadId,
				PartNumber,
				Body,
				ChecksumAlgorithm: "SHA256",
			});
			return { ChecksumSHA256, ETag, PartNumber };
		};
		const Parts = [await part(1, first), await part(2, Buffer.from("end"))];
		expect((await s3.listParts({ ...object, UploadId })).Parts).toMatchObject(Parts.map(({ ETag }) => ({ ETag })));
		expect((await s3.listMultipartUploads({ Bucket })).Uploads).toMatchObject([{ Key: "parts", UploadId }]);
		const sums = Parts.map(({ ChecksumSHA256 }) => Buffer.from(ChecksumSHA256 ?? "", "base64"));
		const ChecksumSHA256 = `${createHash("sha256").update(Buffer.concat(sums)).digest("base64")}-2`;
		const whole = await s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts } });
		expect(whole).toMatchObject({ ChecksumSHA256, ChecksumType: "COMPOSITE", ETag: expect.stringMatching(/-2"$/) });
		const second = await s3.getObject({ ...object, PartNumber: 2 });
		expect([await second.Body?.transformToString(), second.PartsCount, second.TagCount]).toEqual(["end", 2, 1]);
		expect((await s3.headObject(object)).ContentLength).toBe(5 * MEGABYTE + 3);
		expect((await s3.listMultipartUploads({ Bucket })).Uploads).toBeUndefined();
	});

	test("an upload is of one object, and a request for another one changes neither", async () => {
		await s3.putObject({ Bucket, Key: "bystander", Body: "safe" });
		const { UploadId } = await s3.createMultipartUpload(object);
		const { ETag } = await s3.uploadPart({ ...object, UploadId, PartNumber: 1, Body: "x" });
		const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
		const other = { Bucket, Key: "bystander", UploadId };
		expect(await codeOf(s3.completeMultipartUpload({ ...other, MultipartUpload }))).toBe("NoSuchUpload");
		expect(await codeOf(s3.uploadPart({ ...other, PartNumber: 1, Body: "y" }))).toBe("NoSuchUpload");
		expect(await codeOf(s3.abortMultipartUpload(other))).toBe("NoSuchUpload");
		expect(await textOf("bystander")).toBe("safe");
		await s3.abortMultipartUpload({ ...object, UploadId });
		expect(await codeOf(s3.listParts({ ...object, UploadId }))).toBe("NoSuchUpload");
	});

	test("wrong parts are rejected, and the upload stays", async () => {
		const { UploadId } = await s3.createMultipartUpload(object);
		const part = async (PartNumber: number, Body: string) => ({
			PartNumber,
			ETag: (await s3.uploadPart({ ...object, UploadId, PartNumber, Body })).ETag,
		});
		const one = await part(1, "x");
		const two = await part(2, "y");
		const complete = (Parts: { PartNumber: number; ETag?: string | undefined }[], more = {}) =>
			codeOf(s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts: Parts as [] }, ...more }));
		expect(await complete([two, one])).toBe("InvalidPartOrder");
		expect(await complete([one, two])).toBe("EntityTooSmall");
		expect(await complete([{ ...one, ETag: two.ETag }])).toBe("InvalidPart");
		expect(await complete([{ ...one, PartNumber: 3 }])).toBe("InvalidPart");
		expect(await complete([one], { ChecksumCRC64NVME: "AAAAAAAAAAA=" })).toBe("BadDigest");
		expect(await codeOf(s3.uploadPart({ ...object, UploadId, PartNumber: 10_001, Body: "x" }))).toBe("InvalidArgument");
		expect(await complete([one])).toBe("none");
	});

	test("a part is copied from a range of an object", async () => {
		await s3.putObject({ Bucket, Key: "digits", Body: "0123456789" });
		const { UploadId } = await s3.createMultipartUpload(object);
		const copy = { ...object, UploadId, PartNumber: 1, CopySource: `${Bucket}/digits` };
		expect(await codeOf(s3.uploadPartCopy({ ...copy, CopySourceRange: "bytes=5-10" }))).toBe("InvalidArgument");
		const { CopyPartResult } = await s3.uploadPartCopy({ ...copy, CopySourceRange: "bytes=3-5" });
		const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
		await s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts } });
		expect(await textOf("parts")).toBe("345");
	});
});
