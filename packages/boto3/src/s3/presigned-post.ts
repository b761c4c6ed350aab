import type { S3 } from "@aws-sdk/client-s3";
import type { PresignedPostOptions as SdkOptions } from "@aws-sdk/s3-presigned-post";
import { missingPackage } from "../optional-package.ts";
import { checkOptions } from "../options.ts";

/** Options of a presigned form, as in boto3. */
export interface PresignedPostOptions {
	/** Fields of the form. Unlike in boto3, each is a condition too. */
	readonly Fields?: Readonly<Record<string, string>> | undefined;
	/** Conditions of the upload, such as `["content-length-range", 0, 1024]`. */
	readonly Conditions?: SdkOptions["Conditions"] | undefined;
	/** Lifetime of the form, seconds. Default: 3600. */
	readonly ExpiresIn?: number | undefined;
}

/** A form that uploads an object: its address, and the fields to send before `file`. */
export interface PresignedPost {
	/** Address of the form. */
	readonly url: string;
	/** Fields of the form. */
	readonly fields: Readonly<Record<string, string>>;
}

/** Signs a form. */
export async function presignedPost(
	client: S3,
	bucket: string,
	key: string,
	options: PresignedPostOptions = {},
): Promise<PresignedPost> {
	checkOptions("generatePresignedPost()", options, ["Fields", "Conditions", "ExpiresIn"]);
	const { Fields, Conditions, ExpiresIn } = options;
	const name = "@aws-sdk/s3-presigned-post";
	const wanted = "generatePresignedPost()";
	const { createPresignedPost } = await import("@aws-sdk/s3-presigned-post").catch(missingPackage(name, wanted));
	return createPresignedPost(client as never, {
		Bucket: bucket,
		Key: key,
		Fields: { ...Fields },
		Conditions: [...(Conditions ?? [])],
		Expires: ExpiresIn ?? 3600,
	});
}
