import { createHash } from "node:crypto";
import type { SignatureV4 } from "@smithy/signature-v4";
import { isSameSecret } from "../constant-time.ts";
import type { TenantRequest } from "../http/exchange.ts";
import type { AccessKey, AccessKeys } from "./access-keys.ts";
import { amzDate, parseAmzDate } from "./amz-date.ts";
import { AwsException } from "./aws-exception.ts";
import type { ChunkSigning } from "./s3/chunked-body.ts";
import { S3Error } from "./s3/s3-error.ts";
import { Sha256 } from "./sha256.ts";

type HttpRequest = Parameters<SignatureV4["presign"]>[0];

/** The parts of an Authorization header, or of a presigned URL. */
interface Claim {
	readonly isPresigned: boolean;
	readonly accessKeyId: string;
	readonly date: string;
	readonly region: string;
	readonly service: string;
	readonly signedHeaders: readonly string[];
	readonly signature: string;
	readonly token: string | undefined;
	readonly signedAt: number;
	readonly expiresInSeconds: number;
}

/** A request whose signature is valid. */
export interface SignedRequest {
	readonly key: AccessKey;
	readonly service: string;
	/** What the signatures of a body in chunks continue. */
	readonly chunks: ChunkSigning;
}

/** The parts of the tenant that the verification of signatures needs. */
export interface SignatureCheckContext {
	readonly keys: AccessKeys;
	readonly region: string;
	now(): number;
	/** Receives the access key id that a request names, before its signature is checked. */
	claimed(accessKeyId: string): void;
}

const MINUTE_MS = 60_000;
const WEEK_SECONDS = 604_800;
const DEFAULT_EXPIRY_SECONDS = 3600;
const UNHASHED = /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/;

/**
 * Checks the SigV4 signature of a request, in its header or its presigned URL, in the order that AWS does.
 *
 * @throws AwsException when anything about it is wrong.
 */
export async function checkSignature(request: TenantRequest, context: SignatureCheckContext): Promise<SignedRequest> {
	const claim = readClaim(request);
	context.claimed(claim.accessKeyId);
	checkScope(claim, context.region);
	checkDate(claim, context.now());
	const key = checkKey(claim, context.keys);
	checkBodyHash(request, claim);
	if (claim.service === "s3") checkSignedHeaders(request, claim);
	if (!isSameSecret(claim.signature, await sign(request, claim, key))) {
		throw new AwsException(
			"wrongSignature",
			"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
		);
	}
	const { date, region, service, signature, signedAt } = claim;
	const chunks = {
		secretAccessKey: key.secretAccessKey,
		date: amzDate(signedAt),
		scope: `${date}/${region}/${service}/aws4_request`,
		signature,
	};
	return { key, service, chunks };
}

function readClaim({ headers, query }: TenantRequest): Claim {
	const authorization = headers.authorization;
	const isPresigned = authorization === undefined;
	if (authorization?.startsWith("AWS ") || (query.has("AWSAccessKeyId") && query.has("Signature"))) {
		// Signature version 2, which boto3 still uses for presigned URLs in some regions.
		throw unsupportedSignature();
	}
	if (isPresigned && !query.has("X-Amz-Signature")) {
		throw new AwsException("missingToken", "Request is missing Authentication Token");
	}
	const part = (name: string) =>
		isPresigned ? query.get(`X-Amz-${name}`) : new RegExp(`\\b${name}=([^,\\s]+)`).exec(authorization)?.[1];
	const [accessKeyId, date, region, service, terminator] = (part("Credential") ?? "").split("/");
	const signedHeaders = part("SignedHeaders");
	const signature = part("Signature");
	const time = isPresigned ? query.get("X-Amz-Date") : (headers["x-amz-date"] ?? headers.date);
	const algorithm = isPresigned ? query.get("X-Amz-Algorithm") : authorization.split(" ")[0];
	if (!accessKeyId || !date || !region || !service || terminator !== "aws4_request" || !signedHeaders || !signature) {
		throw new AwsException(
			"incompleteSignature",
			"Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
		);
	}
	if (algorithm !== "AWS4-HMAC-SHA256" || !time) {
		throw new AwsException("incompleteSignature", "Unsupported AWS 'algorithm' or missing 'X-Amz-Date'.");
	}
	return {
		isPresigned,
		accessKeyId,
		date,
		region,
		service,
		signature,
		signedHeaders: signedHeaders.split(";"),
		token: (isPresigned ? query.get("X-Amz-Security-Token") : headers["x-amz-security-token"]) ?? undefined,
		signedAt: readDate(time),
		expiresInSeconds: isPresigned ? readExpiry(query.get("X-Amz-Expires")) : 0,
	};
}

