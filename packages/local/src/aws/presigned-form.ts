import { isSameSecret } from "../constant-time.ts";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { s3Target } from "../http/s3-operation.ts";
import { isRecord, parseObject } from "../json.ts";
import type { AccessKey } from "./access-keys.ts";
import { amzDate } from "./amz-date.ts";
import { AwsException } from "./aws-exception.ts";
import { decodeUri } from "./decode-uri.ts";
import { tagsOfXml } from "./s3/tags.ts";
import { node, text } from "./s3/xml.ts";
import { Sha256 } from "./sha256.ts";
import { unsupportedSignature } from "./signature-check.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const FILE_NAME = /\$\{filename\}/g;
/** Where the upload is from: the gateway itself. */
const LOCAL_HOST = "localhost";
/** Fields that say what the object has, and are headers of PutObject. */
const OBJECT_FIELDS =
	/^(cache-control|content-(disposition|encoding|language|md5|type)|expires|if-none-match|x-amz-(checksum-.*|meta-.*|sdk-checksum-algorithm|server-side-encryption.*|storage-class|website-redirect-location))$/;

/** The permission of a form: the upload of one object, until it expires. */
export interface PresignedFormOptions {
	readonly bucket: string;
	readonly objectKey: string;
	/** Fields that the form has to have, such as `Content-Encoding`. */
	readonly fields: Readonly<Record<string, string>>;
	readonly region: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly expiresInSeconds: number;
}

/** Creates the fields of an HTML form that uploads one object to S3, signed with `key`. */
export async function presignForm(key: AccessKey, options: PresignedFormOptions): Promise<Record<string, string>> {
	const date = amzDate(options.now);
	const fields = {
		...options.fields,
		key: options.objectKey,
		"x-amz-algorithm": ALGORITHM,
		"x-amz-credential": `${key.accessKeyId}/${date.slice(0, 8)}/${options.region}/s3/aws4_request`,
		"x-amz-date": date,
		"x-amz-security-token": key.sessionToken,
	};
	const policy = Buffer.from(
		JSON.stringify({
			expiration: new Date(options.now + options.expiresInSeconds * 1000).toISOString(),
			conditions: [{ bucket: options.bucket }, ...Object.entries(fields).map(([name, value]) => ({ [name]: value }))],
		}),
	).toString("base64");
	return { ...fields, policy, "x-amz-signature": await signPolicy(policy, key, options.region, new Date(options.now)) };
}

/** Whether a request is such a form. */
export function isForm({ headers, method }: TenantRequest): boolean {
	return method === "POST" && headers["content-type"]?.startsWith("multipart/form-data") === true;
}

/** A form that was filled in: its fields before the file, by their names in small letters, and the file. */
export interface FilledForm {
	readonly fields: ReadonlyMap<string, string>;
	readonly bucket: string;
	/** Where the form was sent to. */
	readonly host: string;
	readonly file: Buffer;
}

/** What a form is checked against. */
export interface PresignedFormContext {
	readonly region: string;
	now(): number;
	/** Finds the key and checks its token and its age. Throws an AwsException. */
	keyOf(accessKeyId: string, token: string | undefined): AccessKey;
}

/**
 * Checks a form that was filled in: its signature, its age, and its fields against its policy. Returns the key that signed
 * it, and the upload as a PutObject request.
 *
 * @throws AwsException when anything about it is wrong.
 */
