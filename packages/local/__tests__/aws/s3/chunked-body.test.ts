import { expect, test } from "@jest/globals";
import { type ChunkSigning, withWholeBody } from "../../../src/aws/s3/chunked-body.ts";

// The examples of the Amazon S3 API reference, "Signature calculations for the authorization header: transferring payload in multiple
// chunks", without and with a trailing header.

const CONTENT = "a".repeat(66_560);
const SIGNING = {
	secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	date: "20130524T000000Z",
	scope: "20130524/us-east-1/s3/aws4_request",
};

interface Example {
	readonly kind: string;
	readonly signature: string;
	readonly chunks: readonly [string, string, string];
	readonly trailer: string;
}

const PLAIN: Example = {
	kind: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
	signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
	chunks: [
		"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
		"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
		"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
	],
	trailer: "",
};

const WITH_TRAILER: Example = {
	kind: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
	signature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
	chunks: [
		"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
		"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
		"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
	],
	trailer:
		"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
};

function read({ chunks, kind, signature, trailer }: Example, content = CONTENT) {
	const [first, second, last] = chunks;
	const body = `10000;chunk-signature=${first}\r\n${content.slice(0, 65_536)}\r\n400;chunk-signature=${second}\r\n${content.slice(65_536)}\r\n0;chunk-signature=${last}\r\n${trailer}\r\n`;
	const signing: ChunkSigning = { ...SIGNING, signature };
	const headers = {
		"x-amz-content-sha256": kind,
		"x-amz-decoded-content-length": String(content.length),
		...(trailer !== "" && { "x-amz-trailer": "x-amz-checksum-crc32c" }),
	};
	const request = { method: "PUT", path: "/b/k", url: "/b/k", query: new URLSearchParams(), headers };
	return withWholeBody({ ...request, body: Buffer.from(body) }, signing);
}

test("a body in signed chunks is put together where all its signatures are those of the reference", () => {
	expect(read(PLAIN).body.toString()).toBe(CONTENT);
	const { body, headers } = read(WITH_TRAILER);
	expect([body.toString(), headers["x-amz-checksum-crc32c"]]).toEqual([CONTENT, "sOO8/Q=="]);
});

test.each<[string, () => unknown, string]>([
	["a changed chunk", () => read(PLAIN, `${CONTENT.slice(1)}b`), "wrongSignature"],
	[
		"a wrong signature of the last chunk",
		() => read({ ...PLAIN, chunks: [PLAIN.chunks[0], PLAIN.chunks[1], "00"] }),
		"wrongSignature",
	],
	["chunks of another request", () => read({ ...PLAIN, signature: "00" }), "wrongSignature"],
	["no signatures", () => read({ ...PLAIN, chunks: ["", "", ""] }), "wrongSignature"],
	[
		"a changed trailer",
		() => read({ ...WITH_TRAILER, trailer: WITH_TRAILER.trailer.replace("sOO8", "AAAA") }),
		"wrongSignature",
	],
	[
		"a trailer that is missing",
		() => read({ ...WITH_TRAILER, kind: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: "a:b\r\n" }),
		"malformedTrailer",
	],
	[
		"a kind that the tenant does not have",
		() => read({ ...PLAIN, kind: "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" }),
		"unsupported",
	],
])("a body in chunks with %s is rejected", (_, run, reason) => {
	expect(run).toThrow(expect.objectContaining({ reason }));
});
