import type {
	DeleteObjectsCommandInput,
	DeleteObjectsCommandOutput,
	PutObjectCommandInput,
	S3,
} from "@aws-sdk/client-s3";
import { type WaiterConfig, waiterOf } from "../operations/waiter.ts";
import { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";
import type { S3Methods } from "./client-methods.ts";
import type { CopyOptions, CopySource } from "./copy.ts";
import type { DownloadOptions, WritableFileobj } from "./download.ts";
import { S3Object } from "./object.ts";
import { ObjectCollection } from "./object-collection.ts";
import type { Fileobj, UploadOptions } from "./upload.ts";

/** A bucket of S3: `session.resource("s3").Bucket("reports")`. */
export class Bucket {
	static {
		strict(Bucket);
	}

	/** Name of the bucket. */
	readonly name: string;
	/** The objects of the bucket: `objects.all()`, `objects.filter({ Prefix: "2026/" })`. */
	readonly objects: ObjectCollection;
	readonly #client: S3;

	/** `resource.Bucket(name)` creates it. @internal */
	constructor(name: string, client: S3) {
		this.name = name;
		this.objects = new ObjectCollection(name, client);
		this.#client = client;
	}

	/** `client`: the client of S3. */
	get meta(): ResourceMeta<S3 & S3Methods> {
		return new ResourceMeta(this.#client as S3 & S3Methods);
	}

	/** Returns the object with this key. Sends nothing. */
	Object(key: string): S3Object {
		return new S3Object(this.name, key, this.#client);
	}

	/** Writes an object. */
	async putObject(params: Omit<PutObjectCommandInput, "Bucket">): Promise<S3Object> {
		await this.#client.putObject({ ...params, Bucket: this.name });
		return this.Object(String(params.Key));
	}

	/** Deletes up to 1000 objects. The caller reads `Errors` of the response. */
	deleteObjects(params: Omit<DeleteObjectsCommandInput, "Bucket">): Promise<DeleteObjectsCommandOutput> {
		return this.#client.deleteObjects({ ...params, Bucket: this.name });
	}

	/**
	 * Uploads a file, in parts if it is large.
	 *
	 * @throws {@link S3UploadFailedError} if S3 returns an error.
	 */
	uploadFile(filename: string, key: string, options?: UploadOptions): Promise<void> {
		return this.Object(key).uploadFile(filename, options);
	}

	/** Uploads bytes, text or a stream, in parts if it is large. */
	uploadFileobj(fileobj: Fileobj, key: string, options?: UploadOptions): Promise<void> {
		return this.Object(key).uploadFileobj(fileobj, options);
	}

	/** Downloads an object to a file, which is replaced when the download is complete. */
	downloadFile(key: string, filename: string, options?: DownloadOptions): Promise<void> {
		return this.Object(key).downloadFile(filename, options);
	}

	/** Writes an object to a stream, which it does not close. */
	downloadFileobj(key: string, fileobj: WritableFileobj, options?: DownloadOptions): Promise<void> {
		return this.Object(key).downloadFileobj(fileobj, options);
	}

	/** Copies an object to this bucket, in parts if it is large. */
	copy(source: CopySource, key: string, options?: CopyOptions): Promise<void> {
		return this.Object(key).copy(source, options);
	}

	/** Deletes the bucket, which must be empty. */
	async delete(): Promise<void> {
		await this.#client.deleteBucket({ Bucket: this.name });
	}

	/** Waits until the bucket exists. */
	waitUntilExists(params: { readonly WaiterConfig?: WaiterConfig | undefined } = {}): Promise<void> {
		return waiterOf(this.#client, "bucket_exists").wait({ ...params, Bucket: this.name });
	}

	/** Waits until the bucket no longer exists. */
	waitUntilNotExists(params: { readonly WaiterConfig?: WaiterConfig | undefined } = {}): Promise<void> {
		return waiterOf(this.#client, "bucket_not_exists").wait({ ...params, Bucket: this.name });
	}
}
