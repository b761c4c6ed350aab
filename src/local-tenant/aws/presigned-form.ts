import { timingSafeEqual } from "node:crypto";
import type { TenantRequest } from "../http/exchange.ts";
import { loadPeer } from "../peers.ts";
import type { AccessKey } from "./access-keys.ts";
import { AwsException } from "./aws-exception.ts";
import { Sha256 } from "./sha256.ts";

/** What a form is to allow: one object, until then. */
export interface PresignedFormOptions {
	readonly bucket: string;
	readonly objectKey: string;
	readonly region: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly expiresInSeconds: number;
}

/** Makes the fields of an HTML form that uploads one object to S3, signed with `key`. */
export async function presignForm(key: AccessKey, options: PresignedFormOptions): Promise<Record<string, string>> {
	const date = new Date(options.now).toISOString().replace(/[-:]|\.\d+/g, "");
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
 * Checks a form that was filled in: its signature, its age, and that it keeps to its policy. Returns whose it is, and the
 * upload as S3 would take it without a form.
 *
 * @throws AwsException when there is anything wrong with it.
 */
export async function readForm(
	request: TenantRequest,
	context: PresignedFormContext,
): Promise<{ readonly key: AccessKey; readonly upload: TenantRequest }> {
	const form = await new Response(new Uint8Array(request.body), {
		headers: { "content-type": request.headers["content-type"] ?? "" },
	}).formData();
	const field = (name: string) => {
		const value = form.get(name);
		return typeof value === "string" ? value : "";
	};
	const [accessKeyId = "", day = ""] = field("x-amz-credential").split("/");
	const key = context.keyOf(accessKeyId, field("x-amz-security-token"));
	const policy = field("policy");
	const expected = Buffer.from(await signPolicy(policy, key, context.region, dayOf(day)));
	const given = Buffer.from(field("x-amz-signature"));
	if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
		throw new AwsException(
			"wrongSignature",
			"The request signature we calculated does not match the signature you provided.",
		);
	}
	checkPolicy(policy, { bucket: request.path.split("/")[1] ?? "", field, now: context.now() });
	const file = form.get("file");
	const body =
		typeof file === "string" || file === null ? Buffer.from(file ?? "") : Buffer.from(await file.arrayBuffer());
	const path = `/${request.path.split("/")[1]}/${encodeURIComponent(field("key"))}`;
	const headers = { host: request.headers.host ?? "" };
	return { key, upload: { method: "PUT", path, url: path, query: new URLSearchParams(), headers, body } };
}

async function signPolicy(policy: string, credentials: AccessKey, region: string, signingDate: Date): Promise<string> {
	const { SignatureV4 } = await loadPeer<typeof import("@smithy/signature-v4")>("@smithy/signature-v4");
	return new SignatureV4({ credentials, region, service: "s3", sha256: Sha256 }).sign(policy, { signingDate });
}

/** The form names the day it was signed on; the key for signing knows no finer time. */
function dayOf(day: string): Date {
	const date = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00Z`);
	if (Number.isNaN(date.getTime())) throw new AwsException("incompleteSignature", "The form names no date of signing.");
	return date;
}

function checkPolicy(
	policy: string,
	{ bucket, field, now }: { readonly bucket: string; readonly field: (name: string) => string; readonly now: number },
): void {
	const { conditions, expiration } = JSON.parse(Buffer.from(policy, "base64").toString()) as {
		readonly conditions: readonly Readonly<Record<string, string>>[];
		readonly expiration: string;
	};
	if (now > Date.parse(expiration)) {
		throw new AwsException("presignedExpired", "Invalid according to Policy: Policy expired.");
	}
	for (const [name, value] of conditions.flatMap((condition) => Object.entries(condition))) {
		if ((name === "bucket" ? bucket : field(name)) === value) continue;
		throw new AwsException(
			"accessDenied",
			`Invalid according to Policy: Policy Condition failed: ["eq", "$${name}", "${value}"]`,
		);
	}
}