export async function readForm(
	request: TenantRequest,
	context: PresignedFormContext,
): Promise<{ readonly form: FilledForm; readonly key: AccessKey; readonly upload: TenantRequest }> {
	const form = await parseForm(request);
	const field = (name: string) => form.fields.get(name) ?? "";
	if (form.fields.has("awsaccesskeyid") || form.fields.has("signature")) throw unsupportedSignature();
	if (!form.fields.has("policy")) throw new AwsException("accessDenied", "Access Denied");
	if (field("x-amz-algorithm") !== ALGORITHM) throw unsupportedSignature();
	const [accessKeyId = "", day = "", region, service, terminator] = field("x-amz-credential").split("/");
	if (region !== context.region || service !== "s3" || terminator !== "aws4_request") {
		throw new AwsException(
			"wrongQueryParameters",
			`Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/${context.region}/s3/aws4_request".`,
		);
	}
	const key = context.keyOf(accessKeyId, field("x-amz-security-token"));
	const policy = field("policy");
	const expected = await signPolicy(policy, key, context.region, dayOf(day));
	if (!isSameSecret(field("x-amz-signature"), expected)) {
		throw new AwsException(
			"wrongSignature",
			"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		);
	}
	checkPolicy(policy, form, context.now());
	const path = `/${encodeURIComponent(form.bucket)}/${encodeURIComponent(field("key"))}`;
	const named = [...form.fields].filter(([name]) => OBJECT_FIELDS.test(name));
	const tags = form.fields.has("tagging") ? tagsOfXml(Buffer.from(field("tagging"))) : [];
	const headers = {
		...Object.fromEntries(named),
		host: LOCAL_HOST,
		...(tags.length > 0 && {
			"x-amz-tagging": String(new URLSearchParams(tags.map(([name, value]) => [name, value]))),
		}),
		...(form.fields.has("acl") && { "x-amz-acl": field("acl") }),
	};
	return {
		form,
		key,
		upload: { method: "PUT", path, url: path, query: new URLSearchParams(), headers, body: form.file },
	};
}

/** The response to an upload by a form, as the form chose it: with `success_action_redirect` or `success_action_status`. */
export function formResponse(upload: TenantResponse, { bucket, fields, host }: FilledForm): TenantResponse {
	if (upload.status !== 200) return upload;
	const key = fields.get("key") ?? "";
	const { etag = "" } = upload.headers;
	const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
	const location = `http://${host}/${bucket}/${encodeURIComponent(key)}`;
	const headers = { ...upload.headers, location };
	if (redirect !== undefined && URL.canParse(redirect)) {
		const url = new URL(redirect);
		for (const [name, value] of Object.entries({ bucket, key, etag })) url.searchParams.append(name, value);
		return { status: 303, headers: { ...headers, location: url.href }, body: "" };
	}
	switch (fields.get("success_action_status")) {
		case "200":
			return { status: 200, headers, body: "" };
		case "201": {
			const elements = [text("Location", location), text("Bucket", bucket), text("Key", key), text("ETag", etag)];
			return {
				status: 201,
				headers: { ...headers, "content-type": "application/xml" },
				body: `<?xml version="1.0" encoding="UTF-8"?>\n${node("PostResponse", elements)}`,
			};
		}
		default:
			return { status: 204, headers, body: "" };
	}
}

/** Reads a form. S3 ignores the case of the names, and the fields after the file. */
async function parseForm(request: TenantRequest): Promise<FilledForm> {
	const contentType = request.headers["content-type"] ?? "";
	const body = new Response(new Uint8Array(request.body), { headers: { "content-type": contentType } });
	const form = await body.formData().catch(() => {
		throw new AwsException("malformedForm", "The body of your POST request is not well-formed multipart/form-data.");
	});
	const fields = new Map<string, string>();
	for (const [name, value] of form) {
		if (name.toLowerCase() !== "file") {
			if (typeof value === "string") fields.set(name.toLowerCase(), value);
			continue;
		}
		const fileName = typeof value === "string" ? "" : (value.name.split(/[\\/]/).pop() ?? "");
		const key = fields.get("key");
		if (key === undefined) {
			throw new AwsException(
				"invalidValue",
				"Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
			);
		}
		for (const [field, content] of fields)
			fields.set(
				field,
				content.replaceAll(FILE_NAME, () => fileName),
			);
		const file = typeof value === "string" ? Buffer.from(value) : Buffer.from(await value.arrayBuffer());
		const { host = "" } = request.headers;
		return { fields, bucket: decodeUri(s3Target(request).bucket), host, file };
	}
	throw new AwsException("invalidValue", "POST requires exactly one file upload per request.");
}

async function signPolicy(policy: string, credentials: AccessKey, region: string, signingDate: Date): Promise<string> {
	const { SignatureV4 } = await import("@smithy/signature-v4");
	return new SignatureV4({ credentials, region, service: "s3", sha256: Sha256 }).sign(policy, { signingDate });
}

/** The day that a form was signed on, which is all that the signing key depends on. */
function dayOf(day: string): Date {
	const date = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00Z`);
	if (Number.isNaN(date.getTime()))
		throw new AwsException("incompleteSignature", "The form has no valid x-amz-credential field.");
	return date;
}

function checkPolicy(policy: string, { bucket, fields, file }: FilledForm, now: number): void {
	const { conditions, expiration } = parseObject(Buffer.from(policy, "base64")) ?? {};
	const expiresAt = Date.parse(String(expiration));
	if (!Array.isArray(conditions) || Number.isNaN(expiresAt)) {
		throw new AwsException("malformedPolicy", "Invalid Policy: Invalid JSON.");
	}
	if (now > expiresAt) throw new AwsException("presignedExpired", "Invalid according to Policy: Policy expired.");
	const simple = conditions.filter((one) => !isLengthRange(one)).flatMap(readCondition);
	for (const [operator, name, value] of simple) {
		const given = name === "bucket" ? bucket : (fields.get(name) ?? "");
		// A browser may choose several files, whose types are in one field.
		const parts = name === "content-type" && operator === "starts-with" ? given.split(",") : [given];
		if (operator === "eq" ? given === value : parts.every((part) => part.trim().startsWith(value))) continue;
		throw new AwsException(
			"accessDenied",
			`Invalid according to Policy: Policy Condition failed: ["${operator}", "$${name}", "${value}"]`,
		);
	}
	const covered = new Set([...simple.map(([, name]) => name), "policy", "x-amz-signature"]);
	const extra = [...fields.keys(), "bucket"].filter((name) => !covered.has(name) && !name.startsWith("x-ignore-"));
	if (extra.length > 0) {
		throw new AwsException("accessDenied", `Invalid according to Policy: Extra input fields: ${extra.join(", ")}`);
	}
	for (const [, least, most] of conditions.filter(isLengthRange)) {
		if (file.length < Number(least)) {
			throw new AwsException("tooSmall", "Your proposed upload is smaller than the minimum allowed size");
		}
		if (file.length > Number(most)) {
			throw new AwsException("tooLargeForPolicy", "Your proposed upload exceeds the maximum allowed size");
		}
	}
}

function isLengthRange(condition: unknown): condition is unknown[] {
	return Array.isArray(condition) && condition[0] === "content-length-range";
}

type Condition = readonly [operator: "eq" | "starts-with", name: string, value: string];

/** A condition is either an object of names and values, or an operator, `$name` and value in an array. */
function readCondition(condition: unknown): Condition[] {
	if (isRecord(condition)) {
		return Object.entries(condition).map(([name, value]) => ["eq", name.toLowerCase(), String(value)]);
	}
	const [given, name, value] = Array.isArray(condition) ? (condition as unknown[]) : [];
	const operator = String(given).toLowerCase();
	if ((operator !== "eq" && operator !== "starts-with") || typeof name !== "string" || typeof value !== "string") {
		throw new AwsException("malformedPolicy", "Invalid Policy: Invalid Simple-Condition.");
	}
	return [[operator, name.replace("$", "").toLowerCase(), value]];
}
