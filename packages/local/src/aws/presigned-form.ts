import { isSameSecret } from "../constant-time.ts";
import type { TenantRequest } from "../http/exchange.ts";
import { isRecord, parseObject } from "../json.ts";
import type { AccessKey } from "./access-keys.ts";
import { amzDate } from "./amz-date.ts";
import { AwsException } from "./aws-exception.ts";
import { Sha256 } from "./sha256.ts";

/** What a form allows: the upload of one object, until it expires. */
export interface PresignedFormOptions {
	readonly bucket: string;
	readonly objectKey: string;
	readonly region: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly expiresInSeconds: number;
}

/** Creates the fields of an HTML form that uploads one object to S3, signed with `key`. */
export async function presignForm(key: AccessKey, options: PresignedFormOptions): Promise<Record<string, string>> {
	const date = amzDate(options.now);
	const fields = {
		key: options.objectKey,
		"x-amz-algorithm": "AWS4-HMAC-SHA256",
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
): Promise<{ readonly key: AccessKey; readonly upload: TenantRequest }> {
	const form = await parseForm(request);
	// S3 ignores the case of the names: boto3 writes `policy`, and the AWS SDK for JavaScript `Policy`.
	const fields = new Map([...form].map(([name, value]) => [name.toLowerCase(), value]));
	const field = (name: string) => {
		const value = fields.get(name.toLowerCase());
		return typeof value === "string" ? value : "";
	};
	const [accessKeyId = "", day = ""] = field("x-amz-credential").split("/");
	const key = context.keyOf(accessKeyId, field("x-amz-security-token"));
	const policy = field("policy");
	const expected = await signPolicy(policy, key, context.region, dayOf(day));
	if (!isSameSecret(field("x-amz-signature"), expected)) {
		throw new AwsException(
			"wrongSignature",
			"The request signature we calculated does not match the signature you provided.",
		);
	}
	const file = form.get("file") ?? "";
	const body = typeof file === "string" ? Buffer.from(file) : Buffer.from(await file.arrayBuffer());
	const bucket = request.path.split("/")[1] ?? "";
	checkPolicy(policy, { bucket, field, size: body.length, now: context.now() });
	const path = `/${bucket}/${encodeURIComponent(field("key"))}`;
	const headers = { host: request.headers.host ?? "" };
	return { key, upload: { method: "PUT", path, url: path, query: new URLSearchParams(), headers, body } };
}

async function parseForm({ body, headers }: TenantRequest): Promise<FormData> {
	const contentType = headers["content-type"] ?? "";
	return new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData().catch(() => {
		throw new AwsException("malformedForm", "The body of your POST request is not well-formed multipart/form-data.");
	});
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

interface Upload {
	readonly bucket: string;
	readonly field: (name: string) => string;
	/** Bytes of the file. */
	readonly size: number;
	readonly now: number;
}

function checkPolicy(policy: string, upload: Upload): void {
	const { conditions, expiration } = parseObject(Buffer.from(policy, "base64")) ?? {};
	const expiresAt = Date.parse(String(expiration));
	if (!Array.isArray(conditions) || Number.isNaN(expiresAt)) {
		throw new AwsException("malformedPolicy", "Invalid Policy: Invalid JSON.");
	}
	if (upload.now > expiresAt) {
		throw new AwsException("presignedExpired", "Invalid according to Policy: Policy expired.");
	}
	for (const [, least, most] of conditions.filter(isLengthRange)) {
		if (upload.size < Number(least)) throw new AwsException("tooSmall", "Your proposed upload is too small.");
		if (upload.size > Number(most)) {
			throw new AwsException("tooLargeForPolicy", "Your proposed upload exceeds the maximum allowed size.");
		}
	}
	for (const [operator, name, value] of conditions.filter((one) => !isLengthRange(one)).flatMap(readCondition)) {
		const given = name === "bucket" ? upload.bucket : upload.field(name);
		if (operator === "eq" ? given === value : given.startsWith(value)) continue;
		throw new AwsException(
			"accessDenied",
			`Invalid according to Policy: Policy Condition failed: ["${operator}", "$${name}", "${value}"]`,
		);
	}
}

function isLengthRange(condition: unknown): condition is unknown[] {
	return Array.isArray(condition) && condition[0] === "content-length-range";
}

type Condition = readonly [operator: "eq" | "starts-with", name: string, value: string];

/** A condition is either an object of names and values, or an operator, `$name` and value in an array. */
function readCondition(condition: unknown): Condition[] {
	if (isRecord(condition)) return Object.entries(condition).map(([name, value]) => ["eq", name, String(value)]);
	const [operator, name, value] = Array.isArray(condition) ? (condition as unknown[]) : [];
	if ((operator !== "eq" && operator !== "starts-with") || typeof name !== "string" || typeof value !== "string") {
		throw new AwsException("malformedPolicy", "Invalid Policy: Invalid Simple-Condition.");
	}
	return [[operator, name.replace("$", ""), value]];
}
