import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3 } from "@aws-sdk/client-s3";

/** A server between a client and a tenant whose emulator of S3 cannot copy parts. */
export interface CopyingFront extends AsyncDisposable {
	/** Endpoint for the client. */
	readonly endpoint: string;
	/** The ranges of the parts that were copied. */
	readonly ranges: string[];
}

/**
 * Starts a front that copies parts by reading and uploading them, and passes all other requests on unchanged.
 *
 * @param failing - Number of the part that fails. Default: none.
 */
export async function startCopyingFront(tenant: string, upstream: S3, failing?: number): Promise<CopyingFront> {
	const ranges: string[] = [];
	const server = createServer({ keepAliveTimeout: 75_000 }, async (request, response) => {
		const { pathname, searchParams } = new URL(String(request.url), "http://front");
		const source = request.headers["x-amz-copy-source"];
		const partNumber = Number(searchParams.get("partNumber"));
		if (typeof source !== "string" || partNumber === 0) {
			const { hostname, port } = new URL(tenant);
			const { headers, method, url: path } = request;
			const forwarded = httpRequest({ hostname, port, path, method, headers } as never, (answered) => {
				response.writeHead(answered.statusCode ?? 502, answered.headers);
				answered.pipe(response);
			});
			request.pipe(forwarded);
			return;
		}
		if (partNumber === failing) {
			response.writeHead(403).end("<Error><Code>AccessDenied</Code><Message>not this part</Message></Error>");
			return;
		}
		const [Bucket, ...key] = decodeURIComponent(source).split("/");
		const Range = String(request.headers["x-amz-copy-source-range"]);
		ranges.push(Range);
		const { Body } = await upstream.getObject({ Bucket, Key: key.join("/"), Range });
		const [, target, ...targetKey] = decodeURIComponent(pathname).split("/");
		const { ETag } = await upstream.uploadPart({
			Bucket: String(target),
			Key: targetKey.join("/"),
			UploadId: String(searchParams.get("uploadId")),
			PartNumber: partNumber,
			Body: (await Body?.transformToByteArray()) ?? new Uint8Array(),
		});
		response.end(`<CopyPartResult><ETag>${ETag}</ETag></CopyPartResult>`);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		ranges,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
