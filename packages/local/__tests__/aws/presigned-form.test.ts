import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { type AwsCredentials, clientConfig, credentialsOf, plainSignIn } from "../tenant-client.ts";

const Bucket = "bulk-data";

let tenant: LocalTenant;
let admin: AwsCredentials;
let s3: S3Client;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	admin = await credentialsOf(tenant, { apiUser: "admin" });
	s3 = new S3Client(clientConfig(tenant, admin));
});
afterAll(() => tenant.stop());

type Fields = Record<string, string>;

/** Sends a form as a browser does: the fields of the SDK and other ones, then the file. */
async function post(options: Partial<PresignedPostOptions>, more: Fields = {}, file = "content", fileName = "a b.txt") {
	const { fields, url } = await createPresignedPost(s3, { Bucket, Key: "form", ...options });
	return sendForm(url, { ...fields, ...more }, file, fileName);
}

async function sendForm(url: string, fields: Fields, file: string | undefined, fileName = "f") {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	if (file !== undefined) form.append("file", new Blob([file]), fileName);
	const response = await fetch(url, { method: "POST", body: form, redirect: "manual" });
	const text = await response.text();
	return {
		status: response.status,
		code: /<Code>(\w+)</.exec(text)?.[1],
		message: /<Message>(.*)<\/Message>/.exec(text)?.[1],
		text,
		headers: response.headers,
	};
}

const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));

test("a form of the SDK uploads a file with the content type, the metadata and the tags of its fields", async () => {
	const tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
	const Fields = { "Content-Type": "text/css", "x-amz-meta-author": "Jo", tagging };
	const { headers, status } = await post({ Key: "form/ü", Fields });
	expect(status).toBe(204);
	const object = await s3.send(new GetObjectCommand({ Bucket, Key: "form/ü" }));
	expect(object).toMatchObject({ ContentType: "text/css", Metadata: { author: "Jo" }, TagCount: 1 });
	expect(headers.get("etag")).toBe(object.ETag);
	expect(await object.Body?.transformToString()).toBe("content");
});

test("the variable filename in the key becomes the name of the file, without its folder", async () => {
	const Key = `names/\${filename}`;
	expect(await post({ Key }, {}, "x", "C:\\files\\b c.txt")).toMatchObject({ status: 204 });
	expect((await head("names/b c.txt")).ContentLength).toBe(1);
});

test.each([
	["200", 200],
	["201", 201],
	["204", 204],
	["500", 204],
])("success_action_status %s gets status %d", async (value, status) => {
	const response = await post({ Fields: { success_action_status: value } });
	expect(response.status).toBe(status);
	if (status === 201) expect(response.text).toMatch(/<PostResponse>.*<Bucket>bulk-data<\/Bucket><Key>form<\/Key>/s);
	else expect(response.text).toBe("");
});

test("success_action_redirect redirects with bucket, key and ETag", async () => {
	const response = await post({ Fields: { success_action_redirect: "http://localhost:3000/done?x=1" } });
	expect(response.status).toBe(303);
	const { pathname, searchParams } = new URL(response.headers.get("location") ?? "");
	expect([pathname, ...searchParams.keys()]).toEqual(["/done", "x", "bucket", "key", "etag"]);
	expect(searchParams.get("key")).toBe("form");
});

type Conditions = NonNullable<PresignedPostOptions["Conditions"]>;

test.each<[string, Conditions, Fields, string, number, string | undefined]>([
	["a file within content-length-range", [["content-length-range", 1, 7]], {}, "content", 204, undefined],
	["a file that is too small", [["content-length-range", 8, 9]], {}, "content", 400, "EntityTooSmall"],
	["a file that is too large", [["content-length-range", 0, 6]], {}, "content", 400, "EntityTooLarge"],
	[
		"a field that starts as required",
		[["starts-with", "$Content-Type", "image/"]],
		{ "Content-Type": "image/png" },
		"x",
		204,
		undefined,
	],
	[
		"types that all start as required",
		[["starts-with", "$Content-Type", "image/"]],
		{ "content-type": "image/png,image/gif" },
		"x",
		204,
		undefined,
	],
	[
		"a field that starts otherwise",
		[["starts-with", "$Content-Type", "image/"]],
		{ "Content-Type": "text/css" },
		"x",
		403,
		"AccessDenied",
	],
	["a field that is equal", [["eq", "$x-amz-meta-a", "1"]], { "X-Amz-Meta-A": "1" }, "x", 204, undefined],
	["a field that is not equal", [["eq", "$x-amz-meta-a", "1"]], { "x-amz-meta-a": "2" }, "x", 403, "AccessDenied"],
	["a required field that is missing", [["eq", "$x-amz-meta-a", "1"]], {}, "x", 403, "AccessDenied"],
	[
		"any value where the start is empty",
		[["starts-with", "$x-amz-meta-a", ""]],
		{ "x-amz-meta-a": "2" },
		"x",
		204,
		undefined,
	],
	["a field that no condition names", [], { "x-amz-meta-a": "2" }, "x", 403, "AccessDenied"],
	["a field that S3 ignores", [], { "x-ignore-me": "2" }, "x", 204, undefined],
])("%s gets the status of S3", async (_, given, fields, file, status, code) => {
	expect(await post({ Conditions: given }, fields, file)).toMatchObject({ status, code });
});

