import type { _Object, DeleteObjectsCommandOutput, ListObjectsV2CommandInput, S3 } from "@aws-sdk/client-s3";
import { paginatorOf } from "../operations/paginator.ts";
import { checkParameters } from "../options.ts";
import { strict } from "../strict.ts";
import { S3Object } from "./object.ts";

/** Limit of S3 for one request. */
const MAX_DELETED = 1000;

/** Which objects to list. */
export type ObjectFilter = Omit<ListObjectsV2CommandInput, "Bucket" | "ContinuationToken">;

/** The objects of a bucket: `bucket.objects`. `for await` reads them page by page. */
export class ObjectCollection implements AsyncIterable<ObjectSummary> {
	static {
		strict(ObjectCollection);
	}

	readonly #bucket: string;
	readonly #client: S3;
	readonly #filter: ObjectFilter;
	readonly #limit: number | undefined;

	/** @internal */
	constructor(bucket: string, client: S3, filter: ObjectFilter = {}, limit?: number) {
		this.#bucket = bucket;
		this.#client = client;
		this.#filter = filter;
		this.#limit = limit;
	}

	/** Returns all of these objects. */
	all(): ObjectCollection {
		return this.filter({});
	}

	/** Returns the objects for which this holds too, such as `{ Prefix: "2026/" }`. */
	filter(filter: ObjectFilter): ObjectCollection {
		checkParameters("filter()", filter);
		// boto3 lists with the older operation, whose parameter the newer one ignores.
		if ("Marker" in filter) throw new TypeError('filter() has no option "Marker". Use "StartAfter".');
		return new ObjectCollection(this.#bucket, this.#client, { ...this.#filter, ...filter }, this.#limit);
	}

	/** Returns at most this number of objects. */
	limit(count: number): ObjectCollection {
		return new ObjectCollection(this.#bucket, this.#client, this.#filter, count);
	}

	/**
	 * Deletes the objects, up to 1000 in a request.
	 *
	 * @returns The responses. The caller reads `Errors` of each, as in boto3.
	 */
	async delete(): Promise<DeleteObjectsCommandOutput[]> {
		const responses: DeleteObjectsCommandOutput[] = [];
		let Objects: { readonly Key: string }[] = [];
		const send = async () => {
			const params = { Bucket: this.#bucket, Delete: { Objects } };
			Objects = [];
			responses.push(await this.#client.deleteObjects(params));
		};
		for await (const { key } of this) {
			Objects.push({ Key: key });
			if (Objects.length === MAX_DELETED) await send();
		}
		if (Objects.length > 0) await send();
		return responses;
	}

	/** Reads the objects. */
	async *[Symbol.asyncIterator](): AsyncGenerator<ObjectSummary, void, undefined> {
		const PaginationConfig = { MaxItems: this.#limit };
		const pages = paginatorOf(this.#client, "list_objects_v2");
		for await (const { Contents = [] } of pages.paginate({ ...this.#filter, Bucket: this.#bucket, PaginationConfig })) {
			for (const { Key, ...listed } of Contents) {
				yield new ObjectSummary(this.#bucket, String(Key), this.#client, listed);
			}
		}
	}
}

/** An object of S3, with what a list contains of it. */
export class ObjectSummary extends S3Object {
	/** Size of the object, bytes. */
	readonly size: number;
	/** Time of the last write. */
	readonly lastModified: Date | undefined;
	/** Entity tag of the content. */
	readonly eTag: string | undefined;

	/** @internal */
	constructor(
		bucketName: string,
		key: string,
		client: S3,
		{ ETag, LastModified, Size }: Pick<_Object, "ETag" | "LastModified" | "Size">,
	) {
		super(bucketName, key, client);
		this.size = Size ?? 0;
		this.lastModified = LastModified;
		this.eTag = ETag;
	}
}
