import { randomUUID } from "node:crypto";
import type { Records } from "../../data/records.ts";
import type { Checksum } from "./checksums.ts";
import { noSuchBucket, noSuchKey, S3Error } from "./s3-error.ts";

/** A tag of an object: key and value. */
export type Tag = readonly [key: string, value: string];

/** Bytes that the store keeps. */
export interface Content {
	readonly id: string;
	readonly size: number;
}

/** What an object is written with, besides its bytes. */
export interface ObjectAttributes {
	/** Headers that reads return. */
	readonly headers: Readonly<Record<string, string>>;
	readonly tags: readonly Tag[];
}

/** An object, without its bytes. */
export interface S3Object extends ObjectAttributes {
	readonly key: string;
	/** One for each part that it was uploaded in. */
	readonly contents: readonly Content[];
	readonly size: number;
	/** With quotes. */
	readonly etag: string;
	readonly modifiedMs: number;
	readonly checksum: Checksum;
}

/** A multipart upload that is not completed. */
export interface Upload extends ObjectAttributes {
	readonly id: string;
	readonly bucket: string;
	readonly key: string;
	readonly initiatedMs: number;
	readonly checksum: Pick<Checksum, "algorithm" | "type">;
	/** Whether the client chose the algorithm, so that each part needs a checksum of it. */
	readonly isChecksumChosen: boolean;
}

/** A part of an upload. */
export interface UploadedPart {
	readonly number: number;
	readonly content: Content;
	/** With quotes. */
	readonly etag: string;
	readonly modifiedMs: number;
	readonly checksum: Checksum;
}

/** Buckets, objects and uploads. */
export class S3Store {
	/** When each bucket was created, by its name. */
	readonly buckets: Map<string, number>;
	readonly #objects: Map<string, S3Object>;
	readonly #uploads: Map<string, Upload>;
	readonly #parts: Map<string, UploadedPart>;
	/** Base64, because values of records are JSON. */
	readonly #contents: Map<string, string>;

	constructor(records: Records) {
		this.buckets = records.map("s3-buckets");
		this.#objects = records.map("s3-objects");
		this.#uploads = records.map("s3-uploads");
		this.#parts = records.map("s3-parts");
		this.#contents = records.map("s3-contents");
	}

	/** @throws S3Error `NoSuchBucket`. */
	checkBucket(bucket: string): void {
		if (!this.buckets.has(bucket)) throw noSuchBucket(bucket);
	}

	find(bucket: string, key: string): S3Object | undefined {
		this.checkBucket(bucket);
		return this.#objects.get(`${bucket}/${key}`);
	}

	/** @throws S3Error `NoSuchKey`. */
	get(bucket: string, key: string): S3Object {
		const object = this.find(bucket, key);
		if (object === undefined) throw noSuchKey(key);
		return object;
	}

	/** Writes an object, in place of one with the same key. */
	put(bucket: string, object: S3Object): void {
		const kept = new Set(object.contents.map(({ id }) => id));
		const { contents = [] } = this.#objects.get(`${bucket}/${object.key}`) ?? {};
		this.#objects.set(`${bucket}/${object.key}`, object);
		this.#drop(contents.filter(({ id }) => !kept.has(id)));
	}

	remove(bucket: string, key: string): void {
		const { contents = [] } = this.#objects.get(`${bucket}/${key}`) ?? {};
		this.#objects.delete(`${bucket}/${key}`);
		this.#drop(contents);
	}

	/** The objects of a bucket with a prefix, in the order of the UTF-8 bytes of their keys. */
	list(bucket: string, prefix: string): readonly S3Object[] {
		this.checkBucket(bucket);
		const start = `${bucket}/${prefix}`;
		return [...this.#objects]
			.filter(([path]) => path.startsWith(start))
			.map(([, object]) => object)
			.sort((a, b) => compareKeys(a.key, b.key));
	}

	write(bytes: Buffer): Content {
		const id = randomUUID();
		this.#contents.set(id, bytes.toString("base64"));
		return { id, size: bytes.length };
	}

	read(contents: readonly Content[]): Buffer {
		return Buffer.concat(contents.map(({ id }) => Buffer.from(this.#contents.get(id) ?? "", "base64")));
	}

	begin(upload: Upload): void {
		this.#uploads.set(upload.id, upload);
	}

	/** @throws S3Error `NoSuchUpload`, also for an upload of another object. */
	upload(bucket: string, key: string, id: string): Upload {
		this.checkBucket(bucket);
		const upload = this.#uploads.get(id);
		if (upload?.bucket === bucket && upload.key === key) return upload;
		throw new S3Error(
			"NoSuchUpload",
			404,
			"The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
			{ UploadId: id },
		);
	}

	/** The uploads of a bucket, by key, then by time. */
	uploads(bucket: string): readonly Upload[] {
		return [...this.#uploads.values()]
			.filter((upload) => upload.bucket === bucket)
			.sort((a, b) => compareKeys(a.key, b.key) || a.initiatedMs - b.initiatedMs);
	}

	putPart({ id }: Upload, part: UploadedPart): void {
		const earlier = this.#parts.get(`${id}/${part.number}`);
		this.#parts.set(`${id}/${part.number}`, part);
		if (earlier !== undefined) this.#drop([earlier.content]);
	}

	/** The parts of an upload, by number. */
	parts({ id }: Upload): readonly UploadedPart[] {
		return [...this.#parts]
			.filter(([path]) => path.startsWith(`${id}/`))
			.map(([, part]) => part)
			.sort((a, b) => a.number - b.number);
	}

	/** Ends an upload, and forgets its parts but those that became an object. */
	end(upload: Upload, used: readonly Content[] = []): void {
		const kept = new Set(used.map(({ id }) => id));
		for (const { content, number } of this.parts(upload)) {
			this.#parts.delete(`${upload.id}/${number}`);
			if (!kept.has(content.id)) this.#drop([content]);
		}
		this.#uploads.delete(upload.id);
	}

	#drop(contents: readonly Content[]): void {
		for (const { id } of contents) this.#contents.delete(id);
	}
}

/** Compares keys as S3 does: by their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
