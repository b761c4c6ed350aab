import type { CopyObjectCommandInput, S3 } from "@aws-sdk/client-s3";
import { checkOptions } from "../options.ts";
import { inOrder } from "./in-order.ts";
import { concurrencyOf, partSizeOf } from "./transfer-config.ts";
import { readTransferOptions, type TransferOptions } from "./transfer-options.ts";

/** The object to copy. */
export interface CopySource {
	/** Name of the bucket. */
	readonly Bucket: string;
	/** Key of the object. */
	readonly Key: string;
	/** Version of the object. Default: the latest. */
	readonly VersionId?: string | undefined;
}

/** Options of a copy. */
export type CopyOptions = TransferOptions<Omit<Partial<CopyObjectCommandInput>, "Bucket" | "Key" | "CopySource">>;

/** Copies an object within S3, in parts from the threshold on. A copy that fails leaves no parts. */
export async function copy(
	client: S3,
	source: CopySource,
	bucket: string,
	key: string,
	options: CopyOptions = {},
): Promise<void> {
	const { ExtraArgs, Callback, Config } = readTransferOptions("copy", options);
	checkOptions("The source of copy()", source, ["Bucket", "Key", "VersionId"]);
	const { ContentLength: size = 0, ETag } = await client.headObject({ ...source });
	const CopySource = pathOf(source);
	const target = { Bucket: bucket, Key: key };
	if (size < Config.multipartThreshold) {
		await client.copyObject({ ...ExtraArgs, ...target, CopySource });
		Callback?.(size);
		return;
	}
	const { UploadId } = await client.createMultipartUpload({ ...ExtraArgs, ...target });
	const upload = { ...target, UploadId };
	try {
		const partSize = partSizeOf(Config, size);
		const copied = inOrder(Math.ceil(size / partSize), concurrencyOf(Config), async (index) => {
			const start = index * partSize;
			const end = Math.min(start + partSize, size);
			const CopySourceRange = `bytes=${start}-${end - 1}`;
			const PartNumber = index + 1;
			const range = { CopySource, CopySourceRange, CopySourceIfMatch: ETag };
			const { CopyPartResult } = await client.uploadPartCopy({ ...upload, ...range, PartNumber });
			return { bytes: end - start, part: { ETag: CopyPartResult?.ETag, PartNumber } };
		});
		const Parts = [];
		for await (const { bytes, part } of copied) {
			Parts.push(part);
			Callback?.(bytes);
		}
		await client.completeMultipartUpload({ ...upload, MultipartUpload: { Parts } });
	} catch (error) {
		await client.abortMultipartUpload(upload).catch(() => {});
		throw error;
	}
}

function pathOf({ Bucket, Key, VersionId }: CopySource): string {
	const path = `${Bucket}/${Key.split("/").map(encodeURIComponent).join("/")}`;
	return VersionId === undefined ? path : `${path}?versionId=${encodeURIComponent(VersionId)}`;
}
