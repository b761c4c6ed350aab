// Upload an object in parts, and read a range of it.
import { S3 } from "@aws-sdk/client-s3";
import { ApiSession } from "echostream-botocore";

const s3 = new ApiSession().client(S3, { forcePathStyle: true });
const target = { Bucket: process.env.BUCKET, Key: "in-parts.bin" };

const { UploadId } = await s3.createMultipartUpload(target);
const Parts = [];
for (const [index, size] of [5 * 1024 * 1024, 1000].entries()) {
	const PartNumber = index + 1;
	const { ETag } = await s3.uploadPart({
		...target,
		UploadId,
		PartNumber,
		Body: String(PartNumber).repeat(size),
	});
	Parts.push({ PartNumber, ETag });
}
await s3.completeMultipartUpload({ ...target, UploadId, MultipartUpload: { Parts } });

console.log(JSON.stringify((await s3.headObject(target)).ContentLength));
const { Body } = await s3.getObject({ ...target, Range: "bytes=5242878-5242881" });
console.log(JSON.stringify(await Body?.transformToString()));
await s3.deleteObject(target);

const other = await s3.createMultipartUpload(target);
await s3.abortMultipartUpload({ ...target, UploadId: other.UploadId });
console.log(JSON.stringify(((await s3.listMultipartUploads({ Bucket: target.Bucket })).Uploads ?? []).length));