/** The error for a signature of another version. */
export function unsupportedSignature(): AwsException {
	return new AwsException(
		"unsupportedSignature",
		"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
	);
}

function readDate(text: string): number {
	const ms = parseAmzDate(text);
	if (ms === undefined) throw new AwsException("incompleteSignature", "Date must be in ISO-8601 'basic format'.");
	return ms;
}

function readExpiry(text: string | null): number {
	if (text === null) return DEFAULT_EXPIRY_SECONDS;
	const seconds = text === "" ? Number.NaN : Number(text);
	if (!Number.isInteger(seconds)) {
		throw new AwsException("wrongQueryParameters", "X-Amz-Expires should be a number");
	}
	if (seconds < 0) throw new AwsException("wrongQueryParameters", "X-Amz-Expires must be non-negative");
	if (seconds > WEEK_SECONDS) {
		throw new AwsException(
			"wrongQueryParameters",
			`X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${WEEK_SECONDS} seconds`,
		);
	}
	return seconds;
}

function checkScope(claim: Claim, region: string): void {
	if (claim.region !== region) {
		throw new AwsException("wrongScope", `Credential should be scoped to a valid region, not '${claim.region}'. `);
	}
	if (claim.date !== amzDate(claim.signedAt).slice(0, 8)) {
		throw new AwsException(
			"wrongScope",
			`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.date}' != '${amzDate(claim.signedAt).slice(0, 8)}'.`,
		);
	}
	if (!claim.signedHeaders.includes("host")) {
		throw new AwsException(
			"wrongSignature",
			"'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
		);
	}
}

function checkDate({ expiresInSeconds, isPresigned, service, signedAt }: Claim, now: number): void {
	const minutes = service === "kms" || service === "lambda" ? 5 : 15;
	const leeway =
		service === "s3" ? "The difference between the request time and the current time is too large." : undefined;
	if (signedAt > now + minutes * MINUTE_MS) {
		throw new AwsException(
			"tooEarly",
			leeway ??
				`Signature not yet current: ${amzDate(signedAt)} is still later than ${amzDate(now + minutes * MINUTE_MS)} (${amzDate(now)} + ${minutes} min.)`,
		);
	}
	if (isPresigned) {
		if (now > signedAt + expiresInSeconds * 1000) throw new AwsException("presignedExpired", "Request has expired");
		return;
	}
	if (signedAt < now - minutes * MINUTE_MS) {
		throw new AwsException(
			"tooOld",
			leeway ??
				`Signature expired: ${amzDate(signedAt)} is now earlier than ${amzDate(now - minutes * MINUTE_MS)} (${amzDate(now)} - ${minutes} min.)`,
		);
	}
}

/**
 * Finds the key of a request, and checks its token and its age.
 *
 * @throws AwsException when it is unknown, has another token, or has expired.
 */
