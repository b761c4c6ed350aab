import { request } from "node:http";
import { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "../../../src/index.ts";
import { type AwsCredentials, clientConfig, codeOf, credentialsOf, plainSignIn, signed } from "../../tenant-client.ts";

let tenant: LocalTenant;
let admin: AwsCredentials;
let s3: S3;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, region: "eu-west-1" });
	admin = await credentialsOf(tenant, { apiUser: "admin" }, 43_200);
	s3 = new S3(clientConfig(tenant, admin));
});
afterAll(() => tenant.stop());

test("a bucket is created in the region of the tenant, once, and deleted when it is empty", async () => {
	const create = (Bucket: string, LocationConstraint?: "eu-west-1" | "eu-west-2") =>
		codeOf(
			s3.createBucket({ Bucket, ...(LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } }) }),
		);
	expect(await create("made", "eu-west-2")).toBe("IllegalLocationConstraintException");
	expect(await create("Made", "eu-west-1")).toBe("InvalidBucketName");
	expect(await create("made", "eu-west-1")).toBe("none");
	expect(await create("made", "eu-west-1")).toBe("BucketAlreadyOwnedByYou");
	expect((await s3.getBucketLocation({ Bucket: "made" })).LocationConstraint).toBe("eu-west-1");
	expect((await s3.headBucket({ Bucket: "made" })).BucketRegion).toBe("eu-west-1");
	await s3.putObject({ Bucket: "made", Key: "a", Body: "x" });
	expect(await codeOf(s3.deleteBucket({ Bucket: "made" }))).toBe("BucketNotEmpty");
	await s3.deleteObject({ Bucket: "made", Key: "a" });
	expect(await codeOf(s3.deleteBucket({ Bucket: "made" }))).toBe("none");
	expect(await codeOf(s3.headBucket({ Bucket: "made" }))).toBe("NotFound");
	expect((await s3.listBuckets({})).Buckets?.map(({ Name }) => Name)).toEqual(["bulk-data"]);
});

test.each<[string, object, string]>([
	["a lock", { ObjectLockEnabledForBucket: true }, "NotImplemented"],
	["other owners of objects", { ObjectOwnership: "ObjectWriter" }, "NotImplemented"],
	["a public ACL", { ACL: "public-read" }, "InvalidBucketAclWithObjectOwnership"],
	[
		"tags",
		{ CreateBucketConfiguration: { LocationConstraint: "eu-west-1", Tags: [{ Key: "a", Value: "1" }] } },
		"NotImplemented",
	],
])("a bucket with %s is not created", async (_, input, code) => {
	const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" as const };
	expect(await codeOf(s3.createBucket({ Bucket: "refused", CreateBucketConfiguration, ...input }))).toBe(code);
	expect(await codeOf(s3.headBucket({ Bucket: "refused" }))).toBe("NotFound");
});

test("objects are listed in pages, by the bytes of their keys, with common prefixes", async () => {
	const Bucket = "bulk-data";
	const keys = ["a/1", "a/2", "b", "c/x", "z", "ä", "\u{1f600}", "\uff61"];
	for (const Key of keys) await s3.putObject({ Bucket, Key, Body: "x" });
	const listed: (string | undefined)[] = [];
	let ContinuationToken: string | undefined;
	do {
		const page = await s3.listObjectsV2({ Bucket, MaxKeys: 3, ContinuationToken });
		listed.push(...(page.Contents ?? []).map(({ Key }) => Key));
		ContinuationToken = page.NextContinuationToken;
	} while (ContinuationToken !== undefined);
	expect(listed).toEqual(["a/1", "a/2", "b", "c/x", "z", "ä", "\uff61", "\u{1f600}"]);
	const grouped = await s3.listObjects({ Bucket, Delimiter: "/", MaxKeys: 2 });
	expect(grouped).toMatchObject({ CommonPrefixes: [{ Prefix: "a/" }], Contents: [{ Key: "b" }], NextMarker: "b" });
	const rest = await s3.listObjects({ Bucket, Delimiter: "/", Marker: grouped.NextMarker, MaxKeys: 1 });
	expect(rest.CommonPrefixes).toEqual([{ Prefix: "c/" }]);
	expect(await s3.listObjectsV2({ Bucket, Prefix: "c/", StartAfter: "c/x" })).toMatchObject({ KeyCount: 0 });
	const encoded = await s3.listObjectsV2({ Bucket, Prefix: "ä", EncodingType: "url" });
	expect(encoded.Contents?.map(({ Key }) => Key)).toEqual(["%C3%A4"]);
});

test("a bucket may be named in the host name", async () => {
	await s3.putObject({ Bucket: "bulk-data", Key: "hosted/a", Body: "x" });
	const host = `bulk-data.localhost:${new URL(tenant.url).port}`;
	const { init, url } = await signed(tenant, admin, {
		service: "s3",
		method: "GET",
		path: "/hosted/a",
		headers: { host },
	});
	const text = await new Promise<string>((resolve, reject) => {
		const outgoing = request(url, { headers: init.headers }, async (incoming) =>
			resolve(Buffer.concat(await incoming.toArray()).toString()),
		);
		outgoing.on("error", reject).end();
	});
	expect(text).toBe("x");
});

/** Parts of buckets and objects, which are query parameters. */
const BUCKET_PARTS =
	"abac accelerate acl analytics cors encryption intelligent-tiering inventory lifecycle logging metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment session tagging versioning versions website future".split(
		" ",
	);
const OBJECT_PARTS = "acl attributes encryption legal-hold renameObject restore retention select torrent future".split(
	" ",
);

test.each([
	...BUCKET_PARTS.map((part) => [part, "/bulk-data"]),
	...OBJECT_PARTS.map((part) => [part, "/bulk-data/untouched"]),
])("requests for ?%s of %s are not implemented, and change nothing", async (part, path) => {
	await s3.putObject({ Bucket: "bulk-data", Key: "untouched", Body: "x", Tagging: "a=1" });
	for (const method of ["GET", "PUT", "DELETE", "POST"]) {
		const { init, url } = await signed(tenant, admin, { service: "s3", method, path, query: { [part]: "" } });
		const response = await fetch(url, init);
		const text = await response.text();
		expect([method, response.status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([method, 501, "NotImplemented"]);
	}
	const object = await s3.getObject({ Bucket: "bulk-data", Key: "untouched" });
	expect([await object.Body?.transformToString(), object.TagCount]).toEqual(["x", 1]);
});
