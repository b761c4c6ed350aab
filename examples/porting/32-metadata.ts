// Store metadata with an object, copy the object, and look whether objects exist.
import { S3 } from "@aws-sdk/client-s3";
import { ClientError, Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { s3: S3 } });
const s3 = session.client("s3", { forcePathStyle: true });
const Bucket = process.env.BUCKET;

async function exists(Key: string): Promise<boolean> {
	try {
		await s3.headObject({ Bucket, Key });
		return true;
	} catch (error) {
		if (!(error instanceof ClientError) || error.response.Error.Code !== "404") throw error;
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
