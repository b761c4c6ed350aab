import { createHash, createHmac } from "node:crypto";
import { isSameSecret } from "../../constant-time.ts";
import type { TenantRequest } from "../../http/exchange.ts";
import { AwsException } from "../aws-exception.ts";

/** What the signatures of the chunks of a body continue: the signature of the request. */
export interface ChunkSigning {
	readonly secretAccessKey: string;
	/** `20260101T000000Z`. */
	readonly date: string;
	/** `20260101/us-east-1/s3/aws4_request`. */
	readonly scope: string;
	readonly signature: string;
}

/** How a body is sent, by its `x-amz-content-sha256`. */
const MODES = new Map([
	["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", { isSigned: true, hasTrailer: false }],
	["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", { isSigned: true, hasTrailer: true }],
	["STREAMING-UNSIGNED-PAYLOAD-TRAILER", { isSigned: false, hasTrailer: true }],
]);

/**
 * A request with the body put together that was sent in chunks, whose signatures are checked, and with the headers that were sent
 * after it. Other requests are returned as they are.
 *
 * @throws AwsException when the body is malformed, or a signature is wrong.
 */
export function withWholeBody(request: TenantRequest, signing: ChunkSigning): TenantRequest {
	const { body, headers } = request;
	const stated = headers["x-amz-content-sha256"] ?? "";
	const mode = MODES.get(stated);
	if (mode === undefined && stated.startsWith("STREAMING-")) {
		throw new AwsException("unsupported", `The local tenant's S3 does not have ${stated}.`);
	}
	const isChunked = (headers["content-encoding"] ?? "").split(",").some((name) => name.trim() === "aws-chunked");
	if (mode === undefined && !isChunked) return request;
	const { chunks, trailer } = readChunks(body);
	const whole = Buffer.concat(chunks.map(({ data }) => data));
	const length = headers["x-amz-decoded-content-length"];
	if (length !== undefined && Number(length) !== whole.length) throw incompleteBody();
	if (mode?.isSigned) checkChunks(chunks, mode.hasTrailer ? trailer : undefined, signing);
	const announced = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
	const names = announced.filter((name) => name !== "");
	if (names.some((name) => !trailer.headers.has(name))) {
		throw new AwsException(
			"malformedTrailer",
			"The request contained trailing data that was not well-formed or did not conform to our published schema.",
		);
	}
	const trailing = Object.fromEntries(names.map((name) => [name, trailer.headers.get(name) ?? ""]));
	return { ...request, headers: { ...headers, ...trailing }, body: whole };
}

interface Chunk {
	readonly data: Buffer;
	readonly signature: string;
}

interface Trailer {
	readonly headers: ReadonlyMap<string, string>;
	readonly signature: string;
}

/** Reads `<hexadecimal size>[;chunk-signature=…]\r\n<data>\r\n`, a size of 0 last, and the headers after it. */
function readChunks(body: Buffer): { readonly chunks: readonly Chunk[]; readonly trailer: Trailer } {
	const chunks: Chunk[] = [];
	let offset = 0;
	while (true) {
		const lineEnd = body.indexOf("\r\n", offset);
		const line = lineEnd < 0 ? "" : body.toString("latin1", offset, lineEnd);
		const [, digits, signature = ""] = /^([\da-f]{1,8})(?:;(?:chunk-signature=([\da-f]*))?.*)?$/i.exec(line) ?? [];
		if (digits === undefined) throw incompleteBody();
		const size = Number.parseInt(digits, 16);
		const start = lineEnd + 2;
		chunks.push({ data: body.subarray(start, start + size), signature });
		if (size === 0) return { chunks, trailer: readTrailer(body.toString("utf8", start)) };
		if (body.toString("latin1", start + size, start + size + 2) !== "\r\n") throw incompleteBody();
		offset = start + size + 2;
	}
}

function readTrailer(text: string): Trailer {
	const headers = new Map(
		text.split(/\r?\n/).flatMap((line): [string, string][] => {
			const colon = line.indexOf(":");
			return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
		}),
	);
	const signature = headers.get("x-amz-trailer-signature") ?? "";
	headers.delete("x-amz-trailer-signature");
	return { headers, signature };
}

/** Each signature is over the one before it, so that no chunk can be left out. */
function checkChunks(
	chunks: readonly Chunk[],
	trailer: Trailer | undefined,
	{ date, scope, secretAccessKey, signature }: ChunkSigning,
): void {
	const key = scope.split("/").reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
	let previous = signature;
	const check = (kind: string, hashes: readonly string[], given: string) => {
		const expected = hmac(key, [`AWS4-HMAC-SHA256-${kind}`, date, scope, previous, ...hashes].join("\n")).toString(
			"hex",
		);
		if (!isSameSecret(given, expected)) {
			throw new AwsException(
				"wrongSignature",
				"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
			);
		}
		previous = expected;
	};
	for (const chunk of chunks) check("PAYLOAD", [sha256(""), sha256(chunk.data)], chunk.signature);
	if (trailer === undefined) return;
	const canonical = [...trailer.headers].map(([name, value]) => `${name}:${value}\n`).join("");
	check("TRAILER", [sha256(canonical)], trailer.signature);
}

function hmac(key: Buffer | string, data: string): Buffer {
	return createHmac("sha256", key).update(data).digest();
}

function sha256(data: Buffer | string): string {
	return createHash("sha256").update(data).digest("hex");
}

function incompleteBody(): AwsException {
	return new AwsException("incompleteBody", "The request body terminated unexpectedly.");
}