export function checkKey(
	{ accessKeyId, service, token }: Pick<Claim, "accessKeyId" | "service" | "token">,
	keys: AccessKeys,
): AccessKey {
	const key = keys.find(accessKeyId);
	if (key === undefined) {
		throw new AwsException(
			"unknownKey",
			service === "s3"
				? "The AWS Access Key Id you provided does not exist in our records."
				: "The security token included in the request is invalid.",
		);
	}
	if (token !== key.sessionToken) {
		throw new AwsException(
			"wrongToken",
			service === "s3"
				? "The provided token is malformed or otherwise invalid."
				: "The security token included in the request is invalid",
		);
	}
	if (keys.isExpired(key)) {
		throw new AwsException(
			"expiredToken",
			service === "s3" ? "The provided token has expired." : "The security token included in the request is expired",
		);
	}
	return key;
}

function checkBodyHash({ body, headers }: TenantRequest, claim: Claim): void {
	const stated = headers["x-amz-content-sha256"];
	if (stated === undefined) {
		if (claim.service !== "s3" || claim.isPresigned) return;
		throw new AwsException("incompleteSignature", "Missing required header for this request: x-amz-content-sha256");
	}
	if (claim.service === "s3" && UNHASHED.test(stated)) return;
	if (stated !== createHash("sha256").update(body).digest("hex")) {
		throw new AwsException(
			"wrongBodyHash",
			"The provided 'x-amz-content-sha256' header does not match what was computed.",
		);
	}
}

/** S3 rejects headers of its own that nobody has signed. The hash of the body needs no signature. */
function checkSignedHeaders({ headers }: TenantRequest, { signedHeaders }: Claim): void {
	const signed = new Set(["x-amz-content-sha256", ...signedHeaders]);
	const unsigned = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signed.has(name));
	if (unsigned.length === 0) return;
	throw new S3Error("AccessDenied", 403, "There were headers present in the request which were not signed", {
		HeadersNotSigned: unsigned.join(", "),
	});
}

/** Computes the signature that a request must have, with the secret of the key. */
async function sign(request: TenantRequest, claim: Claim, key: AccessKey): Promise<string> {
	const { SignatureV4 } = await import("@smithy/signature-v4");
	const signer = new SignatureV4({
		credentials: key,
		region: claim.region,
		service: claim.service,
		sha256: Sha256,
		applyChecksum: false,
		uriEscapePath: claim.service !== "s3",
	});
	const signableHeaders = new Set(claim.signedHeaders);
	const headers = Object.fromEntries(claim.signedHeaders.map((name) => [name, request.headers[name] ?? ""]));
	const toSign = {
		method: request.method,
		protocol: "http:",
		hostname: request.headers.host ?? "",
		path: request.path,
		query: queryBag(request.query),
		headers,
		body: request.body,
	} as unknown as HttpRequest;
	const signingDate = new Date(claim.signedAt);
	if (!claim.isPresigned) {
		const { headers: signed } = await signer.sign(toSign, { signingDate, signableHeaders });
		return /Signature=(\w+)/.exec(signed.authorization ?? "")?.[1] ?? "";
	}
	// S3 never signs the body of a presigned request. A header that is not signed itself marks that.
	if (claim.service === "s3") headers["x-amz-content-sha256"] ??= "UNSIGNED-PAYLOAD";
	const { query } = await signer.presign(toSign, {
		signingDate,
		expiresIn: claim.expiresInSeconds,
		signableHeaders,
		unhoistableHeaders: new Set(Object.keys(headers)),
		unsignableHeaders: new Set(signableHeaders.has("x-amz-content-sha256") ? [] : ["x-amz-content-sha256"]),
	});
	return String(query?.["X-Amz-Signature"]);
}

function queryBag(query: URLSearchParams): Record<string, string | string[]> {
	const names = [...new Set(query.keys())].filter((name) => name !== "X-Amz-Signature");
	// A client may name a parameter `__proto__`.
	return Object.fromEntries(
		names.map((name) => {
			const [value = "", ...more] = query.getAll(name);
			return [name, more.length === 0 ? value : [value, ...more]];
		}),
	);
}
