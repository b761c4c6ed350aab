import type { PutObjectCommandInput, S3 } from "@aws-sdk/client-s3";
import { ClientError } from "../errors/client-error.ts";
import { S3UploadFailedError } from "../errors/exceptions.ts";
import { missingPackage } from "../optional-package.ts";
import { concurrencyOf, partSizeOf } from "./transfer-config.ts";
import { readTransferOptions, type TransferOptions } from "./transfer-options.ts";

/** What can be uploaded: bytes, text, or a stream of either. */
export type Fileobj = NonNullable<PutObjectCommandInput["Body"]>;

/** Options of an upload. */
export type UploadOptions = TransferOptions<Omit<Partial<PutObjectCommandInput>, "Bucket" | "Key" | "Body">>;

/** Uploads bytes or a stream, in parts from the threshold on. */
export async function uploadFileobj(
	client: S3,
	fileobj: Fileobj,
	bucket: string,
	key: string,
	options: UploadOptions = {},
	size?: number,
): Promise<void> {
	const { ExtraArgs, Callback, Config } = readTransferOptions("uploadFileobj", options);
	const { Upload } = await import("@aws-sdk/lib-storage").catch(missingPackage("@aws-sdk/lib-storage", "an upload"));
	const isWhole = size !== undefined && size < Config.multipartThreshold;
	const upload = new Upload({
		client,
		params: { ...ExtraArgs, Bucket: bucket, Key: key, Body: fileobj },
		queueSize: concurrencyOf(Config),
		partSize: isWhole ? Math.max(partSizeOf(Config), size + 1) : partSizeOf(Config, size),
	});
	let reported = 0;
	upload.on("httpUploadProgress", ({ loaded = 0 }) => {
		if (loaded <= reported) return;
		Callback?.(loaded - reported);
		reported = loaded;
	});
	await upload.done();
}

/**
 * Uploads a file.
 *
 * @throws {@link S3UploadFailedError} if S3 returns an error, as in boto3.
 */
export async function uploadFile(
	client: S3,
	filename: string,
	bucket: string,
	key: string,
	options: UploadOptions = {},
): Promise<void> {
	readTransferOptions("uploadFile", options);
	const { createReadStream } = await import("node:fs");
	const { stat } = await import("node:fs/promises");
	const { size } = await stat(filename);
	const file = createReadStream(filename);
	try {
		await uploadFileobj(client, file, bucket, key, options, size);
	} catch (cause) {
		if (!(cause instanceof ClientError)) throw cause;
		throw new S3UploadFailedError(`Failed to upload ${filename} to ${bucket}/${key}: ${cause.message}`, { cause });
	} finally {
		file.destroy();
	}
}
