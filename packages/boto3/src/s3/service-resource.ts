import type { CreateBucketCommandInput, S3 } from "@aws-sdk/client-s3";
import { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";
import { Bucket } from "./bucket.ts";
import type { S3Methods } from "./client-methods.ts";
import { S3Object } from "./object.ts";

/** S3 with buckets and objects: `session.resource("s3")`. */
export class S3Resource {
	static {
		strict(S3Resource);
	}

	/** `client`: the client of S3. */
	readonly meta: ResourceMeta<S3 & S3Methods>;

	/** @internal */
	constructor(client: S3) {
		this.meta = new ResourceMeta(client as S3 & S3Methods);
	}

	/** Returns the bucket with this name. Sends nothing. */
	Bucket(name: string): Bucket {
		return new Bucket(name, this.meta.client);
	}

	/** Returns the object of this bucket with this key. Sends nothing. */
	Object(bucket: string, key: string): S3Object {
		return new S3Object(bucket, key, this.meta.client);
	}

	/** Creates a bucket. */
	async createBucket(params: CreateBucketCommandInput): Promise<Bucket> {
		await this.meta.client.createBucket(params);
		return this.Bucket(String(params.Bucket));
	}
}
