import type { TenantRequest } from "../http/exchange.ts";
import { AwsException } from "./aws-exception.ts";

const MAX_XML_BYTES = 2 * 1024 * 1024;
const MAX_KEYS = 1000;

/**
 * A request to S3 as the emulator can take it: a body that was sent in signed chunks is put together, and XML is well-formed
 * where the emulator's search for its elements would take minutes on what is not.
 *
 * @throws AwsException when the body is malformed.
 */
export function plainS3Request(request: TenantRequest, operation: string): TenantRequest {
	if (operation === "DeleteObjects") checkXml(request.body, "<Key>", /<\/Key>/, MAX_KEYS);
	if (operation === "CompleteMultipartUpload") {
		checkXml(request.body, "<Part>", /<\/(?:ETag|PartNumber)>\s*<\/Part>/, Number.POSITIVE_INFINITY);
	}
	const { "content-encoding": encoding, ...headers } = request.headers;
	const encodings = (encoding ?? "").split(",").map((name) => name.trim());
	const others = encodings.filter((name) => name !== "" && name !== "aws-chunked");
	return {
		...request,
		headers: {
			"content-type": "binary/octet-stream",
			...headers,
			...(others.length > 0 && { "content-encoding": others.join(",") }),
		},
		body: encodings.includes("aws-chunked") ? joinChunks(request.body) : request.body,
	};
}

function checkXml(body: Buffer, opening: string, closing: RegExp, maxElements: number): void {
	const [, ...elements] = body.length > MAX_XML_BYTES ? [] : body.toString().split(opening);
	if (elements.length > 0 && elements.length <= maxElements && elements.every((element) => closing.test(element)))
		return;
	throw new AwsException(
		"malformedBody",
		"The XML you provided was not well-formed or did not validate against our published schema",
	);
}

/** Puts a body in `aws-chunked` encoding together: `<hexadecimal size>[;extension]\r\n<data>\r\n`, and a size of 0 last. */
function joinChunks(body: Buffer): Buffer {
	const chunks: Buffer[] = [];
	let offset = 0;
	while (true) {
		const lineEnd = body.indexOf("\r\n", offset);
		const sizeLine = lineEnd < 0 ? "" : body.toString("latin1", offset, lineEnd);
		const digits = /^([\da-f]{1,8})(?:;|$)/i.exec(sizeLine)?.[1];
		if (digits === undefined) break;
		const size = Number.parseInt(digits, 16);
		if (size === 0) return Buffer.concat(chunks);
		const start = lineEnd + 2;
		if (body.toString("latin1", start + size, start + size + 2) !== "\r\n") break;
		chunks.push(body.subarray(start, start + size));
		offset = start + size + 2;
	}
	throw new AwsException("incompleteBody", "The request body terminated unexpectedly.");
}
