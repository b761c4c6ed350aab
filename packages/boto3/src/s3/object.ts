import type {
	GetObjectCommandInput,
	GetObjectCommandOutput,
	HeadObjectCommandOutput,
	PutObjectCommandInput,
	PutObjectCommandOutput,
	S3,
} from "@aws-sdk/client-s3";
import { type WaiterConfig, waiterOf } from "../operations/waiter.ts";
import { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";
import type { S3Methods } from "./client-methods.ts";
import { type CopyOptions, type CopySource, copy } from "./copy.ts";
import { type DownloadOptions, downloadFile, downloadFileobj, type WritableFileobj } from "./download.ts";
import { type Fileobj, type UploadOptions, uploadFile, uploadFileobj } from "./upload.ts";

/** The input of an operation on one object. */
export type OfObject<Input> = Omit<Input, "Bucket" | "Key">;

/** An object of S3: `session.resource("s3").Object(bucket, key)`. */
export class S3Object {
	static {
		strict(S3Object);
	}

	/** Name of the bucket. */
	readonly bucketName: string;
	/** Key of the object. */
	readonly key: string;
	readonly #client: S3;

	/** `resource.Object(bucket, key)` creates it. @internal */
	constructor(bucketName: string, key: string, client: S3) {
		this.bucketName = bucketName;
		this.key = key;
		this.#client = client;
	}

	/** `client`: the client of S3. */
	get meta(): ResourceMeta<S3 & S3Methods> {
		return new ResourceMeta(this.#client as S3 & S3Methods);
	}

	/** Returns the description of the object. In boto3, `load()` and attributes such as `content_length`. */
	load(): Promise<HeadObjectCommandOutput> {
		return this.#client.headObject(this.#name());
	}

	/** Reads the object: `await Body.transformToString()` of the response is its text. */
	get(params: OfObject<GetObjectCommandInput> = {}): Promise<GetObjectCommandOutput> {
		return this.#client.getObject({ ...params, ...this.#name() });
	}

	/** Writes the object. */
	put(params: OfObject<PutObjectCommandInput>): Promise<PutObjectCommandOutput> {
		return this.#client.putObject({ ...params, ...this.#name() });
	}

	/** Deletes the object. */
	async delete(): Promise<void> {
		await this.#client.deleteObject(this.#name());
	}

	/**
	 * Uploads a file, in parts if it is large.
	 *
	 * @throws {@link S3UploadFailedError} if S3 returns an error.
	 */
	uploadFile(filename: string, options?: UploadOptions): Promise<void> {
		return uploadFile(this.#client, filename, this.bucketName, this.key, options);
	}

	/** Uploads bytes, text or a stream, in parts if it is large. */
	uploadFileobj(fileobj: Fileobj, options?: UploadOptions): Promise<void> {
		return uploadFileobj(this.#client, fileobj, this.bucketName, this.key, options);
	}

	/** Downloads the object to a file, which is replaced when the download is complete. */
	downloadFile(filename: string, options?: DownloadOptions): Promise<void> {
		return downloadFile(this.#client, this.bucketName, this.key, filename, options);
	}

	/** Writes the object to a stream, which it does not close. */
	downloadFileobj(fileobj: WritableFileobj, options?: DownloadOptions): Promise<void> {
		return downloadFileobj(this.#client, this.bucketName, this.key, fileobj, options);
	}

	/** Copies another object to this one, in parts if it is large. */
	copy(source: CopySource, options?: CopyOptions): Promise<void> {
		return copy(this.#client, source, this.bucketName, this.key, options);
	}

	/** Waits until the object exists. */
	waitUntilExists(params: { readonly WaiterConfig?: WaiterConfig | undefined } = {}): Promise<void> {
		return waiterOf(this.#client, "object_exists").wait({ ...params, ...this.#name() });
	}

	/** Waits until the object no longer exists. */
	waitUntilNotExists(params: { readonly WaiterConfig?: WaiterConfig | undefined } = {}): Promise<void> {
		return waiterOf(this.#client, "object_not_exists").wait({ ...params, ...this.#name() });
	}

	#name(): { readonly Bucket: string; readonly Key: string } {
		return { Bucket: this.bucketName, Key: this.key };
	}
}
