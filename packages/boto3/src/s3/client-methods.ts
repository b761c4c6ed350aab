import type { S3 } from "@aws-sdk/client-s3";
import { type CopyOptions, type CopySource, copy } from "./copy.ts";
import { type DownloadOptions, downloadFile, downloadFileobj, type WritableFileobj } from "./download.ts";
import { type PresignedPost, type PresignedPostOptions, presignedPost } from "./presigned-post.ts";
import { type Fileobj, type UploadOptions, uploadFile, uploadFileobj } from "./upload.ts";

/** What boto3 adds to the client of S3. */
export interface S3Methods {
	/**
	 * Uploads a file, in parts if it is large.
	 *
	 * @throws {@link S3UploadFailedError} if S3 returns an error.
	 */
	uploadFile(filename: string, bucket: string, key: string, options?: UploadOptions): Promise<void>;
	/** Uploads bytes, text or a stream, in parts if it is large. */
	uploadFileobj(fileobj: Fileobj, bucket: string, key: string, options?: UploadOptions): Promise<void>;
	/** Downloads an object to a file, which is replaced when the download is complete. */
	downloadFile(bucket: string, key: string, filename: string, options?: DownloadOptions): Promise<void>;
	/** Writes an object to a stream, which it does not close. */
	downloadFileobj(bucket: string, key: string, fileobj: WritableFileobj, options?: DownloadOptions): Promise<void>;
	/** Copies an object within S3, in parts if it is large. */
	copy(source: CopySource, bucket: string, key: string, options?: CopyOptions): Promise<void>;
	/** Signs a form with which somebody without credentials uploads an object. */
	generatePresignedPost(bucket: string, key: string, options?: PresignedPostOptions): Promise<PresignedPost>;
}

/** The methods, for the prototype of a client class. */
export const s3Methods: S3Methods & ThisType<S3> = {
	uploadFile(filename, bucket, key, options) {
		return uploadFile(this, filename, bucket, key, options);
	},
	uploadFileobj(fileobj, bucket, key, options) {
		return uploadFileobj(this, fileobj, bucket, key, options);
	},
	downloadFile(bucket, key, filename, options) {
		return downloadFile(this, bucket, key, filename, options);
	},
	downloadFileobj(bucket, key, fileobj, options) {
		return downloadFileobj(this, bucket, key, fileobj, options);
	},
	copy(source, bucket, key, options) {
		return copy(this, source, bucket, key, options);
	},
	generatePresignedPost(bucket, key, options) {
		return presignedPost(this, bucket, key, options);
	},
};
