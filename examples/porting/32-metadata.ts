// Store metadata with an object, copy the object, and look whether objects exist.
import { NotFound, S3 } from "@aws-sdk/client-s3";
import { ApiSession } from "echostream-botocore";

const s3 = new ApiSession().client(S3, { forcePathStyle: true });
const Bucket = process.env.BUCKET;

async function exists(Key: string): Promise<boolean> {
	try {
		await s3.headObject({ Bucket, Key });
		return true;
	} catch (error) {
		if (!(error instanceof NotFound)) throw error;
		return false;
	}
}

await s3.putObject({ Bucket, Key: "original", Body: "text", Metadata: { author: "ada" } });
await s3.copyObject({ Bucket, Key: "copy", CopySource: `${Bucket}/original` });
const head = await s3.headObject({ Bucket, Key: "copy" });
console.log(JSON.stringify({ author: head.Metadata?.author, size: head.ContentLength }));
await s3.deleteObject({ Bucket, Key: "original" });
console.log(JSON.stringify([await exists("original"), await exists("copy")]));
await s3.deleteObject({ Bucket, Key: "copy" });
