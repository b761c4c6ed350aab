import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ClientError, RetriesExceededError, S3UploadFailedError, TransferConfig } from "echostream-boto3";
import { type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";
import { startCopyingFront } from "../support/copying-front.ts";

const MB = 1024 * 1024;
const Bucket = "bulk-data";
/** Bytes that differ from one part to the next. */
const large = Buffer.alloc(10 * MB + 5);
for (let index = 0; index < large.length; index++) large[index] = (index >> 16) ^ (index * 31);
const inParts = () => new TransferConfig({ multipartThreshold: 5 * MB, multipartChunksize: 5 * MB, maxConcurrency: 2 });

let boto3: Boto3Tenant;
let folder: string;
beforeAll(async () => {
	boto3 = await startBoto3();
	folder = await mkdtemp(join(tmpdir(), "boto3-"));
});
afterAll(async () => {
	await boto3.stop();
	await rm(folder, { recursive: true, force: true });
});

/** The operations of S3 while this runs, with their number. */
async function operationsOf(run: () => Promise<unknown>): Promise<Record<string, number>> {
	const mark = boto3.tenant.requestLog.length;
	await run();
	const counts: Record<string, number> = {};
	for (const name of boto3.tenant.requestLog.operations().slice(mark)) counts[name] = (counts[name] ?? 0) + 1;
	return counts;
}

/** A callback, and what it was called with. */
function progress() {
	const calls: number[] = [];
	const sum = () => calls.reduce((total, bytes) => total + bytes, 0);
	return { calls, sum, Callback: (bytes: number) => void calls.push(bytes) };
}

async function contentOf(key: string): Promise<Buffer> {
	const { Body } = await boto3.session.client("s3").getObject({ Bucket, Key: key });
	return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe("an upload", () => {
	test("a small file is uploaded in one request, with its arguments", async () => {
		const filename = join(folder, "small.txt");
		await writeFile(filename, "small");
		const s3 = boto3.session.client("s3");
		const { Callback, sum } = progress();
		const ExtraArgs = { ContentType: "text/x-test", Metadata: { a: "b" } };
		const operations = await operationsOf(() => s3.uploadFile(filename, Bucket, "small.txt", { ExtraArgs, Callback }));
		expect(operations).toEqual({ PutObject: 1 });
		expect(sum()).toBe(5);
		const { ContentType, Metadata } = await s3.headObject({ Bucket, Key: "small.txt" });
		expect([ContentType, Metadata]).toEqual(["text/x-test", { a: "b" }]);
	});

	test("a large file is uploaded in parts, and the progress adds up to its size", async () => {
		const filename = join(folder, "large.bin");
		await writeFile(filename, large);
		const { Callback, calls, sum } = progress();
		const upload = () =>
			boto3.session.resource("s3").Bucket(Bucket).uploadFile(filename, "large.bin", { Callback, Config: inParts() });
		expect(await operationsOf(upload)).toEqual({ CreateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
		expect(calls).toHaveLength(3);
		expect(sum()).toBe(large.length);
		expect((await contentOf("large.bin")).equals(large)).toBe(true);
	});

	test("a file below the threshold is uploaded in one request, however small its parts would be", async () => {
		const filename = join(folder, "whole.bin");
		await writeFile(filename, large);
		const Config = new TransferConfig({ multipartThreshold: 20 * MB, multipartChunksize: 5 * MB });
		const object = boto3.session.resource("s3").Object(Bucket, "whole.bin");
		expect(await operationsOf(() => object.uploadFile(filename, { Config }))).toEqual({ PutObject: 1 });
		expect((await contentOf("whole.bin")).equals(large)).toBe(true);
	});

	test.each<[string, () => Readable | Uint8Array | string | Blob]>([
		["a stream of unknown length", () => Readable.from([large.subarray(0, 7 * MB), large.subarray(7 * MB)])],
		["bytes", () => large],
		["a blob", () => new Blob([large])],
	])("%s is uploaded in parts", async (_, body) => {
		const { Callback, sum } = progress();
		await boto3.session.client("s3").uploadFileobj(body(), Bucket, "fileobj", { Callback, Config: inParts() });
		expect(sum()).toBe(large.length);
		expect((await contentOf("fileobj")).equals(large)).toBe(true);
	});

	test("an empty file is uploaded", async () => {
		const filename = join(folder, "empty");
		await writeFile(filename, "");
		await boto3.session.client("s3").uploadFile(filename, Bucket, "empty");
		expect(await contentOf("empty")).toHaveLength(0);
	});

	test("a file that S3 does not accept is the error of boto3, whose cause is the error of S3", async () => {
		const filename = join(folder, "small.txt");
		await writeFile(filename, "small");
		const error = await rejection(boto3.session.client("s3").uploadFile(filename, "nope-x", "k"));
		expect(error).toBeInstanceOf(S3UploadFailedError);
		expect((error as Error).message).toBe(
			`Failed to upload ${filename} to nope-x/k: An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist`,
		);
		expect((error as Error).cause).toBeInstanceOf(ClientError);
		const fileobj = await rejection(boto3.session.client("s3").uploadFileobj("small", "nope-x", "k"));
		expect((fileobj as ClientError).response.Error.Code).toBe("NoSuchBucket");
	});

	test("a missing file is the error of the file system", async () => {
		const missing = join(folder, "missing");
		const error = await rejection(boto3.session.client("s3").uploadFile(missing, Bucket, "k"));
		expect(error).toMatchObject({ code: "ENOENT" });
	});

	test("an upload whose part fails leaves no parts", async () => {
		const body = "<Error><Code>AccessDenied</Code><Message>not this part</Message></Error>";
		const fault = boto3.tenant.faults.add({ operation: "UploadPart", status: 403, body, skip: 1 });
		const s3 = boto3.session.client("s3");
		const error = await rejection(s3.uploadFileobj(large, Bucket, "failing", { Config: inParts() }));
		fault.remove();
		expect((error as ClientError).response.Error.Code).toBe("AccessDenied");
		expect(boto3.tenant.requestLog.count("AbortMultipartUpload")).toBe(1);
	});
});

describe("a download", () => {
	beforeAll(async () => {
		await boto3.session.client("s3").putObject({ Bucket, Key: "download", Body: large });
	});

	test("a large object is downloaded in parts, and the progress adds up to its size", async () => {
		const filename = join(folder, "downloaded.bin");
		await writeFile(filename, "before");
		const { Callback, calls, sum } = progress();
		const s3 = boto3.session.client("s3");
		const download = () => s3.downloadFile(Bucket, "download", filename, { Callback, Config: inParts() });
		expect(await operationsOf(download)).toEqual({ HeadObject: 1, GetObject: 3 });
		expect(calls).toEqual([5 * MB, 5 * MB, 5]);
		expect(sum()).toBe(large.length);
		expect((await readFile(filename)).equals(large)).toBe(true);
	});

	test("an object is written to a stream, which stays open", async () => {
		const stream = new PassThrough();
		const content = buffer(stream);
		const object = boto3.session.resource("s3").Object(Bucket, "download");
		await object.downloadFileobj(stream, { Config: inParts() });
		stream.end("after");
		expect((await content).equals(Buffer.concat([large, Buffer.from("after")]))).toBe(true);
	});

	test("an object is written to a stream of the web, which stays open", async () => {
		const stream = new TransformStream<Uint8Array, Uint8Array>();
		const content = new Response(stream.readable).arrayBuffer();
		await boto3.session.client("s3").downloadFileobj(Bucket, "download", stream.writable);
		await stream.writable.close();
		expect(Buffer.from(await content).equals(large)).toBe(true);
	});

	test("an empty object is downloaded", async () => {
		await boto3.session.client("s3").putObject({ Bucket, Key: "nothing", Body: Buffer.alloc(0) });
		const filename = join(folder, "nothing");
		await boto3.session.resource("s3").Bucket(Bucket).downloadFile("nothing", filename);
		expect(await readFile(filename, "utf8")).toBe("");
	});

	test.each([
		["breaks off", { drop: "midway" }],
		["is shorter than its description", { corrupt: "truncated" }],
	] as const)("content that %s is read again", async (_, effect) => {
		const fault = boto3.tenant.faults.add({ operation: "GetObject", skip: 1, times: 2, ...effect });
		const filename = join(folder, "again.bin");
		await boto3.session.client("s3").downloadFile(Bucket, "download", filename, { Config: inParts() });
		expect(fault.met).toBe(2);
		expect((await readFile(filename)).equals(large)).toBe(true);
	});

	test("content that breaks off again and again is an error, and the file that was there before stays", async () => {
		const fault = boto3.tenant.faults.add({ operation: "GetObject", drop: "midway" });
		const filename = join(folder, "kept.bin");
		await writeFile(filename, "kept");
		const Config = new TransferConfig({ numDownloadAttempts: 3, useThreads: false });
		const error = await rejection(boto3.session.client("s3").downloadFile(Bucket, "download", filename, { Config }));
		fault.remove();
		expect(error).toBeInstanceOf(RetriesExceededError);
		expect(String(error)).toBe("RetriesExceededError: bulk-data/download could not be read in 3 attempts.");
		expect(await readFile(filename, "utf8")).toBe("kept");
		expect((await readdir(folder)).filter((name) => name.startsWith("kept.bin."))).toEqual([]);
	});

	test("a missing object is the error of boto3, and no file is created", async () => {
		const filename = join(folder, "absent");
		const error = await rejection(boto3.session.client("s3").downloadFile(Bucket, "nope", filename));
		expect((error as Error).message).toBe("An error occurred (404) when calling the HeadObject operation: Not Found");
		expect((await readdir(folder)).filter((name) => name.startsWith("absent"))).toEqual([]);
	});
});

describe("a copy", () => {
	test("a small object is copied in one request", async () => {
		const s3 = boto3.session.client("s3");
		await s3.putObject({ Bucket, Key: "from/a b+c.txt", Body: "copied" });
		const { Callback, sum } = progress();
		const copy = () => s3.copy({ Bucket, Key: "from/a b+c.txt" }, Bucket, "to", { Callback });
		expect(await operationsOf(copy)).toEqual({ HeadObject: 1, CopyObject: 1 });
		expect(sum()).toBe(6);
		expect(String(await contentOf("to"))).toBe("copied");
	});

	test("a large object is copied in parts", async () => {
		const s3 = boto3.session.client("s3");
		await s3.putObject({ Bucket, Key: "from/large", Body: large });
		await using front = await startCopyingFront(boto3.tenant.url, s3);
		const target = boto3.session.resource("s3", { endpoint: front.endpoint }).Object(Bucket, "to/large");
		const { Callback, sum } = progress();
		await target.copy({ Bucket, Key: "from/large" }, { Callback, Config: inParts() });
		expect(front.ranges.sort()).toEqual(["bytes=0-5242879", "bytes=10485760-10485764", "bytes=5242880-10485759"]);
		expect(sum()).toBe(large.length);
		expect((await contentOf("to/large")).equals(large)).toBe(true);
	});

	test("a copy whose part fails leaves no parts", async () => {
		const s3 = boto3.session.client("s3");
		await s3.putObject({ Bucket, Key: "from/large", Body: large });
		await using front = await startCopyingFront(boto3.tenant.url, s3, 2);
		const bucket = boto3.session.resource("s3", { endpoint: front.endpoint }).Bucket(Bucket);
		const mark = boto3.tenant.requestLog.length;
		const error = await rejection(bucket.copy({ Bucket, Key: "from/large" }, "to/failing", { Config: inParts() }));
		expect((error as ClientError).response.Error.Code).toBe("AccessDenied");
		expect(boto3.tenant.requestLog.count("AbortMultipartUpload", mark)).toBe(1);
	});
});

describe("a transfer configuration", () => {
	test("the defaults are those of boto3", () => {
		expect({ ...new TransferConfig() }).toEqual({
			multipartThreshold: 8 * MB,
			multipartChunksize: 8 * MB,
			maxConcurrency: 10,
			numDownloadAttempts: 5,
			useThreads: true,
		});
	});

	test("an unknown setting and an invalid number are errors", () => {
		expect(() => new TransferConfig({ multipart_threshold: 1 } as object)).toThrow(
			'TransferConfig has no option "multipart_threshold". Use "multipartThreshold".',
		);
		expect(() => new TransferConfig({ maxConcurrency: 0 })).toThrow(
			"maxConcurrency of TransferConfig must be a positive integer, not 0.",
		);
	});
});