test("a field that no condition names is in the message", async () => {
	const { message } = await post({}, { acl: "private", "x-amz-meta-a": "2" });
	expect(message).toBe("Invalid according to Policy: Extra input fields: acl, x-amz-meta-a");
});

test("a form is valid until it expires", async () => {
	const { fields, url } = await createPresignedPost(s3, { Bucket, Key: "late", Expires: 60 });
	expect(await sendForm(url, fields, "x")).toMatchObject({ status: 204 });
	clock.jump(61_000 + (Date.now() - clock.now()));
	const late = await sendForm(url, fields, "y");
	clock.jump(-61_000);
	expect(late).toMatchObject({ code: "AccessDenied", message: "Invalid according to Policy: Policy expired." });
	expect((await head("late")).ContentLength).toBe(1);
});

test("the names of fields are read in any case, as boto3 and browsers write them", async () => {
	const { fields, url } = await createPresignedPost(s3, { Bucket, Key: "cased" });
	for (const rename of [(name: string) => name.toLowerCase(), (name: string) => name.toUpperCase()]) {
		const renamed = Object.fromEntries(Object.entries(fields).map(([name, value]) => [rename(name), value]));
		expect(await sendForm(url, renamed, "x")).toMatchObject({ status: 204 });
	}
});

test.each<[string, (fields: Fields) => Fields, string | undefined, number, string]>([
	["without a file", (fields) => fields, undefined, 400, "InvalidArgument"],
	["without a key", ({ key: _key, ...fields }) => fields, "x", 400, "InvalidArgument"],
	["without a policy", ({ Policy: _policy, ...fields }) => fields, "x", 403, "AccessDenied"],
	[
		"with a changed policy",
		(fields) => ({ ...fields, Policy: `${fields.Policy}e30=` }),
		"x",
		403,
		"SignatureDoesNotMatch",
	],
	["with another key", (fields) => ({ ...fields, key: "other" }), "x", 403, "AccessDenied"],
	[
		"with an unknown access key",
		(fields) => ({ ...fields, "X-Amz-Credential": "AK/20260101/us-east-1/s3/aws4_request" }),
		"x",
		403,
		"InvalidAccessKeyId",
	],
	[
		"for another region",
		(fields) => ({ ...fields, "X-Amz-Credential": "AK/20260101/eu-west-1/s3/aws4_request" }),
		"x",
		400,
		"AuthorizationQueryParametersError",
	],
	["signed with SigV2", (fields) => ({ ...fields, AWSAccessKeyId: "AK", signature: "x" }), "x", 400, "InvalidRequest"],
])("a form %s is rejected", async (_, change, file, status, code) => {
	const { fields, url } = await createPresignedPost(s3, { Bucket, Key: "rejected" });
	expect(await sendForm(url, change(fields), file)).toMatchObject({ status, code });
	await expect(head("rejected")).rejects.toThrow();
	await expect(head("other")).rejects.toThrow();
});

test.each([
	["a presigned URL", { query: "?AWSAccessKeyId=AKID&Signature=x&Expires=4102444800" }],
	["a header", { headers: { authorization: "AWS AKID:c2ln" } }],
])(
	"SigV2 in %s is rejected with the error that names SigV4",
	async (_, { headers = {}, query = "" }: { headers?: Fields; query?: string }) => {
		const response = await fetch(`${tenant.url}/bulk-data/form${query}`, { headers });
		const text = await response.text();
		expect([response.status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "InvalidRequest"]);
		expect(text).toContain(
			"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
		);
	},
);
