import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Bucket, ClientError } from "echostream-boto3";
import { all, type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";

let boto3: Boto3Tenant;
let bucket: Bucket;
beforeAll(async () => {
	boto3 = await startBoto3();
	bucket = await boto3.session.resource("s3").createBucket({ Bucket: "reports" });
});
afterAll(() => boto3.stop());

describe("objects", () => {
	test("an object is written, described, read and deleted", async () => {
		const object = bucket.Object("a.txt");
		expect([object.bucketName, object.key]).toEqual(["reports", "a.txt"]);
		await object.put({ Body: "content", ContentType: "text/plain" });
		expect(await object.load()).toMatchObject({ ContentLength: 7, ContentType: "text/plain" });
		const { Body } = await object.get();
		expect(await Body?.transformToString()).toBe("content");
		await object.delete();
		expect(((await rejection(object.get())) as ClientError).response.Error.Code).toBe("NoSuchKey");
	});

	test("the objects of a bucket are listed, filtered and limited, over several pages", async () => {
		const keys = ["2025/1", "2026/1", "2026/2", "2026/3", "2026/4"];
		for (const Key of keys) await bucket.putObject({ Key, Body: Key });
		const keysOf = async (objects: typeof bucket.objects) => (await all(objects)).map(({ key }) => key);
		const mark = boto3.tenant.requestLog.length;
		expect(await keysOf(bucket.objects.all())).toEqual(keys);
		expect(await keysOf(bucket.objects.filter({ Prefix: "2026/", MaxKeys: 2 }))).toEqual(keys.slice(1));
		expect(boto3.tenant.requestLog.length - mark).toBe(3);
		expect(await keysOf(bucket.objects.filter({ Prefix: "2026/" }).limit(3))).toEqual(keys.slice(1, 4));
		const [first] = await all(bucket.objects.limit(1));
		expect(first).toMatchObject({ key: "2025/1", bucketName: "reports", size: 6 });
		expect(first?.lastModified?.getTime()).toBeGreaterThan(0);
		const { Deleted } = await bucket.deleteObjects({ Delete: { Objects: keys.map((Key) => ({ Key })) } });
		expect(Deleted).toHaveLength(5);
		expect(await keysOf(bucket.objects.all())).toEqual([]);
	});

	test("the objects of a filter are deleted, a thousand in a request, and others are kept", async () => {
		const keys = Array.from({ length: 1001 }, (_, n) => `old/${n}`);
		const written = [...keys, "new/1"].values();
		const write = async () => {
			for (const Key of written) await bucket.putObject({ Key, Body: "x" });
		};
		await Promise.all(Array.from({ length: 20 }, write));
		const mark = boto3.tenant.requestLog.length;
		const responses = await bucket.objects.filter({ Prefix: "old/" }).delete();
		expect(responses.map(({ Deleted }) => Deleted?.length)).toEqual([1000, 1]);
		expect(boto3.tenant.requestLog.count("DeleteObjects", mark)).toBe(2);
		expect((await all(bucket.objects.all())).map(({ key }) => key)).toEqual(["new/1"]);
		expect(await bucket.objects.limit(1).delete()).toHaveLength(1);
		expect(await bucket.objects.all().delete()).toEqual([]);
	});

	test("a bucket is waited for and deleted", async () => {
		const other = await boto3.session.resource("s3").createBucket({ Bucket: "other" });
		await other.waitUntilExists();
		await other.delete();
		await other.waitUntilNotExists();
	});
});

describe("presigned requests", () => {
	test("a presigned URL reads and writes an object without credentials", async () => {
		const s3 = boto3.session.client("s3");
		const Params = { Bucket: "reports", Key: "presigned" };
		const upload = await s3.generatePresignedUrl("put_object", { Params, ExpiresIn: 60 });
		expect((await fetch(upload, { method: "PUT", body: "from the web" })).status).toBe(200);
		const download = await s3.generatePresignedUrl("getObject", { Params });
		expect(new URL(download).searchParams.get("X-Amz-Expires")).toBe("3600");
		expect(await (await fetch(download)).text()).toBe("from the web");
	});

	test("an unknown method is an error", async () => {
		const s3 = boto3.session.client("s3");
		const error = await rejection(s3.generatePresignedUrl("get_objekt" as "get_object", { Params: {} as never }));
		expect(String(error)).toContain("Client does not have method: get_objekt.");
	});

	test("a client of another service signs no URL, which would be one of S3", async () => {
		const url = boto3.session.client("sqs").generatePresignedUrl("list_queues", { Params: {} });
		expect(String(await rejection(url))).toMatch(/signs URLs of S3 only.*SignatureV4/);
	});

	test("a presigned form uploads an object that meets its conditions, and no other", async () => {
		const s3 = boto3.session.client("s3");
		const Fields = Object.freeze({ "x-amz-meta-a": "b" });
		const Conditions = [["content-length-range", 0, 10] as ["content-length-range", number, number]];
		const { fields, url } = await s3.generatePresignedPost("reports", "form", { Fields, Conditions, ExpiresIn: 60 });
		expect(fields).toMatchObject({ key: "form", "x-amz-meta-a": "b" });
		const post = (body: string) => {
			const form = new FormData();
			for (const [name, value] of Object.entries(fields)) form.append(name, value);
			form.append("file", new Blob([body]));
			return fetch(url, { method: "POST", body: form });
		};
		const rejected = await post("too long for it");
		expect([rejected.status, await rejected.text()]).toEqual([400, expect.stringContaining("EntityTooLarge")]);
		expect((await post("short")).ok).toBe(true);
		const { Body } = await s3.getObject({ Bucket: "reports", Key: "form" });
		expect(await Body?.transformToString()).toBe("short");
	});
});
